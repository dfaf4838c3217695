// The user's notifications, live. Events of the stream only tell sooner what a fetch would find.
import { myId, pb } from "./pb.js";
import { store } from "./store.js";
import { follow } from "./stream.js";

/** @import { Notification, Schemas } from "./pb.js" */

const perPage = 50;

/** @type {{ items: Notification[], unread: number, total: number, loaded: boolean }} */
const none = { items: [], unread: 0, total: 0, loaded: false };

/** The notifications fetched so far, newest first, and how many are unread in all. */
export const notifications = store(none);
/** The notification that has just arrived. */
export const newest = store(/** @type {Notification | null} */ (null));

/** followNotifications follows the notifications of the user who is signed in. */
export function followNotifications() {
    return follow({ subscribe: () => pb.collection("notifications").subscribe("*", hear), refresh: () => fetchPage(1) });
}

/** forgetNotifications is called at the end of a session. */
export const forgetNotifications = () => notifications.set(none);

/** @param {Partial<typeof none>} change */
function update(change) {
    notifications.set({ ...notifications.value, ...change });
}

/** @param {number} number  of the page; 1 has the newest */
async function fetchPage(number) {
    /** @type {Schemas["NotificationPage"]} */
    const page = await pb.send(`/api/users/${myId()}/notifications/`, { query: { page: number, perPage }, requestKey: "notifications" });
    merge(page.items);
    update({ unread: page.unreadCount, total: page.totalItems, loaded: true });
}

/** fetchOlder fetches the next older ones. */
export const fetchOlder = () => fetchPage(Math.floor(notifications.value.items.length / perPage) + 1);

/** merge is by id: a fetch and an event may bring the same row. @param {Notification[]} records */
function merge(records) {
    const byId = new Map(notifications.value.items.map((item) => [item.id, item]));
    records.forEach((record) => byId.set(record.id, record));
    update({ items: [...byId.values()].sort((a, b) => b.created.localeCompare(a.created)) });
}

/** @param {{ action: string, record: Notification }} event */
function hear({ action, record }) {
    const known = notifications.value.items.find((item) => item.id === record.id);
    const before = known ? unread(known) : action === "create" ? 0 : unread({ ...record, read: !record.read });
    const after = action === "delete" ? 0 : unread(record);
    if (action === "delete") {
        update({ items: notifications.value.items.filter((item) => item.id !== record.id) });
    } else {
        merge([record]);
    }
    update({ unread: Math.max(0, notifications.value.unread + after - before) });
    if (action === "create" && !known) {
        newest.set(record);
    }
}

/** @param {Notification} notification */
const unread = (notification) => (notification.read ? 0 : 1);

/** @param {Notification} notification @param {boolean} read */
export async function markRead(notification, read = true) {
    hear({ action: "update", record: { ...notification, read } });
    await pb.collection("notifications").update(notification.id, { read }, { requestKey: null });
}

export async function markAllRead() {
    await pb.send(`/api/users/${myId()}/notifications/mark-all-read/`, { method: "POST" });
    update({ items: notifications.value.items.map((item) => ({ ...item, read: true })), unread: 0 });
}

/** @param {Notification} notification */
export async function remove(notification) {
    await pb.collection("notifications").delete(notification.id, { requestKey: null });
    hear({ action: "delete", record: notification });
}
