// The views of the client on a small board: each opens, and axe looks at those that quality.client.test.js does not have. What is
// checked is in views.js.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { newViews } from "./views.js";

let views;
before(async () => {
    views = await newViews();
});
after(() => views?.remove());

const budget = { script: 60_000, style: 10_000 }; // bytes that the first view loads, compressed

test("a guest's views open", async () => {
    const app = await views.open();
    await views.visit(app, [
        ["search", "3 jobs"], ["jobs/JOB", "Turner"], ["sign-in", "Sign in"], ["register", "Create an account"], ["forgot", "Forgot your password?"],
        ["search?q=astronaut", "0 jobs"], ["nowhere", "Not found"], ["employer", "Sign in"],
    ]);
    await app.close();
});

test("what words were understood as is said in the reader's language", async () => {
    const app = await views.open("", { locale: "de-DE" });
    await app.go("search?q=teilzeit schlosser 40k€ within 30 km of lyon");
    const chips = app.page.getByRole("list", { name: "Verstanden als" }).getByRole("button");
    await chips.first().waitFor();
    const labels = (await chips.allTextContents()).map((text) => text.split("✕")[0].replaceAll(/\s+/g, " ").trim());
    assert.deepEqual(labels, ["Teilzeit", "Ab 40.000 € pro Jahr", "Umkreis 30 km: Lyon, Auvergne-Rhône-Alpes, France"]);
    await app.close();
});

test("what is wrong in a form is said where it is, and leads there", async () => {
    const app = await views.open();
    await app.go("register");
    await app.heading("Create an account");
    await app.page.getByRole("main").getByRole("button", { name: "Create an account" }).click();
    await app.page.getByRole("link", { name: "E-mail: Please fill this in." }).click();
    assert.equal(await app.page.evaluate(() => document.activeElement.id), "field-email");
    await views.check(app.page, "form with a problem");
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

test("a seeker's views open", async () => {
    const app = await views.open("sam.seeker@example.org");
    await views.visit(app, [
        ["search", "3 jobs"], ["jobs/JOB/apply", "Apply: Turner"], ["applications", "Applications"], ["applications/APPLICATION", "Turner"],
        ["saved", "Saved"], ["me/profile", "Profile"], ["employer", "Not for this account"],
    ]);
    await views.inspect(app, [["jobs/JOB", "Turner"]]);
    await app.close();
});

test("those of a seeker who has nothing yet are accessible", async () => {
    const app = await views.open("nora.new@example.org");
    await views.inspect(app, [["applications", "Applications"], ["saved", "Saved"], ["notifications", "Notifications"]]);
    await app.close();
});

test("so are a dialog and what is suggested", async () => {
    const app = await views.open("sam.seeker@example.org");
    await app.go("search");
    await app.page.getByRole("button", { name: "Save this search" }).click();
    await app.page.getByRole("dialog").waitFor();
    await views.check(app.page, "dialog");
    await app.page.keyboard.press("Escape");
    await app.page.getByRole("combobox", { name: "What" }).fill("turn");
    await app.page.getByRole("option").first().waitFor();
    await views.check(app.page, "suggestions");
    await app.close();
});

test("an employer's views open", async () => {
    const app = await views.open("erin.employer@example.org");
    await views.visit(app, [
        ["employer", "Your jobs"], ["employer/company", "Acme Tools"], ["employer/jobs/new", "New job"], ["employer/jobs/JOB", "Turner"],
        ["employer/jobs/JOB/edit", "Edit the job"], ["employer/applications/APPLICATION", "Sam Seeker"], ["notifications", "Notifications"],
    ]);
    await views.inspect(app, [["me", "Account"]]);
    await app.close();
});

test("those of an employer who has nothing yet are accessible", async () => {
    const app = await views.open("otto.own@example.org");
    await views.inspect(app, [["employer", "Your jobs"], ["employer/company", "Add a company"]]);
    await app.close();
});
