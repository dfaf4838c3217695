// A text field with suggestions: the combobox pattern of the ARIA Authoring Practices.
import { html, nothing, render } from "./view.js";
import { t } from "./i18n.js";

/**
 * typeahead makes the field. suggest resolves to the suggestions for a text; changed is called with every new text.
 * @param {{
 *   id: string, label: string, value: string, suggest: (text: string) => Promise<string[]>, changed: (text: string) => void,
 * }} options
 */
export function typeahead({ id, label, value, suggest, changed }) {
    const root = document.createElement("div");
    root.className = "field typeahead";
    /** @type {string[]} */
    let items = [];
    let at = -1;
    let timer = 0;
    const input = () => /** @type {HTMLInputElement} */ (root.querySelector("input"));

    const close = () => {
        clearTimeout(timer);
        items = [];
        at = -1;
        draw();
    };
    /** @param {string} text */
    const choose = (text) => {
        input().value = text;
        changed(text);
        close();
    };
    const typed = () => {
        const text = input().value;
        changed(text);
        clearTimeout(timer);
        timer = window.setTimeout(async () => {
            items = text.trim().length < 2 ? [] : await suggest(text).catch(() => []);
            at = -1;
            if (input().value === text && document.activeElement === input()) {
                draw();
            }
        }, 120);
    };
    /** @param {KeyboardEvent} event */
    const key = (event) => {
        if (event.key === "Escape" && items.length > 0) {
            event.preventDefault();
            close();
        } else if (event.key === "Enter" && at >= 0) {
            event.preventDefault();
            choose(items[at]);
        } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && items.length > 0) {
            event.preventDefault();
            at = (at + (event.key === "ArrowDown" ? 1 : at < 0 ? 0 : -1) + items.length) % items.length;
            draw();
        }
    };
    const stay = (/** @type {Event} */ event) => event.preventDefault(); // the field keeps the focus
    const draw = () => render(html`
        <label for=${id}>${label}</label>
        <input class="input" id=${id} type="search" role="combobox" autocomplete="off"
            aria-autocomplete="list" aria-expanded=${items.length > 0}
            aria-controls=${items.length > 0 ? `${id}-list` : nothing} aria-activedescendant=${at >= 0 ? `${id}-${at}` : nothing}
            value=${value} @input=${typed} @keydown=${key} @blur=${close}>
        ${items.length > 0 ? html`
            <ul class="plain suggestions" role="listbox" id="${id}-list" aria-label=${t("suggestions")}>
                ${items.map((item, i) => html`
                    <li role="option" id="${id}-${i}" aria-selected=${i === at}
                        @mousedown=${stay} @click=${() => choose(item)}>${item}</li>`)}
            </ul>` : nothing}`, root);
    draw();
    return {
        root,
        /** @param {string} text */
        fill(text) {
            input().value = text;
        },
    };
}
