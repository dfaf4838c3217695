// Leads PocketBase's admin UI to the board's administration at /app/admin, which uses the same login. PocketBase calls this file's body
// once, before its router starts. It uses only app.routes, app.store, app.consts and watch of the UI.

const WIDE = ["editor", "json", "geoPoint", "password"];

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

/** land leaves the admin UI, unless the board was built without its client. */
async function land() {
    const page = await fetch("/app/admin", { method: "HEAD" }).catch(() => ({ ok: false }));
    location.replace(page.ok ? "/app/admin" : "#/collections");
    return document.createElement("div");
}

app.store.headerLinks.unshift({ href: "#/board", icon: "ri-briefcase-line", label: "Job board" });
app.routes.superuserOnly("#/board", land);
app.routes.fallbackPath = "#/board"; // where a login leads, and an address without a view
watch(() => app.store.collections, (collections) => quietColumns(collections ?? []));
