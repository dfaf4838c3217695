// What employers see of the client; what is checked is in views.js.
import { after, before, test } from "node:test";
import { newViews } from "./views.js";

let views;
before(async () => {
    views = await newViews();
});
after(() => views?.remove());

test("an employer's views are accessible", async () => {
    const app = await views.open("erin.employer@example.org");
    await views.walk(app, [
        ["employer", "Your jobs"], ["employer/company", "Acme Tools"], ["employer/jobs/new", "New job"], ["employer/jobs/JOB", "Turner"],
        ["employer/jobs/JOB/edit", "Edit the job"], ["employer/applications/APPLICATION", "Sam Seeker"], ["me", "Account"], ["notifications", "Notifications"],
    ]);
    await app.close();
});

test("so are those of an employer who has nothing yet", async () => {
    const app = await views.open("otto.own@example.org");
    await views.walk(app, [["employer", "Your jobs"], ["employer/company", "Add a company"]]);
    await app.close();
});
