// The addresses of views and public pages.
import { me } from "./pb.js";

/** @import { Job, Notification } from "./pb.js" */

/** @param {Notification} notification */
export function placeOf(notification) {
    const { application, job, jobs } = /** @type {{ application?: string, job?: string, jobs?: unknown }} */ (notification.data ?? {});
    if (application) {
        return me()?.role === "employer" ? `#/employer/applications/${application}` : `#/applications/${application}`;
    }
    if (job) {
        return me()?.role === "employer" ? `#/employer/jobs/${job}` : `#/jobs/${job}`;
    }
    return jobs ? "#/search?sort=newest" : "#/notifications";
}

/** start returns the view with which a user starts. */
export function start() {
    const role = me()?.role;
    return role === "employer" || role === "admin" ? `#/${role}` : "#/search";
}

/**
 * onward returns where a login leads: to the view that asked for it, if one did.
 * @param {URLSearchParams} query @param {string} otherwise
 */
export function onward(query, otherwise) {
    const wanted = query.get("next") ?? "";
    return wanted.startsWith("#/") ? wanted : otherwise; // a view of this client, never another site
}

/** @param {Job} job */
export const publicPage = (job) => `/jobs/${job.id}/job`;
