// An editor for the questions that applicants answer.
import { html, icon, nothing, repeat } from "../../view.js";
import { t } from "../../i18n.js";
import { questionTypes } from "../../choices.js";
import { labelled, lines, options, valueOf } from "../../forms.js";

/** @import { Question } from "../../pb.js" */

const most = 20; // questions of a job, as the board allows

/** @param {Question[]} initial @param {() => void} redraw */
export function questionEditor(initial, redraw) {
    let questions = initial.map((question) => ({ ...question }));

    const add = () => {
        questions = [...questions, { label: "", type: "text" }];
        redraw();
        document.getElementById(`question-${questions.length - 1}`)?.focus();
    };
    /** @param {Question} question */
    const remove = (question) => {
        questions = questions.filter((other) => other !== question);
        redraw();
        document.getElementById("add-question")?.focus();
    };

    /** @param {Question} question */
    const answerBy = (question) => (/** @type {string} */ type) => (question.type = /** @type {Question["type"]} */ (type));

    /** @param {Question} question @param {number} i */
    const row = (question, i) => html`
        <fieldset class="question" @change=${redraw}><legend>${t("questionN", { n: i + 1 })}</legend>
            <div class="field"><label for="question-${i}">${t("questionText")}</label>
                <input class="input" id="question-${i}" .value=${question.label} @input=${valueOf((text) => (question.label = text))}></div>
            <div class="field"><label for="question-type-${i}">${t("answerIs")}</label>
                <select class="select" id="question-type-${i}" @change=${valueOf(answerBy(question))}>
                    ${options(labelled(questionTypes), question.type)}</select></div>
            ${question.type === "choice" ? html`<div class="field"><label for="question-options-${i}">${t("options")}</label>
                <textarea class="textarea short" id="question-options-${i}" .value=${(question.options ?? []).join("\n")}
                    @change=${valueOf((text) => (question.options = lines(text)))}></textarea></div>` : nothing}
            <div class="row"><label class="check"><input type="checkbox" .checked=${question.required ?? false}
                    @change=${(/** @type {{ target: HTMLInputElement }} */ { target }) => (question.required = target.checked)}>
                    ${t("mustAnswer")}</label>
                <button class="button slim danger" type="button" aria-label=${t("removeOne", { name: t("questionN", { n: i + 1 }) })}
                    @click=${() => remove(question)}>${t("remove")}</button></div>
        </fieldset>`;

    return {
        draw: () => html`
            <h3>${t("questions")}</h3>
            ${repeat(questions, (question) => question, row)}
            ${questions.length < most ? html`
                <button class="button slim" type="button" id="add-question" @click=${add}>
                    ${icon("plus")} ${t("addQuestion")}</button>` : nothing}`,
        /** read returns the questions, without empty ones. */
        read: () => questions
            .filter((question) => question.label.trim())
            .map(({ options, ...question }) => (question.type === "choice" ? { ...question, options } : question)),
    };
}
