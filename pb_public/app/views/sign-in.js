// Signing in with a password, or with a provider if the board has one, and with a code from a mail where the board asks for a second factor.
import { heading, html, nothing } from "../view.js";
import { t } from "../i18n.js";
import { me, pb } from "../pb.js";
import { createForm, textOf } from "../forms.js";
import { attempt } from "../messages.js";
import { secondFactorOf, signIn, signInWithCode } from "../session.js";
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
    let mfaId = query.get("mfa") ?? ""; // once a first factor was right and a second is due
    let otpId = ""; // once the code for it was sent
    let email = "";
    const form = createForm(draw, async (data) => {
        if (otpId) {
            await signInWithCode(otpId, textOf(data, "code"), mfaId);
            next();
            return;
        }
        email = textOf(data, "email");
        if (!mfaId && await firstFactor(() => signIn(email, String(data.get("password"))))) {
            next();
            return;
        }
        ({ otpId } = await pb.collection("users").requestOTP(email));
    });

    /**
     * firstFactor tells whether signIn signs in. If not, a second factor is due.
     * @param {() => Promise<unknown>} signIn
     */
    async function firstFactor(signIn) {
        try {
            await signIn();
            return true;
        } catch (error) {
            mfaId = secondFactorOf(error);
            if (!mfaId) {
                throw error;
            }
            return false;
        }
    }

    /** @param {Provider} provider */
    async function withProvider(provider) {
        let here = true;
        if (!await firstFactor(async () => (here = await oauth.signInWith(provider)))) {
            draw();
        } else if (here) {
            next();
        }
    }

    /** @type {Provider[]} */
    let providers = [];
    /** @type {typeof import("../oauth.js")} */
    let oauth;

    function drawSecond() {
        show(t("signIn"), html`
            <div class="door">
                ${heading(t("signIn"))}
                <form class="card" novalidate @submit=${form.submit}>
                    ${form.summary()}
                    <p role="status">${otpId ? t("codeSent", { email }) : t("secondFactor")}</p>
                    ${otpId
                        ? form.field({ name: "code", label: t("code"), required: true, autocomplete: "one-time-code" })
                        : form.field({ name: "email", label: t("email"), type: "email", required: true, autocomplete: "username" })}
                    ${form.button(otpId ? t("signIn") : t("sendCode"))}
                </form>
            </div>`);
    }

    function draw() {
        if (mfaId) {
            drawSecond();
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

    draw();
    ({ oauth2: { providers } } = await pb.collection("users").listAuthMethods());
    if (providers.length > 0) {
        oauth = await import("../oauth.js"); // before the click, in which nothing may be awaited
        draw();
    }
}
