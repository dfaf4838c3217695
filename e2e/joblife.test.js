// The life of a job, through the SDK, REST, the public page and the client: applying elsewhere, figures, duplicates and renewals.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { launch, openApp, signIn } from "./app.js";
import { newBoard } from "./board.js";
import { refused, register } from "./people.js";

const browserAgent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const elsewhere = "https://jobs.acme.example/42?ref=board";
const address = "hr@acme.example";

describe("the life of a job", { concurrency: 1 }, () => {
    let board, browser;
    let employer, seeker, stranger;
    let byURL, byMail;
    const draft = { title: "Smith", description: "<p>Make tools.</p>", workplace: "on_site", jobType: "full_time", location: "Lyon, France" };
    const create = (values) => employer.collection("jobs").create({ ...draft, status: "published", ...values });
    const read = (path, options = {}) => fetch(board.url + path, { redirect: "manual", ...options, headers: { "User-Agent": browserAgent, ...options.headers } });
    const stats = (job) => employer.send(`/api/jobs/${job.id}/stats/`, {});

    before(async () => {
        board = await newBoard();
        await board.start();
        browser = await launch();
        employer = await register(board, "Erin Employer", "employer");
        seeker = await register(board, "Sam Seeker", "job_seeker");
        stranger = await register(board, "Stan Stranger", "employer");
        const company = await employer.collection("employers").create({ name: "Acme Tools" });
        draft.employer = company.id;
        byURL = await create({ title: "Turner", applyMethod: "url", applyUrl: elsewhere });
        byMail = await create({ title: "Welder", applyMethod: "email", applyEmail: address });
    });
    after(async () => {
        await browser?.close();
        await board.remove();
    });

    test("one applies elsewhere, at both doors", async () => {
        for (const job of [byURL, byMail]) {
            const { response } = await refused(400, () => seeker.collection("applications").create({ job: job.id }));
            assert.equal(response.data.job.code, "applies_elsewhere");
            const rest = await refused(400, () => seeker.send(`/api/jobs/${job.id}/applications/`, { method: "POST", body: {} }));
            assert.equal(rest.response.data.job.code, "applies_elsewhere");
        }
        assert.equal((await seeker.collection("jobs").getOne(byMail.id)).applyEmail, address);
        for (const other of [board.client(), stranger]) {
            assert.equal("applyEmail" in (await other.collection("jobs").getOne(byMail.id)), false);
            await refused(400, () => other.collection("jobs").getList(1, 1, { filter: `applyEmail ~ "hr"` }));
        }
    });

    test("the page leads there, and all of it is counted", async () => {
        const there = await read(`/jobs/${byURL.id}/apply`);
        assert.deepEqual([there.status, there.headers.get("location")], [303, elsewhere]);
        const click = await read(`/api/jobs/${byURL.id}/apply-click/`, { method: "POST" });
        assert.deepEqual([click.status, await click.json()], [200, { url: elsewhere }]);
        const page = `/jobs/${byURL.id}/turner`;
        assert.match(await (await read(page)).text(), new RegExp(`href="/jobs/${byURL.id}/apply"`));
        await read(page);
        await read(page, { headers: { "User-Agent": "Googlebot/2.1 (+http://www.google.com/bot.html)" } });
        await employer.collection("jobs").getOne(byURL.id);
        await seeker.collection("saved_jobs").create({ seeker: seeker.authStore.record.id, job: byURL.id });
        const counted = await stats(byURL);
        // two of the guest, none of the bot and of the employer
        assert.deepEqual(counted.totals, { views: 2, visitors: 1, applyClicks: 2, saves: 1, applications: 0 });
        const rows = await employer.collection("job_days").getFullList({ filter: `job = "${byURL.id}"` });
        assert.deepEqual(rows.map(({ day, views }) => [day, views]), [[new Date().toISOString().slice(0, 10), 2]]);
        assert.equal((await stranger.collection("job_days").getList()).totalItems, 0);
        const csv = await read(`/api/jobs/${byURL.id}/stats/`, { headers: { Accept: "text/csv", Authorization: employer.authStore.token } });
        assert.match(await csv.text(), /^day,views,visitors,applyClicks,saves,applications\n\d{4}-\d\d-\d\d,2,1,2,1,0\n$/);
    });

    test("what was counted survives the end of the board", async () => {
        await read(`/jobs/${byURL.id}/turner`, { headers: { "User-Agent": "another browser" } });
        await board.restart();
        for (const client of [employer, seeker, stranger]) {
            client.baseURL = board.url;
        }
        await read(`/jobs/${byURL.id}/turner`); // known from before
        const { totals } = await stats(byURL);
        assert.deepEqual([totals.views, totals.visitors], [4, 2]);
    });

    test("a seeker finds the address in the client", async () => {
        const app = await openApp(browser, board.url);
        await signIn(app, seeker.authStore.record.email);
        await app.go(`jobs/${byMail.id}`);
        await app.heading("Welder");
        assert.equal(await app.page.getByRole("link", { name: "Apply", exact: true }).getAttribute("href"), `mailto:${address}?subject=Welder`);
        await app.go(`jobs/${byURL.id}/apply`); // leads back to the job
        await app.heading("Turner");
        assert.equal(await app.page.getByRole("link", { name: "Apply", exact: true }).getAttribute("href"), `/jobs/${byURL.id}/apply`);
        await app.close();
    });

    test("the employer sees the figures, renews and duplicates in the client", async () => {
        await employer.collection("jobs").update(byURL.id, { deadline: new Date(Date.now() + 3_600_000).toISOString() });
        const app = await openApp(browser, board.url);
        await signIn(app, employer.authStore.record.email);
        await app.go(`employer/jobs/${byURL.id}`);
        await app.heading("Turner");
        assert.match(await app.page.getByRole("main").textContent(), /4 views · 2 visitors · 2 clicks on “Apply”/);
        await app.page.getByRole("button", { name: /^Renew/ }).click();
        await app.page.getByText("Renewed: Turner").first().waitFor(); // shown, and said to screen readers
        const renewed = await employer.collection("jobs").getOne(byURL.id);
        assert.ok(new Date(renewed.deadline) - Date.now() > 29 * 86_400_000, renewed.deadline);
        assert.deepEqual([renewed.publicationCount, renewed.publishedAt], [1, byURL.publishedAt]);
        await app.page.getByRole("button", { name: /^Duplicate/ }).click();
        await app.heading("Edit the job");
        const [made] = (await employer.collection("jobs").getList(1, 1, { filter: 'status = "draft"' })).items;
        assert.deepEqual([made.title, made.applyUrl, made.deadline, made.publicationCount], ["Turner", elsewhere, "", 0]);
        await app.page.getByLabel("Publish later").fill("2099-01-01T10:00");
        await app.page.getByRole("button", { name: "Save as draft" }).click();
        await app.heading("Turner");
        assert.match((await employer.collection("jobs").getOne(made.id)).publishAt, /^20(98|99)-/);
        await app.close();
    });
});
