// The board's administration at /app/admin in a real browser, for administrators and for superusers, whom PocketBase's admin UI leads
// there. PocketBase's extension API is experimental, so this shows whether that still works with a new version. Needs Chromium, as
// app.js does. That the views are accessible is for quality.client.test.js.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { launch, password } from "./app.js";
import { newBoard } from "./board.js";
import { me, pdf, register } from "./people.js";

const login = { email: "root@example.com", password };

let board, browser, root, seeker, job, review;
before(async () => {
    board = await newBoard();
    const made = await board.run("superuser", "upsert", login.email, login.password);
    assert.equal(made.code, 0, made.stderr);
    await board.start();
    root = board.client();
    await root.collection("_superusers").authWithPassword(login.email, login.password);
    await root.collection("users").create({ email: "ada.admin@example.org", password, passwordConfirm: password, name: "Ada Admin", role: "admin" });
    const owner = await register(board, "Owner", "employer");
    const employer = await owner.collection("employers").create({ name: "=Mill 王小明" });
    for (const title of ["Baker", "Miller"]) {
        job = await owner.collection("jobs").create({
            employer: employer.id, title, description: "<p>Work.</p>", workplace: "on_site", jobType: "full_time", status: "published",
        });
    }
    seeker = await register(board, "Sam Seeker", "job_seeker");
    await seeker.collection("applications").create({ job: job.id, documents: pdf("letter.pdf") });
    review = await seeker.collection("job_reviews").create({ job: job.id, rating: 1, title: "Rude", body: "They shouted." });
    browser = await launch();
});
after(async () => {
    seeker?.realtime.unsubscribe();
    await browser?.close();
    await board?.remove();
});

/** open opens a page in a context of its own, signed in to the client by that address. close() demands that nothing went wrong. */
async function open(email = "", options = {}) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "en-GB", ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    const faults = [];
    page.on("pageerror", (error) => faults.push(error.message));
    page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
    if (email) {
        const client = board.client();
        await client.collection("users").authWithPassword(email, password);
        const { token, record } = client.authStore;
        await page.addInitScript((kept) => localStorage.setItem("pocketbase_auth", kept), JSON.stringify({ token, record }));
    }
    return {
        page,
        async close() {
            await context.close();
            assert.deepEqual(faults, []);
        },
    };
}

const heading = (page, name) => page.getByRole("heading", { level: 1, name }).waitFor();
const figure = (page, key) => page.locator(`[data-figure="${key}"] .value`).textContent();
const part = (page, name) => page.getByRole("region", { name });

/** until waits for what the board has to do in the background. */
async function until(what, ask) {
    for (let i = 0; i < 100; i++) {
        const found = await ask();
        if (found) {
            return found;
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
    assert.fail(`${what} did not happen`);
}

test("a superuser who signs in to PocketBase's admin UI lands on the administration, and can go back", async () => {
    const { page, close } = await open();
    await page.goto(board.url + "/_/");
    await page.fill('input[type="email"]', login.email);
    await page.fill('input[type="password"]', login.password);
    await page.keyboard.press("Enter");
    await heading(page, "Overview");
    assert.equal(new URL(page.url()).pathname, "/app/admin");
    await page.locator('[data-figure="jobs.posted"]').waitFor();
    assert.equal(await figure(page, "jobs.posted"), "2");
    assert.equal(await figure(page, "applications.submitted"), "1");
    await page.locator('[data-chart="jobsOverTime"] polyline').first().waitFor();
    await page.locator('[data-figure="jobs.posted"]').getByText("What is this?").click();
    await page.getByText("Jobs created in the period.").waitFor();
    await page.getByRole("link", { name: "PocketBase" }).click();
    await page.goto(board.url + "/_/#/collections?collection=jobs");
    await page.getByRole("cell", { name: "Miller" }).first().waitFor();
    assert.ok(await page.locator("th", { hasText: "title" }).first().isVisible());
    assert.ok(!(await page.locator("th", { hasText: "description" }).first().isVisible()), "descriptions fill the list");
    await page.getByRole("link", { name: "Job board" }).click();
    await heading(page, "Overview");
    await close();
});

test("guests and others are refused in plain words, and administrators get in by the client's sign-in", async () => {
    const guest = await open();
    await guest.page.goto(board.url + "/app/admin#/people");
    await heading(guest.page, "For the board’s administrators");
    assert.equal(await guest.page.getByRole("navigation").count(), 0);
    await guest.page.getByRole("link", { name: "Sign in", exact: true }).click();
    await guest.page.getByLabel("E-mail").fill("ada.admin@example.org");
    await guest.page.getByLabel("Password").fill(password);
    await guest.page.getByRole("main").getByRole("button", { name: "Sign in" }).click();
    await heading(guest.page, "Overview");
    await guest.close();
    for (const [email, words] of [["sam.seeker@example.org", "Sam Seeker (Job seeker)"], ["owner@example.org", "Owner (Employer)"]]) {
        const other = await open(email);
        await other.page.goto(board.url + "/app/admin");
        await other.page.getByText(`You are signed in as ${words}, who is no administrator.`).waitFor();
        await other.close();
    }
});

test("an administrator closes a job, verifies a company, hides a review and deactivates a user, and takes each back", async () => {
    const { page, close } = await open("ada.admin@example.org");
    await page.goto(board.url + "/app/admin");
    const done = async (text) => page.getByLabel("Messages").getByText(text, { exact: true }).waitFor();
    const undo = () => page.getByRole("button", { name: "Undo" }).click();

    const jobs = part(page, "Jobs of unverified companies 2");
    await jobs.getByRole("button", { name: "Close: Miller" }).focus();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog");
    await dialog.getByText("1 person who has applied is told.").waitFor();
    await dialog.getByText("1 application waits for a decision.").waitFor();
    await page.keyboard.press("Escape");
    assert.equal((await root.collection("jobs").getOne(job.id)).status, "published", "closed without a yes");
    await jobs.getByRole("button", { name: "Close: Miller" }).click();
    await dialog.getByRole("button", { name: "Close" }).click();
    await done("Closed: Miller");
    assert.equal((await root.collection("jobs").getOne(job.id)).status, "closed");
    await part(page, "Jobs of unverified companies 1").waitFor();
    await undo();
    await part(page, "Jobs of unverified companies 2").waitFor();
    assert.equal((await root.collection("jobs").getOne(job.id)).status, "published");

    await page.getByRole("button", { name: "Hide" }).click();
    await done("Hidden: the review of =Mill 王小明. The average rating leaves it out.");
    assert.equal((await root.collection("job_reviews").getOne(review.id)).status, "hidden");
    await undo();
    await page.getByRole("button", { name: "Hide" }).waitFor();

    await page.getByRole("button", { name: "Verify" }).click();
    await done("Verified: =Mill 王小明");
    await undo();
    await page.getByRole("button", { name: "Verify" }).waitFor();

    await page.getByRole("link", { name: "People", exact: true }).click();
    await page.getByLabel("Search").fill("sam.se");
    await page.getByRole("heading", { name: "1 found" }).waitFor();
    await page.getByRole("button", { name: "Deactivate: Sam Seeker" }).click();
    await dialog.getByText("1 open application stays with the company, which can still decide on it.").waitFor();
    await dialog.getByRole("button", { name: "Deactivate" }).click();
    await done("Deactivated: Sam Seeker");
    await assert.rejects(board.client().collection("users").authWithPassword("sam.seeker@example.org", password));
    await page.getByLabel("Search").fill("");
    await page.getByLabel("Status").selectOption("Deactivated");
    await page.getByRole("button", { name: "Reactivate: Sam Seeker" }).waitFor();
    await undo();
    await page.getByRole("heading", { name: "0 found" }).waitFor();
    await board.client().collection("users").authWithPassword("sam.seeker@example.org", password);
    await close();
});

test("what happens elsewhere is shown at once, and an import that failed can be run again", async () => {
    const { page, close } = await open("ada.admin@example.org");
    await page.goto(board.url + "/app/admin");
    await part(page, "Companies to verify 1").waitFor();
    await register(board, "Late Comer", "employer").then((late) => late.collection("employers").create({ name: "Latecomers", owner: me(late) }));
    await part(page, "Companies to verify 2").getByRole("link", { name: "Latecomers" }).waitFor();

    // Loopback is not requested unless the board is configured so, and the run fails.
    const source = await root.collection("import_sources").create({ kind: "csv", url: "http://127.0.0.1:9/jobs.csv?key=1" });
    const lastRun = async () => (await root.collection("import_sources").getOne(source.id)).lastRun;
    const first = await until("the run", lastRun);
    const failed = part(page, "Imports that failed 1");
    await failed.getByText("127.0.0.1:9: its address is not public").waitFor();
    assert.equal(await failed.getByText("key=1").count(), 0);
    await failed.getByRole("button", { name: "Run now: 127.0.0.1:9/jobs.csv" }).click();
    await page.getByLabel("Messages").getByText("Runs within a minute: 127.0.0.1:9/jobs.csv").waitFor();
    await until("the second run", async () => await lastRun() > first);
    await close();
});

test("a report for chosen days can be made and downloaded, and downloaded again", async () => {
    const { page, close } = await open("ada.admin@example.org");
    await page.goto(board.url + "/app/admin#/reports");
    for (const name of ["Create and download", /^Download/]) {
        const download = page.waitForEvent("download");
        await page.getByRole("button", { name }).click();
        const text = await readFile(await (await download).path(), "utf8");
        assert.match(text, /^\ufeffid,title,/);
        assert.match(text, /,'=Mill 王小明,/);
        assert.equal(text.trimEnd().split("\r\n").length, 3);
    }
    await page.getByLabel("Messages").getByText("The report is ready: 2 rows.").waitFor();
    await close();
});

test("German has its own words for every figure and chart", async () => {
    const { figures, charts } = await import("../pb_public/app/admin/texts/de.js");
    const summary = await root.send("/api/reports/summary/", { query: { from: "2026-01-01", to: "2026-01-31" } });
    const keys = Object.entries(summary.definitions).flatMap(([kind, definitions]) => definitions.map(({ key }) => `${kind}.${key}`));
    assert.deepEqual(Object.keys(figures).sort(), keys.sort());
    const names = summary.charts.flatMap(({ title, over, series }) => [title, ...(over === "time" ? series.map(({ name }) => name) : [])]);
    assert.deepEqual([...new Set(names)].filter((name) => !(name in charts)), []);

    const { page, close } = await open("ada.admin@example.org", { locale: "de-DE" });
    await page.goto(board.url + "/app/admin");
    await heading(page, "Übersicht");
    await page.locator('[data-figure="jobs.open"]').getByText("Jetzt offen").first().waitFor();
    await page.getByLabel("Sprache").selectOption("English");
    await heading(page, "Overview");
    await close();
});
