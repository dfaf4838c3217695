// One job: its description, its employer, and what the seeker can do.
import { back, chips, heading, html, icon, logo, nothing, pair, stars } from "../view.js";
import { label, t } from "../i18n.js";
import { ago, date } from "../format.js";
import { me, myId, pb } from "../pb.js";
import { deadline, facts, jobCard, place } from "../job-card.js";
import { saveButton, savedJobs } from "../saving.js";
import { richText } from "../richtext.js";
import { publicPage } from "../places.js";
import { statusBadge } from "../status.js";

/** @import { Job, JobPage } from "../pb.js" */
/** @import { Visit } from "../router.js" */

/** @param {Visit} visit */
export default async function jobView({ params: { id }, show }) {
    // SDK idiom: parallel requests. A request cancels an older one to the same path, unless its key is null.
    const [job, saved, application, similar] = await Promise.all([
        pb.collection("jobs").getOne(id, { expand: "employer,industry", requestKey: null }),
        savedJobs(),
        ownApplication(id),
        similarTo(id),
    ]);

    const open = job.status === "published";
    const action = () => {
        if (application && application.status !== "withdrawn") {
            return html`
                <a class="button" href="#/applications/${application.id}">${t("yourApplication")}</a> ${statusBadge(application.status)}`;
        }
        if (!open) {
            return html`<span class="badge warn">${label(job.status)}</span>`;
        }
        return me()?.role === "employer" ? nothing : applyLink(job);
    };
    const save = () => (me()?.role === "employer" ? nothing : saveButton(job, saved, draw, true));
    const employer = job.expand?.employer;

    function draw() {
        show(job.title, html`
            ${back("#/search", t("search"))}
            ${heading(job.title, html`${action()}${save()}`, html`
                <div class="row by">${logo(employer, "large")}<div><a href="/companies/${employer?.slug}">${employer?.name}</a>
                    ${employer?.verified ? html` <span class="badge good">${icon("check")} ${t("verified")}</span>` : nothing}
                    <p class="muted small row">${place(job)}
                        ${job.publishedAt ? html`<span>${t("posted", { date: ago(job.publishedAt) })}</span>` : nothing}</p></div></div>`)}
            ${facts(job)}
            <div class="sides right">
                <article class="card"><h2>${t("aboutJob")}</h2><div class="prose">${richText(job.description)}</div></article>
                <aside class="stack">
                    <section class="card"><h2>${t("inShort")}</h2>
                        <dl class="pairs">
                            ${pair(t("experienceLevel"), job.experienceLevel && label(job.experienceLevel))}
                            ${pair(t("industry"), job.expand?.industry?.name)}
                            ${pair(t("deadline"), date(job.deadline))}
                        </dl>
                        ${chips(job.skills)}
                        <p class="small">${deadline(job)}</p>
                        <p class="small"><a href=${publicPage(job)}>${t("publicPage")}</a></p>
                    </section>
                    ${employer?.ratingCount ? html`<section class="card"><h2>${t("reviews")}</h2>
                        <p>${stars(employer.ratingAverage)}
                            <span class="muted">${t("reviewCount", { n: employer.ratingCount })}</span></p></section>` : nothing}
                </aside>
            </div>
            ${similar.length > 0 ? html`<section class="part"><h2>${t("similar")}</h2>
                <ul class="plain jobs">${similar.map((other) => html`<li>${jobCard(other)}</li>`)}</ul></section>` : nothing}`);
    }
    draw();
}

/** @param {Job} job */
function applyLink({ id, title, applyMethod, applyEmail }) {
    const href = applyMethod === "url" ? `/jobs/${id}/apply`
        : applyMethod === "email" && applyEmail ? `mailto:${applyEmail}?subject=${encodeURIComponent(title)}` : `#/jobs/${id}/apply`;
    return html`<a class="button primary" href=${href} rel="nofollow">${t("apply")}</a>`;
}

/** @param {string} job */
async function ownApplication(job) {
    if (me()?.role !== "job_seeker") {
        return undefined;
    }
    // SDK idiom: filters. pb.filter escapes the values.
    const filter = pb.filter("job = {:job} && seeker = {:me}", { job, me: myId() });
    const { items } = await pb.collection("applications").getList(1, 1, { filter, sort: "-created", requestKey: null });
    return items[0];
}

/** @param {string} job @returns {Promise<Job[]>} */
async function similarTo(job) {
    /** @type {JobPage} */
    const page = await pb
        .send(`/api/jobs/${job}/similar/`, { query: { perPage: 3, expand: "employer" }, requestKey: null })
        .catch(() => ({ items: [] })); // the job is shown without them
    return page.items;
}
