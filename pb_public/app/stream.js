// The page's one realtime connection, and the topics that are followed on it.
import { me, pb } from "./pb.js";
import { store } from "./store.js";

/**
 * @typedef {{ subscribe: () => Promise<() => Promise<void>>, refresh: () => Promise<unknown> }} Topic
 * subscribe starts to receive events; refresh fetches the records that the events are about.
 */

const retryAfter = 5_000; // ms
const hiddenFor = 5 * 60_000; // ms

/** Whether the connection is lost. The SDK keeps trying to reconnect. */
export const offline = store(false);

/** What is followed, with how to stop hearing of it. @type {Map<Topic, (() => Promise<void>) | undefined>} */
const topics = new Map();
let open = false;
let retry = 0;

/** @param {Topic} topic */
const refresh = (topic) => topic.refresh().catch(() => {}); // the next connect will try again

/** @param {Topic} topic */
async function subscribe(topic) {
    const unsubscribe = await topic.subscribe();
    if (topics.has(topic)) {
        topics.set(topic, unsubscribe);
    } else {
        await unsubscribe(); // unfollowed meanwhile
    }
}

/**
 * SDK idiom: no replay. Events that are missed while the connection is down are never sent again, and the SDK reconnects by itself. So
 * whatever is followed is fetched again at every PB_CONNECT, which the SDK sends after each connect. All topics subscribe before the
 * connection stands, so that they share one request and don't miss the first PB_CONNECT. If the first connect fails, the SDK does not
 * try again, so this does.
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

/** closeStream ends the connection and every subscription. */
export async function closeStream() {
    open = false;
    clearTimeout(retry);
    await pb.realtime.unsubscribe();
    offline.set(false);
}

/**
 * follow keeps a topic up to date until signal is aborted: over lost connections, hidden tabs and logins.
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

/** SDK idiom: hidden tabs. Over HTTP/1.1 browsers open at most six connections to a host, and each forgotten tab would keep one. */
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
