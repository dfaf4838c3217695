// A forgotten password. The board mails a link, and never tells whether an address has an account.
import { heading, html } from "../view.js";
import { t } from "../i18n.js";
import { pb } from "../pb.js";
import { createForm, textOf } from "../forms.js";

/** @import { Visit } from "../router.js" */

/** @param {Visit} visit */
export default function forgot({ show }) {
    let sentTo = "";
    const form = createForm(draw, async (data) => {
        const email = textOf(data, "email");
        await pb.collection("users").requestPasswordReset(email);
        sentTo = email;
    });
    function draw() {
        show(t("forgot"), html`
            <div class="door">
                ${heading(t("forgot"))}
                ${sentTo ? html`<div class="notice good" role="status"><p>${t("resetSent", { email: sentTo })}</p></div>` : html`
                    <form class="card" novalidate @submit=${form.submit}>
                        ${form.summary()}
                        ${form.field({
                            name: "email", label: t("email"), type: "email", required: true, autocomplete: "username",
                            hint: t("resetHint"),
                        })}
                        ${form.button(t("sendLink"))}
                    </form>`}
                <p class="center"><a href="#/sign-in">${t("signIn")}</a></p>
            </div>`);
    }
    draw();
}
