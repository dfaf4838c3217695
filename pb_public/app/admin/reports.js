// Reports as files: made for a period, and kept for downloading again.
import { empty, heading, html, nothing, repeat } from "../view.js";
import { t } from "../i18n.js";
import { ago, date } from "../format.js";
import { createForm, textOf } from "../forms.js";
import { pb } from "../pb.js";
import { ask, attempt, toast } from "../messages.js";
import { choices, pager } from "./finding.js";
import { dayAgo } from "./days.js";
import { live } from "./live.js";
import { w, word } from "./words.js";

/** @import { Report } from "../pb.js" */
/** @import { Visit } from "../router.js" */

const pause = 500; // ms
const kinds = /** @type {const} */ (["jobs", "users", "applications", "performance"]);

/** @param {Report} report */
async function download(report) {
    const token = await pb.files.getToken({ requestKey: null });
    const link = document.createElement("a");
    link.href = pb.files.getURL(report, String(report.file), { token, download: true });
    link.download = String(report.file);
    link.click();
}

/** make asks for a report and waits until it is done. @param {Record<string, string>} wanted @returns {Promise<Report>} */
async function make(wanted) {
    /** @type {Report} */
    let report = await pb.send("/api/reports/", { method: "POST", body: wanted, requestKey: null });
    while (report.status === "pending" || report.status === "running") {
        await new Promise((resolve) => setTimeout(resolve, pause));
        report = await pb.collection("reports").getOne(report.id, { requestKey: null });
    }
    return report;
}

/** @param {Visit} visit */
export default async function reportsView({ query, signal, show }) {
    let page = Math.max(1, Number(query.get("page")) || 1);
    /** @type {Report[]} */
    let reports = [];
    let pages = 1;

    async function refresh() {
        const found = await pb.collection("reports").getList(page, 20, { sort: "-created", requestKey: null });
        [reports, pages] = [found.items, found.totalPages];
        draw();
    }

    const form = createForm(draw, async (data) => {
        const report = await make(Object.fromEntries(["kind", "format", "from", "to"].map((name) => [name, textOf(data, name)])));
        if (report.status === "failed") {
            toast({ text: w("reportFailed", { reason: report.error ?? "" }) });
        } else {
            await download(report);
            toast({ text: w("reportReady", { n: report.rows ?? 0 }) });
        }
        await refresh();
    });

    const remove = (/** @type {Report} */ report) => attempt(async () => {
        const body = html`<p>${w("removeReportText")}</p>`;
        if (await ask({ title: w("removeReportAsk"), body, yes: t("remove"), danger: true })) {
            await pb.collection("reports").delete(report.id, { requestKey: null });
            await refresh();
            toast({ text: w("removedReport") });
        }
    });
    const turn = (/** @type {number} */ to) => () => attempt(() => {
        page = to;
        return refresh();
    });

    const row = (/** @type {Report} */ report) => {
        const name = `${w(report.kind)}, ${report.format.toUpperCase()}, ${date(report.from ?? "")}–${date(report.to ?? "")}`;
        const looks = { done: "good", failed: "bad", pending: "", running: "" };
        return html`
            <li class="line"><div>
                <h3 class="small-heading">${name} <span class="badge ${looks[report.status]}">${word(report.status)}</span></h3>
                <p class="muted small">${ago(report.created)}
                    ${report.status === "done" ? html`· ${w("rows", { n: report.rows ?? 0 })}` : nothing}
                    ${report.error ? html`· ${report.error}` : nothing}</p></div>
                <div class="row">
                    ${report.file ? html`
                        <button class="button slim" aria-label="${w("download")}: ${name}"
                            @click=${() => attempt(() => download(report))}>${w("download")}</button>` : nothing}
                    <button class="button slim danger" aria-label=${t("removeOne", { name })} @click=${() => remove(report)}>${t("remove")}</button>
                </div></li>`;
    };

    function draw() {
        show(w("reports"), html`
            ${heading(w("reports"))}
            <form class="card making" novalidate @submit=${form.submit}>
                ${form.summary()}
                ${form.field({ name: "kind", label: w("report"), type: "select", options: choices(kinds), value: "jobs" })}
                ${form.field({ name: "format", label: w("format"), type: "select", options: choices(["csv", "pdf"]), value: "csv" })}
                ${form.field({ name: "from", label: w("fromDay"), type: "date", value: dayAgo(29), required: true })}
                ${form.field({ name: "to", label: w("toDay"), type: "date", value: dayAgo(0), required: true })}
                ${form.button(w("makeReport"))}
            </form>
            ${reports.length > 0 ? html`
                <section class="card" aria-labelledby="made"><h2 id="made">${w("madeReports")}</h2>
                    <ol class="plain rows">${repeat(reports, ({ id }) => id, row)}</ol></section>`
                : empty("file", w("noReports"), w("noReportsText"))}
            ${pager({ page, totalPages: pages }, turn)}`);
    }

    await refresh();
    live("reports", refresh, signal);
}
