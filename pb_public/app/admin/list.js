// A list of everything of one kind, with search, filters and pages. What is searched is in the address.
import { empty, heading, html } from "../view.js";
import { t } from "../i18n.js";
import { options } from "../forms.js";
import { announce, attempt } from "../messages.js";
import { setQuery } from "../router.js";
import { choices, find, pager, rows } from "./finding.js";
import { kinds } from "./kinds.js";
import { live } from "./live.js";
import { w } from "./words.js";

/** @import { Visit } from "../router.js" */
/** @import { Page } from "./finding.js" */
/** @import { Filter } from "./kinds.js" */

const perPage = 30;
const typingPause = 300; // ms

/** @param {Visit} visit */
export default async function list({ params, query, signal, show }) {
    if (!Object.hasOwn(kinds, params.kind)) {
        show(t("notFound"), html`${heading(t("notFound"))}<p>${t("notFoundText")}</p>`);
        return;
    }
    const kind = kinds[params.kind];
    /** @type {Page} */
    let page;
    let asked = 0;

    async function refresh() {
        const mine = ++asked;
        const found = await find(kind, query, perPage);
        if (mine === asked) { // else somebody has typed on
            page = found;
            draw();
        }
    }

    let timer = 0;
    /** @param {Event} event */
    const change = ({ currentTarget, type }) => {
        const form = /** @type {HTMLFormElement} */ (currentTarget);
        clearTimeout(timer);
        timer = window.setTimeout(() => attempt(async () => {
            query = new URLSearchParams([...new FormData(form)].map(([name, value]) => [name, String(value)]).filter(([, value]) => value));
            setQuery(query);
            await refresh();
            announce(w("found", { n: page.totalItems }));
        }), type === "input" ? typingPause : 0);
    };
    const submit = (/** @type {Event} */ event) => {
        event.preventDefault();
        change(event);
    };
    const turn = (/** @type {number} */ to) => () => attempt(async () => {
        query.set("page", String(to));
        setQuery(query);
        await refresh();
        scrollTo(0, 0);
        document.getElementById("list-heading")?.focus({ preventScroll: true });
    });

    /** @param {Filter} filter */
    const select = ({ name, label, values }) => html`
        <div class="field"><label for="filter-${name}">${w(label)}</label>
            <select class="select" id="filter-${name}" name=${name}>
                ${options([["", w("any")], ...choices(Object.keys(values))], query.get(name) ?? "")}
            </select></div>`;

    function draw() {
        show(w(kind.title), html`
            ${heading(w(kind.title))}
            <search><form class="card finding" @submit=${submit} @input=${change} @change=${change}>
                <div class="field"><label for="list-q">${w("find")}</label>
                    <input class="input" id="list-q" name="q" type="search" autocomplete="off" value=${query.get("q") ?? ""}></div>
                ${kind.filters.map((filter) => select(filter))}
            </form></search>
            <h2 class="small-heading count-line" id="list-heading" tabindex="-1">${w("found", { n: page.totalItems })}</h2>
            ${page.items.length > 0 ? html`<div class="card">${rows(kind, page.items, refresh, { id: "list-heading", level: 2 })}</div>`
                : empty("inbox", w("nothing"), w("nothingText"))}
            ${pager(page, turn)}`);
    }

    await refresh();
    live(kind.collection, refresh, signal);
}

