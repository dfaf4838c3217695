// The first view: what waits for an administrator, then how the board does.
import { heading, html } from "../view.js";
import { createFigures } from "./figures.js";
import { drawHealth, fetchHealth } from "./health.js";
import { createQueue } from "./queue.js";
import { w } from "./words.js";

/** @import { Visit } from "../router.js" */

/** @param {Visit} visit */
export default async function overview({ query, signal, show }) {
    let drawQueue = () => /** @type {unknown} */ ("");
    /** @type {Awaited<ReturnType<typeof fetchHealth>>} */
    let health = null;
    const draw = () => show(w("overview"), html`${heading(w("overview"))}${drawQueue()}${drawHealth(health)}${figures.draw()}`);
    const figures = createFigures(query, draw, signal);
    let ready = false;
    const redraw = () => ready && draw();
    [drawQueue, health] = await Promise.all([createQueue(redraw, signal), fetchHealth()]); // together, so that nothing moves
    ready = true;
    draw();
    figures.load();
}
