// What the lists and the queue show of each kind of record, how it is searched and filtered, and which actions it has.
import { html, nothing, stars } from "../view.js";
import { label, t } from "../i18n.js";
import { ago, date, dateTime } from "../format.js";
import { publicPage } from "../places.js";
import { addressOf, employerActions, importActions, jobActions, reviewActions, userActions } from "./actions.js";
import { dayAgo } from "./days.js";
import { w, word } from "./words.js";

/** @import { Employer, ImportSource, Job, JobReview, User, UserReview } from "../pb.js" */
/** @import { Action, Refresh } from "./actions.js" */
/** @import { Name } from "./live.js" */
/** @import { Word } from "./texts/en.js" */

/**
 * @typedef {{ main: string, href?: string, badges?: [look: string, text: string][], hint: unknown, body?: string, actions: Action[] }} Row
 * @typedef {{ name: string, label: Word, values: Record<string, string>, param?: string }} Filter
 * path is a list of REST's, which is searched by its q; other lists are searched in the fields of searched.
 * values has a filter of PocketBase's for each choice or, with param, the value of that parameter of the path.
 * @typedef {{
 *   collection: Name, path?: string, title: Word, searched: string[], filters: Filter[], sort: string, expand?: string,
 *   row: (record: any, refresh: Refresh) => Row,
 * }} Kind
 */

const statusFilter = (/** @type {string[]} */ ...values) => ({
    name: "status", label: /** @type {const} */ ("status"),
    values: Object.fromEntries(values.map((value) => [value, `status = "${value}"`])),
});
const verifiedFilter = (/** @type {string} */ field) => ({
    name: "company", label: /** @type {const} */ ("company"), values: { verified: `${field} = true`, unverified: `${field} = false` },
});
const recent = {
    name: "since", label: /** @type {const} */ ("since"),
    get values() { // of today, however long the page has been open
        return { days7: `created >= "${dayAgo(7)} 00:00:00.000Z"`, days30: `created >= "${dayAgo(30)} 00:00:00.000Z"` };
    },
};

const looks = /** @type {Record<string, string>} */ ({
    published: "good", draft: "warn", ok: "good", failed: "bad", asks: "warn", hidden: "warn",
});
const badge = (/** @type {string} */ value, text = word(value)) => /** @type {[string, string]} */ ([looks[value] ?? "", text]);
const created = (/** @type {{ created?: string }} */ { created = "" }) => html`
    <time datetime=${created} title=${dateTime(created)}>${ago(created)}</time>`;

/** @param {JobReview | UserReview} review @param {string} author */
const reviewHint = (review, author) => html`${stars(review.rating)} ${author} · ${created(review)}`;

const roles = ["job_seeker", "employer", "admin"];
const hiddenBadge = (/** @type {string} */ status) => (status === "hidden" ? [badge("hidden")] : []);

/** @type {Record<string, Kind>} */
export const kinds = {
    jobs: {
        collection: "jobs", title: "jobs", searched: ["title", "employer.name"], sort: "-created", expand: "employer",
        filters: [statusFilter("published", "draft", "closed", "expired"), verifiedFilter("employer.verified"), recent],
        row: (/** @type {Job} */ job, refresh) => ({
            main: job.title, href: job.status === "published" ? publicPage(job) : undefined, badges: [badge(job.status, label(job.status))],
            hint: html`${job.expand?.employer?.name}${job.location ? ` · ${job.location}` : nothing} · ${created(job)}
                · ${t("applicants", { n: job.applicationCount ?? 0 })}`,
            actions: jobActions(job, refresh),
        }),
    },
    companies: {
        collection: "employers", title: "companies", searched: ["name", "owner.name"], sort: "-created", expand: "owner",
        filters: [verifiedFilter("verified"), recent],
        row: (/** @type {Employer} */ employer, refresh) => ({
            main: employer.name, href: `/companies/${employer.slug}`, badges: employer.verified ? [["good", w("verified")]] : [],
            hint: html`${employer.expand?.owner?.email}${employer.location ? ` · ${employer.location}` : nothing} · ${created(employer)}`,
            actions: employerActions(employer, refresh),
        }),
    },
    people: {
        collection: "users", path: "/api/users/", // since only superusers may filter by deactivatedAt and every address
        title: "people", searched: [], sort: "-created",
        filters: [
            { name: "role", label: "role", values: Object.fromEntries(roles.map((role) => [role, `role = "${role}"`])) },
            { name: "state", label: "status", param: "active", values: { active: "1", deactivated: "0" } },
            recent,
        ],
        row: (/** @type {User} */ user, refresh) => ({
            main: user.name || String(user.email),
            badges: [badge(user.role ?? ""), ...(user.deactivatedAt ? [badge("hidden", w("deactivated"))] : [])],
            hint: html`${user.email} · ${created(user)}
                ${user.deactivatedAt ? html`· ${w("deactivatedOn", { date: date(user.deactivatedAt) })}` : nothing}`,
            actions: userActions(user, refresh),
        }),
    },
    reviews: {
        collection: "job_reviews", title: "reviewsOfJobs", searched: ["title", "body", "employer.name"],
        sort: "-created", expand: "job,employer,author",
        filters: [statusFilter("visible", "hidden"), recent],
        row: (/** @type {JobReview} */ review, refresh) => {
            const about = review.expand?.employer?.name ?? "";
            return {
                main: [about, review.expand?.job?.title].filter(Boolean).join(": "), badges: hiddenBadge(review.status),
                hint: reviewHint(review, review.expand?.author?.name ?? ""), body: [review.title, review.body].filter(Boolean).join("\n"),
                actions: reviewActions("job_reviews", review, about, refresh),
            };
        },
    },
    "people-reviews": {
        collection: "user_reviews", title: "reviewsOfPeople", searched: ["body", "subject.name"],
        sort: "-created", expand: "subject,author",
        filters: [statusFilter("visible", "hidden"), recent],
        row: (/** @type {UserReview} */ review, refresh) => {
            const about = review.expand?.subject?.name ?? "";
            return {
                main: about, badges: hiddenBadge(review.status),
                hint: reviewHint(review, review.expand?.author?.name ?? ""), body: review.body,
                actions: reviewActions("user_reviews", review, about, refresh),
            };
        },
    },
    imports: {
        collection: "import_sources", title: "imports", searched: ["url", "company"], sort: "-lastRun",
        filters: [{ name: "last", label: "status", values: {
            ok: 'lastStatus = "ok"', failed: 'lastStatus = "failed"', asks: 'lastStatus = "asks"', never: 'lastStatus = ""',
        } }],
        row: (/** @type {ImportSource} */ source, refresh) => ({
            main: addressOf(source), badges: [badge(source.lastStatus || "never")],
            hint: html`${source.kind} · ${word(source.schedule || "daily")}${source.lastRun ? html` · ${ago(source.lastRun)}` : nothing}`,
            body: source.lastResult, actions: importActions(source, refresh),
        }),
    },
};
