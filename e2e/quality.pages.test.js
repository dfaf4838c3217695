// What everybody should be able to use: axe, reflow, text spacing and the keyboard on the public pages of the demo board, and what
// the pages may weigh.
import assert from "node:assert/strict";
import { get } from "node:http";
import { describe, test } from "node:test";
import { inspect, settled, twoLooks } from "./inspect.js";
import { tabTo } from "./keyboard.js";
import { onDemoBoard, whyNot } from "./quality.board.js";
import { people, publicStates } from "./quality.states.js";
import { shiftLimit, watchShifts } from "./shifts.js";

/** zippedSize is how many bytes an address answers, compressed. */
function zippedSize(url) {
    return new Promise((resolve, reject) => {
        get(url, { headers: { "Accept-Encoding": "gzip" } }, (answer) => {
            let size = 0;
            answer.on("data", (chunk) => (size += chunk.length));
            answer.on("end", () => resolve(size));
        }).on("error", reject);
    });
}

const sum = async (urls) => (await Promise.all(urls.map(zippedSize))).reduce((a, b) => a + b, 0);

describe("the quality of the public pages", { skip: whyNot("the quality of the public pages"), concurrency: 1 }, () => {
    const demo = onDemoBoard();

    test("the public pages", async () => {
        const page = await demo.open();
        await watchShifts(page);
        const faults = [];
        for (const [n, [name, path, act]] of publicStates(demo.ids).entries()) {
            await page.setViewportSize({ width: n % 2 ? 1280 : 390, height: 900 });
            await page.goto(demo.board.url + path);
            const moved = async (when) => {
                const shifts = await page.evaluate(() => window.shifts);
                if (shifts > shiftLimit) {
                    faults.push(`${name}: things move by ${shifts.toFixed(3)} ${when}`);
                }
            };
            await moved("while the page loads");
            if (act) {
                await act(page); // which may lead to another page
                await settled(page);
                await moved("after what is done there, which excuses what follows within half a second");
            }
            faults.push(...[...await inspect(page, twoLooks(n)), ...page.complaints()].map((fault) => `${name}: ${fault}`));
        }
        assert.deepEqual(faults, []);
        await page.context().close();
    });

    test("budgets of the public pages, compressed", async () => {
        const sizes = { list: await zippedSize(`${demo.board.url}/jobs`) };
        const page = await demo.open();
        await page.goto(`${demo.board.url}/jobs/${demo.ids.fresh.id}`);
        sizes.job = await zippedSize(page.url());
        const linked = await page.evaluate(() => [...document.querySelectorAll("link[rel=stylesheet], script[src]")].map((link) => link.href || link.src));
        sizes.styles = await sum(linked.filter((url) => url.endsWith(".css")));
        sizes.scripts = await sum(linked.filter((url) => url.endsWith(".js")));
        console.log("bytes, compressed:", sizes);
        for (const [what, most] of Object.entries({ list: 30, job: 15, styles: 10, scripts: 5 })) {
            assert.ok(sizes[what] > 0 && sizes[what] <= most * 1024, `${what}: ${sizes[what]} bytes, of ${most} kB at most`);
        }
        await page.context().close();
    });

    test("without script, somebody searches, filters, reads a job and its company, and corrects a form", async () => {
        const page = await demo.open({ javaScriptEnabled: false });
        const heading = (text) => page.getByRole("heading", { level: 1, name: text }).waitFor();
        await page.goto(demo.board.url);
        await page.getByLabel("What").fill("developer");
        await page.getByRole("button", { name: "Search" }).click();
        await heading(/\d+ jobs for “developer”/);
        await page.getByRole("checkbox", { name: /^Remote/ }).check();
        await page.getByRole("button", { name: "Apply filters" }).first().click();
        await page.getByRole("list", { name: "Active filters" }).getByText("Remote").waitFor();
        const workplaces = await page.locator("article .facts li:first-child").allTextContents();
        assert.deepEqual([...new Set(workplaces)], ["Remote"]);
        const first = page.locator("article").first().getByRole("link");
        const title = await first.textContent();
        await first.click();
        await heading(title);
        const apply = page.getByRole("link", { name: "Apply for this job" }).first();
        assert.match(await apply.getAttribute("href"), /^\/app\/#\/jobs\/\w+\/apply$/);
        await page.locator(".posting .who a").click();
        await page.getByRole("heading", { level: 2, name: "Open jobs" }).waitFor();
        await page.goto(`${demo.board.url}/account/reset?token=header.claims.signature`);
        await page.getByLabel("New password", { exact: true }).fill("x");
        await page.getByRole("button", { name: "Set the password" }).click();
        await page.getByRole("alert").getByRole("link", { name: /^Repeated password/ }).waitFor();
        assert.deepEqual(page.complaints(), []);
        await page.context().close();
    });

    test("somebody finds a job and applies to it by the keyboard alone", async () => {
        const page = await demo.open();
        const enter = () => page.keyboard.press("Enter");
        await page.goto(demo.board.url);
        await tabTo(page, "a.skip", 1);
        await tabTo(page, "#q");
        await page.keyboard.type(demo.ids.fresh.title);
        await enter();
        await page.waitForURL(/\/jobs\?/);
        await tabTo(page, "article a[href^='/jobs/']");
        await enter();
        await page.waitForURL(/\/jobs\/[a-z0-9]{15}\//);
        await page.goto(`${demo.board.url}/jobs/${demo.ids.fresh.id}`); // one that the seeker has not applied to
        await tabTo(page, ".apply .button.primary");
        await enter();
        await page.getByRole("heading", { level: 1, name: "Sign in" }).waitFor();
        await tabTo(page, "input[type=email]");
        await page.keyboard.type(people.seeker);
        await tabTo(page, "input[type=password]");
        await page.keyboard.type("demo-password");
        await enter();
        await page.getByRole("heading", { level: 1, name: "Apply" }).waitFor();
        await tabTo(page, "textarea");
        await page.keyboard.type("I would like to work with you.");
        await tabTo(page, "main form button[type=submit], main form .button.primary");
        await enter();
        await page.locator(".timeline").getByText("Submitted").waitFor();
        await page.context().close();
    });
});
