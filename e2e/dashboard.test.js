// The page "Job board" in PocketBase's admin UI, in a real browser. PocketBase's extension API is experimental, so
// this shows whether the page still works with a new version. Needs Chromium, as app.js does.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { launch } from "./app.js";
import { newBoard } from "./board.js";
import { settled } from "./inspect.js";

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
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
    browser = await launch();
});
after(async () => {
    await browser?.close();
    await board?.remove();
});

/** openBoard logs in to the admin UI and opens the page. faults lists the browser's errors. */
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

const figure = (page, key) => page.locator(`[data-figure="${key}"] dd:first-of-type`).textContent();

test("the key figures and charts show the summary's data", async () => {
    const { page, faults, close } = await openBoard();
    assert.equal(await figure(page, "jobs.posted"), "2");
    assert.equal(await figure(page, "jobs.withoutApplications"), "2");
    assert.equal(await figure(page, "users.employers"), "1");
    await page.waitForSelector('[data-chart="jobsOverTime"] canvas');
    assert.deepEqual(faults, []);
    await close();
});

for (const colorScheme of ["light", "dark"]) {
    test(`nothing overflows sideways, ${colorScheme}`, async () => {
        const { page, close } = await openBoard({ colorScheme });
        assert.equal(await page.evaluate(() => document.documentElement.dataset.colorScheme || "light"), colorScheme);
        for (const width of [1280, 390]) {
            await page.setViewportSize({ width, height: 900 });
            await settled(page);
            const [inner, outer] = await page.evaluate(() => [document.querySelector(".jb-content").scrollWidth, document.querySelector(".jb-content").clientWidth]);
            assert.ok(inner <= outer, `${inner} px in ${outer} px at ${width} px`);
        }
        await close();
    });
}

test("an import source shows its result and can be run again", async () => {
    // Loopback is not requested unless the board is configured so, and the run fails.
    const source = await root.collection("import_sources").create({ kind: "csv", url: "http://127.0.0.1:9/jobs.csv?key=1" });
    const seen = async (after) => {
        for (;;) {
            const now = await root.collection("import_sources").getOne(source.id);
            if (now.lastRun > after) {
                return now;
            }
            await new Promise((resolve) => setTimeout(resolve, 100));
        }
    };
    const first = await seen("");
    assert.equal(first.lastStatus, "failed");
    const { page, faults, close } = await openBoard();
    await page.getByText("failed · request 127.0.0.1:9: its address is not public").waitFor();
    await page.getByRole("button", { name: "Run: csv · 127.0.0.1:9/jobs.csv" }).click();
    await page.getByRole("status").filter({ hasText: "Runs: csv" }).waitFor();
    await seen(first.lastRun);
    assert.deepEqual(faults, []);
    await close();
});

test("a job can be closed and an employer verified by keyboard", async () => {
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

test("a report for the chosen period can be made and downloaded", async () => {
    const { page, close } = await openBoard();
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Create and download" }).click();
    const text = await readFile(await (await download).path(), "utf8");
    const lines = text.trimEnd().split("\r\n");
    assert.equal(lines.length, 3);
    assert.match(lines[0], /^\ufeffid,title,/);
    assert.match(text, /,'=Mill 王小明,/);
    await page.getByRole("status").filter({ hasText: "2 rows" }).waitFor();
    await close();
});

test("the choice of what is shown is kept across browsers", async () => {
    const { page, close } = await openBoard();
    await page.getByText("Choose what is shown").click();
    for (const name of ["Expired", "Closed"]) {
        const kept = page.waitForResponse((answer) => answer.url().includes("/api/collections/dashboards/records") && answer.request().method() !== "GET");
        await page.getByRole("checkbox", { name, exact: true }).uncheck();
        assert.equal((await kept).status(), 200);
    }
    await page.waitForSelector('[data-figure="jobs.expired"]', { state: "detached" });
    await close();
    const other = await openBoard();
    for (const key of ["jobs.expired", "jobs.closed"]) {
        assert.equal(await other.page.locator(`[data-figure="${key}"]`).count(), 0, key);
    }
    assert.equal(await other.page.locator('[data-figure="jobs.published"]').count(), 1);
    await other.close();
    assert.equal((await root.collection("dashboards").getFullList()).length, 1);
});

for (const colorScheme of ["light", "dark"]) {
    test(`axe finds no problems, ${colorScheme}`, async () => {
        const { page, close } = await openBoard({ colorScheme, bypassCSP: true }); // axe is a script from outside
        await page.waitForSelector(".jb-queue-text");
        for (const summary of await page.locator(".jb-content summary").all()) {
            await summary.click();
        }
        await page.addScriptTag({ path: axe });
        const { violations, passes } = await page.evaluate(() => window.axe.run(".jb-page"));
        assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(" | ")}`), []);
        assert.ok(passes.length > 20, `only ${passes.length} rules had something to look at`);
        await close();
    });
}

test("every control can be reached by Tab and shows its focus", async () => {
    const { page, close } = await openBoard();
    await page.waitForSelector(".jb-queue-text");
    const wanted = await page.evaluate(() => {
        const controls = [...document.querySelectorAll(".jb-content :is(a, button, input, select, summary)")].filter((control) => control.checkVisibility());
        controls.forEach((control, i) => (control.dataset.control = i));
        return controls.length;
    });
    const reached = new Set();
    await page.locator("#jb-from").focus();
    await page.keyboard.press("Shift+Tab"); // focus is shown only to keyboard users
    for (let i = 0; i < 4 * wanted; i++) {
        // The button inside a date field has its own focus ring, which the field does not report.
        const [control, seen] = await page.evaluate(() => {
            const now = document.activeElement;
            return [now.dataset.control, !now.matches(":focus") || getComputedStyle(now).outlineStyle !== "none"];
        });
        if (control !== undefined) {
            reached.add(control);
            assert.ok(seen, `control ${control} has no visible focus`);
        }
        await page.keyboard.press("Tab");
    }
    assert.equal(reached.size, wanted);
    await close();
});

test("collection lists hide fields that don't fit in a column", async () => {
    const { page, close } = await openBoard();
    await page.goto(board.url + "/_/#/collections?collection=jobs");
    await page.getByRole("cell", { name: "Miller" }).first().waitFor();
    assert.ok(await page.locator("th", { hasText: "title" }).first().isVisible());
    assert.ok(!(await page.locator("th", { hasText: "description" }).first().isVisible()));
    await close();
});
