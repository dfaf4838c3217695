// PocketBase's JS SDK. No other module imports it.
//
// Each thing to know about the SDK is shown once. Look for "SDK idiom" and its name:
//   typed collections, hooks around each request              here
//   start from the store, log out, one user a connection      session.js
//   no replay, hidden tabs                                    stream.js
//   named requests, ignore aborts                             views/search.js
//   parallel requests, filters                                views/job.js
//   REST through the SDK                                      views/apply.js
//   field errors                                              forms.js
//   protected files                                           documents.js
//   upload progress                                           upload.js
//   batches                                                   views/profile.js
//   OAuth in the click, OAuth without a window                oauth.js
//   one's own record                                          views/me.js
//   record events with a filter                               views/employer/pipeline.js
//   another store of logins                                   admin/session.js
import PocketBase, { ClientResponseError, LocalAuthStore } from "../lib/pocketbase.es.mjs";

/**
 * SDK idiom: typed collections. board.d.ts is made from the board's own OpenAPI document by e2e/app.types.test.js.
 * @typedef {import("./board.js").components["schemas"]} Schemas
 * @typedef {Schemas["Collections"]} Collections
 * @typedef {Schemas["User"]} User
 * @typedef {Schemas["JobSeeker"]} Profile
 * @typedef {Schemas["Employer"]} Employer
 * @typedef {Schemas["Job"]} Job
 * @typedef {Schemas["FoundJob"]} FoundJob
 * @typedef {Schemas["JobPage"]} JobPage
 * @typedef {Schemas["JobStats"]} JobStats
 * @typedef {Schemas["Question"]} Question
 * @typedef {Schemas["Application"]} Application
 * @typedef {Schemas["ApplicationEvent"]} ApplicationEvent
 * @typedef {Schemas["Notification"]} Notification
 * @typedef {Schemas["JobReview"]} JobReview
 * @typedef {Schemas["UserReview"]} UserReview
 * @typedef {Schemas["SavedSearch"]} SavedSearch
 * @typedef {Schemas["ImportSource"]} ImportSource
 * @typedef {Schemas["Report"]} Report
 * @typedef {Schemas["ReportSummary"]} ReportSummary
 * @typedef {Application["status"]} Status
 * @typedef {Omit<PocketBase, "collection"> & {
 *   collection<Name extends keyof Collections>(name: Name): import("../lib/pocketbase.es.mjs").RecordService<Collections[Name]>
 * }} TypedPocketBase
 */

export const pb = /** @type {TypedPocketBase} */ (new PocketBase(location.origin));

/** The number of the transaction of the latest write. A node of a cluster answers what comes next only when it has that one. */
let tx = "";
pb.beforeSend = /** @type {NonNullable<PocketBase["beforeSend"]>} */ (
    (_, options) => {
        if (tx) {
            options.headers = { ...options.headers, "X-Board-Tx": tx };
        }
        return {};
    }
);
pb.afterSend = /** @type {NonNullable<PocketBase["afterSend"]>} */ (
    (response, data) => {
        tx = response.headers.get("X-Board-Tx") || tx;
        return data;
    }
);

export { ClientResponseError, LocalAuthStore };

/** me returns the user who is signed in, or null. */
export function me() {
    return /** @type {User | null} */ (pb.authStore.isValid ? pb.authStore.record : null);
}

/** myId returns the id of the user who is signed in, in views that need a login. */
export function myId() {
    return me()?.id ?? "";
}

/** @param {unknown} error */
export function statusOf(error) {
    return error instanceof ClientResponseError ? error.status : -1;
}

/**
 * isAbort reports whether a request was cancelled because a newer one replaced it.
 * @param {unknown} error
 */
export function isAbort(error) {
    return error instanceof ClientResponseError && error.isAbort;
}
