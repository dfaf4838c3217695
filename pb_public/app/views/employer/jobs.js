// An employer's jobs in every status, with the number of applicants.
import { empty, heading, html, icon, more, nothing, primaryLink, repeat } from "../../view.js";
import { label, t } from "../../i18n.js";
import { ago, date } from "../../format.js";
import { pb } from "../../pb.js";
import { attempt } from "../../messages.js";
import { newest } from "../../notifications.js";
import { myCompanies } from "../../companies.js";
import { jobMoves } from "./job-moves.js";

/** @import { Job, JobPage } from "../../pb.js" */
/** @import { Visit } from "../../router.js" */

const looks = { published: "good", draft: "warn", closed: "", expired: "" };

/** @param {Visit} visit */
export default async function jobsView({ signal, show }) {
    const companies = await myCompanies();
    /** @type {Job[]} */
    let jobs = [];
    let [page, pages] = [0, 1];

    /** @param {number} wanted  the page, from 1 */
    async function load(wanted) {
        /** @type {JobPage} */
        const found = await pb.send("/api/jobs/", { query: { mine: 1, page: wanted, perPage: 30 }, requestKey: "my-jobs" });
        jobs = wanted === 1 ? found.items : [...jobs, ...found.items];
        [page, pages] = [found.page, found.totalPages];
        draw();
    }

    /** @param {Job} job */
    const replace = (job) => {
        jobs = jobs.map((other) => (other.id === job.id ? { ...other, ...job, expand: other.expand } : other));
        draw();
    };

    const row = (/** @type {Job} */ job) => html`
        <li class="card line">
            <div><h2 class="small-heading"><a class="title" href="#/employer/jobs/${job.id}">${job.title}</a></h2>
                <p class="muted small row"><span class="badge ${looks[job.status]}">${label(job.status)}</span>
                    <span>${icon("people")} ${t("applicants", { n: job.applicationCount ?? 0 })}</span>
                    ${companies.length > 1 ? html`<span>${job.expand?.employer?.name}</span>` : nothing}
                    ${job.publishedAt ? html`<span>${t("posted", { date: ago(job.publishedAt) })}</span>` : nothing}
                    ${job.deadline ? html`<span>${t("until", { date: date(job.deadline) })}</span>` : nothing}</p></div>
            <div class="row">${jobMoves(job, replace)}</div></li>`;

    function draw() {
        const first = companies.length === 0
            ? empty("building", t("noCompany"), t("noCompanyText"), primaryLink("#/employer/company", t("addCompany")))
            : empty("bag", t("noOwnJobs"), t("noOwnJobsText"), primaryLink("#/employer/jobs/new", t("newJob")));
        show(t("myJobs"), html`
            ${heading(t("myJobs"), companies.length > 0
                ? html`<a class="button primary" href="#/employer/jobs/new">${icon("plus")} ${t("newJob")}</a>` : nothing)}
            ${jobs.length === 0 ? first : html`<ol class="plain stack">${repeat(jobs, ({ id }) => id, row)}</ol>`}
            ${page < pages ? more(() => attempt(() => load(page + 1))) : nothing}`);
    }

    newest.watch((notification) => notification?.kind.startsWith("application_") && attempt(() => load(1)), signal);
    await load(1);
}
