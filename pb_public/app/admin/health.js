// What is wrong with the board's set-up, as `jobboard doctor` tells it.
import { html, icon, nothing } from "../view.js";
import { pb } from "../pb.js";
import { w } from "./words.js";

/** @import { Schemas } from "../pb.js" */

/** fetchHealth asks the board to check itself. @returns {Promise<Schemas["BoardChecks"] | null>} */
export const fetchHealth = () => pb.send("/api/board/checks/", { requestKey: null }).catch(() => null);

/**
 * drawHealth draws what is not as it should be: errors first. The board says it in English.
 * @param {Schemas["BoardChecks"] | null} health
 */
export function drawHealth(health) {
    if (!health) {
        return nothing;
    }
    const problems = health.checks.filter(({ level }) => level !== "ok").sort((a, b) => a.level.localeCompare(b.level));
    return html`
        <section class="part" aria-labelledby="health"><h2 id="health">${w("health")}</h2>
            ${problems.length === 0 ? html`<p class="notice good">${icon("check")} ${w("healthy", { n: health.checks.length })}</p>` : html`
                <ul class="plain stack" lang="en">${problems.map(({ level, message, advice }) => html`
                    <li class="notice ${level === "error" ? "bad" : "warn"}"><p><strong>${message}</strong></p><p>${advice}</p></li>`)}</ul>`}
        </section>`;
}
