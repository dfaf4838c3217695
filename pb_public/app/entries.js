// An editor for a list of entries, such as the positions of a profile.
import { html, icon, repeat } from "./view.js";
import { t } from "./i18n.js";
import { valueOf } from "./forms.js";

/** @import { TextKey } from "./texts/en.js" */

/**
 * entryEditor edits entries that consist of the given texts. texts has the key and the label of each; entries whose first text is
 * empty are dropped. name is the prefix of element ids.
 * @template {{ [key: string]: string | undefined }} Entry
 * @param {{
 *   name: string, title: TextKey, add: TextKey, texts: readonly (readonly [keyof Entry & string, TextKey])[], initial: Entry[],
 *   redraw: () => void,
 * }} options
 */
export function entryEditor({ name, title, add, texts, initial, redraw }) {
    let entries = initial.map((entry) => ({ ...entry }));
    const [[first]] = texts;

    const grow = () => {
        entries = [...entries, /** @type {Entry} */ ({})];
        redraw();
        document.getElementById(`${name}-${entries.length - 1}-${first}`)?.focus();
    };
    /** @param {Entry} entry */
    const remove = (entry) => {
        entries = entries.filter((other) => other !== entry);
        redraw();
        document.getElementById(`${name}-add`)?.focus();
    };

    /** @param {Entry} entry @param {number} i */
    const row = (entry, i) => html`
        <fieldset class="question"><legend>${t(title)} ${i + 1}</legend>
            <div class="pair">${texts.map(([key, text]) => html`
                <div class="field"><label for="${name}-${i}-${key}">${t(text)}</label>
                    <input class="input" id="${name}-${i}-${key}" .value=${entry[key] ?? ""}
                        @input=${valueOf((value) => Object.assign(entry, { [key]: value }))}></div>`)}</div>
            <button class="button slim danger" type="button" aria-label=${t("removeOne", { name: `${t(title)} ${i + 1}` })}
                @click=${() => remove(entry)}>${t("remove")}</button>
        </fieldset>`;

    return {
        draw: () => html`
            <h3>${t(title)}</h3>
            ${repeat(entries, (entry) => entry, row)}
            <button class="button slim" type="button" id="${name}-add" @click=${grow}>${icon("plus")} ${t(add)}</button>`,
        read: () => entries.filter((entry) => entry[first]?.trim()),
    };
}
