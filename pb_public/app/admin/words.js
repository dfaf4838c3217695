// The page's own texts, beside those that it shares with the client. They are loaded in one language, as those are.
import { fill, language } from "../i18n.js";

/** @import { Text } from "../texts/en.js" */
/** @import { Word } from "./texts/en.js" */

/**
 * @typedef {{
 *   words: Record<Word, Text>, figures: Record<string, [label: string, meaning: string]>, charts: Record<string, string>,
 * }} Words
 */

/** @type {Words} */
let current;

export async function loadWords() {
    current = await import(`./texts/${language()}.js`);
}

/**
 * w returns a text, with its values and forms as t of i18n.js has them.
 * @param {Word} key @param {Record<string, string | number>} [values]
 */
export const w = (key, values) => fill(current.words[key], values);

/** word returns the text of one of the board's values, or the value. @param {string} value */
export const word = (value) => (value in current.words ? w(/** @type {Word} */ (value)) : value.replaceAll("_", " "));

/**
 * figureWords returns label and meaning of a figure: the board's own in English, ours in other languages.
 * @param {string} key @param {{ label: string, meaning: string }} own
 */
export const figureWords = (key, own) => current.figures[key] ?? [own.label, own.meaning];

/** chartWord returns the title of a chart, or the name of a line or bar in one. @param {string} own */
export const chartWord = (own) => current.charts[own] ?? own;
