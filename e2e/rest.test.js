// What only a running server shows of the REST API: CORS, limits behind a proxy, idempotency keys after a restart, static files.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { newBoard } from "./board.js";
import { me, register } from "./people.js";

let board;
before(async () => {
    board = await newBoard({ env: { JOBBOARD_TRUSTED_PROXY_HEADERS: "X-Forwarded-For" } });
    await board.start();
});
after(() => board.remove());

/** call sends JSON to the REST API and resolves to the response with its body as text. */
async function call(method, path, { client, headers = {}, body } = {}) {
    const answer = await fetch(board.url + path, {
        method,
        redirect: "manual",
        headers: {
            ...(body ? { "Content-Type": "application/json" } : {}),
            ...(client ? { Authorization: `Bearer ${client.authStore.token}` } : {}),
            ...headers,
        },
        body: body && JSON.stringify(body),
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, text };
}

/** publish creates a published job of a new employer and resolves to the record. */
async function publish(name) {
    const employer = await register(board, name, "employer");
    const company = await employer.collection("employers").create({ name: `${name} Ltd` });
    return employer.collection("jobs").create({
        employer: company.id, title: "Gopher", description: "<p>Go.</p>", workplace: "remote", jobType: "full_time", status: "published",
    });
}

test("the same key returns the first response again, at once and after a restart", async () => {
    const job = await publish("Ida");
    const seeker = await register(board, "Sara", "job_seeker");
    const path = `/api/jobs/${job.id}/applications/`;
    const apply = (coverLetter) => call("POST", path, { client: seeker, headers: { "Idempotency-Key": "once" }, body: { coverLetter } });

    const together = await Promise.all([apply("Hello"), apply("Hello"), apply("Hello"), apply("Hello")]);
    for (const answer of together) {
        assert.equal(answer.status, 201, answer.text);
        assert.equal(answer.text.trim(), together[0].text.trim());
    }
    await board.restart();
    seeker.baseURL = board.url;
    const later = await apply("Something else");
    assert.equal(later.status, 201, later.text);
    assert.equal(later.text.trim(), together[0].text.trim());
    assert.equal(later.headers.get("location"), path + JSON.parse(later.text).id + "/");
    const mine = await call("GET", `/api/users/${me(seeker)}/applications/`, { client: seeker });
    assert.equal(JSON.parse(mine.text).totalItems, 1);
});

test("pages of other origins may call, as with PocketBase's own API", async () => {
    const headers = {
        Origin: "https://elsewhere.example",
        "Access-Control-Request-Method": "PATCH",
        "Access-Control-Request-Headers": "authorization,content-type,idempotency-key",
    };
    const rest = await call("OPTIONS", "/api/jobs/someid/", { headers });
    const own = await call("OPTIONS", "/api/collections/jobs/records/someid", { headers });
    assert.equal(rest.status, own.status);
    for (const name of ["access-control-allow-origin", "access-control-allow-methods", "access-control-allow-headers"]) {
        assert.ok(rest.headers.get(name), name);
        assert.equal(rest.headers.get(name), own.headers.get(name));
    }
});

test("limits count by the address from the trusted proxy and send Retry-After", async () => {
    const ask = (address) => call("POST", "/api/users/auth/password/request-reset/", {
        headers: { "X-Forwarded-For": `198.51.100.1, ${address}` }, body: { email: "nobody@example.org" },
    });
    let answer = await ask("203.0.113.1");
    for (let i = 0; i < 30 && answer.status === 204; i++) {
        answer = await ask("203.0.113.1");
    }
    assert.equal(answer.status, 429);
    assert.equal(answer.headers.get("retry-after"), "60");
    assert.equal(answer.headers.get("ratelimit-remaining"), "0");
    assert.equal((await ask("203.0.113.2")).status, 204);
});

test("--rate-limits=off turns the limits off", async () => {
    const free = await newBoard();
    try {
        await free.start("--rate-limits=off");
        for (let i = 0; i < 30; i++) {
            const answer = await fetch(free.url + "/api/users/auth/password/request-reset/", {
                method: "POST", headers: { "Content-Type": "application/json" }, body: '{"email":"nobody@example.org"}',
            });
            assert.equal(answer.status, 204);
        }
    } finally {
        await free.remove();
    }
});

test("the root serves a page and does not hide the API or the admin UI", async () => {
    const page = await call("GET", "/");
    assert.equal(page.status, 200);
    assert.match(page.headers.get("content-security-policy"), /default-src 'none'/);
    for (const [, link] of page.text.matchAll(/href="(\/[^"]*)"/g)) {
        const target = await call("GET", link);
        assert.equal(target.status, 200, link);
        assert.ok(link.endsWith(".css") ? target.headers.get("content-type").startsWith("text/css") : target.text.length > 0, link);
    }
    for (const path of ["/api", "/api/nothing", "/api/jobs/a/b/c/d", "/nothing.html", "/../main.go", "/%2e%2e/main.go"]) {
        const missing = await call("GET", path);
        assert.equal(missing.status, 404, path);
        assert.match(missing.headers.get("content-type"), path.startsWith("/api") ? /^application\/json/ : /^text\/html/, path);
    }
    assert.equal((await call("POST", "/")).status, 404);
    assert.equal((await call("GET", "/admin/")).headers.get("location"), "/_/");
});
