// Runs the tests. Those on the demo board share what one of them fills, in a folder that is deleted at the end.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const demo = mkdtempSync(path.join(tmpdir(), "jobboard-demo-"));
const flags = ["--test", "--test-concurrency=2", "--test-reporter=spec", "--test-timeout=600000"];
const tests = spawn(process.execPath, [...flags, ...process.argv.slice(2)], {
    stdio: "inherit",
    env: { ...process.env, JOBBOARD_E2E_DEMO: demo },
});
for (const signal of ["SIGINT", "SIGTERM"]) {
    process.on(signal, () => tests.kill(signal));
}
tests.on("exit", (code) => {
    rmSync(demo, { recursive: true, force: true });
    process.exit(code ?? 1);
});
