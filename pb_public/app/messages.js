// Messages: toasts, a live region for screen readers, and dialogs.
import { html, nothing, render, repeat } from "./view.js";
import { t } from "./i18n.js";
import { ClientResponseError, isAbort } from "./pb.js";

/**
 * @typedef {{ text: string, label?: string, href?: string, act?: () => void, until?: AbortSignal }} Toast
 * A message, perhaps with a link (href) or a button (act). It disappears early when until is aborted.
 */

// How long a toast is shown, in ms: longer if it has a button, and as long as the pointer or the focus is in it.
const shownFor = 8_000;
const offeredFor = 30_000;
/** @type {Toast[]} */
let toasts = [];

/** @param {string} id */
const place = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/**
 * announce makes screen readers say a text.
 * @param {string} text
 */
export function announce(text) {
    place("live").textContent = "";
    setTimeout(() => (place("live").textContent = text), 50); // a pause, so that the same text is said again
}

/**
 * toast shows a message for a while. It replaces an older one with a button, which may no longer apply.
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
    place("toasts").setAttribute("aria-label", t("messages")); // the name makes it a landmark, to which screen readers can jump
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
            <button class="button slim plain-button" aria-label=${t("dismiss")} @click=${() => dismiss(toast)}>✕</button>
        </div>`), place("toasts"));
}

/**
 * reasonOf says in one sentence what went wrong: the error of the first field, or else the board's message.
 * @param {unknown} error
 */
export function reasonOf(error) {
    if (!(error instanceof ClientResponseError)) {
        return error instanceof TypeError ? t("offlineNow") : t("failed");
    }
    if (error.status === 0) {
        return t("offlineNow");
    }
    if (error.status === 429) {
        return t("tooMany");
    }
    const [field] = /** @type {{ message?: string }[]} */ (Object.values(error.response?.data ?? {}));
    return field?.message || error.response?.message || t("failed");
}

/**
 * attempt does what a click asks for, and shows a toast if it fails.
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
 * ask opens a dialog and resolves to the data of its form, or to null if it is cancelled.
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
