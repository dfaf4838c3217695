// Figures of the last days beside those of as many days before, with what they mean on demand, and charts.
import { html, nothing } from "../view.js";
import { t } from "../i18n.js";
import { date, number } from "../format.js";
import { isAbort, pb } from "../pb.js";
import { reasonOf } from "../messages.js";
import { setQuery } from "../router.js";
import { drawChart } from "./charts.js";
import { periods } from "./days.js";
import { figureWords, w } from "./words.js";

/** @import { ReportSummary } from "../pb.js" */

/** @typedef {"jobs" | "users" | "applications" | "performance"} Kind */
/** @typedef {ReportSummary["definitions"]["jobs"][number]} Definition */

const kinds = /** @type {const} */ (["jobs", "users", "applications", "performance"]);
const presets = [7, 30, 90];
const first = ["jobs.open", "jobs.posted", "users.registered", "users.active", "applications.submitted", "applications.answerRate",
    "applications.hoursToFirstAnswer", "applications.hired"];
const mainCharts = ["jobsOverTime", "registrationsOverTime", "applicationsOverTime"];
/** They are of now, whatever the period. */
const ofNow = ["jobs.open"];

/** @param {number | null | undefined} value @param {string} unit */
export function readable(value, unit) {
    if (value === null || value === undefined) {
        return "–";
    }
    const rounded = (/** @type {number} */ n, digits = 1) => number(Number(n.toFixed(digits)));
    switch (unit) {
        case "share": return `${rounded(100 * value)} %`;
        case "hours": return value < 48 ? w("hours", { n: Number(value.toFixed(1)) }) : w("days", { n: Number((value / 24).toFixed(1)) });
        case "days": return w("days", { n: Number(value.toFixed(1)) });
        default: return rounded(value, unit === "mean" ? 1 : 0);
    }
}

/**
 * compared says how a figure stands to the one before: shares in points, others in percent.
 * @param {number} now @param {number} before @param {string} unit
 */
export function compared(now, before, unit) {
    const difference = unit === "share" ? 100 * (now - before) : before === 0 ? NaN : 100 * (now / before - 1);
    const amount = Number(Math.abs(difference).toFixed(Math.abs(difference) < 10 ? 1 : 0));
    const changed = `${difference > 0 ? "+" : "−"}${unit === "share" ? w("points", { n: amount }) : `${number(amount)} %`}`;
    const known = amount === 0 ? w("same") : changed;
    return { change: Number.isNaN(difference) ? "" : known, before: w("beforeThat", { value: readable(before, unit) }) };
}

/** @param {URLSearchParams} query @param {() => void} redraw @param {AbortSignal} signal */
export function createFigures(query, redraw, signal) {
    let days = presets.find((preset) => String(preset) === query.get("days")) ?? 30;
    /** @type {ReportSummary | null} */
    let now = null;
    /** @type {ReportSummary | null} */
    let before = null;
    let problem = "";

    async function load() {
        [now, before, problem] = [null, null, ""];
        redraw();
        const [current, earlier] = periods(days);
        try {
            const ask = (/** @type {{ from: string, to: string }} */ period) =>
                pb.send("/api/reports/summary/", { query: period, requestKey: "summary" });
            now = await ask(current);
            redraw();
            before = await ask(earlier);
        } catch (error) {
            if (isAbort(error)) {
                return;
            }
            problem = reasonOf(error);
        }
        redraw();
    }
    signal.addEventListener("abort", () => pb.cancelRequest("summary"));

    const choose = (/** @type {number} */ preset) => () => {
        days = preset;
        setQuery(new URLSearchParams({ days: String(days) }));
        load();
    };

    /** @param {string} key  such as jobs.posted @param {boolean} [big]  not below the heading of its kind */
    const card = (key, big = false) => {
        const [kind, name] = /** @type {[Kind, string]} */ (key.split("."));
        const own = /** @type {Definition} */ (now?.definitions[kind].find((definition) => definition.key === name));
        const [text, meaning] = figureWords(key, own);
        const value = now?.[kind][name];
        const earlier = before?.[kind][name];
        const both = typeof value === "number" && typeof earlier === "number" && !ofNow.includes(key);
        const comparison = both ? compared(value, earlier, own.unit) : null;
        return html`
            <div class="card figure" data-figure=${key}>
                <dt>${big ? html`<span class="muted small">${w(kind)}</span> ` : nothing}${text}</dt>
                <dd class="value">${readable(value, own.unit)}</dd>
                <dd class="muted small compared">
                    ${comparison ? html`<strong>${comparison.change}</strong> ${comparison.before}` : html`&nbsp;`}</dd>
                <dd><details class="meaning small"><summary>${w("meaning")}<span class="hidden-visually">: ${text}</span></summary>
                    <p>${meaning}</p></details></dd></div>`;
    };

    const charts = (/** @type {(chart: ReportSummary["charts"][number]) => boolean} */ wanted) => html`
        <div class="charts">${(now?.charts ?? []).filter(wanted).map(drawChart)}</div>`;
    const main = (/** @type {{ key: string }} */ { key }) => mainCharts.includes(key);

    const keysOf = (/** @type {Kind} */ kind) => (now?.definitions[kind] ?? []).map(({ key }) => `${kind}.${key}`);
    const all = () => html`
        <details class="all-figures"><summary>${w("allFigures")}</summary>
            ${kinds.map((kind) => html`<h3>${w(kind)}</h3>
                <dl class="figures">${keysOf(kind).filter((key) => !first.includes(key)).map((key) => card(key))}</dl>`)}
            <h3>${w("charts")}</h3>${charts((chart) => !main(chart))}
        </details>`;

    const body = () => {
        if (problem) {
            return html`
                <p class="notice bad" role="alert">${problem} <button class="button slim" @click=${load}>${t("again")}</button></p>`;
        }
        return now ? html`<dl class="figures">${first.map((key) => card(key, true))}</dl>${charts(main)}${all()}` : html`
            <div class="figures" aria-busy="true"><p class="hidden-visually">${t("loading")}</p>
                ${first.map(() => html`<div class="card figure" aria-hidden="true"><span class="skeleton"></span></div>`)}</div>`;
    };

    return {
        load,
        draw: () => html`
            <section class="part" aria-labelledby="figures">
                <div class="between"><h2 id="figures">${w("figures")}</h2>
                    <div class="row" role="group" aria-label=${w("period")}>${presets.map((preset) => html`
                        <button class="button slim" aria-pressed=${preset === days} @click=${choose(preset)}>
                            ${w("lastDays", { n: preset })}</button>`)}</div></div>
                ${now ? html`<p class="muted small">${w("periodIs", { from: date(now.from), to: date(now.to) })}</p>` : nothing}
                ${body()}
            </section>`,
    };
}
