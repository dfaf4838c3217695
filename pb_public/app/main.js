// Where the client starts, and its table of contents: every view, and the role it is for.
import { drawShell, startShell } from "./shell.js";
import { language, speak } from "./i18n.js";
import { followNotifications } from "./notifications.js";
import { openStream, restWhileHidden } from "./stream.js";
import { startRouter } from "./router.js";
import { attempt } from "./messages.js";
import { me } from "./pb.js";
import { resume } from "./session.js";
import { start } from "./places.js";

/** @import { Route } from "./router.js" */

/** @type {Route[]} */
const routes = [
    { path: "", load: () => ({ default: () => location.replace(start()) }) },
    { path: "search", load: () => import("./views/search.js") },
    { path: "jobs/:id", load: () => import("./views/job.js") },

    { path: "sign-in", load: () => import("./views/sign-in.js") },
    { path: "register", load: () => import("./views/register.js") },
    { path: "forgot", load: () => import("./views/forgot.js") },
    { path: "reset/:token", load: () => import("./views/reset.js") },
    { path: "verify/:token", load: () => import("./views/verify.js") },

    { path: "jobs/:id/apply", role: "job_seeker", load: () => import("./views/apply.js") },
    { path: "applications", role: "job_seeker", load: () => import("./views/applications.js") },
    { path: "applications/:id", role: "job_seeker", load: () => import("./views/application.js") },
    { path: "saved", role: "job_seeker", load: () => import("./views/saved.js") },
    { path: "me/profile", role: "job_seeker", load: () => import("./views/profile.js") },

    { path: "me", role: "any", load: () => import("./views/me.js") },
    { path: "notifications", role: "any", load: () => import("./views/notifications.js") },

    { path: "employer", role: "employer", load: () => import("./views/employer/jobs.js") },
    { path: "employer/company", role: "employer", load: () => import("./views/employer/company.js") },
    { path: "employer/jobs/new", role: "employer", load: () => import("./views/employer/job-form.js") },
    { path: "employer/jobs/:id", role: "employer", load: () => import("./views/employer/pipeline.js") },
    { path: "employer/jobs/:id/edit", role: "employer", load: () => import("./views/employer/job-form.js") },
    // a page of its own, so that nobody else loads what it is made of
    { path: "admin", load: () => ({ default: () => location.replace("admin") }) },
    { path: "employer/applications/:id", role: "employer", load: () => import("./views/employer/applicant.js") },
];

await speak(me()?.locale || language());
startShell();
if (/[?&]state=/.test(location.search)) { // back from a provider
    const { comeBack } = await import("./oauth.js");
    await attempt(comeBack);
}
startRouter(routes, drawShell);
followNotifications();
openStream();
restWhileHidden();
resume();
