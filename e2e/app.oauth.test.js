// Signing in to the client with a provider, in a window and without one, and with a code from a mail. The board is set up by its settings
// alone. The provider and the mail server are small servers of ours.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { createServer as connections } from "node:net";
import { after, before, test } from "node:test";
import { launch, openApp, password } from "./app.js";
import { newBoard } from "./board.js";

/** newProvider is an OpenID provider at which everybody is its person, Paula at first. Its page asks nothing and sends back at once. */
async function newProvider() {
    const provider = { person: { sub: "paula-1", email: "paula@example.org", email_verified: true, name: "Paula Provider" } };
    const server = createServer((request, response) => {
        const { pathname, searchParams } = new URL(request.url, "http://provider");
        const url = `http://${request.headers.host}`;
        if (pathname === "/authorize") {
            const back = new URL(searchParams.get("redirect_uri"));
            back.searchParams.set("state", searchParams.get("state"));
            back.searchParams.set("code", "a-code");
            response.writeHead(302, { Location: back.href }).end();
            return;
        }
        const answers = {
            "/.well-known/openid-configuration": {
                issuer: url, authorization_endpoint: `${url}/authorize`, token_endpoint: `${url}/token`, userinfo_endpoint: `${url}/userinfo`,
            },
            "/token": { access_token: "a-token", token_type: "Bearer", expires_in: 60 },
            "/userinfo": provider.person,
        };
        response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(answers[pathname]));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return Object.assign(provider, { url: `http://127.0.0.1:${server.address().port}`, close: () => server.close() });
}

/** newMailServer is a mail server that keeps the codes in the subjects of what it receives. */
async function newMailServer() {
    const codes = [];
    const server = connections((socket) => {
        let inData = false;
        socket.write("220 mail\r\n");
        socket.on("data", (chunk) => {
            for (const line of chunk.toString().split("\r\n").slice(0, -1)) {
                const code = line.match(/^Subject: .*?(\d{8})/)?.[1];
                if (code) {
                    codes.push(code);
                }
                if (inData && line !== ".") {
                    continue;
                }
                inData = line === "DATA";
                socket.write(inData ? "354 go on\r\n" : line === "QUIT" ? "221 bye\r\n" : "250 fine\r\n");
            }
        });
        socket.on("error", () => {});
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return { codes, port: server.address().port, close: () => server.close() };
}

let browser, board, provider, mail;
before(async () => {
    browser = await launch();
    provider = await newProvider();
    mail = await newMailServer();
    board = await newBoard({ env: {
        JOBBOARD_OIDC_ISSUER: provider.url, JOBBOARD_OIDC_NAME: "Example ID", JOBBOARD_OIDC_CLIENT_ID: "board",
        JOBBOARD_OIDC_CLIENT_SECRET: "secret", JOBBOARD_MFA: "people", JOBBOARD_SMTP_HOST: "127.0.0.1", JOBBOARD_SMTP_PORT: String(mail.port),
    } });
    await board.start();
});
after(async () => {
    await browser?.close();
    await board?.remove();
    provider?.close();
    mail?.close();
});

/** signIn clicks the provider's button, and looks at who is signed in where. */
async function signIn({ page, go, heading }) {
    await go(`sign-in?next=${encodeURIComponent("#/saved")}`);
    await page.getByRole("button", { name: "Continue with Example ID" }).click();
    await heading("Saved");
    const { record } = JSON.parse(await page.evaluate(() => localStorage.getItem("pocketbase_auth")));
    assert.deepEqual([record.email, record.name, record.role, record.verified], ["paula@example.org", "Paula Provider", "job_seeker", true]);
}

test("a provider signs in through a window of its own", async () => {
    const app = await openApp(browser, board.url);
    await signIn(app);
    assert.equal(app.page.context().pages().length, 1, "the window is closed");
    await app.close();
});

test("where no window opens, the page goes to the provider and comes back", async () => {
    const app = await openApp(browser, board.url);
    await app.page.addInitScript(() => (window.open = () => null));
    await app.page.reload();
    await signIn(app);
    assert.equal(await app.page.evaluate(() => location.search), "", "the code does not stay in the address");
    await app.close();
});

test("an answer that nobody asked for signs nobody in", async () => {
    const app = await openApp(browser, board.url);
    await app.page.goto(`${board.url}/app/?code=a-code&state=made-up`);
    await app.page.getByText("Something went wrong").first().waitFor();
    assert.equal(await app.page.evaluate(() => localStorage.getItem("pocketbase_auth")), null);
    await app.close();
});

/** giveCode types the code from the next mail, and waits until it has signed in. */
async function giveCode(page) {
    while (mail.codes.length === 0) {
        await new Promise((resolve) => setTimeout(resolve, 25));
    }
    await page.getByLabel("Code").fill(mail.codes.shift());
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForFunction(() => localStorage.getItem("pocketbase_auth"));
}

test("an employer signs in with a password and a code from a mail", async () => {
    await board.client().collection("users").create({ email: "otto@example.org", password, passwordConfirm: password, name: "Otto", role: "employer" });
    const app = await openApp(browser, board.url);
    const { page } = app;
    await app.go("sign-in");
    await page.getByLabel("E-mail").fill("otto@example.org");
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("We have sent a code to otto@example.org.").waitFor();
    await app.picture("code");
    await giveCode(page);
    assert.deepEqual(app.faults.splice(0).filter((fault) => !fault.includes("401")), [], "the first factor is answered with 401");
    await app.close();
});

test("an employer who comes back from a provider gives a code too", async () => {
    provider.person = { sub: "otto-1", email: "otto@example.org", email_verified: true, name: "Otto" };
    const app = await openApp(browser, board.url);
    const { page } = app;
    await page.addInitScript(() => (window.open = () => null));
    await page.reload();
    await app.go("sign-in");
    await page.getByRole("button", { name: "Continue with Example ID" }).click();
    await page.getByText("This account needs a code from a mail as well.").waitFor();
    await page.getByLabel("E-mail").fill("otto@example.org");
    await page.getByRole("button", { name: "Send me a code" }).click();
    await giveCode(page);
    assert.deepEqual(app.faults.splice(0).filter((fault) => !fault.includes("401")), []);
    await app.close();
});
