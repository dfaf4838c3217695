// The frame of the views: the board, the menu, and who is signed in.
import { html, icon, nothing, render } from "../view.js";
import { language, languages, speak, t } from "../i18n.js";
import { options, valueOf } from "../forms.js";
import { me } from "../pb.js";
import { here, reload } from "../router.js";
import { offline } from "../stream.js";
import { isSuperuser, mayEnter, pocketbasePlace, signOut } from "./session.js";
import { loadWords, w } from "./words.js";

/** @import { Word } from "./texts/en.js" */

const header = /** @type {HTMLElement} */ (document.getElementById("header"));
const board = /** @type {HTMLMetaElement} */ (document.querySelector('meta[name="application-name"]')).content;
const { logo } = document.documentElement.dataset;

/** @type {[path: string, text: Word][]} */
const menu = [["", "overview"], ["jobs", "jobs"], ["companies", "companies"], ["people", "people"], ["reviews", "reviewsOfJobs"],
    ["people-reviews", "reviewsOfPeople"], ["imports", "imports"], ["reports", "reports"]];

/** @param {string} tag */
async function changeLanguage(tag) {
    await speak(tag);
    await loadWords();
    drawShell();
    reload();
}

export function drawShell() {
    const { path } = here();
    render(html`
        <a class="skip" href="#main" @click=${skip}>${t("skip")}</a>
        <div class="wrap">
            <a class="brand" href="/">${logo ? html`<img src=${logo} alt="" height="32">` : html`
                <svg class="mark" viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="9"/>
                    <path d="M9 20.5V13a2 2 0 0 1 2-2h10a2 2 0 0 1 2 2v7.5a2 2 0 0 1-2 2H11a2 2 0 0 1-2-2zM13 11V9.5h6V11M9 16h14"/></svg>`}
                <span>${board}</span></a>
            <div class="row who">
                <label class="hidden-visually" for="language">${t("language")}</label>
                <select class="select slim" id="language" @change=${valueOf(changeLanguage)}>
                    ${options(Object.entries(languages), language())}</select>
                ${mayEnter() ? html`
                    <a class="small name" href=${isSuperuser() ? pocketbasePlace : "/app/#/me"}>${me()?.name || me()?.email}</a>
                    <button class="button quiet slim" @click=${signOut}>${t("signOut")}</button>` : nothing}
            </div>
        </div>
        ${mayEnter() ? html`
            <nav class="wrap admin-menu" aria-label=${t("mainMenu")}>
                <ul class="plain">${menu.map(([target, text]) => html`
                    <li><a href="#/${target}" aria-current=${path === target ? "page" : nothing}>${w(text)}</a></li>`)}
                    ${isSuperuser() ? html`<li><a href=${pocketbasePlace}>PocketBase</a></li>` : nothing}</ul></nav>` : nothing}
        ${offline.value ? html`<p class="offline" role="status">${icon("warning")} ${t("offline")}</p>` : nothing}`, header);
}

/** A link to #main would be an address of ours. @param {Event} event */
function skip(event) {
    event.preventDefault();
    document.getElementById("main")?.focus();
}

offline.watch(drawShell);
