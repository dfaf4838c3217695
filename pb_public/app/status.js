// The statuses of an application, the moves between them, and how they look.
import { html } from "./view.js";
import { label } from "./i18n.js";

/** @import { Status } from "./pb.js" */

/**
 * Where employers may move an application from each status. The board decides; this only hides the moves that it would refuse. A test
 * compares it with the board's own table.
 * @type {Record<Status, Status[]>}
 */
const moves = {
    submitted: ["in_review", "shortlisted", "interview_scheduled", "offered", "hired", "rejected"],
    in_review: ["shortlisted", "interview_scheduled", "offered", "hired", "rejected"],
    shortlisted: ["in_review", "interview_scheduled", "offered", "hired", "rejected"],
    interview_scheduled: ["in_review", "shortlisted", "offered", "hired", "rejected"],
    offered: ["in_review", "shortlisted", "interview_scheduled", "hired", "rejected"],
    hired: [],
    rejected: ["in_review"],
    withdrawn: [],
};

/** Every status in the order of the pipeline. */
export const statuses = /** @type {Status[]} */ (Object.keys(moves));

/** nextOf lists where employers may move an application. @param {Status} status */
export const nextOf = (status) => moves[status];

/** isRunning reports whether an application still waits for a decision. @param {Status} status */
export const isRunning = (status) => moves[status].includes("hired");

const looks = {
    submitted: "", in_review: "accent", shortlisted: "accent", interview_scheduled: "accent",
    offered: "good", hired: "good", rejected: "bad", withdrawn: "",
};

/** @param {Status} status */
export const statusBadge = (status) => html`<span class="badge ${looks[status]}">${label(status)}</span>`;
