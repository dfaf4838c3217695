// Who is signed in, from the first moment to the logout.
import { pb, statusOf } from "./pb.js";
import { forgetNotifications } from "./notifications.js";
import { closeStream, openStream } from "./stream.js";

/**
 * SDK idiom: start from the store. What the store remembers is shown at once, then confirmed; only an answer that says the token
 * is dead ends the session, never a network that is down.
 */
export async function resume() {
    if (!pb.authStore.isValid) {
        pb.authStore.clear();
        return;
    }
    try {
        await pb.collection("users").authRefresh({ requestKey: null });
    } catch (error) {
        if ([401, 403, 404].includes(statusOf(error))) {
            await end();
            location.replace(`#/sign-in?next=${encodeURIComponent(location.hash)}`);
        }
    }
}

async function end() {
    await closeStream();
    forgetNotifications();
    pb.authStore.clear();
}

/**
 * SDK idiom: one user a connection. A realtime connection belongs to whoever opened it and refuses another's token, so it ends
 * before somebody signs in, and begins anew after.
 * @param {() => Promise<unknown>} signIn
 */
export async function asNewUser(signIn) {
    await closeStream();
    forgetNotifications();
    await signIn();
    openStream();
}

/** @param {string} email @param {string} password */
export function signIn(email, password) {
    return asNewUser(() => pb.collection("users").authWithPassword(email, password));
}

/** SDK idiom: log out. Clearing the store alone leaves the token alive; the board's logout kills it everywhere at once. */
export async function signOut() {
    await closeStream();
    await pb.send("/api/users/auth/logout/", { method: "POST" }).catch(() => {}); // offline: forgotten here at least
    await end();
    location.hash = "#/sign-in";
}
