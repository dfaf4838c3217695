// Takes the pictures of the demo board that README.md shows, into docs/pictures. Needs Chromium; `make pictures` runs it.
import { mkdir, stat } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { launch } from "./app.js";
import { newBoard } from "./board.js";
import { settled } from "./inspect.js";
import { findIds, people, signInTo } from "./quality.states.js";

const folder = fileURLToPath(new URL("../docs/pictures", import.meta.url));
const most = 300 * 1024; // bytes of all pictures together

const board = await newBoard({ command: "demo" });
let browser;
try {
    await board.start();
    browser = await launch();
    await mkdir(folder, { recursive: true });
    const { ownJob } = await findIds(board);
    const newest = await board.client().collection("jobs").getFirstListItem("salaryMin > 0 && employer.logo != '' && employer.ratingCount > 0", { sort: "-publishedAt" });
    let size = 0;
    for (const { name, address, wide, high, theme, who } of [
        { name: "home", address: "/", wide: 1280, high: 860, theme: "light" },
        { name: "job-phone", address: `/jobs/${newest.id}`, wide: 390, high: 780, theme: "dark" },
        { name: "pipeline", address: `/app/#/employer/jobs/${ownJob}`, wide: 1600, high: 680, theme: "light", who: people.employer },
    ]) {
        const context = await browser.newContext({ viewport: { width: wide, height: high }, colorScheme: theme, locale: "en-GB", reducedMotion: "reduce" });
        const page = await context.newPage();
        if (who) {
            await signInTo(board, page, who);
        }
        await page.goto(board.url + address);
        await page.locator("main h1").first().waitFor();
        await page.waitForFunction(() => !document.querySelector("main .skeleton"));
        await page.waitForFunction(() => [...document.images].every((image) => image.complete || image.loading === "lazy"));
        await settled(page);
        const file = path.join(folder, `${name}.png`);
        await page.screenshot({ path: file });
        size += (await stat(file)).size;
        await context.close();
    }
    console.log(`${size} bytes in ${folder}`);
    if (size > most) {
        throw new Error(`the pictures take ${size} bytes, of ${most} at most`);
    }
} finally {
    await browser?.close();
    await board.remove();
}
