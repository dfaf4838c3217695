// The page "Job board" of the admin UI. PocketBase calls this file's body once, before its router starts.
// It uses only app.routes, app.store and app.pb of the UI, and the uPlot that the UI ships.

const KINDS = { jobs: "Jobs", users: "Users", applications: "Applications", performance: "Performance" };
const HIDDEN_BY_DEFAULT = ["users.admins", "performance.answered", "performance.answerRate", "performance.hired", "performance.daysToHire",
    "performance.hoursToFirstAnswer", "performance.received", "chart.notificationsByKind", "chart.answersOverTime", "chart.activeByRole"];
const WIDE = ["editor", "json", "geoPoint", "password"];
const PALETTE = { light: ["#1d4ed8", "#b45309", "#047857", "#be185d"], dark: ["#7ab0ff", "#fbbf24", "#4ade80", "#f9a8d4"] };

/** el creates an element; props are properties, or attributes if the name has a dash or is role or for. */
function el(name, props = {}, ...children) {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(props)) {
        if (key.includes("-") || key === "role" || key === "for") {
            node.setAttribute(key, value);
        } else {
            node[key] = value;
        }
    }
    node.append(...children.flat().filter((child) => child !== null && child !== undefined));
    return node;
}

function readable(value, unit) {
    if (value === null || value === undefined) {
        return "–";
    }
    const number = (v, digits) => v.toLocaleString(undefined, { maximumFractionDigits: digits });
    switch (unit) {
        case "share": return number(100 * value, 1) + " %";
        case "hours": return value < 48 ? number(value, 1) + " h" : number(value / 24, 1) + " days";
        case "days": return number(value, 1) + " days";
        default: return number(value, unit === "mean" ? 1 : 0);
    }
}

// The row of the collection dashboards that stores what this superuser wants to see.
let dashboard = { shown: {} };

const shown = (key) => dashboard.shown?.[key] ?? !HIDDEN_BY_DEFAULT.includes(key);

async function loadDashboard() {
    const own = { filter: app.pb.filter("superuser = {:id}", { id: app.pb.authStore.record.id }), requestKey: null };
    dashboard = (await app.pb.collection("dashboards").getList(1, 1, own)).items[0] ?? { shown: {} };
}

let saving = Promise.resolve();

/** choose saves one choice; saves run one after another, so that the first creates the row and the last wins. */
function choose(key, wanted) {
    dashboard.shown = { ...dashboard.shown, [key]: wanted };
    const save = async () => {
        const row = { superuser: app.pb.authStore.record.id, shown: dashboard.shown };
        const rows = app.pb.collection("dashboards");
        const { id } = await (dashboard.id ? rows.update(dashboard.id, row, { requestKey: null }) : rows.create(row, { requestKey: null }));
        dashboard.id = id;
    };
    saving = saving.catch(() => {}).then(save);
    return saving;
}

function day(daysAgo) {
    return new Date(Date.now() - daysAgo * 86400000).toISOString().slice(0, 10);
}

/** asTable returns a chart as a table, for screen readers and for copying. */
function asTable(chart) {
    const head = el("tr", {}, el("th", { scope: "col" }, chart.over === "time" ? "From" : "Value"), chart.series.map((s) => el("th", { scope: "col" }, s.name)));
    const rows = chart.labels.map((label, i) =>
        el("tr", {}, el("th", { scope: "row" }, label), chart.series.map((s) => el("td", {}, readable(s.values[i], "count")))));
    return el("details", { className: "jb-data" }, el("summary", {}, "As a table"),
        el("div", { className: "jb-scroll", tabIndex: 0, role: "region", "aria-label": chart.title + ", as a table" },
            el("table", {}, el("thead", {}, head), el("tbody", {}, rows))));
}

function bars(chart) {
    const values = chart.series[0]?.values ?? [];
    const most = Math.max(1, ...values);
    return el("ul", { className: "jb-bars" }, chart.labels.map((label, i) => {
        const fill = el("span", { className: "jb-bar" });
        fill.style.width = (100 * values[i]) / most + "%";
        return el("li", {}, el("span", { className: "jb-bar-label" }, label.replaceAll("_", " ")),
            el("span", { className: "jb-bar-track", "aria-hidden": "true" }, fill), el("span", { className: "jb-bar-value" }, readable(values[i], "count")));
    }));
}

function lines(chart, box) {
    const UPlot = window.uPlot;
    const colors = PALETTE[app.store.activeColorScheme] ?? PALETTE.light;
    const style = getComputedStyle(box);
    const text = style.getPropertyValue("--surfaceTxtHintColor");
    const grid = style.getPropertyValue("--surfaceAlt2Color");
    const at = (label) => Date.parse(label.padEnd(10, "-01").slice(0, 10)) / 1000;
    const axis = { stroke: text, grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, width: 1 } };
    const plot = new UPlot({
        width: Math.max(200, box.clientWidth), height: 200, tzDate: (ts) => UPlot.tzDate(new Date(ts * 1000), "Etc/UTC"), legend: { live: false },
        scales: { y: { range: (_, __, highest) => [0, Math.max(4, highest * 1.1)] } },
        axes: [axis, { ...axis, size: 44, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 50000, 100000] }],
        series: [{}, ...chart.series.map((s, i) => ({ label: s.name, stroke: colors[i % colors.length], width: 2, dash: i ? [8 / i, 4] : undefined, points: { show: chart.labels.length < 40, size: 4 } }))],
    }, [chart.labels.map(at), ...chart.series.map((s) => s.values)], box);
    const watch = new ResizeObserver(() => box.isConnected ? plot.setSize({ width: Math.max(200, box.clientWidth), height: 200 }) : watch.disconnect());
    watch.observe(box);
}

function chartCard(chart) {
    const box = el("div", { className: "jb-plot", role: "img", "aria-label": chart.title + ". " + chart.meaning });
    const card = el("figure", { className: "jb-card jb-chart" }, el("figcaption", {}, el("h3", {}, chart.title), el("p", {}, chart.meaning)),
        chart.over === "time" ? box : bars(chart), asTable(chart));
    card.dataset.chart = chart.key;
    if (chart.over === "time") {
        requestAnimationFrame(() => lines(chart, box)); // when its width is known
    }
    return card;
}

function figureCards(summary) {
    return Object.entries(KINDS).map(([kind, title]) => {
        const cards = summary.definitions[kind].filter((d) => shown(kind + "." + d.key)).map((d) => {
            const card = el("div", { className: "jb-card jb-figure" }, el("dt", {}, d.label), el("dd", {}, readable(summary[kind][d.key], d.unit)), el("dd", { className: "jb-meaning" }, d.meaning));
            card.dataset.figure = kind + "." + d.key;
            return card;
        });
        return cards.length ? el("section", {}, el("h2", {}, title), el("dl", { className: "jb-figures" }, cards)) : null;
    });
}

function chooser(summary, redraw, showStatus) {
    const box = (key, label) => {
        const input = el("input", { type: "checkbox", checked: shown(key), name: key });
        input.onchange = () => {
            choose(key, input.checked).catch((error) => showStatus(error.message));
            redraw();
        };
        return el("label", { className: "jb-choice" }, input, label);
    };
    return el("details", { className: "jb-card jb-chooser" }, el("summary", {}, "Choose what is shown"),
        Object.entries(KINDS).map(([kind, title]) => el("fieldset", {}, el("legend", {}, title),
            summary.definitions[kind].map((d) => box(kind + "." + d.key, d.label)))),
        el("fieldset", {}, el("legend", {}, "Charts"), summary.charts.map((c) => box("chart." + c.key, c.title))));
}

// The lists of the moderation queue: what each fetches, how a row is shown, and the actions on it.
const QUEUE = [
    { title: "Newest jobs", collection: "jobs", query: { sort: "-created", expand: "employer" }, text: (r) => [r.title, `${r.expand?.employer?.name ?? ""} · ${r.status}`],
        actions: [{ label: "Close", when: (r) => r.status === "published", change: () => ({ status: "closed" }), done: "Closed" }] },
    { title: "Unverified employers", collection: "employers", query: { sort: "-created", filter: "verified = false", expand: "owner" }, text: (r) => [r.name, r.expand?.owner?.email ?? ""],
        actions: [{ label: "Verify", when: () => true, change: () => ({ verified: true }), done: "Verified" },
            { label: "Deactivate owner", when: (r) => r.expand?.owner && !r.expand.owner.deactivatedAt, collection: "users", id: (r) => r.owner, change: () => ({ deactivatedAt: new Date().toISOString() }), done: "Deactivated", ask: true }] },
    { title: "Import sources", collection: "import_sources", query: { sort: "-lastRun" },
        text: (r) => [`${r.kind} · ${r.url.replace(/^https?:\/\/|\?.*$/g, "")}`, r.lastStatus ? `${r.lastStatus} · ${r.lastResult}` : "not run yet"],
        actions: [{ label: "Run", when: (r) => r.schedule !== "off", change: () => ({ nextRun: new Date().toISOString() }), done: "Runs" },
            { label: "Close missing jobs", when: (r) => r.lastStatus === "asks", change: () => ({ closeAnyway: true }), done: "Closes", ask: true }] },
    ...[["job_reviews", "job reviews", "job"], ["user_reviews", "reviews of people", "subject"]].flatMap(([collection, whose, about]) => {
        const text = (r) => [`${r.rating} of 5 · ${r.title || r.expand?.[about]?.title || r.expand?.[about]?.name || "no title"}`, r.body];
        return [
            { title: "Newest " + whose, collection, query: { sort: "-created", filter: "status = 'visible'", expand: about }, text, actions: [{ label: "Hide", when: () => true, change: () => ({ status: "hidden" }), done: "Hidden" }] },
            { title: "Hidden " + whose, collection, query: { sort: "-created", filter: "status = 'hidden'", expand: about }, text, actions: [{ label: "Show", when: () => true, change: () => ({ status: "visible" }), done: "Shown" }] },
        ];
    }),
];

function queueCard(queue, showStatus) {
    const list = el("ul", { className: "jb-queue" });
    const fill = async () => {
        const page = await app.pb.collection(queue.collection).getList(1, 5, { ...queue.query, requestKey: null });
        list.replaceChildren(...page.items.map((record) => {
            const [main, hint] = queue.text(record);
            const actions = queue.actions.filter((action) => action.when(record)).map((action) => {
                const button = el("button", { type: "button", className: "btn sm secondary", "aria-label": `${action.label}: ${main}` }, action.label);
                button.onclick = async () => {
                    if (action.ask && !window.confirm(`${action.label} of ${main}?`)) {
                        return;
                    }
                    button.disabled = true;
                    try {
                        await app.pb.collection(action.collection ?? queue.collection).update(action.id?.(record) ?? record.id, action.change());
                        showStatus(`${action.done}: ${main}`);
                        document.dispatchEvent(new CustomEvent("jobboard:moderated"));
                    } catch (error) {
                        button.disabled = false;
                        showStatus(error.message);
                    }
                };
                return button;
            });
            return el("li", {}, el("span", { className: "jb-queue-text" }, el("a", { href: `#/collections?collection=${queue.collection}&record=${record.id}` }, main),
                el("small", {}, hint)), el("span", { className: "jb-actions" }, actions));
        }));
        if (!page.items.length) {
            list.append(el("li", { className: "jb-none" }, "Nothing here."));
        }
    };
    const refill = () => list.isConnected ? fill().catch((error) => showStatus(error.message)) : document.removeEventListener("jobboard:moderated", refill);
    document.addEventListener("jobboard:moderated", refill);
    fill().catch((error) => showStatus(error.message));
    return el("section", { className: "jb-card" }, el("h3", {}, queue.title), list);
}

async function download(report) {
    const token = await app.pb.files.getToken();
    el("a", { href: app.pb.files.getURL(report, report.file, { token, download: 1 }), download: report.file }).click();
}

function reportForm(period, showStatus) {
    const select = (name, label, options) => {
        const input = el("select", { name, id: "jb-" + name }, Object.entries(options).map(([value, text]) => el("option", { value }, text)));
        return [el("label", { for: "jb-" + name, className: "jb-field" }, label, input), input];
    };
    const [kindField, kind] = select("kind", "Report", KINDS);
    const [formatField, format] = select("format", "Format", { csv: "CSV (spreadsheet)", pdf: "PDF" });
    const button = el("button", { type: "submit", className: "btn" }, "Create and download");
    const form = el("form", { className: "jb-form" }, kindField, formatField, button);
    form.onsubmit = async (event) => {
        event.preventDefault();
        button.disabled = true;
        showStatus("Creating the report …");
        try {
            let report = await app.pb.collection("reports").create({ kind: kind.value, format: format.value, ...period() });
            while (["pending", "running"].includes(report.status)) {
                await new Promise((resolve) => setTimeout(resolve, 300));
                report = await app.pb.collection("reports").getOne(report.id, { requestKey: null });
            }
            if (report.status === "failed") {
                throw new Error("The report failed: " + report.error);
            }
            await download(report);
            showStatus(`The report is ready: ${report.rows} rows.`);
        } catch (error) {
            showStatus(error.message);
        }
        button.disabled = false;
    };
    return el("section", {}, el("h2", {}, "Reports"), el("div", { className: "jb-card" }, el("p", {}, "For the period chosen above."), form));
}

function page() {
    app.store.title = "Job board";
    const status = el("p", { className: "jb-status", role: "status", "aria-live": "polite" });
    const showStatus = (text) => (status.textContent = text);
    const from = el("input", { type: "date", value: day(29), required: true, id: "jb-from" });
    const to = el("input", { type: "date", value: day(0), required: true, id: "jb-to" });
    const period = () => ({ from: from.value, to: to.value });
    const figures = el("div", { "aria-busy": "true" });
    let summary;
    const draw = () => figures.replaceChildren(...figureCards(summary).filter(Boolean), el("section", {}, el("h2", {}, "Charts"),
        el("div", { className: "jb-charts" }, summary.charts.filter((c) => shown("chart." + c.key)).map(chartCard))));
    const choices = el("div");
    const load = async () => {
        figures.setAttribute("aria-busy", "true");
        try {
            [summary] = await Promise.all([app.pb.send("/api/reports/summary/", { query: period(), requestKey: "jobboardSummary" }), loadDashboard()]);
            choices.replaceChildren(chooser(summary, draw, showStatus));
            draw();
            showStatus("");
        } catch (error) {
            if (!error.isAbort) {
                showStatus(Object.values(error.response?.data ?? {})[0]?.message ?? error.message);
            }
        }
        figures.setAttribute("aria-busy", "false");
    };
    const dates = el("form", { className: "jb-form" }, el("label", { className: "jb-field", for: "jb-from" }, "From", from), el("label", { className: "jb-field", for: "jb-to" }, "To", to),
        el("button", { type: "submit", className: "btn secondary" }, "Show"));
    dates.onsubmit = (event) => {
        event.preventDefault();
        load();
    };
    load();
    return el("div", { className: "page jb-page" }, el("div", { className: "page-content jb-content" },
        el("header", { className: "jb-head" }, el("h1", {}, "Job board"), dates), status, figures,
        el("section", {}, el("h2", {}, "Moderation"), el("div", { className: "jb-queues" }, QUEUE.map((queue) => queueCard(queue, showStatus)))),
        reportForm(period, showStatus), choices));
}

/**
 * quietColumns hides, in the lists of the board's collections, what does not fit into a column, unless the browser already
 * has a choice for the list: the UI keeps those in the browser alone.
 */
function quietColumns(collections) {
    for (const collection of collections) {
        const key = app.consts.COLUMNS_STORAGE_PREFIX + collection.id;
        if (collection.id === "_pb_users_auth_" || collection.id.startsWith("jb_")) {
            const quiet = collection.fields.filter((f) => WIDE.includes(f.type) || f.name === "updated" || f.hidden);
            localStorage.getItem(key) ?? localStorage.setItem(key, JSON.stringify(Object.fromEntries(quiet.map((f) => [f.id, false]))));
        }
    }
}

document.head.append(el("link", { rel: "stylesheet", href: app.pb.buildURL("/_/extensions/jobboard/style.css") }));
app.store.headerLinks.unshift({ href: "#/board", icon: "ri-briefcase-line", label: "Job board" });
app.routes.superuserOnly("#/board", page);
// The light and dark schemes give the charts other colours.
watch(() => app.store.activeColorScheme, () => document.querySelector(".jb-head form")?.requestSubmit());
watch(() => app.store.collections, (collections) => quietColumns(collections ?? []));
