// lit-html for the views, and the icons and small parts that they share.
import { html, nothing, render, svg } from "../lib/lit-html.js";
import { repeat } from "../lib/directives/repeat.js";
import { initials, tint } from "./format.js";
import { t } from "./i18n.js";
import { pb } from "./pb.js";

/** @import { Employer } from "./pb.js" */
/** @import { TemplateResult } from "../lib/lit-html.js" */

export { html, nothing, render, repeat, svg };

const strokes = {
    search: svg`<circle cx="11" cy="11" r="7"/><path d="m20 20-4-4"/>`,
    pin: svg`<path d="M12 21s7-6.2 7-11.5a7 7 0 0 0-14 0C5 14.8 12 21 12 21z"/><circle cx="12" cy="9.5" r="2.5"/>`,
    bag: svg`<path d="M4 8h16v11H4zM9 8V5h6v3M4 13h16"/>`,
    clock: svg`<circle cx="12" cy="12" r="8.5"/><path d="M12 7.5V12l3 2"/>`,
    money: svg`<rect x="3" y="6" width="18" height="12" rx="2"/><circle cx="12" cy="12" r="2.5"/>`,
    level: svg`<path d="M5 19v-5M12 19V9M19 19V4"/>`,
    people: svg`<circle cx="9" cy="8.5" r="3.5"/>
        <path d="M2.5 20c.5-4 3-6 6.5-6s6 2 6.5 6M16 5.3a3.5 3.5 0 0 1 0 6.4M18 14.6c2 .8 3.2 2.6 3.5 5.4"/>`,
    building: svg`<path d="M5 20.5V4h9v16.5M14 9.5h5v11M3 20.5h18M8 8h3M8 12h3M8 16h3"/>`,
    calendar: svg`<rect x="4" y="5.5" width="16" height="14.5" rx="2"/><path d="M4 10.5h16M8.5 3v4M15.5 3v4"/>`,
    check: svg`<path d="m5 12.5 4.5 4.5L19 7.5"/>`,
    close: svg`<path d="m7 7 10 10M17 7 7 17"/>`,
    bell: svg`<path d="M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15zM10 20.5h4"/>`,
    bookmark: svg`<path d="M7 4h10v16l-5-4-5 4z"/>`,
    user: svg`<circle cx="12" cy="8.5" r="4"/><path d="M4.5 20.5c.8-4.2 3.6-6 7.5-6s6.7 1.8 7.5 6"/>`,
    file: svg`<path d="M6 3.5h8l4 4v13H6zM14 3.5v4h4"/>`,
    columns: svg`<rect x="4" y="4.5" width="4.5" height="15" rx="1"/><rect x="10" y="4.5" width="4.5" height="10" rx="1"/>
        <rect x="16" y="4.5" width="4.5" height="12" rx="1"/>`,
    inbox: svg`<path d="M4 13l2.5-8h11L20 13v6H4zM4 13h5l1 2.5h4l1-2.5h5"/>`,
    warning: svg`<path d="M12 4 2.5 20h19zM12 10v5M12 17.5h.01"/>`,
    telescope: svg`<circle cx="10.5" cy="10.5" r="6.5"/><path d="m20 20-4.7-4.7M8 9.5c.4-1 1.3-1.6 2.5-1.6"/>`,
    plus: svg`<path d="M12 5v14M5 12h14"/>`,
};

/**
 * icon draws an icon. It stands beside words that say the same, so it is hidden from screen readers.
 * @param {keyof typeof strokes} name
 */
export const icon = (name) => html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">${strokes[name]}</svg>`;

/** @param {Employer | undefined} employer @param {"" | "small" | "large"} [size] */
export function logo(employer, size = "") {
    const name = employer?.name ?? "?";
    if (employer?.logo) {
        const picture = pb.files.getURL(employer, employer.logo, { thumb: "100x100" });
        return html`<span class="logo ${size}"><img src=${picture} alt="" loading="lazy"></span>`;
    }
    return html`<span class="logo ${size} tint-${tint(name)}" aria-hidden="true">${initials(name)}</span>`;
}

/** @param {string} name */
export const face = (name) => html`<span class="logo small face tint-${tint(name)}" aria-hidden="true">${initials(name)}</span>`;

/** @param {number} rating */
export function stars(rating) {
    const full = Math.round(rating);
    return html`
        <span class="stars" role="img" aria-label=${t("starsOf", { n: full })}>${"★".repeat(full)}${"☆".repeat(5 - full)}</span>`;
}

/**
 * skeletons take the place of cards that are being loaded.
 * @param {number} count
 */
export const skeletons = (count) => html`
    <div class="stack" aria-busy="true">
        <p class="hidden-visually">${t("loading")}</p>
        ${Array.from({ length: count }, () => html`
            <div class="card ghost" aria-hidden="true">
                <span class="skeleton"></span><span class="skeleton"></span><span class="skeleton"></span></div>`)}
    </div>`;

/**
 * empty says what will be here, and how to get there.
 * @param {keyof typeof strokes} picture @param {string} title @param {string} text @param {unknown} [action]
 */
export const empty = (picture, title, text, action = nothing) => html`
    <div class="empty"><svg viewBox="0 0 24 24" class="icon" aria-hidden="true">${strokes[picture]}</svg>
        <h2>${title}</h2><p>${text}</p>${action}</div>`;

/** @param {string} href @param {string} text */
export const primaryLink = (href, text) => html`<a class="button primary" href=${href}>${text}</a>`;

/**
 * pair draws a term and its text in a <dl>, or nothing if there is no text.
 * @param {string} term @param {string | undefined} text
 */
export const pair = (term, text) => (text ? html`<div><dt>${term}</dt><dd>${text}</dd></div>` : nothing);

/** @param {readonly string[] | null | undefined} words */
export const chips = (words) => (words?.length ? html`
    <ul class="chips">${words.map((word) => html`<li class="chip">${word}</li>`)}</ul>` : nothing);

/** more draws the button below a list that goes on; act fetches the next page. @param {() => unknown} act */
export const more = (act) => html`<p class="more"><button class="button" @click=${act}>${t("more")}</button></p>`;

/**
 * heading draws a view's title, with actions beside it and a line above it.
 * @param {unknown} title @param {unknown} [actions] @param {TemplateResult | typeof nothing} [above]
 */
export const heading = (title, actions = nothing, above = nothing) => html`
    <div class="head"><div>${above}<h1 tabindex="-1">${title}</h1></div><div class="row">${actions}</div></div>`;

/** @param {string} href @param {string} text */
export const back = (href, text) => html`<a class="back" href=${href}><span aria-hidden="true">←</span> ${text}</a>`;
