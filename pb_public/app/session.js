// The session of the user, from the start of the page to the logout.
import { pb, statusOf } from "./pb.js";
import { forgetNotifications } from "./notifications.js";
import { closeStream, openStream } from "./stream.js";

/**
 * SDK idiom: start from the store. The page starts with the user whom the store remembers, then asks the board. Only an answer that
 * refuses the token ends the session, never a network that is down.
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
 * SDK idiom: one user a connection. A realtime connection belongs to the user who opened it and refuses another token, so it is closed
 * before somebody signs in, and opened again afterwards.
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

/** SDK idiom: log out. Clearing the store alone would leave the token valid; the board's logout ends it. */
export async function signOut() {
    await closeStream();
    await pb.send("/api/users/auth/logout/", { method: "POST" }).catch(() => {}); // offline: at least this browser forgets it
    await end();
    location.hash = "#/sign-in";
}
