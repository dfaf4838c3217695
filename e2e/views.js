// A board where there is something to see in the client, for app.views.test.js: views open, there is nothing for axe to find, and
// nothing is cut off.
import assert from "node:assert/strict";
import { launch, openApp, signIn } from "./app.js";
import { newBoard } from "./board.js";
import { inspect, twoLooks } from "./inspect.js";
import { me, pdf, register } from "./people.js";

/**
 * newViews starts a board with a company of three jobs, an application, and two people who have nothing yet. open(who, options) opens
 * the client for a guest ("") or for who is signed in by that address; visit(app, views) shows each view, given with its heading, and
 * inspect(app, views) also checks it, as check(page, name) does with what is shown; remove() ends it all.
 */
export async function newViews() {
    const browser = await launch();
    const board = await newBoard();
    await board.start();
    const employer = await register(board, "Erin Employer", "employer");
    const company = await employer.collection("employers").create({ name: "Acme Tools", about: "<p>We make tools.</p>", location: "Lyon, France" });
    let job;
    for (const title of ["Toolmaker", "Smith", "Turner"]) {
        job = await employer.collection("jobs").create({
            employer: company.id, title, description: "<p>Make good tools.</p><h3>You bring</h3><ul><li>Care</li></ul>", workplace: "on_site", jobType: "full_time",
            locations: ["Lyon, France"], skills: ["files", "hammers"], salaryMin: 40_000, salaryMax: 50_000, salaryCurrency: "EUR", salaryPeriod: "year", status: "published",
            questions: [{ label: "When could you start?", type: "text" }, { label: "Which tools?", type: "choice", options: ["Files", "Hammers"] }],
        });
    }
    const seeker = await register(board, "Sam Seeker", "job_seeker");
    const application = await seeker.collection("applications").create({ job: job.id, coverLetter: "I make tools.", documents: pdf("letter.pdf") });
    await employer.collection("applications").update(application.id, { status: "in_review" });
    await seeker.collection("saved_jobs").create({ job: job.id, seeker: me(seeker) });
    await seeker.collection("saved_searches").create({ name: "Tools", query: { q: "tools" }, frequency: "daily", seeker: me(seeker) });
    const profile = await seeker.collection("job_seekers").getFirstListItem("");
    await seeker.collection("job_seekers").update(profile.id, { headline: "Toolmaker", skills: ["files"], resumes: pdf("resume.pdf") });
    await register(board, "Nora New", "job_seeker");
    await register(board, "Otto Own", "employer");

    const show = async (app, path, heading) => {
        await app.go(path.replace("JOB", job.id).replace("APPLICATION", application.id));
        await app.heading(heading);
    };
    let checked = 0;
    /** check looks at what is shown in two looks, and at how it gives way to narrow windows and wide-set text. */
    const check = async (page, name) => {
        const pictures = process.env.JOBBOARD_PICTURES;
        const picture = (colorScheme, width) => page.screenshot({ path: `${pictures}/app-${name.replaceAll(/\W+/g, "-")}-${width}-${colorScheme}.png` });
        const faults = await inspect(page, twoLooks(checked++), pictures ? picture : null);
        assert.deepEqual(faults.map((fault) => `${name}: ${fault}`), []);
    };

    return {
        board,
        async open(email, options) {
            const app = await openApp(browser, board.url, options);
            if (email) {
                await signIn(app, email);
            }
            return app;
        },
        async visit(app, views) {
            for (const [path, heading] of views) {
                await show(app, path, heading);
            }
        },
        async inspect(app, views) {
            for (const [path, heading] of views) {
                await show(app, path, heading);
                await check(app.page, `${path}, ${heading}`);
            }
        },
        check,
        async remove() {
            await browser.close();
            await board.remove();
        },
    };
}
