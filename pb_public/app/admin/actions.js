// What an administrator does: each action says what follows from it, in numbers, before it does what can't be taken back whole, and
// offers to undo it where the workflow has a way back.
import { html, nothing } from "../view.js";
import { t } from "../i18n.js";
import { time } from "../format.js";
import { me, pb } from "../pb.js";
import { ask, attempt, toast } from "../messages.js";
import { isRunning, statuses } from "../status.js";
import { w } from "./words.js";

/** @import { Employer, ImportSource, Job, JobReview, User, UserReview } from "../pb.js" */

/** @typedef {{ label: string, danger?: boolean, run: () => Promise<unknown> }} Action */
/** @typedef {(() => Promise<unknown>)} Refresh */

/**
 * total counts the records that a filter lets through.
 * @param {"applications" | "jobs"} collection @param {string} filter
 */
async function total(collection, filter) {
    return (await pb.collection(collection).getList(1, 1, { filter, fields: "id", requestKey: null })).totalItems;
}

/** @param {string} field @param {readonly string[]} values */
const anyOf = (field, values) => `(${values.map((value) => pb.filter(`${field} = {:value}`, { value })).join(" || ")})`;

/** Applications that wait for a decision, as a filter. */
const undecided = anyOf("status", statuses.filter(isRunning));

/** @param {(string | false)[]} sentences */
const list = (sentences) => html`<ul>${sentences.filter(Boolean).map((sentence) => html`<li>${sentence}</li>`)}</ul>`;

/**
 * change does something, says so, and offers the way back.
 * @param {Refresh} refresh @param {string} text @param {() => Promise<unknown>} deed @param {(() => Promise<unknown>) | null} [undo]
 */
const change = (refresh, text, deed, undo = null) => attempt(async () => {
    await deed();
    toast({ text, ...(undo ? { label: t("undo"), act: () => change(refresh, w("undone", { text }), undo) } : {}) });
    await refresh();
});

/** @param {Job} job @param {Refresh} refresh @returns {Action[]} */
export function jobActions(job, refresh) {
    const { id, title } = job;
    const set = (/** @type {Job["status"]} */ status) => () => pb.collection("jobs").update(id, { status }, { requestKey: null });
    const close = () => attempt(async () => {
        const mine = pb.filter("job = {:id}", { id });
        const [told, open] = await Promise.all([
            total("applications", `${mine} && status != "withdrawn"`), total("applications", `${mine} && ${undecided}`),
        ]);
        const late = Boolean(job.deadline) && time(job.deadline ?? "").getTime() <= Date.now();
        const body = list([
            w("closeOffline"), told > 0 && w("closeTold", { n: told }), open > 0 && w("closeUndecided", { n: open }),
            late ? w("closeForGood") : w("closeUndo"),
        ]);
        if (await ask({ title: t("closeAsk", { title }), body, yes: t("close"), danger: true })) {
            await change(refresh, t("closedNow", { title }), set("closed"), late ? null : set("published"));
        }
    });
    const publish = () => change(refresh, t("publishedNow", { title }), set("published"), set("closed"));
    return [
        ...(job.status === "published" ? [{ label: t("close"), danger: true, run: close }] : []),
        ...(job.status === "closed" ? [{ label: t("publish"), run: publish }] : []),
    ];
}

/** @param {Employer} employer @param {Refresh} refresh @returns {Action[]} */
export function employerActions(employer, refresh) {
    const { id, name, verified } = employer;
    const set = (/** @type {boolean} */ on) => () => pb.collection("employers").update(id, { verified: on }, { requestKey: null });
    const turn = () => change(refresh, w(verified ? "unverifiedNow" : "verifiedNow", { name }), set(!verified), set(Boolean(verified)));
    return [{ label: w(verified ? "unverify" : "verify"), run: turn }];
}

/** What a deactivation means, by role. @param {User} user */
async function consequences({ id, role }) {
    if (role === "job_seeker") {
        const open = await total("applications", `${pb.filter("seeker = {:id}", { id })} && ${undecided}`);
        return [w("leaveProfile"), open > 0 && w("leaveApplications", { n: open })];
    }
    if (role === "employer") {
        const mine = pb.filter("owner = {:id} || members ~ {:id}", { id });
        const companies = await pb.collection("employers").getFullList({ filter: mine, fields: "id,owner,members", requestKey: null });
        if (companies.length === 0) {
            return [];
        }
        const ids = companies.map((company) => company.id).slice(0, 20);
        const [jobs, open] = await Promise.all([
            total("jobs", `${anyOf("employer", ids)} && status = "published"`),
            total("applications", `${anyOf("job.employer", ids)} && ${undecided}`),
        ]);
        const others = new Set(companies.flatMap(({ owner, members }) => [owner, ...(members ?? [])])).size - 1;
        return [
            jobs > 0 && w("leaveJobs", { n: jobs }), open > 0 && w("leaveUndecided", { n: open }),
            others > 0 ? w("leaveOthers", { n: others }) : jobs > 0 && w("leaveNobody"),
        ];
    }
    return [];
}

/** @param {User} user @param {Refresh} refresh @returns {Action[]} */
export function userActions(user, refresh) {
    const { id, name, deactivatedAt } = user;
    const send = (/** @type {string} */ deed) => () => pb.send(`/api/users/${id}/${deed}/`, { method: "POST", requestKey: null });
    const deactivate = () => attempt(async () => {
        const body = list([w("leaveNow"), ...await consequences(user), w("leaveUndo")]);
        if (await ask({ title: w("deactivateAsk", { name }), body, yes: w("deactivate"), danger: true })) {
            await change(refresh, w("deactivatedNow", { name }), send("deactivate"), send("reactivate"));
        }
    });
    const reactivate = () => change(refresh, w("reactivatedNow", { name }), send("reactivate"), send("deactivate"));
    if (deactivatedAt) {
        return [{ label: w("reactivate"), run: reactivate }];
    }
    return id === me()?.id ? [] : [{ label: w("deactivate"), danger: true, run: deactivate }];
}

/**
 * @param {"job_reviews" | "user_reviews"} collection @param {JobReview | UserReview} review @param {string} about @param {Refresh} refresh
 * @returns {Action[]}
 */
export function reviewActions(collection, { id, status }, about, refresh) {
    const set = (/** @type {"visible" | "hidden"} */ next) => () =>
        pb.collection(/** @type {"job_reviews"} */ (collection)).update(id, { status: next }, { requestKey: null });
    const hide = () => change(refresh, w("hiddenNow", { name: about }), set("hidden"), set("visible"));
    const show = () => change(refresh, w("shownNow", { name: about }), set("visible"), set("hidden"));
    return [status === "visible" ? { label: w("hide"), run: hide } : { label: w("showAgain"), run: show }];
}

/** @param {ImportSource} source @param {Refresh} refresh @returns {Action[]} */
export function importActions(source, refresh) {
    const set = (/** @type {Partial<ImportSource>} */ values) => () =>
        pb.collection("import_sources").update(source.id, values, { requestKey: null });
    const name = addressOf(source);
    const closeMissing = () => attempt(async () => {
        const body = html`<p>${w("closeMissingText")}</p>${source.lastResult ? html`<p class="letter">${source.lastResult}</p>` : nothing}`;
        if (await ask({ title: w("closeMissingAsk", { name }), body, yes: w("closeMissing"), danger: true })) {
            await change(refresh, w("runsNow", { name }), set({ closeAnyway: true, nextRun: new Date().toISOString() }));
        }
    });
    const run = () => change(refresh, w("runsNow", { name }), set({ nextRun: new Date().toISOString() }));
    return [
        ...(source.schedule === "off" ? [] : [{ label: w("run"), run }]),
        ...(source.lastStatus === "asks" ? [{ label: w("closeMissing"), danger: true, run: closeMissing }] : []),
    ];
}

/** addressOf leaves out what may be a key. @param {ImportSource} source */
export const addressOf = ({ url }) => url.replace(/^https?:\/\/|[?#].*$/g, "");
