// The whole hiring story through the client at /app/, in two browsers at once: the employer's and the seeker's.
import assert from "node:assert/strict";
import { cp } from "node:fs/promises";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { launch, newProxy, openApp, password } from "./app.js";
import { newBoard } from "./board.js";
import { pdf, register } from "./people.js";

let browser;
before(async () => {
    browser = await launch();
});
after(() => browser?.close());

describe("the hiring story", { concurrency: 1 }, () => {
    let board, proxy, employer, seeker;
    before(async () => {
        board = await newBoard();
        await board.start();
        proxy = await newProxy(board.url);
        employer = await openApp(browser, board.url);
        seeker = await openApp(browser, proxy.url);
    });
    after(async () => {
        proxy?.close();
        await board?.remove();
    });

    /** signUp registers through the form, which must say first what is missing. */
    async function signUp({ page, go, heading }, role, name, company) {
        await go("register");
        await heading("Create an account");
        const form = page.getByRole("main");
        await form.getByRole("button", { name: "Create an account" }).click();
        await page.getByRole("alert").getByText("There is a problem").waitFor();
        await page.getByLabel(role).check();
        await page.getByLabel("Your name").fill(name);
        if (company) {
            await page.getByLabel("Name of the company").fill(company);
        }
        await page.getByLabel("E-mail").fill(`${name.split(" ")[0].toLowerCase()}@example.org`);
        await page.getByLabel("Password").fill(password);
        await form.getByRole("button", { name: "Create an account" }).click();
        await page.getByRole("button", { name: "Sign out" }).waitFor();
    }

    /** move moves the one applicant by the list and the button on the card. */
    async function move(page, status) {
        await page.getByLabel("Move Sam Seeker to").selectOption({ label: status });
        await page.getByRole("button", { name: `Move: Sam Seeker, ${status}` }).click();
    }

    test("an employer signs up, writes a job and publishes it", async () => {
        const { page, heading, go, picture } = employer;
        await signUp(employer, "an employer", "Erin Employer", "Acme Tools");
        await heading("Your jobs");
        await go("employer/jobs/new");
        await heading("New job");
        await page.getByLabel("Title of the job").fill("Toolmaker");
        await page.getByLabel("Description").fill("Make **good** tools.\n\n- Files\n- Hammers");
        await page.locator("#field-workplace").selectOption("on_site");
        await page.locator("#field-jobType").selectOption("full_time");
        await page.getByLabel("Places").fill("Lyon, France");
        await page.getByRole("button", { name: "Add a question" }).click();
        await page.getByLabel("Question", { exact: true }).fill("How many years have you made tools?");
        await page.getByLabel("The answer is").selectOption("number");
        const preview = page.getByRole("complementary", { name: "Preview" });
        await preview.getByText("good", { exact: true }).waitFor();
        assert.equal(await preview.getByRole("listitem").filter({ hasText: "Hammers" }).count(), 1);
        await picture("job-form");
        await page.getByRole("button", { name: "Publish" }).click();
        await heading("Toolmaker");
        await page.getByText("Nobody has applied yet").waitFor();
    });

    test("a seeker signs up, uploads a résumé, finds the job and applies", async () => {
        const { page, heading, go, picture } = seeker;
        await signUp(seeker, "looking for a job", "Sam Seeker");
        await heading("Profile");
        await page.getByLabel("Headline").fill("Toolmaker since 2015");
        await page.getByLabel("Years of experience").fill("11");
        await page.getByRole("button", { name: "Add a position" }).click();
        await page.keyboard.type("Apprentice");
        await page.getByLabel("From, such as 2019-04").fill("2012-08");
        await page.getByText("Fields of interest").click();
        const interest = page.getByRole("group", { name: "You are told about new jobs in them." }).getByRole("checkbox").first();
        await interest.check();
        await page.getByRole("button", { name: "Save", exact: true }).click();
        await page.getByText("Saved.").first().waitFor();
        assert.equal(await page.locator("summary", { hasText: "Fields of interest" }).locator(".count").textContent(), "1");
        const file = pdf("resume.pdf");
        await page.getByLabel("Add a résumé").setInputFiles({ name: file.name, mimeType: file.type, buffer: Buffer.from(await file.arrayBuffer()) });
        await page.getByRole("button", { name: "Upload" }).click();
        await page.getByRole("button", { name: "resume.pdf", exact: true }).waitFor();

        await go("search");
        await page.getByRole("combobox", { name: "What" }).fill("toolm");
        await page.getByRole("option", { name: "Toolmaker" }).waitFor();
        await page.keyboard.press("ArrowDown");
        await page.keyboard.press("Enter");
        await page.getByRole("button", { name: "Save Toolmaker" }).click();
        await page.getByRole("button", { name: "Save Toolmaker", pressed: true }).waitFor();
        await picture("search");
        await page.getByRole("link", { name: "Toolmaker" }).click();
        await heading("Toolmaker");
        await page.getByRole("link", { name: "Apply" }).click();
        await heading("Apply: Toolmaker");
        assert.equal(await page.getByLabel("How many years have you made tools?").inputValue(), "11", "the profile fills the answer");
        await page.getByLabel("Cover letter").fill("I make tools that last.");
        await page.getByRole("button", { name: "Send the application" }).click();
        await page.getByText("I make tools that last.").waitFor();
        assert.deepEqual(await page.locator(".timeline strong").allTextContents(), ["Submitted"]);
    });

    test("the employer sees it live, and moves it, back and on", async () => {
        const { page, picture } = employer;
        await page.getByRole("link", { name: "Notifications 1 unread" }).waitFor();
        const column = (name) => page.getByRole("region", { name });
        const list = page.getByLabel("Move Sam Seeker to");
        await column("Submitted 1").waitFor();
        await move(page, "In review");
        await column("In review 1").waitFor();
        await page.getByText("Sam Seeker moved to In review, 1 of 1").first().waitFor();
        assert.equal(await list.evaluate((select) => select === document.activeElement), true, "the focus follows the card");
        await move(page, "Shortlisted");
        await column("Shortlisted 1").waitFor();
        await page.locator(".toast", { hasText: "Shortlisted" }).getByRole("button", { name: "Undo" }).click();
        await column("In review 1").waitFor();

        await move(page, "Interview");
        const dialog = page.getByRole("dialog", { name: "Interview" });
        await dialog.getByLabel("Where").fill("Room 7");
        await dialog.getByRole("button", { name: "Move" }).click();
        await column("Interview 1").waitFor();
        await picture("pipeline");
    });

    test("the seeker's timeline follows without a reload", async () => {
        const { page, picture } = seeker;
        await page.getByText("Room 7").waitFor();
        assert.deepEqual(await page.locator(".timeline strong").allTextContents(), ["Submitted", "In review", "Shortlisted", "In review", "Interview"]);
        await page.getByRole("link", { name: /Notifications \d+ unread/ }).waitFor();
        await picture("application");
    });

    test("what happens while the connection is lost is there when it is back", async () => {
        proxy.cut();
        await seeker.page.getByText("No connection to the board").waitFor();
        await move(employer.page, "Offered");
        await employer.page.getByRole("region", { name: "Offered 1" }).waitFor();
        proxy.heal();
        await seeker.page.getByText("No connection to the board").waitFor({ state: "hidden" });
        await seeker.page.getByRole("link", { name: "Notifications" }).click();
        await seeker.page.getByRole("link", { name: /offer: Toolmaker/i }).waitFor();
        seeker.faults.length = 0; // the browser tells of each request that failed meanwhile
    });

    test("the employer reads the documents, hires, and both review each other", async () => {
        const { page, heading } = employer;
        await page.getByRole("link", { name: "Sam Seeker" }).click();
        await heading("Sam Seeker");
        await page.getByText("Apprentice").waitFor();
        const [tab] = await Promise.all([page.context().waitForEvent("page"), page.getByRole("button", { name: "resume.pdf" }).first().click()]);
        await tab.close();
        await page.getByLabel("Move to…").selectOption("hired");
        await page.getByLabel("A word to the applicant").fill("Welcome aboard!");
        await page.getByRole("button", { name: "Move", exact: true }).click();
        await page.locator(".timeline").getByText("Welcome aboard!").waitFor();
        await page.getByLabel("5").check();
        await page.getByLabel("Your words").fill("A pleasure.");
        await page.getByRole("button", { name: "Save" }).click();
        await page.getByText("A pleasure.").waitFor();

        await seeker.go("applications");
        await seeker.page.getByRole("heading", { name: "Decided" }).waitFor();
        await seeker.page.getByRole("link", { name: "Toolmaker" }).click();
        await seeker.page.getByLabel("4").check();
        await seeker.page.getByLabel("Your words").fill("Quick and kind.");
        await seeker.page.getByRole("button", { name: "Save" }).click();
        await seeker.page.getByText("Quick and kind.").waitFor();
    });

    test("after a sign-out the token is dead and another user may sign in", async () => {
        const { page, heading, go } = seeker;
        const token = await page.evaluate(() => JSON.parse(localStorage.getItem("pocketbase_auth")).token);
        await page.getByRole("button", { name: "Sign out" }).click();
        await heading("Sign in");
        const answer = await fetch(`${board.url}/api/users/auth/refresh/`, { method: "POST", headers: { Authorization: token } });
        assert.equal(answer.status, 401);
        await go("applications"); // which leads to the sign-in, and back after it
        await page.getByLabel("E-mail").fill("erin@example.org");
        await page.getByLabel("Password").fill(password);
        await page.getByRole("main").getByRole("button", { name: "Sign in" }).click();
        await heading("Not for this account");
        await Promise.all([employer.close(), seeker.close()]);
    });
});

test("without npm's libraries /app/ says how to get them, and no page leads to it", async () => {
    const board = await newBoard();
    const files = fileURLToPath(new URL("../pb_public", import.meta.url));
    await cp(files, path.join(board.dir, "pb_public"), { recursive: true, filter: (source) => path.basename(source) !== "lib" });
    await board.start();
    const page = await browser.newPage();
    const answer = await page.goto(`${board.url}/app/`);
    assert.equal(answer.status(), 404);
    await page.getByText("make assets").waitFor();
    await page.goto(board.url);
    assert.equal(await page.locator('a[href^="/app/"]').count(), 0);
    await page.close();
    await board.remove();
});

test("the client speaks German to those who do", async () => {
    const board = await newBoard();
    await board.start();
    await register(board, "Gerda", "job_seeker");
    const { page, heading, go, close } = await openApp(browser, board.url, { locale: "de-DE" });
    await go("sign-in");
    await heading("Anmelden");
    assert.equal(await page.evaluate(() => document.documentElement.lang), "de");
    await close();
    await board.remove();
});
