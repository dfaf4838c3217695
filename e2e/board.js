// Starts and stops the real binary, each time with its own data folder, and opens SDK clients on it.
import { execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { EventSource } from "eventsource";
import PocketBase, { BaseAuthStore } from "pocketbase";

// The SDK's realtime needs EventSource, which Node 20 does not have.
globalThis.EventSource = EventSource;

const project = fileURLToPath(new URL("..", import.meta.url));
const startTimeout = 20_000; // ms; a cold start migrates and seeds an empty database
export const demoTimeout = 60_000; // ms; the demo board also fills it with companies, people and their stories

/** binary returns the path of the board's binary: JOBBOARD_BIN, or a fresh build. */
function binary() {
    if (process.env.JOBBOARD_BIN) {
        return process.env.JOBBOARD_BIN;
    }
    const built = path.join(project, "dist", "jobboard");
    execFileSync("go", ["build", "-o", built, "."], {
        cwd: project,
        env: { ...process.env, CGO_ENABLED: "0" },
        stdio: ["ignore", "inherit", "inherit"],
    });
    return built;
}

/** environment is this process's environment without JOBBOARD_* variables, plus those of the test. */
function environment(extra) {
    const own = Object.entries(process.env).filter(([name]) => !name.startsWith("JOBBOARD_"));
    return { ...Object.fromEntries(own), ...extra };
}

async function freePort() {
    const probe = createServer();
    probe.listen(0, "127.0.0.1");
    await once(probe, "listening");
    const { port } = probe.address();
    probe.close();
    await once(probe, "close");
    return port;
}

/**
 * newBoard makes an empty data folder, dir, which the binary is run from. run(args) runs any command on it and resolves to {code, stdout, stderr};
 * start(flags) serves it, restart() serves it again, and remove() stops the server and deletes the folder. The command "demo" serves
 * the demo board.
 */
export async function newBoard({ env = {}, command = "serve" } = {}) {
    const bin = binary();
    const dir = await mkdtemp(path.join(tmpdir(), "jobboard-e2e-"));
    let server = null;
    let output = "";

    const board = {
        dir,
        url: "",
        output: () => output,

        run(...args) {
            return new Promise((resolve) => {
                execFile(bin, ["--dir", dir, ...args], { cwd: dir, env: environment(env), timeout: 60_000 }, (error, stdout, stderr) => {
                    resolve({ code: error ? (error.code ?? error.signal) : 0, stdout, stderr });
                });
            });
        },

        async start(...flags) {
            const port = await freePort();
            board.url = `http://127.0.0.1:${port}`;
            output = "";
            server = spawn(bin, ["--dir", dir, command, "--http", `127.0.0.1:${port}`, ...flags], {
                cwd: dir,
                env: environment(env),
                stdio: ["ignore", "pipe", "pipe"],
            });
            server.stdout.on("data", (chunk) => (output += chunk));
            server.stderr.on("data", (chunk) => (output += chunk));
            await board.healthy();
        },

        async healthy() {
            const deadline = Date.now() + (command === "demo" ? demoTimeout : startTimeout);
            while (server.exitCode === null && Date.now() < deadline) {
                const healthy = await fetch(board.url + "/api/health").then((answer) => answer.ok, () => false);
                if (healthy) {
                    return;
                }
                await new Promise((resolve) => setTimeout(resolve, 25));
            }
            throw new Error(`the board did not start:\n${output}`);
        },

        /** stop ends the server as a service manager would, and resolves to its exit code. */
        async stop() {
            if (!server) {
                return null;
            }
            const stopping = server;
            server = null;
            if (stopping.exitCode === null && stopping.signalCode === null) {
                stopping.kill("SIGTERM");
                const timeout = setTimeout(() => stopping.kill("SIGKILL"), 10_000);
                await once(stopping, "exit");
                clearTimeout(timeout);
            }
            return stopping.exitCode;
        },

        async restart() {
            await board.stop();
            await board.start();
        },

        async remove() {
            await board.stop();
            await rm(dir, { recursive: true, force: true });
        },

        /** client opens the SDK as a browser tab would: not logged in, with its own session. */
        client() {
            const client = new PocketBase(board.url, new BaseAuthStore());
            client.autoCancellation(false);
            return client;
        },
    };
    return board;
}
