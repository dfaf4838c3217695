// Dates, numbers and money in the reader's locale.
import { language, t } from "./i18n.js";

/** @import { Job } from "./pb.js" */

/** locale returns the reader's own region if it speaks the language of the page: en-GB rather than en. */
const locale = () => navigator.languages.find((tag) => tag.toLowerCase().startsWith(language())) ?? language();

/**
 * time parses a date as the board writes it, such as "2026-01-31 09:00:00.000Z".
 * @param {string} value
 */
export const time = (value) => new Date(value.replace(" ", "T"));

/** @param {string} value */
export function date(value) {
    return value ? new Intl.DateTimeFormat(locale(), { dateStyle: "medium" }).format(time(value)) : "";
}

/** @param {string} value */
export function dateTime(value) {
    return value ? new Intl.DateTimeFormat(locale(), { dateStyle: "medium", timeStyle: "short" }).format(time(value)) : "";
}

/** @param {string} value */
export function ago(value) {
    const minutes = (time(value).getTime() - Date.now()) / 60_000;
    const format = new Intl.RelativeTimeFormat(locale(), { numeric: "auto" });
    if (Math.abs(minutes) < 60) {
        return format.format(Math.round(minutes), "minute");
    }
    if (Math.abs(minutes) < 24 * 60) {
        return format.format(Math.round(minutes / 60), "hour");
    }
    const days = Math.round(minutes / 60 / 24);
    return Math.abs(days) <= 30 ? format.format(days, "day") : date(value);
}

/** @param {number} count */
export const number = (count) => new Intl.NumberFormat(locale()).format(count);

/** @param {string} currency */
const moneyFormat = (currency) =>
    new Intl.NumberFormat(locale(), currency ? { style: "currency", currency, maximumFractionDigits: 0 } : {});

/** @param {number} amount @param {string} currency  or "" */
export const money = (amount, currency) => moneyFormat(currency).format(amount);

/** @param {Job} job */
export function salary(job) {
    const { salaryMin: min, salaryMax: max, salaryCurrency: currency, salaryPeriod: period } = job;
    if (!(min || max)) {
        return "";
    }
    const format = moneyFormat(currency);
    const range = min && max && min !== max ? format.formatRange(min, max) : format.format(max || min);
    return period ? `${range} ${t(`per_${period}`)}` : range;
}

/** @param {string} name */
export function initials(name) {
    const letters = name.split(/\s+/).map((word) => word.match(/[\p{L}\p{Nd}]/u)?.[0]).filter(Boolean);
    return letters.slice(0, 2).join("").toUpperCase() || "?";
}

/**
 * tint chooses one of the twelve colours of base.css by a hash (FNV-1a) of the name, as the public pages do.
 * @param {string} name
 */
export function tint(name) {
    let hash = 0x811c9dc5;
    for (const byte of new TextEncoder().encode(name)) {
        hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
    }
    return hash % 12;
}

/** forInput is a date as <input type="datetime-local"> has it, in the reader's time. @param {string | Date} value */
export function forInput(value) {
    if (!value) {
        return "";
    }
    const at = typeof value === "string" ? time(value) : value;
    return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** fromInput is the date in such an input as the board takes it, "" if it is empty. @param {string} text */
export const fromInput = (text) => text && new Date(text).toISOString();
