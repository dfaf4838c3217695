// Finds records for the lists and the queue, and draws them.
import { html, nothing, repeat } from "../view.js";
import { pb } from "../pb.js";
import { w, word } from "./words.js";

/** @import { Kind, Row } from "./kinds.js" */
/** @import { Refresh } from "./actions.js" */

/** @typedef {{ items: { id: string }[], page: number, totalItems: number, totalPages: number }} Page */

/** filterOf writes what is searched and chosen as a filter of PocketBase's. @param {Kind} kind @param {URLSearchParams} query */
function filterOf({ path, searched, filters }, query) {
    const q = query.get("q")?.trim().slice(0, 100);
    const words = q && !path ? [`(${searched.map((field) => pb.filter(`${field} ~ {:q}`, { q })).join(" || ")})`] : [];
    return [...words, ...filters.flatMap(({ name, values, param }) => (!param && values[query.get(name) ?? ""]) || [])].join(" && ");
}

/** find fetches a page. @param {Kind} kind @param {URLSearchParams} query @param {number} perPage @returns {Promise<Page>} */
export function find(kind, query, perPage) {
    const { collection, path, sort, expand, filters } = kind;
    const page = Math.max(1, Number(query.get("page")) || 1);
    const asked = { sort, filter: filterOf(kind, query), ...(expand ? { expand } : {}) };
    if (!path) {
        return pb.collection(collection).getList(page, perPage, { ...asked, requestKey: null });
    }
    const chosen = filters.map(({ name, values, param }) => [param, values[query.get(name) ?? ""]]);
    const params = [["q", query.get("q")?.trim().slice(0, 100)], ...chosen].filter(([param, value]) => param && value);
    return pb.send(path, { query: { page, perPage, ...asked, ...Object.fromEntries(params) }, requestKey: null });
}

/**
 * rows draws records with their actions, below a heading that gets the focus when the row that had it goes.
 * @param {Kind} kind @param {Page["items"]} items @param {Refresh} refresh @param {{ id: string, level: 2 | 3 }} under
 */
export const rows = (kind, items, refresh, under) => html`
    <ol class="plain rows">
        ${repeat(items, ({ id }) => id, (record) => html`<li class="line">${drawRow(kind.row(record, refresh), under)}</li>`)}</ol>`;

/** @param {Row} row @param {{ id: string, level: 2 | 3 }} under */
function drawRow({ main, href, badges = [], hint, body, actions }, { id, level }) {
    const act = (/** @type {Refresh} */ run) => async () => {
        await run();
        if (document.activeElement === document.body) {
            document.getElementById(id)?.focus({ preventScroll: true });
        }
    };
    const name = html`${href ? html`<a class="title" href=${href}>${main}</a>` : main}
        ${badges.map(([look, text]) => html` <span class="badge ${look}">${text}</span>`)}`;
    return html`
        <div>${level === 2 ? html`<h3 class="small-heading">${name}</h3>` : html`<h4 class="small-heading">${name}</h4>`}
            <p class="muted small">${hint}</p>
            ${body ? html`<p class="small letter words">${body}</p>` : nothing}</div>
        <div class="row">${actions.map(({ label, danger, run }) => html`
            <button class="button slim ${danger ? "danger" : ""}" aria-label="${label}: ${main}" @click=${act(run)}>${label}</button>`)}
        </div>`;
}

/** choices pairs values with their words, for a select. @param {readonly string[]} values */
export const choices = (values) => values.map((value) => /** @type {[string, string]} */ ([value, word(value)]));

/**
 * pager draws the way to other pages, if there are any.
 * @param {{ page: number, totalPages: number }} of @param {(to: number) => () => unknown} turn
 */
export const pager = ({ page, totalPages }, turn) => (totalPages < 2 ? nothing : html`
    <nav class="row pager" aria-label=${w("pages")}>
        <button class="button slim" ?disabled=${page <= 1} @click=${turn(page - 1)}>${w("before")}</button>
        <span>${w("pageOf", { n: page, of: totalPages })}</span>
        <button class="button slim" ?disabled=${page >= totalPages} @click=${turn(page + 1)}>${w("next")}</button></nav>`);

/** allLink leads to a list. @param {string} path @param {number} n */
export const allLink = (path, n) => html`<a class="small" href="#/${path}">${w("all", { n })}</a>`;
