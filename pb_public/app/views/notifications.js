// The user's notifications.
import { empty, heading, html, icon, more, nothing, repeat, skeletons } from "../view.js";
import { t } from "../i18n.js";
import { ago } from "../format.js";
import { attempt } from "../messages.js";
import { fetchOlder, markAllRead, markRead, notifications, remove } from "../notifications.js";
import { placeOf } from "../places.js";

/** @import { Notification } from "../pb.js" */
/** @import { Visit } from "../router.js" */

/** @param {Visit} visit */
export default function notificationsView({ signal, show }) {
    const dot = html`<span class="dot"><span class="hidden-visually">${t("unread")}: </span></span>`;
    const item = (/** @type {Notification} */ notification) => html`
        <li class="card line ${notification.read ? "" : "unread"}">
            <div><a class="title" href=${placeOf(notification)} @click=${() => notification.read || attempt(() => markRead(notification))}>
                    ${notification.read ? nothing : dot}${notification.title}</a>
                ${notification.body ? html`<p class="muted small letter">${notification.body}</p>` : nothing}
                <p class="muted small"><time datetime=${notification.created}>${ago(notification.created)}</time></p></div>
            <div class="row">
                <button class="button slim quiet" @click=${() => attempt(() => markRead(notification, !notification.read))}>
                    ${t(notification.read ? "markUnread" : "markRead")}<span class="hidden-visually">: ${notification.title}</span></button>
                <button class="button slim quiet" aria-label=${t("removeOne", { name: notification.title })}
                    @click=${() => attempt(() => remove(notification))}>${icon("close")}</button>
            </div></li>`;

    function draw() {
        const { items, unread, total, loaded } = notifications.value;
        show(t("notifications"), html`
            ${heading(t("notifications"), unread > 0
                ? html`<button class="button" @click=${() => attempt(markAllRead)}>${icon("check")} ${t("markAllRead")}</button>`
                : nothing)}
            ${!loaded ? skeletons(3) : items.length === 0 ? empty("bell", t("noNotifications"), t("noNotificationsText")) : html`
                <ol class="plain stack">${repeat(items, ({ id }) => id, item)}</ol>`}
            ${items.length < total ? more(() => attempt(fetchOlder)) : nothing}
            <p class="more"><a href="#/me">${t("mailSettings")}</a></p>`);
    }
    notifications.watch(draw, signal);
    draw();
}
