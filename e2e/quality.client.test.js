// What everybody should be able to use: axe, reflow and text spacing on every view of the client, on the demo board.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inspect, twoLooks } from "./inspect.js";
import { onDemoBoard, whyNot } from "./quality.board.js";
import { clientStates, people, signInTo } from "./quality.states.js";

describe("the quality of the client", { skip: whyNot("the quality of the client"), concurrency: 1 }, () => {
    const demo = onDemoBoard();

    for (const who of ["nobody", "seeker", "employer", "admin"]) {
        test(`the client's views, signed in: ${who}`, async () => {
            const page = await demo.open();
            if (people[who]) {
                await signInTo(demo.board, page, people[who]);
            }
            const faults = [];
            for (const [n, [name, view, act]] of clientStates(demo.ids)[who].entries()) {
                await page.setViewportSize({ width: n % 2 ? 1280 : 390, height: 900 });
                await page.goto("about:blank"); // else only what is after the # would change
                await page.goto(`${demo.board.url}/app/${who === "admin" ? "admin" : ""}#/${view}`);
                await page.locator("main h1").first().waitFor();
                await page.waitForFunction(() => !document.querySelector("main .skeleton"));
                await act?.(page);
                faults.push(...[...await inspect(page, twoLooks(n)), ...page.complaints()].map((fault) => `${name}: ${fault}`));
            }
            assert.deepEqual(faults, []);
            await page.context().close();
        });
    }
});
