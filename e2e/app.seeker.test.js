// What seekers see of the client; what is checked is in views.js.
import { after, before, test } from "node:test";
import { check, newViews } from "./views.js";

let views;
before(async () => {
    views = await newViews();
});
after(() => views?.remove());

test("a seeker's views are accessible", async () => {
    const app = await views.open("sam.seeker@example.org");
    await views.walk(app, [
        ["search", "3 jobs"], ["jobs/JOB", "Turner"], ["jobs/JOB/apply", "Apply: Turner"], ["applications", "Applications"], ["applications/APPLICATION", "Turner"],
        ["saved", "Saved"], ["me/profile", "Profile"], ["employer", "Not for this account"],
    ]);
    await app.close();
});

test("so are those of a seeker who has nothing yet", async () => {
    const app = await views.open("nora.new@example.org");
    await views.walk(app, [["applications", "Applications"], ["saved", "Saved"], ["notifications", "Notifications"]]);
    await app.close();
});

test("so are a dialog and what is suggested", async () => {
    const app = await views.open("sam.seeker@example.org");
    await app.go("search");
    await app.page.getByRole("button", { name: "Save this search" }).click();
    await app.page.getByRole("dialog").waitFor();
    await check(app.page, "dialog");
    await app.page.keyboard.press("Escape");
    await app.page.getByRole("combobox", { name: "What" }).fill("turn");
    await app.page.getByRole("option").first().waitFor();
    await check(app.page, "suggestions");
    await app.close();
});
