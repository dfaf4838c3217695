// An applicant's card on the pipeline board, with a list of the legal moves.
import { face, html, nothing } from "../../view.js";
import { label, t } from "../../i18n.js";
import { ago, dateTime } from "../../format.js";
import { valueOf } from "../../forms.js";
import { nextOf } from "../../status.js";

/** @import { Application, Status } from "../../pb.js" */

/** @param {string} id  of an application */
export const cardId = (id) => `card-${id}`;
/** @param {string} id  of an application */
export const chooserId = (id) => `move-${id}`;

/**
 * applicantCard draws a card. Choosing a status from the list moves nothing yet, because in some browsers every press of an arrow key
 * chooses one. It shows the button that moves.
 * @param {Application} application
 * @param {{
 *   name: string, chosen: Status | undefined, choose: (status: Status | "") => void, moveTo: (status: Status) => void,
 *   drag: (on: boolean) => void,
 * }} options
 */
export function applicantCard({ id, status, interviewAt, submittedAt }, { name, chosen, choose, moveTo, drag }) {
    const next = nextOf(status);
    const to = chosen && next.includes(chosen) ? chosen : undefined; // the card may have moved since
    return html`
        <li class="card applicant" draggable=${next.length > 0} @dragstart=${() => drag(true)} @dragend=${() => drag(false)}>
            <div class="line">${face(name)} <a class="title" id=${cardId(id)} href="#/employer/applications/${id}">${name}</a></div>
            <p class="muted small">${status === "interview_scheduled" ? dateTime(interviewAt) : ago(submittedAt)}</p>
            ${next.length === 0 ? nothing : html`
                <label class="hidden-visually" for=${chooserId(id)}>${t("moveOne", { name })}</label>
                <select class="select slim" id=${chooserId(id)} @change=${valueOf((value) => choose(/** @type {Status | ""} */ (value)))}>
                    <option value="" .selected=${!to}>${t("moveTo")}</option>
                    ${next.map((other) => html`<option value=${other} .selected=${other === to}>${label(other)}</option>`)}</select>`}
            ${to ? html`
                <button class="button slim primary" aria-label="${t("move")}: ${name}, ${label(to)}"
                    @click=${() => moveTo(to)}>${t("move")}</button>` : nothing}
        </li>`;
}
