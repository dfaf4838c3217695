// The pages of the demo board and the views of its client, each in every state that somebody may meet.
import { password as ours } from "./app.js";

const demoPassword = "demo-password";
export const people = { seeker: "seeker@example.com", employer: "employer@example.com" };

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
    ["jobs nearby", "/jobs?location=Berlin&radius=100"],
    ["no job, with ways out", "/jobs?q=nurse&workplace=remote&location=Berlin&radius=10"],
    ["no job, did you mean", "/jobs?q=enginere+nurrse"],
    ["wrong parameters", "/jobs?salaryMin=much&workplace=moon"],
    ["a place", "/jobs/in/berlin"],
    ["a field", "/jobs/field/nurse"],
    ["remote jobs", "/remote"],
    ["a job", `/jobs/${ids.fresh.id}`],
    ["a job that has ended", `/jobs/${ids.ended.id}`],
    ["a company", `/companies/${ids.reviewed.slug}`],
    ["a company without jobs", `/companies/${ids.bare.slug}`],
    ["verify an address", "/account/verify?token=broken"],
    ["reset the password", "/account/reset?token=broken"],
    ["reset the password, refused", "/account/reset?token=broken", async (page) => {
        const field = page.locator("main input[type=password]").first();
        if (await field.count()) {
            await field.fill("x");
            await page.locator("main button[type=submit], main form button").first().click();
        }
    }],
    ["change the address", "/account/email?token=broken"],
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
});

/** signInTo stores a login where the client looks for it, and saves the typing. */
export async function signInTo(board, page, email) {
    const client = board.client();
    await client.collection("users").authWithPassword(email, demoPassword);
    const { token, record } = client.authStore;
    await page.addInitScript((login) => localStorage.setItem("pocketbase_auth", login), JSON.stringify({ token, record }));
}
