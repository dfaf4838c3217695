// Applying: the job's questions, a cover letter and documents, filled in with what the board already knows.
import { back, heading, html, nothing } from "../view.js";
import { t } from "../i18n.js";
import { me, myId, pb } from "../pb.js";
import { choices, createForm, filesOf, textOf } from "../forms.js";
import { asFile, plainName } from "../documents.js";
import { fetchWithProgress } from "../upload.js";
import { guess } from "../prefill.js";
import { toast } from "../messages.js";
import { documentTypes } from "../choices.js";

/** @import { Application, Question } from "../pb.js" */
/** @import { Visit } from "../router.js" */

/** @param {Visit} visit */
export default async function apply({ params: { id }, show }) {
    const [job, profile, earlier] = await Promise.all([
        pb.collection("jobs").getOne(id, { expand: "employer", requestKey: null }),
        pb.collection("job_seekers").getFirstListItem(pb.filter("user = {:me}", { me: myId() }), { requestKey: null }),
        pb.collection("applications").getList(1, 10, {
            filter: pb.filter("seeker = {:me}", { me: myId() }), sort: "-created", expand: "job", requestKey: null,
        }),
    ]);
    if (job.applyMethod !== "board") {
        location.replace(`#/jobs/${id}`); // which shows the way
        return;
    }
    const known = guess(profile, earlier.items);
    const key = crypto.randomUUID(); // sent twice, it is still one application
    let progress = 0;

    const form = createForm(draw, async (data) => {
        const body = new FormData();
        body.append("coverLetter", textOf(data, "coverLetter"));
        body.append("answers", JSON.stringify(answersIn(data, job.questions ?? [])));
        for (const name of data.getAll("resume")) {
            body.append("documents", await asFile(profile, String(name)));
        }
        filesOf(data, "documents").forEach((file) => body.append("documents", file));
        // SDK idiom: REST through the SDK. pb.send adds the token, errors and cancelling to a request for any path of the board.
        /** @type {Application} */
        const made = await pb.send(`/api/jobs/${id}/applications/`, {
            method: "POST",
            body,
            headers: { "Idempotency-Key": key },
            fetch: fetchWithProgress((share) => {
                progress = share;
                draw();
            }),
        });
        toast({ text: t("applied", { title: job.title }) });
        location.hash = `#/applications/${made.id}`;
    });

    /** @param {Question} question */
    function answer(question) {
        const value = known.answers.get(question.label) ?? known.about(question.label, question.type);
        const field = { name: `answer-${question.id}`, label: question.label, required: question.required, value: String(value ?? "") };
        switch (question.type) {
            case "yes_no": return form.field({ ...field, type: "select", options: choices(["true", "false"], yesOrNo) });
            case "choice": return form.field({ ...field, type: "select", options: choices(question.options ?? [], String) });
            case "number": return form.field({ ...field, type: "number" });
            default: return form.field({ ...field, type: "textarea", rows: 3 });
        }
    }

    function draw() {
        show(t("applyFor", { title: job.title }), html`
            <div class="narrow-view">
                ${back(`#/jobs/${id}`, job.title)}
                ${heading(t("applyFor", { title: job.title }), nothing, html`
                    <p class="muted">${job.expand?.employer?.name} · ${job.location}</p>`)}
                <form class="card" novalidate @submit=${form.submit}>
                    ${form.summary()}
                    <p class="notice"><span><strong>${me()?.name}</strong>, ${me()?.email}<br>
                        <span class="muted">${t("theySee")}</span> <a href="#/me/profile">${t("editProfile")}</a></span></p>
                    ${job.questions?.length ? html`<h2>${t("questions")}</h2>${job.questions.map(answer)}` : nothing}
                    <h2>${t("documents")}</h2>
                    ${form.error("documents")}
                    ${profile.resumes.length > 0 ? html`
                        <fieldset><legend>${t("fromProfile")}</legend>
                            ${profile.resumes.map((name, i) => form.check("resume", plainName(name), i === 0, name))}</fieldset>` : nothing}
                    ${form.field({
                        name: "documents", label: t("moreDocuments"), type: "file", multiple: true, accept: documentTypes,
                        hint: t("documentsHint"),
                    })}
                    ${form.field({
                        name: "coverLetter", label: t("coverLetter"), type: "textarea", rows: 8, value: known.coverLetter,
                        hint: known.coverLetter ? t("fromLast") : t("optional"),
                    })}
                    ${form.busy ? html`<progress value=${progress} max="1" aria-label=${t("upload")}></progress>` : nothing}
                    ${form.button(t("sendApplication"), html`<a class="button quiet" href="#/jobs/${id}">${t("cancel")}</a>`)}
                </form>
            </div>`);
    }
    draw();
}

/** @param {string} value */
const yesOrNo = (value) => t(value === "true" ? "yes" : "no");

/** @param {FormData} data @param {Question[]} questions */
function answersIn(data, questions) {
    /** @type {Record<string, unknown>} */
    const answers = {};
    for (const { id, type } of questions) {
        const text = textOf(data, `answer-${id}`);
        if (id && text !== "") {
            answers[id] = type === "yes_no" ? text === "true" : type === "number" ? Number(text) : text;
        }
    }
    return answers;
}
