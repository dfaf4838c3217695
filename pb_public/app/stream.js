// The page's one realtime connection, and what is followed on it.
import { me, pb } from "./pb.js";
import { store } from "./store.js";

/**
 * @typedef {{ subscribe: () => Promise<() => Promise<void>>, refresh: () => Promise<unknown> }} Topic
 * subscribe begins to hear events, refresh fetches what they tell of changes in.
 */

const retryAfter = 5_000; // ms
const hiddenFor = 5 * 60_000; // ms

/** Whether the connection is lost; the SDK is trying to get it back. */
export const offline = store(false);

/** What is followed, with how to stop hearing of it. @type {Map<Topic, (() => Promise<void>) | undefined>} */
const topics = new Map();
let open = false;
let retry = 0;

/** @param {Topic} topic */
const refresh = (topic) => topic.refresh().catch(() => {}); // the next connect tries again

/** @param {Topic} topic */
async function subscribe(topic) {
    const unsubscribe = await topic.subscribe();
    if (topics.has(topic)) {
        topics.set(topic, unsubscribe);
    } else {
        await unsubscribe(); // nobody follows it any more
    }
}

/**
 * SDK idiom: no replay. What happens while the connection is down is never sent again, and the SDK reconnects by itself. So every
 * connect, of which PB_CONNECT tells, fetches anew what is followed, once the subscriptions stand. All subscribe before the
 * connection is there: so they share the first request, and the first PB_CONNECT is heard too. Only a first connect that fails is
 * not tried again by the SDK.
 */
export async function openStream() {
    if (open || !me()) {
        return;
    }
    open = true;
    pb.realtime.onDisconnect = (active) => offline.set(active.length > 0);
    try {
        await Promise.all([
            ...[...topics.keys()].map(subscribe),
            pb.realtime.subscribe("PB_CONNECT", () => {
                offline.set(false);
                [...topics.keys()].forEach(refresh);
            }),
        ]);
    } catch {
        await closeStream();
        offline.set(true);
        retry = window.setTimeout(openStream, retryAfter);
    }
}

/** closeStream ends the connection with every subscription, so that the next begins with none. */
export async function closeStream() {
    open = false;
    clearTimeout(retry);
    await pb.realtime.unsubscribe();
    offline.set(false);
}

/**
 * follow hears of a topic until signal is aborted, and keeps it fresh over lost connections, hidden tabs and logins.
 * @param {Topic} topic @param {AbortSignal} [signal]
 */
export async function follow(topic, signal) {
    topics.set(topic, undefined);
    signal?.addEventListener("abort", () => {
        const unsubscribe = topics.get(topic);
        topics.delete(topic);
        unsubscribe?.();
    });
    if (open) {
        await subscribe(topic);
        refresh(topic);
    }
}

/** SDK idiom: hidden tabs. Browsers open six connections to a host over HTTP/1.1, and a forgotten tab would keep one of them. */
export function restWhileHidden() {
    let timer = 0;
    document.addEventListener("visibilitychange", () => {
        clearTimeout(timer);
        if (document.hidden) {
            timer = window.setTimeout(closeStream, hiddenFor);
        } else {
            openStream();
        }
    });
}
