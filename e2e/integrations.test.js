// How other systems follow the board: events with a cursor, in realtime and after a lost connection, and webhooks.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, describe, test } from "node:test";
import { Webhook } from "standardwebhooks";
import { newBoard } from "./board.js";
import { me, refused, register } from "./people.js";

describe("integrations", { concurrency: 1 }, () => {
    let board, employer, seeker, stranger, company;
    const job = (title, values = {}) =>
        employer.collection("jobs").create({
            employer: company.id,
            title,
            description: "<p>Make good tools.</p>",
            workplace: "on_site",
            jobType: "full_time",
            status: "published",
            ...values,
        });

    before(async () => {
        board = await newBoard();
        await board.start("--private-addresses");
        employer = await register(board, "Erin Employer", "employer");
        seeker = await register(board, "Sam Seeker", "job_seeker");
        stranger = await register(board, "Stan Stranger", "employer");
        company = await employer.collection("employers").create({ name: "Acme Tools" });
    });
    after(async () => {
        await Promise.all([employer, seeker, stranger].map((client) => client.realtime.unsubscribe()));
        await board.remove();
    });

    async function until(condition, what) {
        for (const deadline = Date.now() + 10_000; !condition(); ) {
            assert.ok(Date.now() < deadline, `not in ten seconds: ${what()}`);
            await new Promise((resolve) => setTimeout(resolve, 20));
        }
    }

    test("a client that loses its connection misses nothing", async () => {
        // As docs/events-and-webhooks.md shows it.
        const handled = [];
        const handle = (event) => handled.push(event);
        const pb = employer;
        let { cursor } = await pb.send("/api/events/", { query: { since: "latest" } });
        let asked = false;
        let asking = null;

        function follow() {
            asked = true;
            asking ??= read().finally(() => { asking = null; });
            return asking;
        }

        async function read() {
            while (asked) {
                asked = false;
                const page = await pb.send("/api/events/", { query: { since: cursor } });
                page.items.forEach(handle);
                cursor = page.cursor;
                asked ||= page.hasMore;
            }
        }

        const live = [];
        await pb.collection("events").subscribe("*", follow);
        await pb.collection("events").subscribe("*", ({ action, record }) => live.push({ action, ...record }));
        await pb.realtime.subscribe("PB_CONNECT", follow);

        const types = () => handled.map((event) => event.type);
        const first = await job("Toolmaker");
        await until(() => types().length === 1 && live.length === 1, () => types());
        assert.deepEqual([live[0].action, live[0].type, live[0].job, live[0].seq], ["create", "job.published", first.id, handled[0].seq]);

        pb.realtime.disconnect(); // as the SDK does when the connection breaks
        const application = await seeker.collection("applications").create({ job: first.id, seeker: me(seeker) });
        await employer.collection("applications").update(application.id, { status: "in_review" });
        await job("Turner", { status: "draft" });
        await pb.realtime.connect();
        await until(() => types().length === 3, () => types());
        await seeker.collection("applications").update(application.id, { status: "withdrawn" });
        await until(() => types().length === 4, () => types());
        assert.deepEqual(types(), ["job.published", "application.created", "application.status_changed", "application.withdrawn"]);
        assert.deepEqual(handled[1].data, { job: first.id, application: application.id, employer: company.id, user: me(seeker) });
        const numbers = handled.map((event) => event.seq);
        assert.deepEqual(numbers, [...new Set(numbers)].sort((a, b) => a - b));
        await until(() => live.length === 2, () => live.length); // realtime alone has missed two
    });

    test("others see what is public", async () => {
        const seen = async (client) => (await client.send("/api/events/", { query: { limit: 1000 } })).items.map((event) => event.type);
        for (const client of [stranger, board.client()]) {
            assert.deepEqual([...new Set(await seen(client))], ["job.published"]);
            const list = await client.collection("events").getFullList({ filter: `type ~ "application"` });
            assert.deepEqual(list, []);
        }
        assert.ok((await seen(seeker)).includes("application.status_changed"));
        const mine = await seeker.collection("events").getFirstListItem(`type = "application.created"`);
        await refused(404, () => stranger.collection("events").getOne(mine.id));
        await refused(403, () => employer.collection("events").delete(mine.id));
        const live = [];
        await stranger.collection("events").subscribe("*", ({ record }) => live.push(record.type));
        await seeker.collection("applications").create({ job: mine.job, seeker: me(seeker) });
        await job("Fitter");
        await until(() => live.length > 0, () => "nothing");
        assert.deepEqual(live, ["job.published"]);
    });

    test("a webhook is verified with the stock library", async () => {
        const got = [];
        const receiver = createServer(async (request, response) => {
            let body = "";
            for await (const chunk of request) {
                body += chunk;
            }
            got.push({ headers: request.headers, body });
            response.writeHead(got.length === 1 ? 503 : 204).end(); // the first attempt fails
        });
        await new Promise((resolve) => receiver.listen(0, "127.0.0.1", resolve));
        const url = `http://127.0.0.1:${receiver.address().port}/hook`;
        const endpoint = await employer.collection("webhook_endpoints").create({ url, types: ["application.created"] });
        assert.deepEqual([endpoint.employer, endpoint.active], [company.id, true]);
        assert.match(endpoint.secret, /^whsec_[A-Za-z0-9+/]{43}=$/);
        assert.equal((await employer.collection("webhook_endpoints").getOne(endpoint.id)).secret, undefined);
        const send = (path, method = "POST") => employer.send(`/api/webhooks/${endpoint.id}/${path}`, { method });

        const opening = await job("Miller");
        await seeker.collection("applications").create({ job: opening.id, seeker: me(seeker) });
        await until(() => got.length === 2, () => `${got.length} attempts`); // the second after 5 seconds
        const webhook = new Webhook(endpoint.secret);
        for (const { headers, body } of got) {
            const { type, timestamp, data } = webhook.verify(body, headers);
            assert.equal(type, "application.created");
            assert.ok(Math.abs(Date.now() - Date.parse(timestamp)) < 60_000);
            assert.deepEqual([data.job, data.user, data.employer], [opening.id, me(seeker), company.id]);
            assert.throws(() => webhook.verify(body + " ", headers));
        }
        assert.equal(got[0].headers["webhook-id"], got[1].headers["webhook-id"]);
        const delivered = async () => (await employer.collection("webhook_deliveries").getList()).items[0];
        for (let log = await delivered(); log.status !== "delivered"; log = await delivered()) {
            await new Promise((resolve) => setTimeout(resolve, 20));
        }
        const log = await delivered();
        assert.deepEqual([log.attempts, log.responseStatus, log.messageId], [2, 204, got[0].headers["webhook-id"]]);
        assert.equal((await stranger.collection("webhook_deliveries").getList()).totalItems, 0);
        await refused(404, () => stranger.send(`/api/webhooks/${endpoint.id}/test/`, { method: "POST" }));

        const { secret } = await send("rotate/");
        assert.equal((await send("test/")).status, "delivered");
        assert.equal((await send(`deliveries/${log.id}/redeliver/`)).status, "delivered");
        assert.deepEqual(got.slice(2).map(({ body }) => JSON.parse(body).type), ["webhook.test", "application.created"]);
        for (const { headers, body } of got.slice(2)) {
            webhook.verify(body, headers); // the old secret signs too
            new Webhook(secret).verify(body, headers);
        }
        assert.equal(got[3].headers["webhook-id"], log.messageId);
        await send("", "DELETE");
        receiver.close();
    });
});
