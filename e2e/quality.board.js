// The demo board in a browser, for the tests of quality. Without Chromium they are skipped, and say so.
import { existsSync } from "node:fs";
import { cp, mkdir, rename } from "node:fs/promises";
import path from "node:path";
import { after, before } from "node:test";
import { findChromium, launch } from "./app.js";
import { demoTimeout, newBoard } from "./board.js";
import { findIds } from "./quality.states.js";

/** whyNot is why the tests of something are skipped, or false. */
export function whyNot(what) {
    if (findChromium()) {
        return false;
    }
    const why = "there is no Chromium here: JOBBOARD_CHROMIUM names one";
    console.error(`NOT TESTED: ${what}, for ${why}`);
    return why;
}

/**
 * copyDemo puts the data of a demo board into a board's folder, since filling one takes seconds. The first to come fills what all tests of
 * run.js copy; without run.js, the board fills itself when it starts.
 */
async function copyDemo(board) {
    const shared = process.env.JOBBOARD_E2E_DEMO;
    if (!shared) {
        return;
    }
    const filled = path.join(shared, "filled");
    const first = await mkdir(path.join(shared, "filling")).then(() => true, () => false);
    if (first) {
        const original = await newBoard({ command: "demo" });
        await original.start();
        await original.stop();
        await cp(original.dir, path.join(shared, "copying"), { recursive: true });
        await rename(path.join(shared, "copying"), filled);
        await original.remove();
    }
    const deadline = Date.now() + demoTimeout;
    while (!existsSync(filled)) {
        if (Date.now() > deadline) {
            throw new Error("another test should have filled a demo board to copy, and did not");
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await cp(filled, board.dir, { recursive: true });
}

/**
 * onDemoBoard starts a demo board before the tests around it and ends it after them. open() opens a page in a context of its own;
 * page.complaints() returns what the browser has complained of since it was last asked, such as a violation of the content security
 * policy. That an answer is an error is none: some pages are to be one.
 */
export function onDemoBoard() {
    const demo = {
        board: null, browser: null, ids: null,
        async open(options = {}) {
            const context = await demo.browser.newContext({
                viewport: { width: 1280, height: 900 }, locale: "en-GB", reducedMotion: "reduce", ...options,
            });
            const page = await context.newPage();
            page.setDefaultTimeout(30_000);
            const complaints = [];
            page.on("pageerror", (error) => complaints.push(error.message));
            page.on("console", (message) => {
                if (message.type() === "error" && !/status of 4\d\d/.test(message.text())) {
                    complaints.push(message.text());
                }
            });
            page.complaints = () => complaints.splice(0);
            return page;
        },
    };
    before(async () => {
        demo.board = await newBoard({ command: "demo" });
        await copyDemo(demo.board);
        await demo.board.start();
        demo.browser = await launch();
        demo.ids = await findIds(demo.board);
    });
    after(async () => {
        await demo.browser?.close();
        await demo.board?.remove();
    });
    return demo;
}
