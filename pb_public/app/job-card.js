// A job in a list, and the facts about it that lists and pages show.
import { html, icon, logo, nothing } from "./view.js";
import { ago, date, salary, time } from "./format.js";
import { label, t } from "./i18n.js";
import { richText } from "./richtext.js";

/** @import { FoundJob, Job } from "./pb.js" */

/** @param {Job} job */
export const facts = (job) => html`
    <ul class="facts plain">
        ${job.workplace ? html`<li>${label(job.workplace)}</li>` : nothing}
        ${job.jobType ? html`<li>${label(job.jobType)}</li>` : nothing}
        ${salary(job) ? html`<li class="pays">${salary(job)}</li>` : nothing}
    </ul>`;

/** @param {Job} job */
export const place = (job) => (job.location ? html`<span class="where">${icon("pin")}${job.location}</span>` : nothing);

/** @param {Job} job */
export function deadline(job) {
    if (!job.deadline || job.status !== "published") {
        return nothing;
    }
    const days = Math.ceil((time(job.deadline).getTime() - Date.now()) / 86_400_000);
    const text = days > 14 ? t("until", { date: date(job.deadline) }) : t("daysLeft", { n: Math.max(days, 0) });
    return html`<span class="badge ${days <= 3 ? "warn" : ""}">${text}</span>`;
}

/** @param {FoundJob} job @param {unknown} [action] */
export function jobCard(job, action = nothing) {
    const { title, description } = job.highlights ?? {};
    const missing = job.missingWords ?? [];
    return html`
        <article class="card link job">
            ${logo(job.expand?.employer)}
            <div class="about">
                <h2><a href="#/jobs/${job.id}">${title ? richText(title) : job.title}</a></h2>
                <p class="who">${job.expand?.employer?.name} ${place(job)}</p>
                ${description ? html`<p class="snippet">${richText(description)}</p>` : nothing}
                ${missing.length > 0 ? html`<p class="missing">${t("without")} <s>${missing.join(", ")}</s></p>` : nothing}
                ${facts(job)}
            </div>
            <p class="when">${job.status === "published" ? deadline(job) : html`<span class="badge">${label(job.status)}</span>`}
                ${job.publishedAt ? html`<time datetime=${job.publishedAt}>${ago(job.publishedAt)}</time>` : nothing}</p>
            ${action}
        </article>`;
}
