// The OpenAPI document as other programs read it: a linter, and the generator of TypeScript types.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { newBoard } from "./board.js";
import { register } from "./people.js";

const here = fileURLToPath(new URL(".", import.meta.url));
const generated = path.join(here, "generated"); // below node_modules, so that imports find their packages

let board;
before(async () => {
    board = await newBoard();
    await board.start();
    await rm(generated, { recursive: true, force: true });
    await mkdir(generated);
    const document = await fetch(board.url + "/api/openapi.json");
    await writeFile(path.join(generated, "openapi.json"), await document.text());
});
after(() => board.remove());

/** tool runs a program of the development dependencies, or node, in generated/; it resolves to the exit code and output. */
function tool(name, ...args) {
    const program = name === "node" ? process.execPath : path.join(here, "node_modules", ".bin", name);
    const env = { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" };
    return new Promise((resolve) => {
        execFile(program, args, { cwd: generated, env }, (error, stdout, stderr) => {
            resolve({ code: error ? error.code : 0, output: stdout + stderr });
        });
    });
}

/** compile checks a TypeScript file in generated/ and writes its JavaScript. */
function compile(file) {
    return tool("tsc", "--strict", "--skipLibCheck", "--target", "es2022", "--module", "nodenext", file);
}

test("the document passes the linter's strict rules", async () => {
    const lint = await tool("redocly", "lint", "openapi.json", "--config", "../redocly.yaml", "--format", "stylish");
    assert.equal(lint.code, 0, lint.output);
});

test("the README's typed client compiles and runs, and wrong names are refused", async () => {
    const readme = await readFile(path.join(here, "..", "README.md"), "utf8");
    const client = readme.match(/```ts\n(.*?)```/s)[1].replaceAll("http://127.0.0.1:8090", board.url);
    const made = await tool("openapi-typescript", board.url + "/api/openapi.json", "-o", "board.ts");
    assert.equal(made.code, 0, made.output);
    await writeFile(path.join(generated, "package.json"), '{"type": "module"}');
    await writeFile(path.join(generated, "client.ts"), client);

    const wrong = [
        'console.log((await pb.collection("jobs").getOne("")).titel);',
        'console.log((await pb.collection("jobs").getOne("")).expand?.seeker);',
        'pb.collection("posts");',
        "console.log(found.rows);",
        "console.log(found.items[0]?.salary);",
        'const status: Schemas["Application"]["status"] = "lost";',
        'const made: Schemas["NewJob"] = { title: "Gopher" };',
    ];
    await writeFile(path.join(generated, "wrong.ts"), client + wrong.join("\n"));
    const [right, refused] = await Promise.all([compile("client.ts"), compile("wrong.ts")]);
    assert.equal(right.code, 0, right.output);
    const first = client.split("\n").length;
    const lines = [...refused.output.matchAll(/wrong\.ts\((\d+),/g)].map((match) => Number(match[1]));
    assert.deepEqual([...new Set(lines)], wrong.map((_, index) => first + index), refused.output);

    const employer = await register(board, "Ellen", "employer");
    const company = await employer.collection("employers").create({ name: "Acme" });
    await employer.collection("jobs").create({
        employer: company.id, title: "Developer", description: "<p>Write code.</p>", workplace: "remote", jobType: "contract", status: "published",
    });
    const run = await tool("node", "client.js");
    assert.equal(run.code, 0, run.output);
    assert.match(run.output, /^Developer at Acme\n1 \{ contract: 1 \} <mark>Developer<\/mark>\n$/);
});
