// What the people in the tests do: register, log in, listen.
import assert from "node:assert/strict";

const password = "correct horse battery staple";
const arrivalTimeout = 5_000; // ms

/** register creates a user with a role through the SDK and resolves to a client that is logged in as that user. */
export async function register(board, name, role) {
    const client = board.client();
    const email = `${name.toLowerCase().replace(/\W+/g, ".")}@example.org`;
    await client.collection("users").create({ email, password, passwordConfirm: password, name, role });
    await client.collection("users").authWithPassword(email, password);
    return client;
}

/** login opens another session of the same user. */
export async function login(board, client) {
    const other = board.client();
    await other.collection("users").authWithPassword(client.authStore.record.email, password);
    return other;
}

/** me returns the id of the user that the client is logged in as. */
export function me(client) {
    return client.authStore.record.id;
}

/**
 * listen subscribes to the client's notifications. next(kind) resolves to the oldest notification of that kind that
 * it has not returned yet; all holds every notification that arrived.
 */
export async function listen(client) {
    const all = [];
    const taken = new Set();
    let wake = () => {};
    await client.collection("notifications").subscribe("*", (event) => {
        if (event.action === "create") {
            all.push(event.record);
            wake();
        }
    });
    return {
        all,
        /** stop ends the subscription, which would keep the process alive. */
        stop: () => client.realtime.unsubscribe(),
        async next(kind) {
            const deadline = Date.now() + arrivalTimeout;
            for (;;) {
                const found = all.find((record) => record.kind === kind && !taken.has(record.id));
                if (found) {
                    taken.add(found.id);
                    return found;
                }
                const left = deadline - Date.now();
                assert.ok(left > 0, `no ${kind} arrived; these did: ${all.map((record) => record.kind).join(", ") || "none"}`);
                await new Promise((resolve) => {
                    const giveUp = setTimeout(resolve, left);
                    wake = () => {
                        clearTimeout(giveUp);
                        resolve();
                    };
                });
            }
        },
    };
}

/** refused runs call, which must fail with this status, and resolves to the SDK's error. */
export async function refused(status, call) {
    try {
        await call();
    } catch (error) {
        assert.equal(error.status, status, `${error.status} ${JSON.stringify(error.response)}`);
        return error;
    }
    assert.fail(`was not refused with ${status}`);
}

/** pdf returns a small but valid PDF file. */
export function pdf(name) {
    const body = [
        "%PDF-1.4",
        "1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj",
        "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj",
        "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj",
        "trailer<</Root 1 0 R>>",
        "%%EOF",
    ].join("\n");
    return new File([body], name, { type: "application/pdf" });
}
