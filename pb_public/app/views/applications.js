// The seeker's applications, those in progress first.
import { empty, heading, html, logo, more, nothing, primaryLink, repeat } from "../view.js";
import { t } from "../i18n.js";
import { ago, dateTime } from "../format.js";
import { myId, pb } from "../pb.js";
import { attempt } from "../messages.js";
import { isRunning, statusBadge } from "../status.js";
import { newest } from "../notifications.js";

/** @import { Application } from "../pb.js" */
/** @import { Visit } from "../router.js" */

/** @param {Visit} visit */
export default async function applications({ signal, show }) {
    /** @type {Application[]} */
    let items = [];
    let page = 0;
    let pages = 1;

    /** @param {number} wanted  the page, from 1 */
    async function load(wanted) {
        const found = await pb.collection("applications").getList(wanted, 20, {
            filter: pb.filter("seeker = {:me}", { me: myId() }), sort: "-created", expand: "job.employer", requestKey: "applications",
        });
        items = wanted === 1 ? found.items : [...items, ...found.items];
        [page, pages] = [found.page, found.totalPages];
        draw();
    }

    const card = (/** @type {Application} */ application) => {
        const job = application.expand?.job;
        return html`
            <article class="card link job">
                ${logo(job?.expand?.employer)}
                <div class="about"><h3><a href="#/applications/${application.id}">${job?.title ?? t("goneJob")}</a></h3>
                    <p class="who">${job?.expand?.employer?.name}</p>
                    ${application.status === "interview_scheduled" ? html`
                        <p class="small">${t("interviewOn", { date: dateTime(application.interviewAt) })}</p>` : nothing}</div>
                <p class="when">${statusBadge(application.status)}
                    <time datetime=${application.submittedAt}>${ago(application.submittedAt)}</time></p>
            </article>`;
    };

    /** @param {string} title @param {Application[]} some */
    const part = (title, some) => (some.length === 0 ? nothing : html`
        <section class="part"><h2>${title}</h2>
            <ol class="plain jobs">${repeat(some, ({ id }) => id, (application) => html`<li>${card(application)}</li>`)}</ol></section>`);

    function draw() {
        const nobody = empty("inbox", t("noApplications"), t("noApplicationsText"), primaryLink("#/search", t("findJobs")));
        show(t("applications"), html`
            ${heading(t("applications"))}
            ${items.length === 0 ? nobody : html`
                ${part(t("running"), items.filter(({ status }) => isRunning(status)))}
                ${part(t("decided"), items.filter(({ status }) => !isRunning(status)))}`}
            ${page < pages ? more(() => attempt(() => load(page + 1))) : nothing}`);
    }

    newest.watch((notification) => notification?.data?.application && attempt(() => load(1)), signal);
    await load(1);
}
