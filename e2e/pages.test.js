// The board's own pages in a real browser, which reports any violation of the content security policy.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "./app.js";
import { newBoard } from "./board.js";

let board, browser;
before(async () => {
    board = await newBoard();
    await board.start();
    browser = await launch();
});
after(async () => {
    await browser?.close();
    await board?.remove();
});

for (const [name, path, shown] of [
    ["the home page", "/", "main"],
    ["the API's documentation", "/api/docs", "#operations-auth-registerUser"],
    ["the page to unsubscribe", "/unsubscribe/broken", "main"],
]) {
    test(`${name} obeys the policy`, async () => {
        const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
        const faults = [];
        page.on("pageerror", (error) => faults.push(error.message));
        page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
        const answer = await page.goto(board.url + path);
        const policy = answer.headers()["content-security-policy"];
        assert.match(policy, /default-src 'none'/);
        assert.doesNotMatch(policy, /unsafe/);
        await page.waitForSelector(shown);
        if (process.env.JOBBOARD_PICTURES) {
            await page.screenshot({ path: `${process.env.JOBBOARD_PICTURES}/${name.replaceAll(/\W+/g, "-")}.png` });
        }
        assert.deepEqual(faults.filter((fault) => !fault.includes("status of 404")), []);
        await page.context().close();
    });
}
