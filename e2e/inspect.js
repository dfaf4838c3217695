// Looks at a page as people with different needs would: axe, reflow, text spacing.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const looks = [["light", 390], ["dark", 1280], ["light", 1280], ["dark", 390]];

/**
 * twoLooks is two of the four combinations of theme and width, so that both themes and both widths see each page;
 * JOBBOARD_FULL_MATRIX=1 takes all four. n is the number of the page among others.
 */
export const twoLooks = (n) => (process.env.JOBBOARD_FULL_MATRIX ? looks : n % 2 ? looks.slice(2) : looks.slice(0, 2));
const still = "*, ::before, ::after { transition: none !important; animation: none !important }"; // else axe meets colours half way
const textSpacing = "* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important } p { margin-bottom: 2em !important }";

/** settled waits until the page is drawn in its new theme and width. */
export const settled = (page) => page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve, 20)))));

/** problems lists what axe finds in the page as it is. */
async function problems(page) {
    const found = await page.evaluate((values) => window.axe.run({ runOnly: values, resultTypes: ["violations"] }), tags);
    return found.violations.map((fault) => `${fault.id}: ${fault.nodes.map((node) => node.target.join(" ")).slice(0, 4).join(", ")}`);
}

/** cutOff tells what does not fit into the page's width. Tables and the like that scroll by themselves may. */
const cutOff = (page) => page.evaluate(() => {
    const room = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= room) {
        return [];
    }
    const wide = [...document.querySelectorAll("body *")].filter((element) => element.getBoundingClientRect().right > room + 1);
    return wide.slice(-3).map((element) => `${element.tagName}.${element.className?.baseVal ?? element.className}`);
});

/** clipped tells of texts that a box of fixed size hides. */
const clipped = (page) => page.evaluate(() => [...document.querySelectorAll("main *, header *, footer *")]
    .filter((element) => ["hidden", "clip"].includes(getComputedStyle(element).overflowY) && element.clientHeight > 1 && element.innerText?.trim()
        && (element.scrollHeight > element.clientHeight + 2))
    .map((element) => `${element.tagName}.${element.className}`));

/** restyle adds a style sheet of the reader's own, in place of the one before. */
const restyle = (page, css) => page.evaluate((text) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    document.adoptedStyleSheets = [sheet];
}, css);

/**
 * inspect looks at the page in combinations of theme and width, then 320 px wide and with more space in its texts, and leaves it 1280 px
 * wide. It calls afterLook, if there is one, while the page is in each combination.
 */
export async function inspect(page, combinations = looks, afterLook = null) {
    const faults = [];
    await page.evaluate(axe);
    await restyle(page, still);
    for (const [colorScheme, width] of combinations) {
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        await page.setViewportSize({ width, height: 900 });
        await settled(page);
        faults.push(...(await problems(page)).map((fault) => `${colorScheme}, ${width} px: ${fault}`));
        await afterLook?.(colorScheme, width);
    }
    await page.setViewportSize({ width: 320, height: 900 });
    faults.push(...(await cutOff(page)).map((fault) => `320 px: ${fault} sticks out`));
    await restyle(page, textSpacing);
    faults.push(...(await cutOff(page)).map((fault) => `text spacing: ${fault} sticks out`));
    faults.push(...(await clipped(page)).map((fault) => `text spacing: ${fault} hides text`));
    await restyle(page, "");
    await page.setViewportSize({ width: 1280, height: 900 });
    return faults;
}
