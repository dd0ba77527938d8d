// @ts-check
/** Which event is being processed, also behind `await` and in timers, so that what is captured is known to come of it (plugins-api.md 3.9). */

const { AsyncLocalStorage } = /** @type {any} */ (globalThis).process.getBuiltinModule('node:async_hooks');
const storage = new AsyncLocalStorage();
const run = storage.run.bind(storage);
const current = storage.getStore.bind(storage);

/** @typedef {{ticket: number, index: number}} Parent the host's name for an event that is under way */

/**
 * Calls a function, during which and in all that it begins the event is the parent.
 * @template T
 * @param {Parent} parent
 * @param {() => T} call
 * @returns {T}
 */
export function during(parent, call) {
  return run(parent, call);
}

/** @returns {Parent | undefined} */
export function parent() {
  return current();
}
