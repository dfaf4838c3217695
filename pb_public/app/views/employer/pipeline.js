// The applications of one job as a board: a column for each status, and a list of the legal moves on each card. Dragging is an extra.
import { back, empty, face, heading, html, nothing, repeat } from "../../view.js";
import { label, t } from "../../i18n.js";
import { ago, dateTime } from "../../format.js";
import { pb } from "../../pb.js";
import { valueOf } from "../../forms.js";
import { reasonOf, toast } from "../../messages.js";
import { askForMove, move } from "../../moving.js";
import { nextOf, statuses } from "../../status.js";
import { follow } from "../../stream.js";
import { jobMoves } from "./job-moves.js";

/** @import { Application, Status } from "../../pb.js" */
/** @import { Visit } from "../../router.js" */

/** @param {Visit} visit */
export default async function pipeline({ params: { id }, signal, show }) {
    let job = await pb.collection("jobs").getOne(id, { requestKey: null });
    /** @type {Application[]} */
    let applications = [];
    let dragged = "";
    const filter = pb.filter("job = {:id}", { id });

    async function refresh() {
        applications = await pb.collection("applications").getFullList({ filter, expand: "seeker", sort: "submittedAt", requestKey: null });
        draw();
    }

    /** @param {Application} changed */
    function put(changed) {
        // events and answers of moves bring no seeker: it stays the one there was
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
        const list = /** @type {HTMLSelectElement | null} */ (document.getElementById(`move-${application.id}`));
        if (list) {
            list.value = ""; // it is a menu of moves, not a state
        }
        const details = await askForMove(application, to);
        if (!details) {
            return;
        }
        put({ ...application, status: to }); // shown at once, taken back if the board refuses
        try {
            put(await move(application, to, details));
        } catch (error) {
            put(application);
            toast({ text: `${nameOf(application)}: ${reasonOf(error)}` });
            focusOn(application);
            return;
        }
        const column = inColumn(to);
        const place = column.findIndex((other) => other.id === application.id) + 1;
        const words = t("moved", { name: nameOf(application), status: label(to), n: place, of: column.length });
        const undo = nextOf(to).includes(from) ? { label: t("undo"), act: () => moveTo({ ...application, status: to }, from) } : {};
        toast({ text: words, ...undo });
        focusOn(application);
    }

    /** The focus follows the card into its new column. @param {Application} application */
    function focusOn({ id }) {
        (document.getElementById(`move-${id}`) ?? document.getElementById(`card-${id}`))?.focus();
    }

    const card = (/** @type {Application} */ application) => {
        const next = nextOf(application.status);
        const name = nameOf(application);
        const invited = application.status === "interview_scheduled";
        return html`
            <li class="card applicant" draggable=${next.length > 0} @dragstart=${() => (dragged = application.id)} @dragend=${() => (dragged = "")}>
                <div class="line">${face(name)} <a id="card-${application.id}" href="#/employer/applications/${application.id}">${name}</a></div>
                <p class="muted small">${invited ? dateTime(application.interviewAt) : ago(application.submittedAt)}</p>
                ${next.length > 0 ? html`
                    <label class="hidden-visually" for="move-${application.id}">${t("moveOne", { name })}</label>
                    <select class="select slim" id="move-${application.id}"
                        @change=${valueOf((status) => moveTo(application, /** @type {Status} */ (status)))}>
                        <option value="">${t("moveTo")}</option>
                        ${next.map((status) => html`<option value=${status}>${label(status)}</option>`)}</select>` : nothing}
            </li>`;
    };

    const column = (/** @type {Status} */ status) => {
        const cards = inColumn(status);
        const mayDrop = () => nextOf(applications.find((application) => application.id === dragged)?.status ?? "withdrawn").includes(status);
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
        const nobody = empty("people", t("noApplicants"), t(job.status === "draft" ? "noApplicantsDraft" : "noApplicantsText"));
        show(job.title, html`
            ${back("#/employer", t("myJobs"))}
            ${heading(job.title, jobMoves(job, (changed) => { job = { ...job, ...changed }; draw(); }), html`
                <p class="muted row"><span class="badge">${label(job.status)}</span>${t("applicants", { n: applications.length })}</p>`)}
            ${applications.length === 0 ? nobody : html`
                <div class="board" tabindex="0" role="group" aria-label=${t("pipeline")}>${statuses.map(column)}</div>`}`);
    }

    await refresh();
    // SDK idiom: record events of a filter. The rule of the collection says who hears, the filter of what.
    await follow({
        subscribe: () => pb.collection("applications").subscribe("*", ({ action, record }) => (action === "update" ? put(record) : refresh()), { filter }),
        refresh,
    }, signal);
}
