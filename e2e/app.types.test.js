// The client's JSDoc types, checked against those that are made of the board's own OpenAPI document.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { newBoard } from "./board.js";

const here = fileURLToPath(new URL(".", import.meta.url));
const client = path.join(here, "..", "client");

const tool = async (name, ...args) => {
    const run = promisify(execFile)(path.join(here, "node_modules", ".bin", name), args, { cwd: client });
    await run.catch((error) => assert.fail(error.stdout + error.stderr));
};

test("the client's types are right", async () => {
    const board = await newBoard();
    await board.start();
    await mkdir(path.join(client, "types", "app"), { recursive: true });
    await tool("openapi-typescript", `${board.url}/api/openapi.json`, "-o", path.join(client, "types", "app", "board.d.ts"));
    await board.remove();
    await tool("tsc", "-p", "tsconfig.json");
});
