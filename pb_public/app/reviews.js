// Writing a review of a job or a person, changing it, and removing it.
import { html, nothing, stars } from "./view.js";
import { t } from "./i18n.js";
import { createForm, textOf } from "./forms.js";
import { attempt, toast } from "./messages.js";

/** @typedef {{ id: string, rating: number, title?: string, body: string }} Review */

/**
 * reviewSection makes the part of a view in which the user reviews something. It draws the user's review, or the form for one.
 * @template {Review} R
 * @param {{
 *   title: string, hint: string, withTitle?: boolean, existing: R | undefined, redraw: () => void,
 *   save: (words: { rating: number, title?: string, body: string }, existing?: R) => Promise<R>, remove: (existing: R) => Promise<unknown>,
 * }} options
 */
export function reviewSection({ title, hint, withTitle = false, existing, redraw, save, remove }) {
    let editing = false;
    const form = createForm(redraw, async (data) => {
        const title = withTitle ? { title: textOf(data, "title") } : {};
        const words = { rating: Number(data.get("rating")), body: textOf(data, "body"), ...title };
        existing = await save(words, existing);
        editing = false;
        toast({ text: t("reviewSaved") });
    });
    const edit = () => {
        editing = true;
        redraw();
    };
    const takeBack = () => attempt(async () => {
        if (existing) {
            await remove(existing);
            existing = undefined;
            redraw();
        }
    });

    return () => html`
        <section class="card"><h2>${title}</h2>
            ${existing && !editing ? html`
                <p>${stars(existing.rating)}</p>
                ${existing.title ? html`<h3>${existing.title}</h3>` : nothing}
                <p class="letter">${existing.body}</p>
                <div class="row"><button class="button slim" @click=${edit}>${t("edit")}</button>
                    <button class="button slim danger" @click=${takeBack}>${t("remove")}</button></div>` : html`
                <p class="muted small">${hint}</p>
                <form novalidate @submit=${form.submit}>
                    ${form.summary()}
                    <fieldset class="rating"><legend>${t("rating")}</legend>${form.error("rating")}
                        <div class="row">${[1, 2, 3, 4, 5].map((n) => html`
                            <label class="check"><input type="radio" name="rating" value=${n} required ?checked=${existing?.rating === n}
                                id=${n === 1 ? "field-rating" : nothing}>
                                ${n} <span class="stars" aria-hidden="true">★</span></label>`)}</div></fieldset>
                    ${withTitle ? form.field({ name: "title", label: t("headlineOf"), value: existing?.title ?? "" }) : nothing}
                    ${form.field({ name: "body", label: t("words"), type: "textarea", rows: 4, value: existing?.body ?? "" })}
                    ${form.button(t("save"))}
                </form>`}
        </section>`;
}
