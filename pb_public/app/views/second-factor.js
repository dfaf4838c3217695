// The second half of a sign-in where the board wants a second factor: a code from a mail.
import { heading, html } from "../view.js";
import { t } from "../i18n.js";
import { pb } from "../pb.js";
import { createForm, textOf } from "../forms.js";
import { asNewUser } from "../session.js";

/** @import { Visit } from "../router.js" */

/**
 * askForCode sends a code to the address, and signs in with it. A provider doesn't say the address, so it is asked for.
 * @param {string} mfaId @param {{ show: Visit["show"], next: () => void, email?: string }} options
 */
export async function askForCode(mfaId, { show, next, email = "" }) {
    let otpId = "";
    const send = async () => ({ otpId } = await pb.collection("users").requestOTP(email));
    const form = createForm(draw, async (data) => {
        if (otpId) {
            await asNewUser(() => pb.collection("users").authWithOTP(otpId, textOf(data, "code"), { mfaId }));
            next();
            return;
        }
        email = textOf(data, "email");
        await send();
    });

    function draw() {
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

    if (email) {
        await send().catch(() => {}); // then the form asks for the address again, and says what is wrong
    }
    draw();
}
