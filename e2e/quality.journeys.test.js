// What the client asks of people on their way through it: bytes, and patience with things that move while they load.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { onDemoBoard, whyNot } from "./quality.board.js";
import { people, signInTo } from "./quality.states.js";
import { shiftLimit, watchShifts } from "./shifts.js";

// Bytes of scripts and style sheets, compressed. The administration is a page of its own, which no other journey loads anything of.
const most = 60_500;
const mostOfAdmins = 75_000;

/** loaded lists the scripts and style sheets of the page so far with their compressed sizes. */
const loaded = (page) => page.evaluate(() => performance.getEntriesByType("resource")
    .filter(({ name }) => /\.(css|m?js)$/.test(name)).map(({ name, encodedBodySize }) => [name, encodedBodySize]));

/** ready waits until the view has all it shows. */
async function ready(page) {
    await page.locator("main h1:not(.hidden-visually)").waitFor();
    await page.waitForFunction(() => !document.querySelector("main .skeleton"));
    await page.waitForTimeout(300); // what still moves does it now; the realtime stream keeps the network from ever being idle
}

describe("journeys through the client", { skip: whyNot("journeys through the client"), concurrency: 1 }, () => {
    const demo = onDemoBoard();
    const open = async (who, width = 1280) => {
        const page = await demo.open();
        await page.setViewportSize({ width, height: 900 });
        await watchShifts(page);
        if (who) {
            await signInTo(demo.board, page, people[who]);
        }
        return page;
    };

    test("what each journey downloads", async () => {
        const { fresh, ownJob, received } = demo.ids;
        const journeys = [
            ["the first view", "", ["search"]],
            ["a guest searches", "", ["search", `jobs/${fresh.id}`, "register"]],
            ["a seeker applies", "seeker", ["sign-in", "search", `jobs/${fresh.id}`, `jobs/${fresh.id}/apply`, "applications"]],
            ["an employer reads applications", "employer", ["sign-in", "employer", `employer/jobs/${ownJob}`,
                `employer/applications/${received.id}`]],
            ["an employer posts a job", "employer", ["sign-in", "employer", "employer/jobs/new", `employer/jobs/${ownJob}`]],
            ["an administrator moderates", "admin", ["", "jobs", "people", "reports"]],
        ];
        const sizes = {};
        for (const [name, who, views] of journeys) {
            const page = await open(who);
            const files = new Map();
            for (const view of views) {
                await page.goto(`${demo.board.url}/app/${who === "admin" ? "admin" : ""}#/${view}`);
                await ready(page);
                (await loaded(page)).forEach(([file, size]) => files.set(file, size));
            }
            sizes[name] = [...files.values()].reduce((a, b) => a + b, 0);
            await page.context().close();
        }
        console.log("bytes of scripts and style sheets, compressed:", sizes);
        for (const [name, size] of Object.entries(sizes)) {
            const limit = name === "an administrator moderates" ? mostOfAdmins : most;
            assert.ok(size > 20_000 && size <= limit, `${name}: ${size} bytes, of ${limit} at most`);
        }
    });

    test("nothing moves while a view loads", async () => {
        const { fresh, ownJob } = demo.ids;
        const views = [["", "search"], ["", `jobs/${fresh.id}`], ["seeker", "applications"], ["employer", `employer/jobs/${ownJob}`], ["admin", ""]];
        const shifts = {};
        for (const [who, view] of views) {
            for (const width of [390, 1280]) {
                const page = await open(who, width);
                await page.goto(`${demo.board.url}/app/${who === "admin" ? "admin" : ""}#/${view}`);
                await ready(page);
                shifts[`${view}, ${width} px`] = Number((await page.evaluate(() => window.shifts)).toFixed(4));
                await page.context().close();
            }
        }
        console.log("layout shifts:", shifts);
        assert.deepEqual(Object.entries(shifts).filter(([, shift]) => shift > shiftLimit), []);
    });
});
