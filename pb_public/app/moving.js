// Moving an application to another status.
import { html } from "./view.js";
import { label, t } from "./i18n.js";
import { forInput, fromInput } from "./format.js";
import { pb } from "./pb.js";
import { ask } from "./messages.js";

/** @import { Application, Status } from "./pb.js" */

/**
 * askForMove asks for what the new status needs, such as the time of the interview. It resolves to null if the move is cancelled.
 * @param {Application} application @param {Status} to
 * @returns {Promise<Record<string, string> | null>}
 */
export async function askForMove(application, to) {
    if (to !== "interview_scheduled") {
        return {};
    }
    const tomorrow = new Date(Date.now() + 86_400_000);
    tomorrow.setHours(10, 0);
    const data = await ask({
        title: label(to), yes: t("move"),
        body: html`
            <div class="field"><label for="interview-at">${t("interviewAt")}</label>
                <input class="input" id="interview-at" name="interviewAt" type="datetime-local" required min=${forInput(new Date())}
                    value=${forInput(application.interviewAt) || forInput(tomorrow)}></div>
            <div class="field"><label for="interview-place">${t("interviewPlace")}</label>
                <input class="input" id="interview-place" name="interviewLocation" maxlength="500"
                    value=${application.interviewLocation}></div>`,
    });
    return data && {
        interviewAt: fromInput(String(data.get("interviewAt"))),
        interviewLocation: String(data.get("interviewLocation")),
    };
}

/**
 * move changes the status and resolves to the changed application. details may have a note to the applicant.
 * @param {Application} application @param {Status} status @param {Record<string, string>} [details]
 * @returns {Promise<Application>}
 */
export function move(application, status, details = {}) {
    const path = `/api/jobs/${application.job}/applications/${application.id}/status/`;
    return pb.send(path, { method: "PATCH", body: { status, ...details }, requestKey: null });
}
