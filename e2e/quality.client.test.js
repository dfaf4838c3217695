// What everybody should be able to use: axe, reflow and text spacing on every view of the client, on the demo board.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { findChromium, launch } from "./app.js";
import { newBoard } from "./board.js";
import { inspect } from "./inspect.js";
import { clientStates, findIds, people, signInTo } from "./quality.states.js";

const skip = findChromium() ? false : "there is no Chromium here: JOBBOARD_CHROMIUM names one";
if (skip) {
    console.error(`NOT TESTED: the quality of the client, for ${skip}`);
}

describe("the quality of the client", { skip, concurrency: 1 }, () => {
    let board, browser, ids;
    before(async () => {
        board = await newBoard({ command: "demo" });
        await board.start();
        browser = await launch();
        ids = await findIds(board);
    });
    after(async () => {
        await browser?.close();
        await board?.remove();
    });

    async function open() {
        const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "en-GB", reducedMotion: "reduce" });
        const page = await context.newPage();
        page.setDefaultTimeout(30_000);
        return page;
    }

    for (const who of ["nobody", "seeker", "employer"]) {
        test(`the client's views, signed in: ${who}`, async () => {
            const page = await open();
            if (people[who]) {
                await signInTo(board, page, people[who]);
            }
            const faults = [];
            for (const [n, [name, view, act]] of clientStates(ids)[who].entries()) {
                await page.goto("about:blank"); // else only what is after the # would change
                await page.goto(`${board.url}/app/#/${view}`);
                await page.locator("main h1").first().waitFor();
                await page.waitForFunction(() => !document.querySelector("main .skeleton"));
                await act?.(page);
                faults.push(...(await inspect(page, n)).map((fault) => `${name}: ${fault}`));
            }
            assert.deepEqual(faults, []);
            await page.context().close();
        });
    }
});
