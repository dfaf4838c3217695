// The buttons that edit, duplicate, renew, publish and close a job.
import { html, nothing } from "../../view.js";
import { t } from "../../i18n.js";
import { date } from "../../format.js";
import { pb } from "../../pb.js";
import { ask, attempt, toast } from "../../messages.js";
import { publicPage } from "../../places.js";

/** @import { Job } from "../../pb.js" */

/**
 * jobMoves draws the buttons that a job's status allows.
 * @param {Job} job @param {(job: Job) => void} done  is called with the changed job
 */
export function jobMoves(job, done) {
    const publish = () => attempt(async () => {
        /** @type {Job} */
        const published = await pb.send(`/api/jobs/${job.id}/publish/`, { method: "POST", requestKey: null });
        toast({ text: t("publishedNow", { title: job.title }), href: publicPage(job), label: t("show") });
        done(published);
    });
    const close = () => attempt(async () => {
        const title = t("closeAsk", { title: job.title });
        if (await ask({ title, body: html`<p>${t("closeText")}</p>`, yes: t("close"), danger: true })) {
            done(await pb.send(`/api/jobs/${job.id}/close/`, { method: "DELETE", requestKey: null }));
            toast({ text: t("closedNow", { title: job.title }) });
        }
    });
    const renew = () => attempt(async () => {
        /** @type {Job} */
        const renewed = await pb.send(`/api/jobs/${job.id}/renew/`, { method: "POST", requestKey: null });
        toast({ text: t("renewedNow", { title: job.title, date: date(renewed.deadline) }) });
        done(renewed);
    });
    const duplicate = () => attempt(async () => {
        /** @type {Job} */
        const draft = await pb.send(`/api/jobs/${job.id}/duplicate/`, { method: "POST", requestKey: null });
        location.hash = `#/employer/jobs/${draft.id}/edit`;
    });
    const publishable = job.status === "draft" || job.status === "closed";
    const renewable = job.status === "expired" || job.status !== "draft" && job.deadline;
    const named = (/** @type {string} */ text) => html`${text}<span class="hidden-visually">: ${job.title}</span>`;
    return html`
        <a class="button slim" href="#/employer/jobs/${job.id}/edit">${named(t("edit"))}</a>
        <button class="button slim" @click=${duplicate}>${named(t("duplicate"))}</button>
        ${renewable ? html`<button class="button slim" @click=${renew}>${named(t("renew"))}</button>` : nothing}
        ${job.status === "published" ? html`<button class="button slim danger" @click=${close}>${named(t("close"))}</button>` : nothing}
        ${publishable ? html`<button class="button slim" @click=${publish}>${named(t("publish"))}</button>` : nothing}`;
}
