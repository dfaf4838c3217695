// The seeker's profile: what employers see, which jobs the board looks for, and the résumés.
import { heading, html, icon, nothing } from "../view.js";
import { label, t } from "../i18n.js";
import { number } from "../format.js";
import { myId, pb } from "../pb.js";
import { createForm, filesOf, labelled, textOf, words } from "../forms.js";
import { attempt, toast } from "../messages.js";
import { openDocument, plainName } from "../documents.js";
import { fetchWithProgress } from "../upload.js";
import { fields } from "../taxonomy.js";
import { toHTML, toText } from "../richtext.js";
import { entryEditor } from "../entries.js";
import { documentTypes, jobTypes, workplaces } from "../choices.js";

/** @import { Visit } from "../router.js" */

const visibilities = /** @type {const} */ (["applied_only", "employers", "hidden"]);

/** @param {Visit} visit */
export default async function profileView({ show }) {
    const [found, taxonomy, interests] = await Promise.all([
        pb.collection("job_seekers").getFirstListItem(pb.filter("user = {:me}", { me: myId() }), { requestKey: null }),
        fields(),
        pb.collection("job_seeker_interests").getFullList({ filter: pb.filter("seeker = {:me}", { me: myId() }), requestKey: null }),
    ]);
    let profile = found;
    const experience = entryEditor({
        name: "experience", title: "experience", add: "addExperience", initial: profile.experience ?? [], redraw: draw,
        texts: [["title", "position"], ["company", "company"], ["from", "fromMonth"], ["to", "toMonth"], ["description", "whatYouDid"]],
    });
    const education = entryEditor({
        name: "education", title: "education", add: "addEducation", initial: profile.education ?? [], redraw: draw,
        texts: [["school", "school"], ["degree", "degree"], ["field", "subject"], ["from", "fromMonth"], ["to", "toMonth"]],
    });
    let rows = new Map(interests.map(({ field, id }) => [field, id]));
    let progress = -1;

    const form = createForm(draw, async (data) => {
        profile = await pb.collection("job_seekers").update(profile.id, {
            headline: textOf(data, "headline"), summary: toHTML(textOf(data, "summary")), location: textOf(data, "location"),
            experienceYears: Number(textOf(data, "experienceYears")), skills: words(data.get("skills")),
            phone: textOf(data, "phone"), website: textOf(data, "website"),
            preferredJobTypes: data.getAll("preferredJobTypes"), preferredWorkplaces: data.getAll("preferredWorkplaces"),
            preferredLocations: words(data.get("preferredLocations")),
            salaryExpectation: Number(textOf(data, "salaryExpectation")), salaryCurrency: textOf(data, "salaryCurrency").toUpperCase(),
            experience: experience.read(), education: education.read(),
            openToWork: data.has("openToWork"), visibility: textOf(data, "visibility"),
        });
        await saveInterests(new Set(data.getAll("interests").map(String)));
        toast({ text: t("savedAll") });
    });

    /** SDK idiom: batches. All rows change in one request and one transaction, or none does. @param {Set<string>} wanted */
    async function saveInterests(wanted) {
        const batch = pb.createBatch();
        const added = [...wanted].filter((field) => !rows.has(field));
        const removed = [...rows].filter(([field]) => !wanted.has(field));
        added.forEach((field) => batch.collection("job_seeker_interests").create({ seeker: myId(), field }));
        removed.forEach(([, row]) => batch.collection("job_seeker_interests").delete(row));
        if (added.length + removed.length > 0) {
            const answers = await batch.send();
            const kept = [...rows].filter(([field]) => wanted.has(field));
            rows = new Map([...kept, ...added.map((field, i) => /** @type {[string, string]} */ ([field, answers[i].body.id]))]);
        }
    }

    const upload = createForm(draw, async (data, element) => {
        const body = new FormData();
        filesOf(data, "resumes").forEach((file) => body.append("resumes+", file)); // with a +, they are added to those that exist
        try {
            profile = await pb.collection("job_seekers").update(profile.id, body, {
                fetch: fetchWithProgress((share) => {
                    progress = share;
                    draw();
                }),
            });
        } finally {
            progress = -1;
        }
        element.reset();
        toast({ text: t("uploaded") });
    });

    /** @param {string} name */
    const remove = (name) => attempt(async () => {
        profile = await pb.collection("job_seekers").update(profile.id, { "resumes-": name });
        draw();
    });

    /** @param {"preferredJobTypes" | "preferredWorkplaces"} name @param {readonly string[]} values */
    const choices = (name, values) => {
        const chosen = /** @type {string[]} */ (profile[name]);
        return html`
            <fieldset><legend>${t(name)}</legend><div class="columns-narrow">
                ${values.map((value) => form.check(name, label(value), chosen.includes(value), value))}</div></fieldset>`;
    };

    const resume = (/** @type {string} */ name) => html`
        <li class="line">
            <button class="button slim" @click=${() => attempt(() => openDocument(profile, name))}>
                ${icon("file")} ${plainName(name)}</button>
            <button class="button slim danger" aria-label=${t("removeOne", { name: plainName(name) })}
                @click=${() => remove(name)}>${t("remove")}</button></li>`;

    function draw() {
        show(t("profile"), html`
            ${heading(t("profile"), nothing, html`<p class="muted">${t("profileText")}</p>`)}
            <div class="sides right">
                <form class="stack" novalidate @submit=${form.submit}>
                    ${form.summary()}
                    <section class="card"><h2>${t("aboutYou")}</h2>
                        ${form.field({ name: "headline", label: t("headline"), value: profile.headline, hint: t("headlineHint") })}
                        ${form.field({ name: "summary", label: t("summary"), type: "textarea", value: toText(profile.summary) })}
                        ${form.field({ name: "skills", label: t("skills"), value: (profile.skills ?? []).join(", "), hint: t("commas") })}
                        ${form.field({
                            name: "experienceYears", label: t("experienceYears"), type: "number", min: 0, max: 80,
                            value: profile.experienceYears || "",
                        })}
                        ${form.field({ name: "location", label: t("location"), value: profile.location, autocomplete: "address-level2" })}
                        ${form.field({ name: "phone", label: t("phone"), type: "tel", value: profile.phone, autocomplete: "tel" })}
                        ${form.field({ name: "website", label: t("website"), type: "url", value: profile.website, autocomplete: "url" })}
                    </section>
                    <section class="card"><h2>${t("history")}</h2>
                        ${form.error("experience")}${experience.draw()}
                        ${form.error("education")}${education.draw()}
                    </section>
                    <section class="card"><h2>${t("lookingFor")}</h2>
                        ${form.check("openToWork", t("openToWork"), profile.openToWork)}
                        ${choices("preferredWorkplaces", workplaces)}${choices("preferredJobTypes", jobTypes)}
                        ${form.field({
                            name: "preferredLocations", label: t("preferredLocations"),
                            value: (profile.preferredLocations ?? []).join(", "), hint: t("commas"),
                        })}
                        <div class="pair">
                            ${form.field({
                                name: "salaryExpectation", label: t("salaryExpectation"), type: "number", min: 0,
                                value: profile.salaryExpectation || "",
                            })}
                            ${form.field({
                                name: "salaryCurrency", label: t("currency"), value: profile.salaryCurrency,
                                hint: t("currencyHint"),
                            })}</div>
                        <details><summary>${t("interests")} <span class="count">${number(rows.size)}</span></summary>
                            <fieldset><legend class="hint">${t("interestsHint")}</legend><div class="columns-narrow">
                                ${taxonomy.map(({ id, name }) => form.check("interests", name, rows.has(id), id))}
                            </div></fieldset></details>
                    </section>
                    <section class="card"><h2>${t("whoSees")}</h2>
                        ${form.field({
                            name: "visibility", label: t("visibility"), type: "select", value: profile.visibility,
                            options: labelled(visibilities),
                        })}
                    </section>
                    ${form.button(t("save"))}
                </form>
                <aside class="stack"><section class="card"><h2>${t("resumes")}</h2>
                    <p class="muted small">${t("resumesText")}</p>
                    ${profile.resumes.length > 0 ? html`<ul class="plain files">${profile.resumes.map(resume)}</ul>` : nothing}
                    ${profile.resumes.length < 5 ? html`
                        <form novalidate @submit=${upload.submit}>${upload.summary()}
                            ${upload.field({
                                name: "resumes", label: t("addResume"), type: "file", required: true, accept: documentTypes,
                                hint: t("documentsHint"),
                            })}
                            ${progress >= 0 ? html`<progress value=${progress} max="1" aria-label=${t("upload")}></progress>` : nothing}
                            ${upload.button(t("upload"))}</form>` : nothing}
                </section></aside>
            </div>`);
    }
    draw();
}
