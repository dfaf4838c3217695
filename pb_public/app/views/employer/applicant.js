// One application as the employer sees it: the applicant, what was sent, the timeline, and a review of the person.
import { back, chips, empty, face, heading, html, nothing, pair } from "../../view.js";
import { label, t } from "../../i18n.js";
import { dateTime } from "../../format.js";
import { myId, pb } from "../../pb.js";
import { choices, createForm, textOf } from "../../forms.js";
import { attempt, toast } from "../../messages.js";
import { askForMove, move } from "../../moving.js";
import { newest } from "../../notifications.js";
import { richText } from "../../richtext.js";
import { nextOf, statusBadge } from "../../status.js";
import { documents, submission } from "../../submission.js";
import { eventsOf, timeline } from "../../timeline.js";
import { reviewSection } from "../../reviews.js";

/** @import { Profile, Status, UserReview } from "../../pb.js" */
/** @import { Visit } from "../../router.js" */

/** @param {Visit} visit */
export default async function applicant({ params: { id }, signal, show }) {
    const load = () => Promise.all([pb.collection("applications").getOne(id, { expand: "job,seeker", requestKey: null }), eventsOf(id)]);
    let [application, events] = await load();
    const [profiles, reviews] = await Promise.all([
        pb.collection("job_seekers").getList(1, 1, {
            filter: pb.filter("user = {:seeker}", { seeker: application.seeker }), requestKey: null,
        }),
        pb.collection("user_reviews").getList(1, 1, {
            filter: pb.filter("application = {:id} && author = {:me}", { id, me: myId() }), requestKey: null,
        }),
    ]);
    const [profile] = profiles.items; // none if the seeker hides it
    const { job, seeker } = application.expand ?? {};
    const name = seeker?.name ?? t("applicant");

    const review = reviewSection({
        title: t("reviewPerson"), hint: t("reviewPersonHint"), existing: reviews.items[0], redraw: draw,
        /** @param {Partial<UserReview>} words @param {UserReview} [existing] */
        save: (words, existing) => existing
            ? pb.collection("user_reviews").update(existing.id, words)
            : pb.collection("user_reviews").create({ application: id, subject: application.seeker, author: myId(), ...words }),
        remove: (existing) => pb.collection("user_reviews").delete(existing.id),
    });

    async function refresh() {
        [application, events] = await load();
        draw();
    }

    const form = createForm(draw, async (data, element) => {
        const to = /** @type {Status} */ (textOf(data, "status"));
        const details = await askForMove(application, to);
        if (details) {
            await move(application, to, { ...details, note: textOf(data, "note") });
            element.reset();
            toast({ text: t("movedTo", { name, status: label(to) }) });
            await refresh();
        }
    });

    function draw() {
        const next = nextOf(application.status);
        show(name, html`
            ${back(`#/employer/jobs/${application.job}`, job?.title ?? t("pipeline"))}
            ${heading(html`${face(name)} ${name}`, nothing, html`
                <p class="row">${statusBadge(application.status)}
                    ${seeker?.email ? html`<a href="mailto:${seeker.email}">${seeker.email}</a>` : nothing}</p>`)}
            ${application.status === "interview_scheduled" ? html`
                <p class="notice good"><strong>${t("interviewOn", { date: dateTime(application.interviewAt) })}</strong>
                    ${application.interviewLocation}</p>` : nothing}
            <div class="sides right">
                <div class="stack">
                    ${submission(application, job?.questions ?? [])}
                    ${profile ? profileOf(profile) : empty("user", t("noProfile"), t("noProfileText"))}
                </div>
                <aside class="stack">
                    ${next.length > 0 ? html`<form class="card" novalidate @submit=${form.submit}><h2>${t("nextStep")}</h2>${form.summary()}
                        ${form.field({ name: "status", label: t("moveTo"), type: "select", required: true, options: choices(next) })}
                        ${form.field({ name: "note", label: t("note"), type: "textarea", rows: 3, hint: t("noteHint") })}
                        ${form.button(t("move"))}</form>` : nothing}
                    <section class="card"><h2>${t("timeline")}</h2>${timeline(events)}</section>
                    ${review()}
                </aside>
            </div>`);
    }
    newest.watch((notification) => notification?.data?.application === id && attempt(refresh), signal);
    draw();
}

/** @param {Profile} profile */
const profileOf = (profile) => html`
    <section class="card"><h2>${t("profile")}</h2>
        ${profile.headline ? html`<p><strong>${profile.headline}</strong></p>` : nothing}
        <div class="prose">${richText(profile.summary)}</div>
        <dl class="pairs">
            ${pair(t("location"), profile.location)}
            ${pair(t("experienceYears"), profile.experienceYears ? String(profile.experienceYears) : "")}
            ${pair(t("phone"), profile.phone)}</dl>
        ${profile.website ? html`
            <p><a href=${profile.website} rel="noopener nofollow" target="_blank">${profile.website}</a></p>` : nothing}
        ${chips(profile.skills)}
        ${(profile.experience ?? []).map(({ title, company, from, to, description }) => html`
            <h3>${title}</h3>
            <p class="muted small">${[company, [from, to].filter(Boolean).join(" – ")].filter(Boolean).join(" · ")}</p>
            <p class="letter">${description}</p>`)}
        ${documents(profile, profile.resumes, t("resumes"))}
    </section>`;
