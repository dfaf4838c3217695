// Notifications through the SDK's realtime: users receive every change of their own, and nothing of anybody else's.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { newBoard } from "./board.js";
import { login, me, register } from "./people.js";

describe("notifications", { concurrency: 1 }, () => {
    let board, employer, seeker, other, company, job;
    const open = []; // clients with subscriptions, which would keep the process alive

    before(async () => {
        board = await newBoard();
        await board.start();
        employer = await register(board, "Erin Employer", "employer");
        seeker = await register(board, "Sam Seeker", "job_seeker");
        other = await register(board, "Olga Other", "job_seeker");
        company = await employer.collection("employers").create({ name: "Acme Tools" });
        job = await employer.collection("jobs").create({
            employer: company.id,
            title: "Toolmaker",
            description: "<p>Make good tools.</p>",
            workplace: "on_site",
            jobType: "full_time",
            status: "published",
        });
    });
    after(async () => {
        await Promise.all(open.map((client) => client.realtime.unsubscribe()));
        await board.remove();
    });

    /** subscribe collects the events that a client receives. */
    async function subscribe(client, topic, options) {
        const events = [];
        await client.collection("notifications").subscribe(topic, (event) => events.push(event), options);
        open.push(client);
        return events;
    }

    async function until(condition, what) {
        for (const deadline = Date.now() + 5_000; !condition(); ) {
            assert.ok(Date.now() < deadline, `waited in vain for ${what}`);
            await new Promise((resolve) => setTimeout(resolve, 10));
        }
    }

    test("create, update and delete events arrive, with fields and expand", async () => {
        const all = await subscribe(employer, "*");
        const short = await subscribe(await login(board, employer), "*", { fields: "id,kind,expand.user.name", expand: "user" });
        const foreign = await subscribe(other, "*");
        await seeker.collection("applications").create({ job: job.id });

        await until(() => all.length === 1 && short.length === 1, "the notification of the application");
        const { action, record } = all[0];
        assert.equal(action, "create");
        assert.equal(record.kind, "application_submitted");
        assert.equal(record.collectionName, "notifications");
        assert.equal(record.data.job, job.id);
        assert.deepEqual(short[0].record, { id: record.id, kind: "application_submitted", expand: { user: { name: "Erin Employer" } } });

        const one = await subscribe(await login(board, employer), record.id);
        await employer.collection("notifications").update(record.id, { read: true });
        await until(() => all.length === 2 && one.length === 1, "the update");
        assert.equal(one[0].action, "update");
        assert.equal(one[0].record.read, true);
        assert.notEqual(one[0].record.readAt, "");

        await employer.collection("notifications").delete(record.id);
        await until(() => all.length === 3 && one.length === 2, "the deletion");
        assert.equal(one[1].action, "delete");
        assert.equal(one[1].record.id, record.id);
        assert.deepEqual(foreign, []);
    });

    test("others receive nothing, whatever they subscribe to", async () => {
        const own = await subscribe(seeker, "*");
        const nosy = await subscribe(other, "*", { filter: `user = "${me(seeker)}" || id != ""`, expand: "user" });
        const guest = await subscribe(board.client(), "*");
        const application = await employer.collection("applications").getFirstListItem(`job = "${job.id}"`);
        await employer.collection("applications").update(application.id, { status: "in_review" });
        await until(() => own.length === 1, "the seeker's notification");
        const byId = await subscribe(await login(board, other), own[0].record.id);
        await seeker.collection("notifications").update(own[0].record.id, { read: true });
        await until(() => own.length === 2, "the update");
        await new Promise((resolve) => setTimeout(resolve, 100));
        assert.deepEqual([nosy, guest, byId], [[], [], []]);
    });

    test("nothing arrives after a logout", async () => {
        const leaving = await login(board, seeker);
        const staying = await subscribe(await login(board, seeker), "*");
        const received = await subscribe(leaving, "*");
        let connects = 0;
        await leaving.realtime.subscribe("PB_CONNECT", () => connects++);
        const gone = leaving.authStore.token;
        leaving.authStore.clear(); // the SDK reconnects by itself, as a guest
        const answer = await fetch(board.url + "/api/users/auth/logout/", { method: "POST", headers: { Authorization: gone } });
        assert.equal(answer.status, 204);
        await until(() => connects === 1, "the reconnection");
        const application = await employer.collection("applications").getFirstListItem(`job = "${job.id}"`);
        await employer.collection("applications").update(application.id, { status: "shortlisted" });
        await until(() => staying.length === 1, "the notification in the other session");
        await new Promise((resolve) => setTimeout(resolve, 100));
        assert.deepEqual(received, []);
    });
});
