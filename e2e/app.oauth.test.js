// Signing in to the client with a provider, in a window and without one. The provider is a small server of ours.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { launch, openApp } from "./app.js";
import { newBoard } from "./board.js";

/** newProvider is an OpenID provider at which everybody is Paula. Its page asks nothing and sends back at once. */
async function newProvider() {
    const server = createServer((request, response) => {
        const { pathname, searchParams } = new URL(request.url, "http://provider");
        if (pathname === "/authorize") {
            const back = new URL(searchParams.get("redirect_uri"));
            back.searchParams.set("state", searchParams.get("state"));
            back.searchParams.set("code", "a-code");
            response.writeHead(302, { Location: back.href }).end();
            return;
        }
        const answer = pathname === "/token"
            ? { access_token: "a-token", token_type: "Bearer", expires_in: 60 }
            : { sub: "paula-1", email: "paula@example.org", email_verified: true, name: "Paula Provider" };
        response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(answer));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return { url: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}

let browser, board, provider;
before(async () => {
    browser = await launch();
    provider = await newProvider();
    board = await newBoard();
    assert.equal((await board.run("superuser", "upsert", "root@example.org", "correct horse battery staple")).code, 0);
    await board.start();
    const root = board.client();
    await root.collection("_superusers").authWithPassword("root@example.org", "correct horse battery staple");
    const { url } = provider;
    await root.collections.update("users", { oauth2: { enabled: true, providers: [{
        name: "oidc", displayName: "Example ID", clientId: "board", clientSecret: "secret",
        authURL: `${url}/authorize`, tokenURL: `${url}/token`, userInfoURL: `${url}/userinfo`,
    }] } });
});
after(async () => {
    await browser?.close();
    await board?.remove();
    provider?.close();
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
