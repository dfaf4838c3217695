// Choosing a new password, with the token from the mail.
import { heading, html } from "../view.js";
import { t } from "../i18n.js";
import { pb } from "../pb.js";
import { createForm } from "../forms.js";
import { toast } from "../messages.js";

/** @import { Visit } from "../router.js" */

/** @param {Visit} visit */
export default function reset({ params: { token }, show }) {
    const form = createForm(draw, async (data) => {
        const password = String(data.get("password"));
        await pb.collection("users").confirmPasswordReset(token, password, password);
        toast({ text: t("passwordChanged") });
        location.hash = "#/sign-in";
    });
    function draw() {
        show(t("newPassword"), html`
            <div class="door">
                ${heading(t("newPassword"))}
                <form class="card" novalidate @submit=${form.submit}>
                    ${form.summary()}
                    ${form.field({
                        name: "password", label: t("newPassword"), type: "password", required: true, minlength: 8,
                        hint: t("passwordHint"), autocomplete: "new-password",
                    })}
                    ${form.button(t("save"))}
                </form>
            </div>`);
    }
    draw();
}
