// What an applicant sent: answers, cover letter and documents, as both sides see them.
import { html, icon, nothing } from "./view.js";
import { t } from "./i18n.js";
import { number } from "./format.js";
import { attempt } from "./messages.js";
import { openDocument, plainName } from "./documents.js";

/** @import { Application, Question } from "./pb.js" */

/** @param {unknown} value */
function answer(value) {
    if (typeof value === "boolean") {
        return t(value ? "yes" : "no");
    }
    return typeof value === "number" ? number(value) : String(value);
}

/** @param {Application} application @param {Question[]} questions */
export function submission(application, questions) {
    const answers = /** @type {Record<string, unknown>} */ (application.answers ?? {});
    const answered = questions.filter(({ id }) => id && answers[id] !== undefined);
    if (answered.length === 0 && !application.coverLetter && application.documents.length === 0) {
        return nothing;
    }
    return html`
        <section class="card"><h2>${t("sent")}</h2>
            ${answered.length > 0 ? html`
                <dl class="answers">
                    ${answered.map(({ id, label }) => html`<dt>${label}</dt><dd>${answer(answers[id ?? ""])}</dd>`)}</dl>` : nothing}
            ${application.coverLetter ? html`<h3>${t("coverLetter")}</h3><p class="letter">${application.coverLetter}</p>` : nothing}
            ${documents(application, application.documents, t("documents"))}
        </section>`;
}

/** @param {Parameters<typeof openDocument>[0]} record @param {string[]} names @param {string} title */
export const documents = (record, names, title) => (names.length === 0 ? nothing : html`
    <h3>${title}</h3>
    <ul class="plain files">${names.map((name) => html`
        <li><button class="button slim" @click=${() => attempt(() => openDocument(record, name))}>
            ${icon("file")} ${plainName(name)}</button></li>`)}</ul>`);
