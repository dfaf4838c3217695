// A value with watchers. All state that views share is kept in such stores.

/**
 * @template T
 * @param {T} value
 */
export function store(value) {
    /** @type {Set<(value: T) => void>} */
    const watchers = new Set();
    return {
        get value() {
            return value;
        },
        /** @param {T} next */
        set(next) {
            value = next;
            watchers.forEach((watcher) => watcher(value));
        },
        /** @param {(value: T) => void} watcher @param {AbortSignal} [until] */
        watch(watcher, until) {
            watchers.add(watcher);
            until?.addEventListener("abort", () => watchers.delete(watcher));
        },
    };
}
