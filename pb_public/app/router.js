// Addresses after the #, such as #/jobs/abc?from=search, and the views behind them.
import { heading, html, primaryLink, render, skeletons } from "./view.js";
import { t } from "./i18n.js";
import { me, isAbort, statusOf } from "./pb.js";
import { reasonOf } from "./messages.js";

/**
 * @typedef {{
 *   params: Record<string, string>, query: URLSearchParams,
 *   signal: AbortSignal,
 *   show: (title: string, body: unknown) => void,
 * }} Visit
 * One visit to a view. show draws the view, as often as it likes; signal is aborted when the user leaves it.
 * @typedef {(visit: Visit) => void | Promise<void>} View
 * @typedef {{ path: string, load: () => Promise<{ default: View }> | { default: View }, role?: "any" | "job_seeker" | "employer" }} Route
 */

const board = /** @type {HTMLMetaElement} */ (document.querySelector('meta[name="application-name"]')).content;
const main = /** @type {HTMLElement} */ (document.getElementById("main"));
let leaving = new AbortController();
/** @type {(path: string) => void} */
let onVisit = () => {};

/** @returns {{ path: string, query: URLSearchParams }} */
export function here() {
    const [path, query] = location.hash.replace(/^#\/?/, "").split("?");
    return { path: decodeURI(path), query: new URLSearchParams(query) };
}

/**
 * setQuery changes the query in the address without a new visit.
 * @param {URLSearchParams} query
 */
export function setQuery(query) {
    history.replaceState(null, "", `#/${here().path}${String(query) && `?${query}`}`);
}

/** @param {Route} route @param {string} path */
function match(route, path) {
    const names = route.path.split("/");
    const parts = path.split("/");
    if (names.length !== parts.length || !names.every((name, i) => name.startsWith(":") || name === parts[i])) {
        return null;
    }
    return Object.fromEntries(names.flatMap((name, i) => (name.startsWith(":") ? [[name.slice(1), parts[i]]] : [])));
}

/** @param {Route[]} routes */
async function visit(routes) {
    leaving.abort();
    leaving = new AbortController();
    const { signal } = leaving;
    const { path, query } = here();
    let shown = false;
    const show = (/** @type {string} */ title, /** @type {unknown} */ body) => {
        if (signal.aborted) {
            return;
        }
        document.title = `${title} · ${board}`;
        render(body, main);
        if (!shown) {
            shown = true;
            scrollTo(0, 0);
            main.querySelector("h1")?.focus({ preventScroll: true });
        }
    };
    onVisit(path);
    for (const route of routes) {
        const params = match(route, path);
        if (!params) {
            continue;
        }
        if (route.role && !me()) {
            location.replace(`#/sign-in?next=${encodeURIComponent(location.hash)}`);
            return;
        }
        if (route.role && route.role !== "any" && me()?.role !== route.role) {
            show(t("notYours"), problem(t("notYours"), t(route.role === "employer" ? "onlyEmployers" : "onlySeekers")));
            return;
        }
        render(html`<h1 class="hidden-visually">${t("loading")}</h1>${skeletons(3)}`, main); // until the view has something to show
        try {
            const { default: view } = await route.load();
            await view({ params, query, signal, show });
        } catch (error) {
            if (!isAbort(error)) {
                const gone = statusOf(error) === 404;
                show(t(gone ? "notFound" : "failed"), problem(t(gone ? "notFound" : "failed"), gone ? t("notFoundText") : reasonOf(error)));
            }
        }
        return;
    }
    show(t("notFound"), problem(t("notFound"), t("notFoundText")));
}

/** @param {string} title @param {string} text */
const problem = (title, text) => html`
    <div class="door center">${heading(title)}<p>${text}</p><p>${primaryLink("#/", t("toStart"))}</p></div>`;

/** @param {Route[]} routes @param {(path: string) => void} listener  is called at every visit */
export function startRouter(routes, listener) {
    onVisit = listener;
    addEventListener("hashchange", () => visit(routes));
    visit(routes);
}

/** reload visits the view again, for example in another language. */
export const reload = () => dispatchEvent(new HashChangeEvent("hashchange"));
