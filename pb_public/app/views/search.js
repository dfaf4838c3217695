// Live search: every change is searched for at once, and kept in the address.
import { empty, heading, html, icon, more, nothing, repeat, skeletons } from "../view.js";
import { t } from "../i18n.js";
import { isAbort, me, myId, pb } from "../pb.js";
import { frequencies } from "../choices.js";
import { labelled, options, valueOf } from "../forms.js";
import { announce, ask, attempt, reasonOf, toast } from "../messages.js";
import { jobCard } from "../job-card.js";
import { saveButton, savedJobs } from "../saving.js";
import { setQuery } from "../router.js";
import { typeahead } from "../typeahead.js";
import { fieldNames } from "../taxonomy.js";
import { facetFilters, facets, meaningOf, searchParams, toggleValue } from "./search-facets.js";

/** @import { FoundJob, JobPage, Schemas } from "../pb.js" */
/** @import { Visit } from "../router.js" */

const sorts = /** @type {const} */ (["newest", "salary", "deadline"]);
const most = 8; // suggestions

/** @param {Visit} visit */
export default async function search({ query, signal, show }) {
    const saved = await savedJobs();
    const filters = facetFilters({ query, industries: await fieldNames(), toggle });
    /** @type {JobPage | null} */
    let page = null;
    /** @type {FoundJob[]} */
    let jobs = [];
    let problem = "";
    let timer = 0;

    const q = typeahead({
        id: "search-q", label: t("what"), value: query.get("q") ?? "", changed: (text) => set("q", text),
        suggest: async (text) => {
            // SDK idiom: named requests. A request cancels a pending one with the same key, here at each keystroke.
            /** @type {Schemas["Suggestions"]} */
            const found = await pb.send("/api/jobs/suggest/", { query: { q: text }, requestKey: "typeahead" });
            return [...new Set([...found.titles, ...found.skills, ...found.companies, ...found.places])].slice(0, most);
        },
    });

    /** @param {string} name @param {string} value */
    function set(name, value) {
        value ? query.set(name, value) : query.delete(name);
        refresh(250);
    }

    /** @param {string} name @param {string} value */
    function toggle(name, value) {
        toggleValue(query, name, value);
        refresh();
    }

    /** @param {number} [delay] ms */
    function refresh(delay = 0) {
        setQuery(query);
        clearTimeout(timer);
        timer = window.setTimeout(find, delay);
        draw();
    }

    /** @param {string} [cursor]  of the next page; without it the search starts again */
    async function find(cursor) {
        const params = { ...searchParams(query), facets: facets.join(","), highlight: 1, perPage: 20, ...(cursor ? { cursor } : {}) };
        try {
            /** @type {JobPage} */
            const next = await pb.send("/api/jobs/", { query: params, requestKey: "search" });
            jobs = cursor ? [...jobs, ...next.items] : next.items;
            page = next;
            problem = "";
            announce(t("found", { n: next.matchedAllWords ?? next.totalItems }));
        } catch (error) {
            if (isAbort(error)) {
                return; // SDK idiom: ignore aborts. A newer search is under way.
            }
            problem = reasonOf(error);
        }
        draw();
    }

    // What words of the text were understood as. A click searches for the words themselves instead.
    const understood = () => (page?.interpretation?.filters ?? []).map((filter) => {
        const literally = () => {
            q.fill(filter.plain);
            set("q", filter.plain);
        };
        return html`<li><button class="chip chosen" title=${t("literally")} @click=${literally}>${meaningOf(filter)}
            <span aria-hidden="true">✕</span><span class="hidden-visually">, ${t("literally")}</span></button></li>`;
    });

    function clear() {
        [...query.keys()].forEach((name) => query.delete(name));
        q.fill("");
        /** @type {HTMLInputElement} */ (document.getElementById("search-place")).value = "";
        refresh();
    }

    function results() {
        if (problem) {
            return html`
                <div class="notice bad" role="alert"><p>${problem}</p>
                    <button class="button" @click=${() => find()}>${t("again")}</button></div>`;
        }
        if (!page) {
            return skeletons(5);
        }
        const { didYouMean, nextCursor } = page;
        const correct = () => {
            q.fill(didYouMean ?? "");
            set("q", didYouMean ?? "");
        };
        const suggestion = didYouMean
            ? html`<p>${t("didYouMean")} <button class="button quiet slim" @click=${correct}>${didYouMean}</button></p>` : nothing;
        if (jobs.length === 0) {
            const all = html`<button class="button" @click=${clear}>${t("clearAll")}</button>`;
            return html`${suggestion}${empty("telescope", t("noJobs"), t("noJobsText"), all)}`;
        }
        const all = page.matchedAllWords ?? jobs.length;
        const list = (/** @type {FoundJob[]} */ some) => html`
            <ol class="plain jobs">
                ${repeat(some, (job) => job.id, (job) => html`<li>${jobCard(job, saveButton(job, saved, draw))}</li>`)}</ol>`;
        const rest = t(all > 0 ? "mostWords" : "onlyMostWords");
        return html`
            ${suggestion}
            ${all > 0 ? list(jobs.slice(0, all)) : nothing}
            ${jobs.length > all ? html`<p class="partial">${rest}</p>${list(jobs.slice(all))}` : nothing}
            ${nextCursor ? more(() => find(nextCursor)) : nothing}`;
    }

    const wide = matchMedia("(min-width: 56rem)").matches;

    function draw() {
        const meanings = understood();
        const chips = filters.chips();
        const summary = html`<summary class="button slim">${icon("level")} ${t("filters")}</summary>`;
        show(t("search"), html`
            ${heading(page ? t("found", { n: page.matchedAllWords ?? page.totalItems }) : t("search"), me()?.role === "job_seeker"
                ? html`<button class="button" @click=${() => saveSearch(query)}>${icon("bell")} ${t("saveSearch")}</button>` : nothing)}
            <search class="card searchbar">
                ${q.root}
                <div class="field"><label for="search-place">${t("where")}</label>
                    <input class="input" id="search-place" type="search" autocomplete="off" value=${query.get("location") ?? ""}
                        @input=${valueOf((text) => set("location", text))}></div>
                <div class="field"><label for="search-sort">${t("sort")}</label>
                    <select class="select" id="search-sort" @change=${valueOf((sort) => set("sort", sort))}>
                        ${options([["", t("bestSort")], ...labelled(sorts)], query.get("sort") ?? "")}</select></div>
            </search>
            <div class="sides">
                <details class="filters" ?open=${wide}>${summary}${filters.draw(page)}</details>
                <section aria-label=${t("results")} class="stack">
                    ${meanings.length > 0 ? html`<ul class="chips" aria-label=${t("understoodAs")}>${meanings}</ul>` : nothing}
                    ${chips.length > 0 ? html`
                        <ul class="chips">${chips}<li><button class="chip" @click=${clear}>${t("clearAll")}</button></li></ul>` : nothing}
                    ${results()}
                </section>
            </div>`);
    }

    signal.addEventListener("abort", () => clearTimeout(timer));
    draw();
    await find();
}

/** saveSearch asks for a name and how often to tell, and saves the query. @param {URLSearchParams} query */
async function saveSearch(query) {
    const data = await ask({
        title: t("saveSearch"), yes: t("save"),
        body: html`
            <div class="field"><label for="search-name">${t("name")}</label>
                <input class="input" id="search-name" name="name" required maxlength="200"
                    value=${query.get("q") || query.get("location") || t("allJobs")}></div>
            <div class="field"><label for="search-often">${t("tellMe")}</label>
                <select class="select" id="search-often" name="frequency">${options(labelled(frequencies), "daily")}</select></div>`,
    });
    if (data) {
        await attempt(async () => {
            const { sort, ...wanted } = searchParams(query);
            const [name, frequency] = [data.get("name"), data.get("frequency")];
            await pb.collection("saved_searches").create({ seeker: myId(), name, frequency, query: wanted });
            toast({ text: t("searchSaved"), href: "#/saved", label: t("show") });
        });
    }
}
