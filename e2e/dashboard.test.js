// The page "Job board" in PocketBase's admin UI, in a real browser: the extension API is experimental, so a new PocketBase
// must prove that the page still works. Needs Chromium (JOBBOARD_CHROMIUM, or chromium on the path).
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { newBoard } from "./board.js";

const login = { email: "root@example.com", password: "correct horse battery" };

let board, browser, root;
before(async () => {
    board = await newBoard();
    const made = await board.run("superuser", "upsert", login.email, login.password);
    assert.equal(made.code, 0, made.stderr);
    await board.start();
    root = board.client();
    await root.collection("_superusers").authWithPassword(login.email, login.password);
    const owner = await root.collection("users").create({ email: "owner@example.com", password: login.password, passwordConfirm: login.password, name: "Owner", role: "employer" });
    const employer = await root.collection("employers").create({ owner: owner.id, name: "=Mill 王小明", verified: false });
    for (const title of ["Miller", "Baker"]) {
        await root.collection("jobs").create({ employer: employer.id, title, description: "<p>Work.</p>", workplace: "on_site", jobType: "full_time", status: "published" });
    }
    const executablePath = process.env.JOBBOARD_CHROMIUM || execFileSync("sh", ["-c", "command -v chromium || command -v chromium-browser || command -v google-chrome"]).toString().trim();
    browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
});
after(async () => {
    await browser?.close();
    await board?.remove();
});

/** openBoard logs in to the admin UI and opens the page. faults are what the browser complained of meanwhile. */
async function openBoard(options = {}) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    const page = await context.newPage();
    const faults = [];
    page.on("pageerror", (error) => faults.push(error.message));
    page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
    await page.goto(board.url + "/_/");
    await page.fill('input[type="email"]', login.email);
    await page.fill('input[type="password"]', login.password);
    await page.keyboard.press("Enter");
    await page.getByRole("link", { name: "Job board" }).click();
    await page.waitForSelector('[data-figure="jobs.posted"]');
    return { page, faults, close: () => context.close() };
}

const figure = (page, key) => page.locator(`[data-figure="${key}"] dd`).textContent();

test("the key figures and charts are those of the summary", async () => {
    const { page, faults, close } = await openBoard();
    assert.equal(await figure(page, "jobs.posted"), "2");
    assert.equal(await figure(page, "jobs.withoutApplications"), "2");
    assert.equal(await figure(page, "users.employers"), "1");
    await page.waitForSelector('[data-chart="jobsOverTime"] canvas');
    assert.deepEqual(faults, []);
    await close();
});

for (const colorScheme of ["light", "dark"]) {
    for (const width of [1280, 390]) {
        test(`nothing is cut off sideways at ${width} px, ${colorScheme}`, async () => {
            const { page, close } = await openBoard({ viewport: { width, height: 900 }, colorScheme });
            const [inner, outer] = await page.evaluate(() => [document.querySelector(".jb-content").scrollWidth, document.querySelector(".jb-content").clientWidth]);
            assert.ok(inner <= outer, `${inner} px in ${outer} px`);
            assert.equal(await page.evaluate(() => document.documentElement.dataset.colorScheme || "light"), colorScheme);
            await close();
        });
    }
}

test("a job is closed, an employer verified in place, by the keyboard", async () => {
    const { page, close } = await openBoard();
    await page.getByRole("button", { name: "Close: Miller" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("status").filter({ hasText: "Closed: Miller" }).waitFor();
    assert.equal((await root.collection("jobs").getFirstListItem('title = "Miller"')).status, "closed");
    await page.getByRole("button", { name: /^Verify:/ }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("status").filter({ hasText: "Verified" }).waitFor();
    assert.equal((await root.collection("employers").getFirstListItem("")).verified, true);
    await page.getByRole("button", { name: /^Verify:/ }).waitFor({ state: "detached" });
    await close();
});

test("a report of the chosen period is made and downloaded", async () => {
    const { page, close } = await openBoard();
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Make and download" }).click();
    const text = await readFile(await (await download).path(), "utf8");
    const lines = text.trimEnd().split("\r\n");
    assert.equal(lines.length, 3);
    assert.match(lines[0], /^\ufeffid,title,/);
    assert.match(text, /,'=Mill 王小明,/);
    await page.getByRole("status").filter({ hasText: "2 rows" }).waitFor();
    await close();
});

test("what is shown is chosen and kept", async () => {
    const { page, close } = await openBoard();
    await page.getByText("Choose what is shown").click();
    await page.getByRole("checkbox", { name: "Expired" }).uncheck();
    await page.waitForSelector('[data-figure="jobs.expired"]', { state: "detached" });
    await page.reload();
    await page.waitForSelector('[data-figure="jobs.posted"]');
    assert.equal(await page.locator('[data-figure="jobs.expired"]').count(), 0);
    await close();
});
