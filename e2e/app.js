// The client at /app/ in a real browser. Needs Chromium: JOBBOARD_CHROMIUM, or one on the path.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { chromium } from "playwright-core";

export const password = "correct horse battery staple";

// The shell has no windows to make for each context, which saves a third of the processor time.
const browsers = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"];

/** findChromium returns the path of the browser, or "" where there is none. */
export function findChromium() {
    if (process.env.JOBBOARD_CHROMIUM) {
        return process.env.JOBBOARD_CHROMIUM;
    }
    const script = browsers.map((name) => `command -v ${name} || `).join("") + "true";
    return execFileSync("sh", ["-c", script]).toString().trim();
}

export function launch() {
    return chromium.launch({ executablePath: findChromium(), args: ["--no-sandbox"] });
}

/**
 * openApp opens the client in a context of its own, as another person's browser would be. go(path) shows a view, heading(text) waits
 * for a view of that heading, picture(name) takes a screenshot where JOBBOARD_PICTURES names a folder; close() also demands that the
 * browser had nothing to complain of.
 */
export async function openApp(browser, url, options = {}) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "en-GB", ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    const faults = [];
    page.on("pageerror", (error) => faults.push(error.message));
    page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
    await page.goto(`${url}/app/`);
    await page.waitForSelector("h1");
    return {
        page,
        faults,
        go: (path) => page.evaluate((hash) => (location.hash = hash), `#/${path}`),
        heading: (text) => page.getByRole("heading", { level: 1, name: text }).waitFor(),
        async picture(name) {
            if (process.env.JOBBOARD_PICTURES) {
                await page.screenshot({ path: `${process.env.JOBBOARD_PICTURES}/app-${name}.png` });
            }
        },
        async close() {
            await context.close();
            assert.deepEqual(faults, []);
        },
    };
}

export async function signIn({ page, go, heading }, email) {
    await go("sign-in");
    await heading("Sign in");
    await page.getByLabel("E-mail").fill(email);
    await page.getByLabel("Password").fill(password);
    await page.getByRole("main").getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("button", { name: "Sign out" }).waitFor();
}

/** newProxy stands between a browser and the board. cut() ends every connection and lets none begin until heal(). */
export async function newProxy(target) {
    const { port } = new URL(target);
    const open = new Set();
    let whole = true;
    const server = createServer((client) => {
        if (!whole) {
            client.destroy();
            return;
        }
        const upstream = connect(Number(port), "127.0.0.1");
        for (const [from, to] of [[client, upstream], [upstream, client]]) {
            open.add(from);
            from.on("error", () => {});
            from.on("close", () => {
                open.delete(from);
                to.destroy();
            });
            from.pipe(to);
        }
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return {
        url: `http://127.0.0.1:${server.address().port}`,
        cut() {
            whole = false;
            open.forEach((socket) => socket.destroy());
        },
        heal() {
            whole = true;
        },
        close() {
            open.forEach((socket) => socket.destroy());
            server.close();
        },
    };
}
