// Writing a job, with a preview beside the form.
import { back, heading, html, icon, nothing } from "../../view.js";
import { label, t } from "../../i18n.js";
import { forInput, fromInput } from "../../format.js";
import { pb } from "../../pb.js";
import { choices, createForm, lines, named, textOf, words } from "../../forms.js";
import { toast } from "../../messages.js";
import { facts, place } from "../../job-card.js";
import { myCompanies } from "../../companies.js";
import { publicPage } from "../../places.js";
import { fields } from "../../taxonomy.js";
import { richText, toHTML, toText } from "../../richtext.js";
import { applyMethods, experienceLevels, jobTypes, salaryPeriods, workplaces } from "../../choices.js";
import { questionEditor } from "./questions.js";

/** @import { Job } from "../../pb.js" */
/** @import { Visit } from "../../router.js" */

/** @param {Visit} visit */
export default async function jobForm({ params: { id }, show }) {
    const [job, companies, taxonomy] = await Promise.all([
        id ? pb.collection("jobs").getOne(id, { requestKey: null }) : undefined, myCompanies(), fields(),
    ]);
    const industries = taxonomy.filter(({ kind }) => kind === "industry");
    const places = (job?.locations ?? []).map((place) => (typeof place === "string" ? place : place.name)).join("\n");
    const questions = questionEditor(job?.questions ?? [], draw);
    let publish = false;
    /** @type {Partial<Job>} */
    let preview = job ?? {};

    /** @param {FormData} data */
    const written = (data) => ({
        title: textOf(data, "title"), description: toHTML(textOf(data, "description")),
        workplace: /** @type {Job["workplace"]} */ (textOf(data, "workplace")),
        jobType: /** @type {Job["jobType"]} */ (textOf(data, "jobType")),
        experienceLevel: /** @type {Job["experienceLevel"]} */ (textOf(data, "experienceLevel")),
        industry: textOf(data, "industry"), skills: words(data.get("skills")),
        salaryMin: Number(textOf(data, "salaryMin")), salaryMax: Number(textOf(data, "salaryMax")),
        salaryCurrency: textOf(data, "salaryCurrency").toUpperCase(),
        salaryPeriod: /** @type {Job["salaryPeriod"]} */ (textOf(data, "salaryPeriod")),
        deadline: fromInput(textOf(data, "deadline")), applyMethod: /** @type {Job["applyMethod"]} */ (textOf(data, "applyMethod")),
        applyUrl: textOf(data, "applyUrl"), applyEmail: textOf(data, "applyEmail"),
        ...(data.has("publishAt") ? { publishAt: fromInput(textOf(data, "publishAt")) } : {}),
    });

    const form = createForm(draw, async (data) => {
        const locations = textOf(data, "places");
        const body = {
            ...written(data), questions: questions.read(),
            ...(locations === places ? {} : { locations: lines(locations) }), // the board looks up where they are
            ...(publish ? { status: "published", publishAt: "" } : {}),
        };
        const saved = job
            ? await pb.collection("jobs").update(job.id, body)
            : await pb.collection("jobs").create({ status: "draft", employer: textOf(data, "employer") || companies[0]?.id, ...body });
        toast(saved.status === "published"
            ? { text: t("publishedNow", { title: saved.title }), href: publicPage(saved), label: t("show") }
            : { text: t("savedAll") });
        location.hash = `#/employer/jobs/${saved.id}`;
    });

    /** @param {Event} event */
    function typed({ currentTarget }) {
        const data = new FormData(/** @type {HTMLFormElement} */ (currentTarget));
        preview = { ...written(data), location: textOf(data, "places").replaceAll("\n", " · ") };
        draw();
    }

    function draw() {
        const published = job?.status === "published";
        show(t(job ? "editJob" : "newJob"), html`
            ${back(job ? `#/employer/jobs/${job.id}` : "#/employer", job?.title ?? t("myJobs"))}
            ${heading(t(job ? "editJob" : "newJob"))}
            <div class="sides even">
                <form class="stack" novalidate @submit=${form.submit} @input=${typed}>
                    ${form.summary()}
                    <section class="card">
                        ${!job && companies.length > 1 ? form.field({
                            name: "employer", label: t("company"), type: "select", options: named(companies), required: true,
                        }) : nothing}
                        ${form.field({ name: "title", label: t("jobTitle"), value: job?.title ?? "", required: true })}
                        ${form.field({
                            name: "description", label: t("description"), type: "textarea", rows: 14,
                            value: toText(job?.description ?? ""), required: true, hint: t("markupHint"),
                        })}
                        ${form.field({ name: "skills", label: t("skills"), value: (job?.skills ?? []).join(", "), hint: t("commas") })}
                    </section>
                    <section class="card"><h2>${t("whereAndHow")}</h2>
                        <div class="pair">
                            ${form.field({
                                name: "workplace", label: t("workplace"), type: "select", value: job?.workplace ?? "",
                                options: choices(workplaces), required: true,
                            })}
                            ${form.field({
                                name: "jobType", label: t("jobType"), type: "select", value: job?.jobType ?? "",
                                options: choices(jobTypes), required: true,
                            })}</div>
                        ${form.field({
                            name: "places", label: t("places"), type: "textarea", rows: 2, value: places,
                            hint: t("placesHint"),
                        })}
                        <div class="pair">
                            ${form.field({
                                name: "experienceLevel", label: t("experienceLevel"), type: "select",
                                value: job?.experienceLevel ?? "", options: choices(experienceLevels),
                            })}
                            ${form.field({
                                name: "industry", label: t("industry"), type: "select", value: job?.industry ?? "",
                                options: named(industries),
                            })}</div>
                    </section>
                    <section class="card"><h2>${t("pay")}</h2>
                        <div class="pair">
                            ${form.field({ name: "salaryMin", label: t("salaryMin"), type: "number", min: 0, value: job?.salaryMin || "" })}
                            ${form.field({ name: "salaryMax", label: t("salaryMax"), type: "number", min: 0, value: job?.salaryMax || "" })}
                            ${form.field({
                                name: "salaryCurrency", label: t("currency"), value: job?.salaryCurrency ?? "",
                                hint: t("currencyHint"),
                            })}
                            ${form.field({
                                name: "salaryPeriod", label: t("salaryPeriod"), type: "select",
                                value: job?.salaryPeriod ?? "",
                                options: choices(salaryPeriods, (value) => label(`per_${value}`)),
                            })}</div>
                    </section>
                    <section class="card"><h2>${t("applying")}</h2>
                        ${form.field({
                            name: "applyMethod", label: t("applyMethod"), type: "select", value: job?.applyMethod ?? "board",
                            options: choices(applyMethods, (value) => label(`apply_${value}`)), required: true,
                        })}
                        <div class="pair">
                            ${form.field({ name: "applyUrl", label: t("applyUrl"), type: "url", value: job?.applyUrl ?? "" })}
                            ${form.field({ name: "applyEmail", label: t("applyEmail"), type: "email", value: job?.applyEmail ?? "" })}</div>
                        ${form.field({
                            name: "deadline", label: t("deadline"), type: "datetime-local",
                            value: forInput(job?.deadline ?? ""), hint: t("optional"),
                        })}
                        ${job && job.status !== "draft" ? nothing : form.field({
                            name: "publishAt", label: t("publishAt"), type: "datetime-local",
                            value: forInput(job?.publishAt ?? ""), hint: t("publishAtHint"),
                        })}
                        ${form.error("questions")}
                        ${questions.draw()}
                    </section>
                    <div class="row">
                        ${published ? nothing : html`
                            <button class="button primary" @click=${() => (publish = true)} aria-busy=${form.busy}>
                                ${t("publish")}</button>`}
                        <button class="button ${published ? "primary" : ""}" @click=${() => (publish = false)} aria-busy=${form.busy}>
                            ${t(published ? "save" : "saveDraft")}</button></div>
                </form>
                <aside aria-labelledby="preview" class="preview"><h2 id="preview">${icon("telescope")} ${t("preview")}</h2>
                    <article class="card">
                        <h3>${preview.title || t("jobTitle")}</h3>
                        ${place(/** @type {Job} */ (preview))}${facts(/** @type {Job} */ (preview))}
                        <div class="prose">${richText(preview.description ?? "")}</div>
                    </article></aside>
            </div>`);
    }
    draw();
}
