// The account: name, language, mail settings, e-mail address, password, and deactivation.
import { heading, html, nothing } from "../view.js";
import { languages, label, speak, t } from "../i18n.js";
import { me, myId, pb } from "../pb.js";
import { createForm, textOf } from "../forms.js";
import { ask, attempt, toast } from "../messages.js";
import { reload } from "../router.js";
import { signIn, signOut } from "../session.js";

/** @import { Notification, User } from "../pb.js" */
/** @import { Visit } from "../router.js" */

/** @type {Record<string, Notification["kind"][]>} */
const kinds = {
    job_seeker: [
        "application_submitted", "application_status_changed", "job_published", "job_digest", "deadline_reminder", "job_closed", "review_received", "account",
    ],
    employer: [
        "application_submitted", "application_status_changed", "application_withdrawn", "deadline_reminder", "job_not_published",
        "review_received", "webhook_disabled", "account",
    ],
    admin: ["report_ready", "import_failed", "webhook_disabled", "account"],
};

/**
 * zones returns all time zones, the user's own among them: the browser may know it by another name.
 * @param {string} own @returns {[string, string][]}
 */
function zones(own) {
    const known = new Set(["", own, "UTC", ...Intl.supportedValuesOf("timeZone")]);
    return [...known].sort().map((zone) => [zone, zone ? zone.replaceAll("_", " ") : t("timeZoneOfJob")]);
}

/** @param {Notification["kind"]} kind */
function nameOf(kind) {
    switch (`${me()?.role} ${kind}`) {
        case "job_seeker application_submitted": return t("receipts");
        case "employer application_status_changed": return t("invitations");
    }
    return label(kind);
}

/** @param {Visit} visit */
export default function meView({ show }) {
    const user = /** @type {User} */ (me());

    const account = createForm(draw, async (data) => {
        // SDK idiom: one's own record. The SDK also updates it in the store, so that the whole page shows the new name.
        await pb.collection("users").update(myId(), {
            name: textOf(data, "name"), locale: textOf(data, "locale"), timeZone: textOf(data, "timeZone"),
        });
        await speak(textOf(data, "locale"));
        toast({ text: t("savedAll") });
        reload();
    });
    const mails = createForm(draw, async (data) => {
        // Kinds that this page does not offer stay as they are.
        const others = (user.emailNotifications ?? []).filter((kind) => kind && !kinds[user.role ?? ""].includes(kind));
        const emailNotifications = [...others, .../** @type {Notification["kind"][]} */ (data.getAll("kind"))];
        Object.assign(user, await pb.collection("users").update(myId(), { emailNotifications }));
        toast({ text: t("savedAll") });
    });
    const address = createForm(draw, async (data, form) => {
        await pb.collection("users").requestEmailChange(textOf(data, "newEmail"));
        toast({ text: t("emailSent", { email: textOf(data, "newEmail") }) });
        form.reset();
    });
    const secret = createForm(draw, async (data, form) => {
        const password = String(data.get("password"));
        await pb.send("/api/users/auth/password/change/", {
            method: "PATCH", body: { oldPassword: String(data.get("oldPassword")), password, passwordConfirm: password },
        });
        await signIn(user.email ?? "", password); // every older token has ended, this page's too
        form.reset();
        toast({ text: t("passwordChanged") });
    });

    const verify = () => attempt(async () => {
        await pb.collection("users").requestVerification(user.email ?? "");
        toast({ text: t("emailSent", { email: user.email ?? "" }) });
    });
    const leave = () => attempt(async () => {
        if (await ask({ title: t("leaveAsk"), body: html`<p>${t("leaveText")}</p>`, yes: t("leave"), danger: true })) {
            await pb.send(`/api/users/${myId()}/deactivate/`, { method: "POST" });
            await signOut();
        }
    });

    function draw() {
        const profile = html`<a class="button" href="#/me/profile">${t("editProfile")}</a>`;
        show(t("me"), html`
            <div class="narrow-view stack">
                ${heading(t("me"), user.role === "job_seeker" ? profile : nothing, html`<p class="muted">${user.email}</p>`)}
                ${user.verified ? nothing : html`
                    <div class="notice warn"><p>${t("notVerified")}</p>
                        <button class="button slim" @click=${verify}>${t("sendLink")}</button></div>`}
                <form class="card" novalidate @submit=${account.submit}>
                    <h2>${t("account")}</h2>${account.summary()}
                    ${account.field({ name: "name", label: t("yourName"), value: user.name, required: true, autocomplete: "name" })}
                    ${account.field({
                        name: "locale", label: t("language"), type: "select", value: document.documentElement.lang,
                        options: Object.entries(languages),
                    })}
                    ${account.field({
                        name: "timeZone", label: t("timeZone"), type: "select", value: user.timeZone ?? "", hint: t("timeZoneHint"),
                        options: zones(user.timeZone ?? ""),
                    })}
                    ${account.button(t("save"))}
                </form>
                <form class="card" @submit=${mails.submit}>
                    <h2>${t("mailSettings")}</h2>${mails.summary()}
                    <fieldset><legend>${t("mailMe")}</legend>
                        ${kinds[user.role ?? ""].map((kind) =>
                            mails.check("kind", nameOf(kind), user.emailNotifications?.includes(kind), kind))}</fieldset>
                    ${mails.button(t("save"))}
                </form>
                <form class="card" novalidate @submit=${address.submit}>
                    <h2>${t("changeEmail")}</h2>${address.summary()}
                    ${address.field({
                        name: "newEmail", label: t("newEmail"), type: "email", required: true, autocomplete: "email",
                        hint: t("newEmailHint"),
                    })}
                    ${address.button(t("sendLink"))}
                </form>
                <form class="card" novalidate @submit=${secret.submit}>
                    <h2>${t("changePassword")}</h2>${secret.summary()}
                    <input class="hidden-visually" type="text" name="username" autocomplete="username" value=${user.email ?? ""}
                        tabindex="-1" aria-hidden="true" readonly>
                    ${secret.field({
                        name: "oldPassword", label: t("oldPassword"), type: "password", required: true,
                        autocomplete: "current-password",
                    })}
                    ${secret.field({
                        name: "password", label: t("newPassword"), type: "password", required: true, minlength: 8,
                        hint: t("passwordHint"), autocomplete: "new-password",
                    })}
                    ${secret.button(t("changePassword"))}
                </form>
                <section class="card"><h2>${t("leaveTitle")}</h2><p>${t("leaveText")}</p>
                    <button class="button danger" @click=${leave}>${t("leave")}</button></section>
            </div>`);
    }
    draw();
}
