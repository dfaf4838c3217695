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
        return `#/jobs/${job}`;
    }
    return jobs ? "#/search?sort=newest" : "#/notifications";
}

/** start is where a person begins. */
export function start() {
    return me()?.role === "employer" ? "#/employer" : "#/search";
}

/** @param {Job} job */
export const publicPage = (job) => `/jobs/${job.id}/job`;
