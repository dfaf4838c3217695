// Keeps what is shown up to date with the board, whoever changes it.
import { pb } from "../pb.js";
import { follow } from "../stream.js";

/** @typedef {"jobs" | "employers" | "users" | "job_reviews" | "user_reviews" | "import_sources" | "reports"} Name */

const pace = 1_000; // ms; an import may change thousands of jobs a second

/**
 * live calls refresh when records of a collection have changed, at most once in a while, and after a lost connection.
 * @param {Name} name @param {() => Promise<unknown>} refresh @param {AbortSignal} signal
 */
export function live(name, refresh, signal) {
    let waiting = 0;
    const hear = () => {
        waiting ||= window.setTimeout(() => {
            waiting = 0;
            if (!signal.aborted) {
                refresh().catch(() => {}); // the next event, or the next connect, will try again
            }
        }, pace);
    };
    return follow({ subscribe: () => pb.collection(name).subscribe("*", hear), refresh: async () => hear() }, signal);
}
