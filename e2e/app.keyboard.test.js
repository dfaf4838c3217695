// An employer's whole story by the keyboard alone. The seeker's is in quality.pages.test.js: it begins on the public pages.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { tabTo } from "./keyboard.js";
import { onDemoBoard, whyNot } from "./quality.board.js";
import { people } from "./quality.states.js";

describe("an employer without a mouse", { skip: whyNot("an employer without a mouse"), concurrency: 1 }, () => {
    const demo = onDemoBoard();
    let page, applicant, asEmployer;

    const press = (key) => page.keyboard.press(key);
    const heading = (name) => page.getByRole("heading", { level: 1, name }).waitFor();
    const status = async () => (await asEmployer.collection("applications").getOne(applicant.id)).status;
    const inColumn = (name) => page.locator(`[aria-labelledby="column-${name}"] #card-${applicant.id}`).waitFor();
    /** fill goes to a field and types. */
    const fill = async (selector, text) => {
        await tabTo(page, selector);
        await page.keyboard.type(text);
    };
    /** follow goes to a link or button and presses Enter. */
    const follow = async (selector, limit) => {
        await tabTo(page, selector, limit);
        await press("Enter");
    };

    test("signs in, writes a job and publishes it", async () => {
        page = await demo.open();
        asEmployer = demo.board.client();
        await asEmployer.collection("users").authWithPassword(people.employer, "demo-password");
        await page.goto(`${demo.board.url}/app/#/sign-in`);
        await heading("Sign in");
        await fill("#field-email", people.employer);
        await fill("#field-password", "demo-password");
        await press("Enter");
        await heading("Your jobs");
        await follow("main a[href='#/employer/jobs/new']");
        await heading("New job");
        if (await page.locator("#field-employer").count()) {
            await tabTo(page, "#field-employer");
            await press("ArrowDown");
        }
        await fill("#field-title", "Lighthouse keeper");
        await fill("#field-description", "Keep the **light**.");
        await fill("#field-workplace", "On");
        await fill("#field-jobType", "Full");
        await fill("#field-places", "Brest, France");
        await follow("#add-question");
        await page.keyboard.type("Can you swim?"); // the focus is in the new question
        await fill("#question-type-0", "yes");
        await follow("main form .button.primary");
        await heading("Lighthouse keeper");
        const [job] = (await asEmployer.collection("jobs").getList(1, 1, { filter: 'title = "Lighthouse keeper"' })).items;
        assert.equal(job.status, "published");
        assert.deepEqual(job.questions.map(({ label, type }) => [label, type]), [["Can you swim?", "yes_no"]]);
    });

    test("moves an applicant only when told to, and takes it back", async () => {
        const filter = `job = "${demo.ids.ownJob}" && status = "submitted"`;
        applicant = await asEmployer.collection("applications").getFirstListItem(filter, { expand: "seeker" });
        const { name } = applicant.expand.seeker;
        await follow("a.back");
        await heading("Your jobs");
        await follow(`main h2 a[href="#/employer/jobs/${demo.ids.ownJob}"]`, 200);
        await page.locator(".board").waitFor();
        await tabTo(page, `#move-${applicant.id}`);
        await press("ArrowDown");
        assert.equal(await page.locator(`#move-${applicant.id}`).inputValue(), "in_review");
        await inColumn("submitted");
        assert.equal(await status(), "submitted", "an arrow key chooses, and moves nothing");

        await follow(`#move-${applicant.id} + button`, 1);
        await inColumn("in_review");
        await page.locator("#live").getByText(`${name} moved to In review`).waitFor();
        assert.equal(await page.evaluate(() => document.activeElement.id), `move-${applicant.id}`, "the focus follows the card");
        assert.equal(await status(), "in_review");

        await page.keyboard.type("Shortlisted");
        await follow(`#move-${applicant.id} + button`, 1);
        await inColumn("shortlisted");
        await follow(".toast button:not(.plain-button)", 200);
        await inColumn("in_review");
        await page.locator("#live").getByText(`${name} moved to In review`).waitFor();
        assert.equal(await status(), "in_review");
    });

    test("invites to an interview, hires and writes a review", async () => {
        const { name } = applicant.expand.seeker;
        const written = await asEmployer.collection("user_reviews").getFullList({ filter: `application = "${applicant.id}"` });
        await Promise.all(written.map(({ id }) => asEmployer.collection("user_reviews").delete(id)));
        await page.keyboard.type("Interview"); // into the list of the card that was just moved back
        await follow(`#move-${applicant.id} + button`, 1);
        await page.getByRole("dialog").waitFor();
        await fill("#interview-place", "The lighthouse");
        await press("Enter");
        await inColumn("interview_scheduled");
        await press("Shift+Tab");
        await press("Enter");
        await heading(name);
        assert.equal(await status(), "interview_scheduled");
        await fill("#field-status", "Hired");
        await fill("#field-note", "Welcome aboard!");
        await follow("main form .button.primary");
        await page.locator(".timeline").getByText("Welcome aboard!").waitFor();
        assert.equal(await status(), "hired");
        await tabTo(page, "input[name=rating]");
        await press("Space");
        for (let stars = 1; stars < 5; stars++) {
            await press("ArrowRight");
        }
        await fill("#field-body", "Kept the light on.");
        await follow("main form .button.primary");
        await page.getByRole("img", { name: "5 of 5 stars" }).waitFor();
        await page.context().close();
    });
});
