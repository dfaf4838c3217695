// Confirming an e-mail address with the token from the mail. It takes a click, because mail scanners follow links.
import { heading, html } from "../view.js";
import { t } from "../i18n.js";
import { pb } from "../pb.js";
import { createForm } from "../forms.js";
import { toast } from "../messages.js";
import { resume } from "../session.js";
import { start } from "../places.js";

/** @import { Visit } from "../router.js" */

/** @param {Visit} visit */
export default function verify({ params: { token }, show }) {
    const form = createForm(draw, async () => {
        await pb.collection("users").confirmVerification(token);
        await resume();
        toast({ text: t("verifiedNow") });
        location.hash = start();
    });
    function draw() {
        show(t("verify"), html`
            <div class="door">
                ${heading(t("verify"))}
                <form class="card" @submit=${form.submit}>${form.summary()}<p>${t("verifyText")}</p>${form.button(t("confirm"))}</form>
            </div>`);
    }
    draw();
}
