// Signing in with a password, or with a provider if the board has one, and with a code from a mail where the board asks for a second factor.
import { heading, html, nothing } from "../view.js";
import { t } from "../i18n.js";
import { me, pb } from "../pb.js";
import { createForm, textOf } from "../forms.js";
import { attempt } from "../messages.js";
import { secondFactorOf, signIn } from "../session.js";
import { onward, start } from "../places.js";

/** @import { Provider } from "../oauth.js" */
/** @import { Visit } from "../router.js" */

/** @param {Visit} visit */
export default async function signInView({ query, show }) {
    const next = () => location.replace(onward(query, start()));
    if (me()) { // for example after coming back from a provider
        next();
        return;
    }
    let asksForCode = false;
    const form = createForm(draw, async (data) => {
        const email = textOf(data, "email");
        await signIn(email, String(data.get("password"))).then(next, (error) => second(error, email));
    });

    /** askForCode asks for the second factor. Few boards want one, so that is loaded here. @param {string} mfaId @param {string} [email] */
    async function askForCode(mfaId, email) {
        asksForCode = true;
        await (await import("./second-factor.js")).askForCode(mfaId, { show, next, email });
    }

    /** second asks for it if that is what the first was answered with. @param {unknown} error @param {string} [email] */
    async function second(error, email) {
        const mfaId = secondFactorOf(error);
        if (!mfaId) {
            throw error;
        }
        await askForCode(mfaId, email);
    }

    /** @param {Provider} provider */
    const withProvider = (provider) => oauth.signInWith(provider).then((here) => here && next(), second);

    /** @type {Provider[]} */
    let providers = [];
    /** @type {typeof import("../oauth.js")} */
    let oauth;

    function draw() {
        if (asksForCode) {
            return;
        }
        show(t("signIn"), html`
            <div class="door">
                ${heading(t("signIn"))}
                <form class="card" novalidate @submit=${form.submit}>
                    ${form.summary()}
                    ${form.field({ name: "email", label: t("email"), type: "email", required: true, autocomplete: "username" })}
                    ${form.field({
                        name: "password", label: t("password"), type: "password", required: true,
                        autocomplete: "current-password",
                    })}
                    ${form.button(t("signIn"), html`<a href="#/forgot">${t("forgot")}</a>`)}
                    ${providers.length > 0 ? html`<hr>${providers.map((provider) => html`
                        <button class="button wide" type="button" @click=${() => attempt(() => withProvider(provider))}>
                            <img src="/_/images/oauth2/${provider.name.replace(/^oidc\d$/, "oidc")}.svg" alt="" width="20" height="20">
                            ${t("continueWith", { name: provider.displayName })}</button>`)}` : nothing}
                </form>
                <p class="center">${t("noAccount")} <a href="#/register?${query}">${t("register")}</a></p>
            </div>`);
    }

    const begun = query.get("mfa");
    if (begun) {
        await askForCode(begun);
        return;
    }
    draw();
    ({ oauth2: { providers } } = await pb.collection("users").listAuthMethods());
    if (providers.length > 0) {
        oauth = await import("../oauth.js"); // before the click, in which nothing may be awaited
        draw();
    }
}
