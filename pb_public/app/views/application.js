// One application as its seeker sees it: its status and timeline, what was sent, and a review of the job.
import { back, heading, html, nothing } from "../view.js";
import { t } from "../i18n.js";
import { dateTime } from "../format.js";
import { myId, pb } from "../pb.js";
import { ask, attempt, toast } from "../messages.js";
import { newest } from "../notifications.js";
import { isRunning, statusBadge } from "../status.js";
import { eventsOf, timeline } from "../timeline.js";
import { reviewSection } from "../reviews.js";
import { submission } from "../submission.js";

/** @import { JobReview } from "../pb.js" */
/** @import { Visit } from "../router.js" */

/** @param {Visit} visit */
export default async function applicationView({ params: { id }, signal, show }) {
    const load = () => Promise.all([pb.collection("applications").getOne(id, { expand: "job.employer", requestKey: null }), eventsOf(id)]);
    let [application, events] = await load();
    const job = application.expand?.job;
    const employer = job?.expand?.employer;
    const review = reviewSection({
        title: t("yourReview"), hint: t("yourReviewHint"), withTitle: true, existing: await ownReview(application.job), redraw: draw,
        ...reviewOf(application.job),
    });

    async function refresh() {
        [application, events] = await load();
        draw();
    }

    const withdraw = () => attempt(async () => {
        if (await ask({ title: t("withdrawAsk"), body: html`<p>${t("withdrawText")}</p>`, yes: t("withdraw"), danger: true })) {
            await pb.collection("applications").update(id, { status: "withdrawn" });
            toast({ text: t("withdrawnNow") });
            await refresh();
        }
    });

    function draw() {
        const takeBack = html`<button class="button danger" @click=${withdraw}>${t("withdraw")}</button>`;
        show(t("yourApplication"), html`
            ${back("#/applications", t("applications"))}
            ${heading(job?.title ?? t("goneJob"), isRunning(application.status) ? takeBack : nothing, html`
                <p class="row">${statusBadge(application.status)}
                    ${employer ? html`<a href="/companies/${employer.slug}">${employer.name}</a>` : nothing}
                    ${job ? html`<a href="#/jobs/${job.id}">${t("theJob")}</a>` : nothing}</p>`)}
            ${application.status === "interview_scheduled" ? html`
                <p class="notice good"><strong>${t("interviewOn", { date: dateTime(application.interviewAt) })}</strong>
                    ${application.interviewLocation ? html`<br>${application.interviewLocation}` : nothing}</p>` : nothing}
            <div class="sides right">
                <div class="stack">
                    <section class="card"><h2>${t("timeline")}</h2>${timeline(events)}</section>
                    ${submission(application, job?.questions ?? [])}
                </div>
                <aside class="stack">${review()}</aside>
            </div>`);
    }
    newest.watch((notification) => notification?.data?.application === id && attempt(refresh), signal);
    draw();
}

/** @param {string} job */
async function ownReview(job) {
    const filter = pb.filter("job = {:job} && author = {:me}", { job, me: myId() });
    const { items } = await pb.collection("job_reviews").getList(1, 1, { filter, requestKey: null });
    return items[0];
}

/** @param {string} job */
const reviewOf = (job) => ({
    /** @param {Partial<JobReview>} words @param {JobReview} [existing] */
    save: (words, existing) => existing
        ? pb.collection("job_reviews").update(existing.id, words)
        : pb.collection("job_reviews").create({ job, author: myId(), ...words }),
    /** @param {JobReview} existing */
    remove: (existing) => pb.collection("job_reviews").delete(existing.id),
});
