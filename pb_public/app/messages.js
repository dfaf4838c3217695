// What the board says by the way: toasts for the eye, a live region for the ear, and dialogs that ask.
import { html, nothing, render, repeat } from "./view.js";
import { t } from "./i18n.js";
import { ClientResponseError, isAbort, statusOf } from "./pb.js";

/**
 * @typedef {{ text: string, label?: string, href?: string, act?: () => void, until?: AbortSignal }} Toast
 * A message, with a link or something to do about it; until ends it early.
 */

// How long a toast is shown, in ms: longer if it offers what no other place does, and while one points at it or has the focus in it.
const shownFor = 8_000;
const offeredFor = 30_000;
/** @type {Toast[]} */
let toasts = [];

/** @param {string} id */
const place = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/**
 * announce tells screen readers.
 * @param {string} text
 */
export function announce(text) {
    place("live").textContent = "";
    setTimeout(() => (place("live").textContent = text), 50); // the same words twice are heard twice
}

/**
 * toast shows a message for a while. Of those that offer something to do there is only the last: it may be true of no other any more.
 * @param {Toast} toast
 */
export function toast(toast) {
    toasts = [...toasts.filter(({ act }) => !(act && toast.act)).slice(-2), toast];
    drawToasts();
    announce(toast.text);
    toast.until?.addEventListener("abort", () => dismiss(toast));
    const leave = () => (place("toasts").matches(":hover, :focus-within") ? setTimeout(leave, 1_000) : dismiss(toast));
    setTimeout(leave, toast.act ? offeredFor : shownFor);
}

/** @param {Toast} toast */
function dismiss(toast) {
    toasts = toasts.filter((other) => other !== toast);
    drawToasts();
}

function drawToasts() {
    place("toasts").setAttribute("aria-label", t("messages")); // a landmark, so that screen readers can jump to what stands outside of main
    const action = (/** @type {Toast} */ toast) => {
        if (toast.href) {
            return html`<a class="button slim" href=${toast.href} @click=${() => dismiss(toast)}>${toast.label ?? t("open")}</a>`;
        }
        const act = () => {
            dismiss(toast);
            toast.act?.();
        };
        return toast.act ? html`<button class="button slim" @click=${act}>${toast.label}</button>` : nothing;
    };
    render(repeat(toasts, (toast) => toast, (toast) => html`
        <div class="toast"><span>${toast.text}</span>${action(toast)}
            <button class="button slim plain-button" aria-label=${t("dismiss")} @click=${() => dismiss(toast)}>✕</button></div>`), place("toasts"));
}

/**
 * reasonOf is what went wrong in one sentence: the first field's reason, else the board's message.
 * @param {unknown} error
 */
export function reasonOf(error) {
    if (!(error instanceof ClientResponseError)) {
        return error instanceof TypeError ? t("offlineNow") : t("failed");
    }
    const [field] = Object.values(error.response?.data ?? {});
    if (statusOf(error) === 0) {
        return t("offlineNow");
    }
    return statusOf(error) === 429 ? t("tooMany") : /** @type {{ message?: string }} */ (field)?.message || error.response?.message || t("failed");
}

/**
 * attempt runs what a click began and tells why it failed, if it did.
 * @param {() => Promise<unknown>} deed
 */
export async function attempt(deed) {
    try {
        await deed();
    } catch (error) {
        if (!isAbort(error)) {
            toast({ text: reasonOf(error) });
        }
    }
}

/**
 * ask opens a dialog and resolves to its form's data, or to null when it was left.
 * @param {{ title: string, body?: unknown, yes: string, danger?: boolean }} question
 * @returns {Promise<FormData | null>}
 */
export function ask({ title, body = nothing, yes, danger = false }) {
    const dialog = document.createElement("dialog");
    dialog.setAttribute("aria-labelledby", "dialog-title");
    document.body.append(dialog);
    render(html`
        <form method="dialog">
            <h2 id="dialog-title">${title}</h2>${body}
            <div class="actions">
                <button class="button" type="button" @click=${() => dialog.close()}>${t("cancel")}</button>
                <button class="button ${danger ? "danger" : "primary"}" value="yes">${yes}</button>
            </div>
        </form>`, dialog);
    dialog.showModal();
    return new Promise((resolve) => {
        dialog.addEventListener("close", () => {
            const form = /** @type {HTMLFormElement} */ (dialog.querySelector("form"));
            resolve(dialog.returnValue === "yes" ? new FormData(form) : null);
            dialog.remove();
        });
    });
}
