// The applications of one job as a board with a section for each status. Cards are moved with a list and a button, or dragged.
import { back, empty, heading, html, nothing, repeat } from "../../view.js";
import { label, t } from "../../i18n.js";
import { pb } from "../../pb.js";
import { reasonOf, toast } from "../../messages.js";
import { askForMove, move } from "../../moving.js";
import { isRunning, nextOf, statuses } from "../../status.js";
import { follow } from "../../stream.js";
import { applicantCard, cardId, chooserId } from "./applicant-card.js";
import { jobMoves } from "./job-moves.js";

/** @import { Application, JobStats, Status } from "../../pb.js" */
/** @import { Visit } from "../../router.js" */

/** @param {Visit} visit */
export default async function pipeline({ params: { id }, signal, show }) {
    let [job, stats] = await Promise.all([
        pb.collection("jobs").getOne(id, { requestKey: null }),
        /** @type {Promise<JobStats | null>} */ (pb.send(`/api/jobs/${id}/stats/`, { requestKey: null }).catch(() => null)),
    ]);
    /** @type {Application[]} */
    let applications = [];
    /** What is chosen in the lists of moves, by application, and not yet done. @type {Map<string, Status>} */
    const chosen = new Map();
    let dragged = "";
    const filter = pb.filter("job = {:id}", { id });

    async function refresh() {
        applications = await pb.collection("applications").getFullList({ filter, expand: "seeker", sort: "submittedAt", requestKey: null });
        draw();
    }

    /** @param {Application} changed */
    function put(changed) {
        // events and responses come without the seeker
        applications = applications.map((other) => (other.id === changed.id ? { ...other, ...changed, expand: other.expand } : other));
        draw();
    }

    /** @param {Status} status */
    const inColumn = (status) => applications.filter((application) => application.status === status);
    /** @param {Application} application */
    const nameOf = (application) => application.expand?.seeker?.name ?? t("applicant");

    /** @param {Application} application @param {Status} to */
    async function moveTo(application, to) {
        const from = application.status;
        const details = await askForMove(application, to);
        if (!details) {
            return;
        }
        chosen.delete(application.id);
        put({ ...application, status: to }); // shown at once, taken back if the board refuses
        focusOn(application);
        try {
            put(await move(application, to, details));
        } catch (error) {
            put(application);
            focusOn(application);
            toast({ text: `${nameOf(application)}: ${reasonOf(error)}` });
            refresh().catch(() => {}); // somebody else may have moved it
            return;
        }
        const column = inColumn(to);
        const place = column.findIndex((other) => other.id === application.id) + 1;
        const words = t("moved", { name: nameOf(application), status: label(to), n: place, of: column.length });
        const undo = nextOf(to).includes(from) ? { label: t("undo"), act: () => moveTo({ ...application, status: to }, from) } : {};
        toast({ text: words, until: signal, ...undo });
    }

    /** The focus follows the card into its new column. @param {Application} application */
    function focusOn({ id }) {
        document.getElementById(nextOf(statusOf(id)).length > 0 ? chooserId(id) : cardId(id))?.focus();
    }

    /** @param {string} id */
    const statusOf = (id) => applications.find((application) => application.id === id)?.status ?? "withdrawn";

    const card = (/** @type {Application} */ application) => applicantCard(application, {
        name: nameOf(application),
        chosen: chosen.get(application.id),
        choose(status) {
            status ? chosen.set(application.id, status) : chosen.delete(application.id);
            draw();
        },
        moveTo: (status) => moveTo(application, status),
        drag: (on) => (dragged = on ? application.id : ""),
    });

    const column = (/** @type {Status} */ status) => {
        const cards = inColumn(status);
        const mayDrop = () => nextOf(statusOf(dragged)).includes(status);
        const over = (/** @type {Event} */ event) => mayDrop() && event.preventDefault();
        const drop = (/** @type {DragEvent} */ event) => {
            event.preventDefault();
            const application = applications.find(({ id }) => id === dragged);
            application && mayDrop() && moveTo(application, status);
        };
        return html`
            <section class="column" aria-labelledby="column-${status}" @dragover=${over} @drop=${drop}>
                <h2 id="column-${status}">${label(status)} <span class="count">${cards.length}</span></h2>
                <ol class="plain">${repeat(cards, (application) => application.id, card)}</ol>
            </section>`;
    };

    function draw() {
        const live = applications.filter(({ status }) => status !== "withdrawn").length;
        const nobody = empty("people", t("noApplicants"), t(job.status === "draft" ? "noApplicantsDraft" : "noApplicantsText"));
        show(job.title, html`
            <div class="wide-view">
                ${back("#/employer", t("myJobs"))}
                ${heading(job.title, jobMoves(job, (changed) => { job = { ...job, ...changed }; draw(); }), html`
                    <p class="muted row"><span class="badge">${label(job.status)}</span>${t("applicants", { n: live })}
                        ${stats && job.status !== "draft" ? html`<span>${figures(stats.totals)}</span>` : nothing}</p>`)}
                ${applications.length === 0 ? nobody : html`
                    <div class="board" role="group" aria-label=${t("pipeline")}>
                        ${statuses.filter(isRunning).map(column)}
                        <div class="ends">${statuses.filter((status) => !isRunning(status)).map(column)}</div></div>`}
            </div>`);
    }

    await refresh();
    // SDK idiom: record events with a filter. The collection's rule decides who may receive events; the filter narrows them to one job.
    /** @param {{ action: string, record: Application }} event */
    const hear = ({ action, record }) => (action === "update" ? put(record) : refresh());
    await follow({ subscribe: () => pb.collection("applications").subscribe("*", hear, { filter }), refresh }, signal);
}

/** @param {JobStats["totals"]} totals  of the last 30 days */
const figures = ({ views, visitors, applyClicks }) => [
    t("views", { n: views }), t("visitors", { n: visitors }), ...(applyClicks ? [t("applyClicks", { n: applyClicks })] : []),
].join(" · ");
