// Signing in, by password or by a provider that the board is configured for.
import { heading, html, nothing } from "../view.js";
import { t } from "../i18n.js";
import { pb } from "../pb.js";
import { createForm, textOf } from "../forms.js";
import { attempt } from "../messages.js";
import { asNewUser, signIn } from "../session.js";
import { onward, start } from "../places.js";

/** @import { Visit } from "../router.js" */

/** @param {Visit} visit */
export default async function signInView({ query, show }) {
    const next = () => (location.hash = onward(query, start()));
    const form = createForm(draw, async (data) => {
        await signIn(textOf(data, "email"), String(data.get("password")));
        next();
    });
    /** @type {{ name: string, displayName: string }[]} */
    let providers = [];

    function draw() {
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
                    ${providers.length > 0 ? html`<hr>${providers.map(({ name, displayName }) => html`
                        <button class="button wide" type="button" @click=${() => withProvider(name)}>
                            <img src="/_/images/oauth2/${name}.svg" alt="" width="20" height="20">
                            ${t("continueWith", { name: displayName })}</button>`)}` : nothing}
                </form>
                <p class="center">${t("noAccount")} <a href="#/register?${query}">${t("register")}</a></p>
            </div>`);
    }

    /**
     * SDK idiom: OAuth in the click. Nothing may be awaited before authWithOAuth2, or browsers block its window. The SDK hears of the
     * provider's answer on a connection of its own; ours opens when the login is there.
     * @param {string} provider
     */
    function withProvider(provider) {
        const done = pb.collection("users").authWithOAuth2({ provider, createData: { role: "job_seeker" } });
        attempt(async () => {
            await asNewUser(() => done);
            next();
        });
    }

    draw();
    ({ oauth2: { providers } } = await pb.collection("users").listAuthMethods());
    draw();
}
