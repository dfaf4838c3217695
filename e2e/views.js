// Every view of the client in both themes and at both widths, on a board where there is something to see: nothing for axe to find, and
// nothing cut off. The tests that use it are app.guest.test.js, app.seeker.test.js and app.employer.test.js.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { launch, openApp, signIn } from "./app.js";
import { newBoard } from "./board.js";
import { me, pdf, register } from "./people.js";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/**
 * newViews starts a board with a company of three jobs, an application, and two people who have nothing yet. open(who) opens the
 * client for a guest ("") or for who is signed in by that address; walk(app, views) shows each view, given with its heading, and
 * checks it; remove() ends it all.
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

    return {
        board,
        async open(email) {
            const app = await openApp(browser, board.url);
            if (email) {
                await signIn(app, email);
            }
            return app;
        },
        async walk(app, views) {
            for (const [path, heading] of views) {
                await app.go(path.replace("JOB", job.id).replace("APPLICATION", application.id));
                await app.heading(heading);
                await check(app.page, `${path}, ${heading}`);
            }
        },
        async remove() {
            await browser.close();
            await board.remove();
        },
    };
}

/** settled waits, in the page, until colours have changed to those of the other theme. */
function settled() {
    const ending = document.getAnimations().filter(({ effect }) => effect.getTiming().iterations === 1);
    return Promise.all(ending.map(({ finished }) => finished.catch(() => {})));
}

/** check looks at what is shown at each width and in each theme, and at how it gives way to narrow windows and wide-set text. */
export async function check(page, name) {
    await page.evaluate(axe);
    const found = [];
    for (const width of [1280, 390]) {
        for (const colorScheme of ["light", "dark"]) {
            await page.setViewportSize({ width, height: 900 });
            await page.emulateMedia({ colorScheme });
            await page.evaluate(settled);
            const { violations } = await page.evaluate((values) => window.axe.run(document, { runOnly: { type: "tag", values } }), tags);
            found.push(...violations.map(({ id, nodes }) => `${name}, ${width} px, ${colorScheme}: ${id}: ${nodes.map(({ html }) => html).join(" ")}`));
            if (process.env.JOBBOARD_PICTURES) {
                await page.screenshot({ path: `${process.env.JOBBOARD_PICTURES}/app-${name.replaceAll(/\W+/g, "-")}-${width}-${colorScheme}.png` });
            }
        }
    }
    await page.setViewportSize({ width: 320, height: 700 });
    const spacing = "* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important } p { margin-bottom: 2em !important }";
    for (const css of ["", spacing]) {
        const wide = await page.evaluate((text) => {
            const sheet = new CSSStyleSheet();
            sheet.replaceSync(text);
            document.adoptedStyleSheets = [sheet];
            return document.documentElement.scrollWidth - document.documentElement.clientWidth;
        }, css);
        if (wide > 0) {
            found.push(`${name}: ${wide} px too wide at 320 px${css && " with text spacing"}`);
        }
    }
    await page.evaluate(() => (document.adoptedStyleSheets = []));
    await page.setViewportSize({ width: 1280, height: 900 });
    assert.deepEqual(found, []);
}
