// @ts-check
/** The global names of one install (plugins-api.md 3.11). */
import { RetryError } from '../shared/errors.js';
import { makeConsole } from './console.js';

const clock = performance.now.bind(performance);

/** @typedef {import('./host.js').Host} Host */
/** @typedef {import('./timers.js').Timers} Timers */

/**
 * @param {number} install
 * @param {Host} host
 * @param {Timers} timers
 * @param {Record<string, any>} services global names that ask the host
 * @returns {Record<string, any>}
 */
export function makeScope(install, host, timers, services) {
  const limit = host.limits.loop_ms;
  /** @type {Record<string, any>} */
  const scope = {
    ...timers.offered(),
    console: makeConsole(install, host),
    process: makeProcess(),
    // Shadowed and not deleted: modules of the runtime load late and ask for it.
    Deno: undefined,
    RetryError,
    ...services,
    __loop: (/** @type {number} */ since, /** @type {number} */ line, /** @type {number} */ column) => guardLoop(since, line, column, limit),
  };
  const world = { ...standardNames(), ...scope };
  world.global = world.globalThis = world.self = world;
  return { ...scope, global: world, globalThis: world, self: world };
}

/** What is left of Node's `process`: nothing that acts. */
function makeProcess() {
  const start = clock();
  const hrtime = (/** @type {[number, number]} */ since = [0, 0]) => elapsed(since, clock() - start);
  hrtime.bigint = () => BigInt(Math.round((clock() - start) * 1e6));
  return {
    env: {},
    version: 'v22.0.0',
    versions: { node: '22.0.0' },
    platform: 'linux',
    argv: [],
    nextTick: (/** @type {any} */ call, /** @type {any[]} */ ...values) => queueMicrotask(() => call(...values)),
    hrtime,
  };
}

/** The names of the language and the platform, as members of the object that a plugin sees as its global one. */
function standardNames() {
  /** @type {Record<string, any>} */
  const names = {};
  for (const name of Object.getOwnPropertyNames(globalThis)) {
    if (!/^(self|window|Window|global|globalThis|on.*|name|closed|navigator|Deno|process)$/.test(name)) names[name] = /** @type {any} */ (globalThis)[name];
  }
  return names;
}

/**
 * Called by compiled loops every 1024 rounds: notes when the loop was first seen here, and ends it when it goes on for too long.
 * @param {number} since
 * @param {number} line
 * @param {number} column
 * @param {number} limit milliseconds
 */
function guardLoop(since, line, column, limit) {
  const now = clock();
  if (since === 0) return now;
  if (now - since > limit) throw new Error(`Script execution timed out after looping for ${limit / 1000} seconds on line ${line}:${column}`);
  return since;
}

/**
 * @param {[number, number]} since
 * @param {number} now milliseconds
 * @returns {[number, number]}
 */
function elapsed(since, now) {
  const seconds = Math.floor(now / 1000) - since[0];
  const nanos = Math.floor((now % 1000) * 1e6) - since[1];
  return nanos < 0 ? [seconds - 1, nanos + 1e9] : [seconds, nanos];
}
