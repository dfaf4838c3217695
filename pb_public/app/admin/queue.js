// What waits for an administrator, with counts, the first of each, and the way to all of them.
import { html, nothing } from "../view.js";
import { number } from "../format.js";
import { allLink, find, rows } from "./finding.js";
import { kinds } from "./kinds.js";
import { live } from "./live.js";
import { w } from "./words.js";

/** @import { Page } from "./finding.js" */
/** @import { Word } from "./texts/en.js" */

const shown = 4;

/** The queue: a title, and the list with the filters that each part has. @type {[title: Word, path: string, query: string][]} */
const parts = [
    ["importsToLookAt", "imports", "last=failed"], ["importsThatAsk", "imports", "last=asks"],
    ["jobsToLookAt", "jobs", "status=published&company=unverified"], ["companiesToVerify", "companies", "company=unverified"],
    ["newReviewsOfJobs", "reviews", "status=visible&since=days30"], ["newReviewsOfPeople", "people-reviews", "status=visible&since=days30"],
    ["newPeople", "people", "state=active&since=days7"],
];

/**
 * createQueue fetches the parts and keeps them up to date. It resolves to what draws them.
 * @param {() => void} redraw @param {AbortSignal} signal
 */
export async function createQueue(redraw, signal) {
    const states = parts.map(([title, path, query]) => {
        const kind = kinds[path];
        const state = {
            title, path: `${path}?${query}`, kind, id: `queue-${title}`,
            page: /** @type {Page} */ ({ items: [], page: 1, totalItems: 0, totalPages: 0 }),
            async refresh() {
                state.page = await find(kind, new URLSearchParams(query), shown);
                redraw();
            },
        };
        return state;
    });
    await Promise.all(states.map(({ refresh }) => refresh()));
    states.forEach(({ kind, refresh }) => live(kind.collection, refresh, signal));

    return () => {
        const waiting = states.filter(({ page }) => page.totalItems > 0);
        const done = states.filter(({ page }) => page.totalItems === 0);
        return html`
            <section aria-labelledby="queue"><h2 id="queue">${w("moderation")}</h2>
                <div class="queue">${waiting.map(({ title, path, kind, id, page, refresh }) => html`
                    <section class="card" aria-labelledby=${id}>
                        <div class="between">
                            <h3 id=${id} tabindex="-1">${w(title)} <span class="badge accent">${number(page.totalItems)}</span></h3>
                            ${allLink(path, page.totalItems)}</div>
                        ${rows(kind, page.items, refresh, { id, level: 3 })}</section>`)}</div>
                ${done.length > 0 ? html`
                    <p class="muted done">${w("nothingIn")} ${done.map(({ title, path }, i) => html`${i ? ", " : nothing}<a
                        href="#/${path.split("?")[0]}">${w(title)}</a>`)}</p>` : nothing}
            </section>`;
    };
}
