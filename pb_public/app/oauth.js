// Signing in with a provider: in a window of its own, or in the page itself if the browser opens no window.
import { pb } from "./pb.js";
import { asNewUser, secondFactorOf } from "./session.js";

/** @typedef {{ name: string, displayName: string, state: string, authURL: string, codeVerifier: string }} Provider */

const kept = "jobboard_provider"; // in sessionStorage, while the page is at the provider
const returnTo = `${location.origin}/app/`; // has to be allowed at the provider, besides /api/oauth2-redirect
const createData = { role: "job_seeker" };
const isIOS = /iPhone|iPad/.test(navigator.userAgent); // tabs in the background lose the connection on which the SDK waits

/**
 * signInWith has to be called in the handler of the click.
 * SDK idiom: OAuth in the click. Nothing may be awaited before the window is opened, or browsers block it. The SDK waits for the
 * provider's answer on a realtime connection of its own.
 * @param {Provider} provider
 * @returns {Promise<boolean>}  whether the user is signed in; if not, the page is leaving for the provider
 */
export async function signInWith(provider) {
    const tab = isIOS ? null : window.open("", "_blank", "popup,width=600,height=720");
    if (!tab) {
        goTo(provider);
        return false;
    }
    const urlCallback = (/** @type {string} */ url) => tab.location.replace(url);
    try {
        const signedIn = pb.collection("users").authWithOAuth2({ provider: provider.name, createData, urlCallback });
        await asNewUser(() => signedIn);
        return true;
    } finally {
        tab.close();
    }
}

/**
 * SDK idiom: OAuth without a window. The page itself goes to the provider and comes back with a code. state shows that this page
 * asked for it, and codeVerifier proves it to the board.
 * @param {Provider} provider
 */
function goTo({ name, state, codeVerifier, authURL }) {
    sessionStorage.setItem(kept, JSON.stringify({ name, state, codeVerifier, hash: location.hash }));
    location.href = authURL + encodeURIComponent(returnTo);
}

/** comeBack signs in with the code that the provider sent, after goTo. It fails if there is none, or if this page asked for none. */
export async function comeBack() {
    const query = new URLSearchParams(location.search);
    const begun = JSON.parse(sessionStorage.getItem(kept) ?? "null");
    sessionStorage.removeItem(kept);
    history.replaceState(null, "", `${location.pathname}${begun?.hash ?? ""}`); // without the code, which works only once
    const code = query.get("code");
    if (!begun || !code || query.get("state") !== begun.state) {
        throw new Error("the provider signed nobody in");
    }
    try {
        await asNewUser(() => pb.collection("users").authWithOAuth2Code(begun.name, code, begun.codeVerifier, returnTo, createData));
    } catch (error) {
        const mfaId = secondFactorOf(error);
        if (!mfaId) {
            throw error;
        }
        history.replaceState(null, "", `${location.pathname}#/sign-in?${new URLSearchParams({ mfa: mfaId })}`);
    }
}
