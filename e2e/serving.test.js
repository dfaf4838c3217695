// The binary itself: it starts, responds, stops, and exits with the right code.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { newBoard } from "./board.js";

let board;
before(async () => {
    board = await newBoard();
    await board.start();
});
after(() => board.remove());

test("a guest sees an empty list of jobs on a new board", async () => {
    const jobs = await board.client().collection("jobs").getList();
    assert.equal(jobs.totalItems, 0);
});

test("the admin UI is served", async () => {
    const answer = await fetch(board.url + "/_/");
    assert.equal(answer.status, 200);
    assert.match(answer.headers.get("content-type"), /text\/html/);
});

test("health succeeds while the board runs and fails otherwise", async () => {
    const up = await board.run("health", "--http", new URL(board.url).host);
    assert.equal(up.code, 0, up.stderr);
    const down = await board.run("health", "--http", "127.0.0.1:1");
    assert.equal(down.code, 1);
});

test("failing commands exit with 1", async () => {
    for (const args of [["nosuch"], ["serve", "--nosuch"], ["superuser", "upsert"], ["serve", "--http", "127.0.0.1:99999"]]) {
        const result = await board.run(...args);
        assert.equal(result.code, 1, `${args.join(" ")} exits with ${result.code}`);
        assert.notEqual(result.stderr, "", `${args.join(" ")} prints no reason`);
    }
});

test("an invalid configuration stops the start and names the variable", async () => {
    const wrong = await newBoard({ env: { JOBBOARD_URL: "nowhere", JOBBOARD_SMTP_PORT: "0" } });
    try {
        const result = await wrong.run("serve", "--http", "127.0.0.1:0");
        assert.equal(result.code, 1);
        assert.match(result.stderr, /JOBBOARD_URL/);
        assert.match(result.stderr, /JOBBOARD_SMTP_PORT/);
    } finally {
        await wrong.remove();
    }
});

test("the board stops cleanly when asked to", async () => {
    assert.equal(await board.stop(), 0);
});
