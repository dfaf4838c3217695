// Texts in the reader's language. Each language has a file in texts/; only the chosen one is loaded.
/** @import { Text, TextKey } from "./texts/en.js" */

export const languages = /** @type {const} */ ({ en: "English", de: "Deutsch" });

const remembered = localStorage.getItem("jobboard_language");
let current = choose([remembered ?? "", ...navigator.languages]);
/** @type {Record<TextKey, Text>} */
let texts = await load(current);

/** @param {string} code @returns {Promise<Record<TextKey, Text>>} */
async function load(code) {
    return (await import(`./texts/${code}.js`)).texts;
}

/** @param {readonly string[]} wanted */
function choose(wanted) {
    const found = wanted.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => tag in languages);
    return found ?? "en";
}

/** language returns the code of the page's language. */
export const language = () => current;

/**
 * speak changes the language as soon as its texts are loaded.
 * @param {string} tag
 */
export async function speak(tag) {
    const chosen = choose([tag, current]);
    texts = await load(chosen);
    current = chosen;
    localStorage.setItem("jobboard_language", current);
    document.documentElement.lang = current;
}

/**
 * t returns a text. {n} and other names in braces are replaced by values; for a text with two forms, n chooses the form.
 * @param {TextKey} key @param {Record<string, string | number>} [values]
 */
export const t = (key, values) => fill(texts[key] ?? key, values);

/** fill returns a text with its values, as t does. @param {Text} forms @param {Record<string, string | number>} [values] */
export function fill(forms, values = {}) {
    const form = typeof forms === "string" ? forms : forms[new Intl.PluralRules(current).select(Number(values.n)) === "one" ? 0 : 1];
    const written = (/** @type {string | number} */ value) =>
        (typeof value === "number" ? new Intl.NumberFormat(current).format(value) : value);
    return form.replace(/\{(\w+)\}/g, (all, name) => (name in values ? written(values[name]) : all));
}

/**
 * label returns the text of one of the board's values, such as a status.
 * @param {string} value
 */
export function label(value) {
    return value in texts ? t(/** @type {TextKey} */ (value)) : value;
}
