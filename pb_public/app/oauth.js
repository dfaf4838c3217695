// Signing in with a provider: in a window of its own, or by going there and coming back where browsers open no window.
import { pb } from "./pb.js";
import { asNewUser } from "./session.js";

/** @typedef {{ name: string, displayName: string, state: string, authURL: string, codeVerifier: string }} Provider */

const kept = "jobboard_provider"; // in the tab's own storage: what was begun before going to the provider
const returnTo = `${location.origin}/app/`; // the provider has to know this address as well as /api/oauth2-redirect
const createData = { role: "job_seeker" };
const isIOS = /iPhone|iPad/.test(navigator.userAgent); // its tabs in the background lose the connection that the SDK waits on

/**
 * signInWith has to be called by the click itself.
 * SDK idiom: OAuth in the click. Nothing may be awaited before the window is opened, or browsers block it. The SDK hears of the
 * provider's answer on a connection of its own; ours opens when the login is there.
 * @param {Provider} provider
 * @returns {Promise<boolean>}  whether somebody is signed in; else the page is about to go to the provider
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
 * SDK idiom: OAuth without a window. The page itself goes to the provider. state tells that who comes back is who went, and
 * codeVerifier proves it to the board.
 * @param {Provider} provider
 */
function goTo({ name, state, codeVerifier, authURL }) {
    sessionStorage.setItem(kept, JSON.stringify({ name, state, codeVerifier, hash: location.hash }));
    location.href = authURL + encodeURIComponent(returnTo);
}

/** comeBack finishes what goTo began, if the provider sent somebody back with a code. */
export async function comeBack() {
    const query = new URLSearchParams(location.search);
    const begun = JSON.parse(sessionStorage.getItem(kept) ?? "null");
    sessionStorage.removeItem(kept);
    history.replaceState(null, "", `${location.pathname}${begun?.hash ?? ""}`); // a code is good for one use
    const code = query.get("code");
    if (!begun || !code || query.get("state") !== begun.state) {
        throw new Error("the provider signed nobody in");
    }
    await asNewUser(() => pb.collection("users").authWithOAuth2Code(begun.name, code, begun.codeVerifier, returnTo, createData));
}
