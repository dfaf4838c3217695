// The frame of every view: the header with its menu, and a toast for each new notification.
import { html, icon, nothing, render } from "./view.js";
import { t } from "./i18n.js";
import { me, pb } from "./pb.js";
import { here } from "./router.js";
import { newest, notifications } from "./notifications.js";
import { offline } from "./stream.js";
import { placeOf } from "./places.js";
import { signOut } from "./session.js";
import { toast } from "./messages.js";

const header = /** @type {HTMLElement} */ (document.getElementById("header"));
const board = /** @type {HTMLMetaElement} */ (document.querySelector('meta[name="application-name"]')).content;

const { logo } = document.documentElement.dataset;

const mark = html`
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="9"/>
        <path d="M9 20.5V13a2 2 0 0 1 2-2h10a2 2 0 0 1 2 2v7.5a2 2 0 0 1-2 2H11a2 2 0 0 1-2-2zM13 11V9.5h6V11M9 16h14"/></svg>`;

/** @type {Record<string, [string, Parameters<typeof icon>[0], import("./texts/en.js").TextKey][]>} */
const menus = {
    guest: [["search", "search", "search"]],
    job_seeker: [["search", "search", "search"], ["saved", "bookmark", "saved"], ["applications", "inbox", "applications"]],
    employer: [["employer", "columns", "myJobs"], ["employer/company", "building", "company"]],
    admin: [["search", "search", "search"], ["admin", "level", "admin"]],
};

/** @param {string} path @param {string} target */
const isAt = (path, target) => path === target || path.startsWith(`${target}/`) && path !== "employer/company";

export function drawShell() {
    const user = me();
    const { path } = here();
    const { unread } = notifications.value;
    const menu = menus[user?.role ?? "guest"];
    const current = (/** @type {string} */ target) => (isAt(path, target) ? "page" : nothing);
    render(html`
        <a class="skip" href="#main" @click=${skip}>${t("skip")}</a>
        <div class="wrap">
            <a class="brand" href="/">${logo ? html`<img src=${logo} alt="" height="32">` : mark}<span>${board}</span></a>
            <nav aria-label=${t("mainMenu")}>
                <ul class="plain menu">
                    ${menu.map(([target, picture, text]) => html`
                        <li><a href="#/${target}" aria-current=${current(target)}>${icon(picture)}<span>${t(text)}</span></a></li>`)}
                    ${user ? html`
                        <li><a href="#/notifications" aria-current=${current("notifications")} class="bell">
                            ${icon("bell")}<span>${t("notifications")}</span>
                            ${unread ? html`<span class="badge-count">${unread > 99 ? "99+" : unread}<span
                                class="hidden-visually"> ${t("unread")}</span></span>` : nothing}</a></li>
                        <li><a href="#/me" aria-current=${current("me")}>${icon("user")}<span>${t("me")}</span></a></li>` : nothing}
                </ul>
            </nav>
            ${user
                ? html`<button class="button quiet slim leave" @click=${signOut}>${t("signOut")}</button>`
                : html`<div class="row doors"><a class="button quiet slim" href="#/sign-in">${t("signIn")}</a>
                    <a class="button primary slim" href="#/register">${t("register")}</a></div>`}
        </div>
        ${offline.value ? html`<p class="offline" role="status">${icon("warning")} ${t("offline")}</p>` : nothing}`, header);
}

/** A link to #main would be an address of ours. @param {Event} event */
function skip(event) {
    event.preventDefault();
    document.getElementById("main")?.focus();
}

export function startShell() {
    pb.authStore.onChange(drawShell);
    notifications.watch(drawShell);
    offline.watch(drawShell);
    newest.watch((notification) => notification && toast({ text: notification.title, href: placeOf(notification) }));
}
