// Where the board's administration at /app/admin starts, and its views. Its rights are the board's: it shows what the login may see.
import { heading, html, render } from "../view.js";
import { language, speak, t } from "../i18n.js";
import { openStream, restWhileHidden } from "../stream.js";
import { startRouter } from "../router.js";
import { me } from "../pb.js";
import { drawShell } from "./shell.js";
import { loadWords, w, word } from "./words.js";
import { chooseLogin, mayEnter, renew, signInPlace, signOut, watchLogin } from "./session.js";

/** @import { Route } from "../router.js" */

/** @type {Route[]} */
const routes = [
    { path: "", load: () => import("./overview.js") },
    { path: "reports", load: () => import("./reports.js") },
    { path: ":kind", load: () => import("./list.js") },
];

/** refuse says who the page is for, and the way there. */
function refuse() {
    const user = me();
    document.title = w("onlyAdmins");
    render(html`
        <div class="door center">${heading(w("onlyAdmins"))}
            <p>${user ? w("youAre", { name: user.name, role: word(user.role ?? "") }) : w("signInFirst")}</p>
            ${user ? html`<p><button class="button primary" @click=${signOut}>${w("signInAsOther")}</button></p>`
                : html`<p><a class="button primary" href=${signInPlace}>${t("signIn")}</a></p>
                    <p><a href="/_/">${w("asSuperuser")}</a></p>`}
            <p><a href="/app/">${w("toClient")}</a></p></div>`, /** @type {HTMLElement} */ (document.getElementById("main")));
}

chooseLogin();
await speak(me()?.locale || language());
await loadWords();
if (mayEnter()) {
    await renew();
}
watchLogin();
drawShell();
if (mayEnter()) {
    startRouter(routes, drawShell);
    openStream();
    restWhileHidden();
} else {
    refuse();
}
