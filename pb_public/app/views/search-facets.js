// The filters of the search: the values of each facet with their counts, and a chip for each value that is chosen.
import { html, nothing, repeat } from "../view.js";
import { label, t } from "../i18n.js";
import { money, number } from "../format.js";

/** @import { JobPage } from "../pb.js" */

export const facets = /** @type {const} */ (["workplace", "jobType", "experienceLevel", "industry", "skills"]);
const most = 8; // values of a facet

// What an address may search by. The API refuses other parameters, but links may have gathered some on their way.
const names = new Set([...facets, "q", "location", "near", "radius", "field", "employer", "salaryMin", "salaryCurrency", "postedWithin", "sort"]);

/** searchParams returns what a query searches by. @param {URLSearchParams} query @returns {Record<string, string>} */
export const searchParams = (query) => Object.fromEntries([...query].filter(([name]) => names.has(name)));

/** @typedef {NonNullable<JobPage["interpretation"]>["filters"][number]} Understood */
/** @typedef {(name: string, value: string) => void} Toggle */

/** chosen returns the values of a facet that a query names. @param {URLSearchParams} query @param {string} name */
const chosen = (query, name) => query.get(name)?.split(",").filter(Boolean) ?? [];

/**
 * toggleValue adds a value to a facet of the query, or removes it.
 * @param {URLSearchParams} query @param {string} name @param {string} value
 */
export function toggleValue(query, name, value) {
    const values = new Set(chosen(query, name));
    values.delete(value) || values.add(value);
    values.size > 0 ? query.set(name, [...values].join(",")) : query.delete(name);
}

/**
 * meaningOf says in the reader's language what words of the text were understood as.
 * @param {Understood} filter
 */
export function meaningOf({ field, value, label: text, currency = "", place = "", radius }) {
    if (field === "salaryMin") {
        return t("payFrom", { pay: money(Number(value), currency) });
    }
    if (radius) {
        return t("around", { n: radius, place });
    }
    return ["jobType", "workplace", "experienceLevel"].includes(field) ? label(value) : text;
}

/**
 * facetFilters makes the filters of one search view. industries has the names of the fields of interest by slug.
 * @param {{ query: URLSearchParams, industries: Map<string, string>, toggle: Toggle }} options
 */
export function facetFilters({ query, industries, toggle }) {
    /** @param {string} name @param {string} value */
    const nameOf = (name, value) => (name === "industry" ? (industries.get(value) ?? value) : label(value));

    /** @param {typeof facets[number]} name @param {JobPage | null} page */
    function facet(name, page) {
        const values = chosen(query, name);
        const counted = Object.entries(page?.facets?.[name] ?? {}).sort(([, a], [, b]) => b - a).slice(0, most);
        values.forEach((value) => counted.some(([other]) => other === value) || counted.push([value, 0]));
        return counted.length === 0 ? nothing : html`
            <fieldset>
                <legend>${t(name)}</legend>
                ${repeat(counted, ([value]) => value, ([value, count]) => html`
                    <label class="check"><input type="checkbox" .checked=${values.includes(value)} @change=${() => toggle(name, value)}>
                        <span>${nameOf(name, value)}</span> <span class="count">${number(count)}</span></label>`)}
            </fieldset>`;
    }

    /** @param {string} name @param {string} value */
    const chip = (name, value) => html`
        <li><button class="chip chosen" @click=${() => toggle(name, value)}>${nameOf(name, value)}
            <span aria-hidden="true">✕</span><span class="hidden-visually">, ${t("remove")}</span></button></li>`;

    return {
        /** @param {JobPage | null} page */
        draw: (page) => facets.map((name) => facet(name, page)),
        chips: () => facets.flatMap((name) => chosen(query, name).map((value) => chip(name, value))),
    };
}
