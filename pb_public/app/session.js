// The session of the user, from the start of the page to the logout.
import { ClientResponseError, me, pb, statusOf } from "./pb.js";
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
        await tellTimeZone();
    } catch (error) {
        if ([401, 403, 404].includes(statusOf(error))) {
            await end();
            location.replace(`#/sign-in?next=${encodeURIComponent(location.hash)}`);
        }
    }
}

/** timeZone returns the browser's, such as Europe/Berlin. */
export const timeZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** tellTimeZone sets the user's time zone, in which mails tell times, if there is none yet: people may travel, and choose another. */
async function tellTimeZone() {
    const user = me();
    if (user && user.timeZone === "" && timeZone()) {
        await pb.collection("users").update(user.id, { timeZone: timeZone() }, { requestKey: null });
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

/**
 * SDK idiom: a second factor. Where the board asks for one, the first is answered with an error that has mfaId instead of a token.
 * @param {unknown} error
 */
export function secondFactorOf(error) {
    const id = error instanceof ClientResponseError && error.response.mfaId;
    return typeof id === "string" ? id : "";
}

/** SDK idiom: log out. Clearing the store alone would leave the token valid; the board's logout ends it. */
export async function signOut() {
    await closeStream();
    await pb.send("/api/users/auth/logout/", { method: "POST" }).catch(() => {}); // offline: at least this browser forgets it
    await end();
    location.hash = "#/sign-in";
}
