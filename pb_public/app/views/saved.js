// The seeker's saved jobs and saved searches.
import { empty, heading, html, primaryLink, repeat } from "../view.js";
import { label, t } from "../i18n.js";
import { myId, pb } from "../pb.js";
import { frequencies } from "../choices.js";
import { labelled, options, valueOf } from "../forms.js";
import { attempt, toast } from "../messages.js";
import { jobCard } from "../job-card.js";
import { saveButton } from "../saving.js";

/** @import { SavedSearch } from "../pb.js" */
/** @import { Visit } from "../router.js" */

/** @param {Visit} visit */
export default async function saved({ show }) {
    const filter = pb.filter("seeker = {:me}", { me: myId() });
    const [jobs, found] = await Promise.all([
        pb.collection("saved_jobs").getFullList({ filter, sort: "-created", expand: "job.employer", requestKey: null }),
        pb.collection("saved_searches").getFullList({ filter, sort: "name", requestKey: null }),
    ]);
    const rows = new Map(jobs.map((row) => [row.job, row.id]));
    let searches = found;

    /** @param {SavedSearch} search */
    function address({ query }) {
        const entries = Object.entries(query ?? {}).map(([name, value]) => [name, Array.isArray(value) ? value.join(",") : String(value)]);
        return `#/search?${new URLSearchParams(entries)}`;
    }

    /** @param {SavedSearch} search @param {SavedSearch["frequency"]} frequency */
    const change = (search, frequency) => attempt(async () => {
        await pb.collection("saved_searches").update(search.id, { frequency });
        toast({ text: t("searchChanged", { name: search.name, frequency: label(frequency) }) });
    });

    /** @param {SavedSearch} search */
    const remove = (search) => attempt(async () => {
        await pb.collection("saved_searches").delete(search.id);
        searches = searches.filter((other) => other !== search);
        draw();
        toast({ text: t("searchRemoved", { name: search.name }) });
    });

    const row = (/** @type {SavedSearch} */ search) => html`
        <li class="card line"><a class="title" href=${address(search)}><strong>${search.name}</strong></a>
            <div class="row"><label class="hidden-visually" for="often-${search.id}">${t("tellMeOf", { name: search.name })}</label>
                <select class="select slim" id="often-${search.id}"
                    @change=${valueOf((value) => change(search, /** @type {SavedSearch["frequency"]} */ (value)))}>
                    ${options(labelled(frequencies), search.frequency)}</select>
                <button class="button slim danger" aria-label=${t("removeOne", { name: search.name })}
                    @click=${() => remove(search)}>${t("remove")}</button></div></li>`;

    function draw() {
        const kept = jobs.flatMap(({ expand }) => expand?.job ?? []);
        show(t("saved"), html`
            ${heading(t("saved"))}
            <section class="part"><h2>${t("savedJobs")}</h2>
                ${kept.length === 0 ? empty("bookmark", t("noSaved"), t("noSavedText"), primaryLink("#/search", t("findJobs"))) : html`
                    <ol class="plain jobs">
                        ${repeat(kept, ({ id }) => id, (job) => html`<li>${jobCard(job, saveButton(job, rows, draw))}</li>`)}</ol>`}
            </section>
            <section class="part"><h2>${t("savedSearches")}</h2>
                ${searches.length === 0 ? html`<p class="muted">${t("noSearches")}</p>` : html`
                    <ul class="plain stack">${repeat(searches, ({ id }) => id, row)}</ul>`}
            </section>`);
    }
    draw();
}
