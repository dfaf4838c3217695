// The pages of the demo board and the views of its client, each in every state that somebody may meet.
import { password as ours } from "./app.js";

const demoPassword = "demo-password";
const token = "header.claims.signature"; // in the form of one, for pages that check it only when something is sent
export const people = { seeker: "seeker@example.com", employer: "employer@example.com", admin: "admin@example.com" };

/** findIds asks the demo board, as its superuser, for what the states below are about. */
export async function findIds(board) {
    const root = board.client();
    await root.collection("_superusers").authWithPassword("root@example.com", demoPassword);
    const first = (collection, filter, options = {}) => root.collection(collection).getFirstListItem(filter, options);
    const seeker = await first("users", `email = "${people.seeker}"`);
    const employer = await first("employers", `owner.email = "${people.employer}"`);
    const applied = await first("applications", `seeker = "${seeker.id}" && status = "submitted"`);
    const theirs = await root.collection("applications").getFullList({ filter: `job.employer = "${employer.id}"` });
    const applicants = (id) => theirs.filter((application) => application.job === id).length;
    const ownJob = theirs.map((application) => application.job).reduce((a, b) => (applicants(b) > applicants(a) ? b : a));
    const received = theirs.find((application) => application.job === ownJob && application.status === "offered");
    const open = await root.collection("jobs").getFullList({ filter: 'status = "published"', sort: "id" });
    const own = await root.collection("applications").getFullList({ filter: `seeker = "${seeker.id}"` });
    const free = open.filter((job) => job.employer !== employer.id && !own.some((application) => application.job === job.id));
    const fresh = free.find((job) => !job.questions?.length);
    const asking = free.find((job) => job.questions?.length);
    const ended = await first("jobs", 'status = "closed"');
    const reviewed = await first("employers", "ratingCount > 2 && logo != ''");
    const lonely = await root.collection("users").create({
        email: "lonely@example.org", password: ours, passwordConfirm: ours, name: "Lena Lonely", role: "employer",
    });
    const bare = await root.collection("employers").create({ owner: lonely.id, name: "Bare Company" });
    return { applied, received, fresh, asking, ended, reviewed, bare, ownJob };
}

/** publicStates lists [name, path, what to do there first]. */
export const publicStates = (ids) => [
    ["home", "/"],
    ["all jobs", "/jobs"],
    ["jobs with filters", "/jobs?q=developer&workplace=remote&jobType=full_time"],
    ["a page in the middle", "/jobs?page=4"],
    ["the last page", "/jobs?page=999"],
    ["filters on a phone", "/jobs?q=developer", async (page) => {
        await page.setViewportSize({ width: 390, height: 900 });
        await page.locator("details.filters > summary").click();
        await page.getByRole("group", { name: "Workplace" }).waitFor();
    }],
    ["words that were understood, and jobs that lack some", "/jobs?q=part+time+remote+developer+50k", async (page) => {
        await page.getByRole("list", { name: "Understood as" }).getByText("From 50,000 a year").waitFor();
        await page.getByText("These jobs have most of your words").waitFor();
    }],
    ["only jobs that lack some words", "/jobs?q=react+developer+night+shift",
        (page) => page.getByText("No job has all of your words").waitFor()],
    ["jobs, and did you mean", "/jobs?q=developper", (page) => page.getByText("Did you mean").waitFor()],
    ["jobs nearby", "/jobs?location=Hamburg&radius=100", (page) => page.locator("article").first().waitFor()],
    ["no job, with ways out", "/jobs?q=nurse&workplace=remote&location=Berlin&radius=10"],
    ["no job at all", "/jobs?q=zzzzqqq"],
    ["wrong parameters", "/jobs?salaryMin=much&workplace=moon"],
    ["a place", "/jobs/in/hamburg", (page) => page.locator("article").first().waitFor()],
    ["a place without jobs", "/jobs/in/berlin"],
    ["a field", "/jobs/field/nurse", (page) => page.locator("article").first().waitFor()],
    ["remote jobs", "/remote"],
    ["a job", `/jobs/${ids.fresh.id}`],
    ["a job that has ended", `/jobs/${ids.ended.id}`],
    ["a company", `/companies/${ids.reviewed.slug}`],
    ["a company without jobs", `/companies/${ids.bare.slug}`],
    ["verify an address", `/account/verify?token=${token}`],
    ["verify an address, by a broken link", "/account/verify?token=broken"],
    ["reset the password", `/account/reset?token=${token}`],
    ["reset the password, refused", `/account/reset?token=${token}`, async (page) => {
        await page.getByLabel("New password", { exact: true }).fill("x");
        await page.locator("main form button").click();
        await page.getByRole("alert").getByText("There is a problem").waitFor();
    }],
    ["change the address", `/account/email?token=${token}`],
    ["unsubscribe", "/unsubscribe/broken"],
    ["not found", "/no/such/page"],
    ["developers", "/developers"],
];

const submit = (page) => page.locator("main form button[type=submit], main form .button.primary").last().click();

/** clientStates lists [name, address after the #, what to do there first], by who is signed in. */
export const clientStates = (ids) => ({
    nobody: [
        ["search", "search"],
        ["search without results", "search?q=zzzzqqq"],
        ["search, words that were understood, and jobs that lack some", "search?q=part+time+remote+developer+50k", async (page) => {
            await page.getByRole("list", { name: "Understood as" }).getByText("From 50,000 a year").waitFor();
            await page.getByText("These jobs have most of your words").waitFor();
        }],
        ["search, did you mean", "search?q=developper", (page) => page.getByText("Did you mean").waitFor()],
        ["job", `jobs/${ids.fresh.id}`],
        ["job that is not there", "jobs/nosuchjob000000"],
        ["sign in", "sign-in"],
        ["sign in, refused", "sign-in", submit],
        ["register", "register"],
        ["register, refused", "register", submit],
        ["forgot", "forgot"],
        ["reset", "reset/broken"],
        ["verify", "verify/broken"],
        ["unknown view", "no/such/view"],
    ],
    seeker: [
        ["search, signed in", "search"],
        ["apply", `jobs/${ids.asking.id}/apply`],
        ["apply, refused", `jobs/${ids.asking.id}/apply`, submit],
        ["applications", "applications"],
        ["application", `applications/${ids.applied.id}`],
        ["saved", "saved"],
        ["profile", "me/profile"],
        ["account", "me"],
        ["notifications", "notifications"],
        ["not for this account", "employer"],
    ],
    employer: [
        ["jobs", "employer"],
        ["company", "employer/company"],
        ["new job", "employer/jobs/new"],
        ["new job, refused", "employer/jobs/new", submit],
        ["edit a job", `employer/jobs/${ids.ownJob}/edit`],
        ["pipeline", `employer/jobs/${ids.ownJob}`],
        ["pipeline, dialog", `employer/jobs/${ids.ownJob}`, async (page) => {
            await page.locator('select:has(option[value="interview_scheduled"])').first().selectOption("interview_scheduled");
            await page.getByRole("button", { name: "Move:" }).click();
            await page.getByRole("dialog").waitFor();
        }],
        ["applicant", `employer/applications/${ids.received.id}`],
        ["notifications", "notifications"],
    ],
    admin: [
        ["overview", "", async (page) => {
            await page.locator("[data-figure]").first().waitFor();
            for (const summary of await page.locator("main summary").all()) {
                await summary.click();
            }
        }],
        ["close a job", "jobs?status=published", async (page) => {
            await page.getByRole("button", { name: /^Close/ }).first().click();
            await page.getByRole("dialog").waitFor();
        }],
        ["people, after an action", "people?role=job_seeker", async (page) => {
            await page.getByRole("button", { name: /^Deactivate/ }).first().click();
            await page.getByRole("dialog").getByRole("button", { name: "Deactivate" }).click();
            await page.getByRole("button", { name: "Undo" }).waitFor();
        }],
        ["reviews of people", "people-reviews"],
        ["nothing found", "companies?q=zzzzqqq"],
        ["reports", "reports"],
    ],
});

/** signInTo stores a login where the client looks for it, and saves the typing. */
export async function signInTo(board, page, email) {
    const client = board.client();
    await client.collection("users").authWithPassword(email, demoPassword);
    const { token, record } = client.authStore;
    await page.addInitScript((login) => {
        if (location.protocol !== "about:") { // which has no storage
            localStorage.setItem("pocketbase_auth", login);
        }
    }, JSON.stringify({ token, record }));
}
