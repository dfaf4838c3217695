// Charts as SVG, without inline styles, which the content security policy forbids. Each has its numbers as a table.
import { html, nothing, svg } from "../view.js";
import { number } from "../format.js";
import { chartWord, w, word } from "./words.js";

/** @import { ReportSummary } from "../pb.js" */
/** @typedef {ReportSummary["charts"][number]} Chart */

const [width, height] = [600, 160];

/** @param {Chart} chart */
export const drawChart = (chart) => html`
    <figure class="card chart" data-chart=${chart.key}>
        <figcaption><h3>${chartWord(chart.title)}</h3></figcaption>
        ${chart.over === "time" ? lines(chart) : bars(chart)}
        <details class="small"><summary>${w("asTable")}<span class="hidden-visually">: ${chartWord(chart.title)}</span></summary>
            ${table(chart)}</details>
    </figure>`;

/** @param {Chart} chart */
function lines({ title, labels, series }) {
    const most = Math.max(4, ...series.flatMap(({ values }) => values));
    const x = (/** @type {number} */ i) => (labels.length > 1 ? (i * width) / (labels.length - 1) : width / 2);
    const y = (/** @type {number} */ value) => height - (value * (height - 8)) / most - 2;
    const points = (/** @type {number[]} */ values) => values.map((value, i) => `${x(i).toFixed(1)},${y(value).toFixed(1)}`).join(" ");
    return html`
        <div class="plot"><span class="small muted">${number(most)}</span>
            <svg viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" role="img" aria-label=${chartWord(title)}>
                ${[0, most / 2, most].map((value) => svg`<line class="grid" x1="0" x2=${width} y1=${y(value)} y2=${y(value)}/>`)}
                ${series.map(({ values }, i) => svg`<polyline class="line-${i}" points=${points(values)}/>`)}</svg></div>
        <p class="small muted between"><span>${labels[0]}</span><span>${labels.at(-1) ?? ""}</span></p>
        ${series.length > 1 ? html`<ul class="plain row small legend">${series.map(({ name }, i) => html`
            <li><svg viewBox="0 0 24 6" aria-hidden="true"><line class="line-${i}" x1="0" x2="24" y1="3" y2="3"/></svg>
                ${chartWord(name)}</li>`)}
        </ul>` : nothing}`;
}

/** @param {Chart} chart */
function bars({ labels, series }) {
    const values = series[0]?.values ?? [];
    const most = Math.max(1, ...values);
    return html`
        <ul class="plain bars small">${labels.map((label, i) => html`
            <li><span>${word(label.replaceAll(" ", "_"))}</span><svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
                <rect width=${(100 * values[i]) / most} height="10"/></svg><span class="count">${number(values[i])}</span></li>`)}</ul>`;
}

/** @param {Chart} chart */
const table = ({ title, over, labels, series }) => html`
    <div class="scroll" tabindex="0" role="region" aria-label="${chartWord(title)}, ${w("asTable")}"><table>
        <thead><tr><th scope="col">${w(over === "time" ? "from" : "value")}</th>
            ${series.map(({ name }) => html`<th scope="col">${chartWord(name)}</th>`)}</tr></thead>
        <tbody>${labels.map((label, i) => html`
            <tr><th scope="row">${over === "time" ? label : word(label.replaceAll(" ", "_"))}</th>
                ${series.map(({ values }) => html`<td>${number(values[i])}</td>`)}</tr>`)}</tbody></table></div>`;
