// Signing up as a seeker or an employer.
import { heading, html, nothing } from "../view.js";
import { language, t } from "../i18n.js";
import { pb } from "../pb.js";
import { createForm, textOf, valueOf } from "../forms.js";
import { signIn, timeZone } from "../session.js";
import { onward, start } from "../places.js";
import { toast } from "../messages.js";

/** @import { Visit } from "../router.js" */

/** @param {Visit} visit */
export default function register({ query, show }) {
    let role = query.get("role") === "employer" ? "employer" : "job_seeker";
    const form = createForm(draw, async (data) => {
        const [email, password] = [textOf(data, "email"), String(data.get("password"))];
        const company = textOf(data, "companyName");
        // The REST API creates the profile or the company in the same transaction as the user.
        await pb.send("/api/users/auth/register/", {
            method: "POST",
            body: {
                email, password, passwordConfirm: password, name: textOf(data, "name"), role, locale: language(),
                timeZone: timeZone(),
                ...(company ? { companyName: company } : {}),
            },
        });
        await signIn(email, password);
        toast({ text: t("welcome", { email }) });
        location.hash = onward(query, role === "employer" ? start() : "#/me/profile");
    });

    const choose = valueOf((value) => {
        role = value;
        draw();
    });

    /** @param {string} value @param {string} title @param {string} text */
    const choice = (value, title, text) => html`
        <label class="card choice"><input type="radio" name="role" value=${value} ?checked=${role === value} @change=${choose}>
            <span><strong>${title}</strong><br><span class="muted small">${text}</span></span></label>`;

    function draw() {
        show(t("register"), html`
            <div class="door">
                ${heading(t("register"))}
                <form class="card" novalidate @submit=${form.submit}>
                    ${form.summary()}
                    <fieldset class="choices"><legend>${t("iAm")}</legend>
                        ${choice("job_seeker", t("aSeeker"), t("aSeekerText"))}
                        ${choice("employer", t("anEmployer"), t("anEmployerText"))}</fieldset>
                    ${form.field({ name: "name", label: t("yourName"), required: true, autocomplete: "name" })}
                    ${role === "employer" ? form.field({
                        name: "companyName", label: t("companyName"), required: true, autocomplete: "organization",
                    }) : nothing}
                    ${form.field({ name: "email", label: t("email"), type: "email", required: true, autocomplete: "username" })}
                    ${form.field({
                        name: "password", label: t("password"), type: "password", required: true, minlength: 8,
                        hint: t("passwordHint"), autocomplete: "new-password",
                    })}
                    ${form.button(t("register"))}
                </form>
                <p class="center">${t("haveAccount")} <a href="#/sign-in?${query}">${t("signIn")}</a></p>
            </div>`);
    }
    draw();
}
