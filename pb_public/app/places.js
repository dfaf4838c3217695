// Where things are: the one module that knows the addresses of other things' views.
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

/** start is where a person begins. */
export function start() {
    return me()?.role === "employer" ? "#/employer" : "#/search";
}

/**
 * onward is where a login leads: to what was asked for before it, else where it says.
 * @param {URLSearchParams} query @param {string} otherwise
 */
export function onward(query, otherwise) {
    const wanted = query.get("next") ?? "";
    return wanted.startsWith("#/") ? wanted : otherwise; // an address of this client, whatever a link says
}

/** @param {Job} job */
export const publicPage = (job) => `/jobs/${job.id}/job`;
