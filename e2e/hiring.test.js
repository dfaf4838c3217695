// From two registrations to a hire, through the SDK alone. The tests are steps that depend on those before.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import PocketBase, { BaseAuthStore } from "pocketbase";
import { newBoard } from "./board.js";
import { listen, login, me, pdf, refused, register } from "./people.js";

describe("hiring", { concurrency: 1 }, () => {
    let board;
    let guest, employer, seeker, stranger;
    let employerNotifications, seekerNotifications, strangerNotifications;
    let company, job, application;
    let phone; // the seeker's second session

    before(async () => {
        board = await newBoard();
        await board.start();
        guest = board.client();
    });
    const stopListening = () => Promise.all([employerNotifications, seekerNotifications, strangerNotifications].map((subscriptions) => subscriptions?.stop()));
    after(async () => {
        await stopListening();
        await board.remove();
    });

    test("both sides register", async () => {
        employer = await register(board, "Erin Employer", "employer");
        seeker = await register(board, "Sam Seeker", "job_seeker");
        stranger = await register(board, "Stan Stranger", "employer");
        company = await employer.collection("employers").create({ name: "Acme Tools" });
        assert.equal(company.owner, me(employer));
        assert.equal(company.slug, "acme-tools");
        await stranger.collection("employers").create({ name: "Other Works" });

        const profile = await seeker.collection("job_seekers").getFirstListItem(seeker.filter("user = {:id}", { id: me(seeker) }));
        assert.equal(profile.visibility, "applied_only");
    });

    test("nobody makes themselves an admin", async () => {
        const password = "correct horse battery staple";
        await refused(400, () =>
            guest.collection("users").create({ email: "evil@example.org", password, passwordConfirm: password, name: "Evil", role: "admin" }),
        );
        await refused(400, () => seeker.collection("users").update(me(seeker), { role: "admin" }));
    });

    test("everybody listens", async () => {
        employerNotifications = await listen(employer);
        seekerNotifications = await listen(seeker);
        strangerNotifications = await listen(stranger);
    });

    test("a job is drafted in private and published", async () => {
        job = await employer.collection("jobs").create({
            employer: company.id,
            title: "Toolmaker",
            description: "<p>Make good tools.</p>",
            workplace: "on_site",
            jobType: "full_time",
            location: "Berlin, Germany",
        });
        assert.equal(job.status, "draft");
        await refused(404, () => guest.collection("jobs").getOne(job.id));

        job = await employer.collection("jobs").update(job.id, { status: "published" });
        assert.notEqual(job.publishedAt, "");
        const seen = await guest.collection("jobs").getOne(job.id, { expand: "employer" });
        assert.equal(seen.title, "Toolmaker");
        assert.equal(seen.expand.employer.name, "Acme Tools");
        assert.equal(seen.applicationCount, undefined);
    });

    test("the seeker applies with a PDF, once", async () => {
        const form = new FormData();
        form.append("job", job.id);
        form.append("coverLetter", "I make very good tools.");
        form.append("documents", pdf("cv.pdf"));
        application = await seeker.collection("applications").create(form);
        assert.equal(application.status, "submitted");
        assert.equal(application.seeker, me(seeker));
        assert.equal(application.documents.length, 1);

        const notification = await employerNotifications.next("application_submitted");
        assert.equal(notification.user, me(employer));
        assert.equal(notification.data.application, application.id);
        assert.equal(notification.data.job, job.id);

        const again = await refused(400, () => seeker.collection("applications").create({ job: job.id }));
        assert.ok(again.response.data.job, JSON.stringify(again.response));
        const counted = await employer.collection("jobs").getOne(job.id);
        assert.equal(counted.applicationCount, 1);
    });

    test("the CV is visible to the employer's people only", async () => {
        const path = `/api/files/applications/${application.id}/${application.documents[0]}`;
        const fetchAs = async (client) => fetch(`${board.url}${path}?token=${client ? await client.files.getToken() : ""}`);

        const answer = await fetchAs(employer);
        assert.equal(answer.status, 200);
        assert.equal(await answer.text(), await pdf("cv.pdf").text());
        assert.equal((await fetchAs(stranger)).status, 404);
        assert.equal((await fetchAs(null)).status, 404);

        await refused(404, () => stranger.collection("applications").getOne(application.id));
        await refused(404, () => stranger.collection("applications").update(application.id, { status: "hired" }));
    });

    test("the application moves through the pipeline, and the seeker is notified of every move", async () => {
        const interviewAt = new Date(Date.now() + 3 * 24 * 3600 * 1000).toISOString();
        for (const change of [
            { status: "In Review", note: "We like it." },
            { status: "shortlisted" },
            { status: "interview_scheduled", interviewAt, interviewLocation: "Workshop 3" },
            { status: "offered" },
            { status: "hired" },
        ]) {
            const status = change.status.toLowerCase().replace(" ", "_");
            const moved = await employer.collection("applications").update(application.id, change);
            assert.equal(moved.status, status);
            const notification = await seekerNotifications.next("application_status_changed");
            assert.equal(notification.data.application, application.id);
            const stored = await seeker.collection("notifications").getOne(notification.id);
            assert.equal(stored.read, false);
        }
        const hired = await seeker.collection("applications").getOne(application.id);
        assert.notEqual(hired.decidedAt, "");
    });

    test("a final status can't be changed", async () => {
        const error = await refused(400, () => employer.collection("applications").update(application.id, { status: "in_review" }));
        assert.equal(error.response.data.status.code, "invalid_transition");
        await refused(400, () => seeker.collection("applications").update(application.id, { status: "withdrawn" }));
    });

    test("the timeline is an unbroken chain, the same for both sides", async () => {
        const filter = seeker.filter("application = {:id}", { id: application.id });
        for (const reader of [seeker, employer]) {
            const events = await reader.collection("application_events").getFullList({ filter, sort: "@rowid" });
            assert.deepEqual(
                events.map((event) => [event.from, event.to]),
                [
                    ["", "submitted"],
                    ["submitted", "in_review"],
                    ["in_review", "shortlisted"],
                    ["shortlisted", "interview_scheduled"],
                    ["interview_scheduled", "offered"],
                    ["offered", "hired"],
                ],
            );
            assert.deepEqual(
                events.map((event) => event.actor),
                [me(seeker), ...Array(5).fill(me(employer))],
            );
            assert.equal(events[1].note, "We like it.");
        }
        assert.deepEqual(await stranger.collection("application_events").getFullList({ filter }), []);
    });

    test("both sides review each other", async () => {
        await seeker.collection("job_reviews").create({ job: job.id, rating: 4, title: "Fair", body: "They answered at once." });
        const reviewed = await employerNotifications.next("review_received");
        assert.equal(reviewed.user, me(employer));
        const rated = await guest.collection("employers").getOne(company.id);
        assert.deepEqual([rated.ratingAverage, rated.ratingCount], [4, 1]);

        await employer.collection("user_reviews").create({ subject: me(seeker), application: application.id, rating: 5 });
        await seekerNotifications.next("review_received");
        await refused(400, () => stranger.collection("user_reviews").create({ subject: me(seeker), application: application.id, rating: 1 }));
    });

    test("a program works with an API key until it is revoked", async () => {
        const made = await employer.collection("api_keys").create({
            name: "ATS", employer: company.id, scopes: ["jobs:write", "jobs:read", "applications:read", "candidates:read"],
        });
        const program = board.client();
        program.authStore.save(made.key, null);
        const seen = [];
        await program.collection("jobs").subscribe("*", (event) => seen.push(event.record.title));
        const posted = await program.collection("jobs").create({
            title: "Welder", description: "<p>Weld.</p>", workplace: "on_site", jobType: "full_time", status: "published",
        });
        assert.equal(posted.employer, company.id);
        const [applied] = await program.collection("applications").getFullList({ filter: `job = "${job.id}"`, expand: "seeker" });
        assert.equal(applied.expand.seeker.name, "Sam Seeker");
        const token = await program.files.getToken();
        const document = await fetch(program.files.getURL(applied, applied.documents[0], { token }));
        assert.equal(document.status, 200);
        await refused(403, () => program.collection("users").getList());
        await refused(403, () => program.collection("applications").update(applied.id, { status: "rejected" }));
        assert.equal((await employer.collection("api_keys").getOne(made.id)).key, undefined);

        const deadline = Date.now() + 5_000;
        while (!seen.includes("Welder") && Date.now() < deadline) {
            await new Promise((resolve) => setTimeout(resolve, 25));
        }
        assert.ok(seen.includes("Welder"), "the program follows its employer's jobs");
        await program.realtime.unsubscribe(); // with a key that is gone the SDK would connect again and again, and keep the process alive
        await employer.collection("api_keys").delete(made.id);
        await refused(401, () => program.collection("jobs").getList());
    });

    test("only their owner can mark notifications as read", async () => {
        const [first] = seekerNotifications.all;
        const read = await seeker.collection("notifications").update(first.id, { read: true });
        assert.equal(read.read, true);
        await refused(404, () => employer.collection("notifications").update(first.id, { read: false }));
        assert.deepEqual(strangerNotifications.all, []);
    });

    test("logging out ends one session, and only that one", async () => {
        phone = await login(board, seeker);
        const answer = await fetch(board.url + "/api/users/auth/logout/", {
            method: "POST",
            headers: { Authorization: `Bearer ${phone.authStore.token}` },
        });
        assert.equal(answer.status, 204);
        await refused(401, () => phone.collection("users").authRefresh());
        assert.deepEqual(await phone.collection("applications").getFullList(), []);
        assert.equal((await seeker.collection("applications").getFullList()).length, 1);
    });

    test("everything is still there after a restart", async () => {
        await stopListening();
        await board.restart();
        const back = board.client();
        back.authStore.save(seeker.authStore.token, seeker.authStore.record);
        const kept = await back.collection("applications").getOne(application.id);
        assert.equal(kept.status, "hired");

        const loggedOut = board.client();
        loggedOut.authStore.save(phone.authStore.token, phone.authStore.record);
        await refused(401, () => loggedOut.collection("users").authRefresh());
    });

    test("the program of docs/frontend.md prints what it says", async () => {
        const page = await readFile(new URL("../docs/frontend.md", import.meta.url), "utf8");
        const program = [...page.matchAll(/^```js\n(.*?)^```$/gms)].map(([, snippet]) => snippet).join("\n");
        const promised = [...program.matchAll(/^\s*console\.log\(.*\); \/\/ (.*)$/gm)].map(([, text]) => text);
        assert.ok(promised.length >= 20, `only ${promised.length} promises`);
        const printed = [];
        const AsyncFunction = (async () => {}).constructor;
        const run = new AsyncFunction("PocketBase", "BaseAuthStore", "console",
            program.replace(/^import .*$/m, "").replace("http://127.0.0.1:8090", board.url));
        const clients = [];
        class Client extends PocketBase {
            constructor(...options) {
                super(...options);
                clients.push(this);
            }
        }
        try {
            await run(Client, BaseAuthStore, { log: (...values) => printed.push(values.join(" ")) });
        } finally {
            await Promise.all(clients.map((client) => client.realtime.unsubscribe())); // a subscription would keep the process alive
        }
        assert.deepEqual(printed, promised);
    });
});
