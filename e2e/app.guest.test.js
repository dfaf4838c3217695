// What guests see of the client, and what it loads first; what is checked is in views.js.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { check, newViews } from "./views.js";

let views;
before(async () => {
    views = await newViews();
});
after(() => views?.remove());

const budget = { script: 60_000, style: 10_000 }; // bytes that the first view loads, compressed

test("a guest's views are accessible", async () => {
    const app = await views.open();
    await views.walk(app, [
        ["search", "3 jobs"], ["jobs/JOB", "Turner"], ["sign-in", "Sign in"], ["register", "Create an account"], ["forgot", "Forgot your password?"],
        ["search?q=astronaut", "0 jobs"], ["nowhere", "Not found"], ["employer", "Sign in"],
    ]);
    await app.close();
});

test("what is wrong in a form is said where it is, and leads there", async () => {
    const app = await views.open();
    await app.go("register");
    await app.heading("Create an account");
    await app.page.getByRole("main").getByRole("button", { name: "Create an account" }).click();
    await app.page.getByRole("link", { name: "E-mail: Please fill this in." }).click();
    assert.equal(await app.page.evaluate(() => document.activeElement.id), "field-email");
    await check(app.page, "form with a problem");
    await app.close();
});

test("the first view loads no more than agreed", async () => {
    const app = await views.open();
    await app.heading("3 jobs");
    const loaded = await app.page.evaluate(() => performance.getEntriesByType("resource").map(({ name, encodedBodySize }) => [new URL(name).pathname, encodedBodySize]));
    for (const [kind, ending] of [["script", /\.m?js$/], ["style", /\.css$/]]) {
        const sum = loaded.filter(([path]) => ending.test(path)).reduce((total, [, size]) => total + size, 0);
        if (process.env.JOBBOARD_PICTURES) {
            console.log(`${kind}: ${sum} bytes of ${budget[kind]}`);
        }
        assert.ok(sum > 1_000 && sum <= budget[kind], `${kind}: ${sum} bytes of ${budget[kind]}`);
    }
    await app.close();
});
