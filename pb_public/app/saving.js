// Saved jobs, and the button that saves one.
import { html, icon, nothing } from "./view.js";
import { t } from "./i18n.js";
import { me, myId, pb } from "./pb.js";
import { announce, attempt } from "./messages.js";

/** @import { Job } from "./pb.js" */

/** savedJobs resolves to the ids of the seeker's saved_jobs rows, by the id of the job. @returns {Promise<Map<string, string>>} */
export async function savedJobs() {
    if (me()?.role !== "job_seeker") {
        return new Map();
    }
    const rows = await pb.collection("saved_jobs").getFullList({ fields: "id,job", requestKey: null });
    return new Map(rows.map((row) => [row.job, row.id]));
}

/** @param {Job} job @param {Map<string, string>} saved @param {() => void} redraw @param {boolean} [withText] */
export function saveButton(job, saved, redraw, withText = false) {
    const is = saved.has(job.id);
    const toggle = () => attempt(async () => {
        if (me()?.role !== "job_seeker") {
            location.hash = `#/sign-in?next=${encodeURIComponent(location.hash)}`;
            return;
        }
        const row = saved.get(job.id);
        if (row) {
            await pb.collection("saved_jobs").delete(row, { requestKey: null });
            saved.delete(job.id);
        } else {
            const made = await pb.collection("saved_jobs").create({ job: job.id, seeker: myId() }, { requestKey: null });
            saved.set(job.id, made.id);
        }
        announce(t(row ? "unsaved" : "savedNow", { title: job.title }));
        redraw();
    });
    return html`
        <button class="button ${withText ? "" : "quiet slim"} save" aria-pressed=${is} @click=${toggle}
            aria-label=${withText ? nothing : t("saveOne", { title: job.title })}>
            ${icon("bookmark")}${withText ? html`<span>${t("saveJob")}</span>` : nothing}</button>`;
}
