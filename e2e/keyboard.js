// Walks a page by the keyboard alone, and looks at each stop as somebody would who can't use a mouse.
import assert from "node:assert/strict";
import { settled } from "./inspect.js";

/**
 * tabTo presses Tab until the focus is on what matches the selector, and demands of every stop on the way that the focus can be
 * seen: inside the window, covered by nothing (WCAG 2.4.11), with an outline (2.4.7).
 */
export async function tabTo(page, selector, limit = 80) {
    for (let i = 0; i < limit; i++) {
        await page.keyboard.press("Tab");
        await settled(page);
        const stop = await page.evaluate((wanted) => {
            const element = document.activeElement;
            if (!element || element === document.body) {
                return { name: "", there: false, seen: true };
            }
            const box = element.getClientRects()[0] ?? element.getBoundingClientRect();
            const [x, y] = [box.left + Math.min(box.width / 2, 20), box.top + box.height / 2];
            const top = document.elementFromPoint(x, y);
            const inside = y >= 0 && y <= innerHeight && x >= 0 && x <= innerWidth;
            const outlined = getComputedStyle(element).outlineStyle !== "none";
            return {
                name: `${element.tagName} ${element.textContent.trim().slice(0, 40) || element.id}`,
                there: element.matches(wanted),
                seen: inside && outlined && Boolean(top && (element.contains(top) || top.contains(element) || top.closest("label"))),
            };
        }, selector);
        assert.ok(stop.seen, `the focus can't be seen on ${stop.name}, at ${page.url()}`);
        if (stop.there) {
            return;
        }
    }
    assert.fail(`${selector} is not among the next ${limit} stops of the Tab key, at ${page.url()}`);
}
