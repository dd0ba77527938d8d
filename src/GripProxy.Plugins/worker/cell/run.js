// @ts-check
/** Long runs (plugins.md 9.4): `meta.runs`, and what the function of one is given beside payload and meta. */

const stringify = JSON.stringify;
const parse = JSON.parse;
const { AbortController } = globalThis;
const abort = AbortController.prototype.abort;

/** @typedef {(op: string, args: object) => Promise<any>} Ask */

/** Those under way in this cell, by number. @type {Map<number, AbortController>} */
const under = new Map();

/** @param {Ask} ask */
export function makeRuns(ask) {
  return {
    start: async (/** @type {any} */ name, /** @type {any} */ payload) => await ask('runs.start', { name: `${name}`, payload: parse(stringify(payload ?? null)) }),
  };
}

/**
 * Runs one: it can be told to end as long as its function has not ended.
 * @param {Ask} ask
 * @param {{id: number, last?: any}} about
 * @param {(run: object) => any} call
 */
export async function carryOut(ask, { id, last }, call) {
  const controller = new AbortController();
  under.set(id, controller);
  const run = {
    id,
    last,
    signal: controller.signal,
    get cancelled() {
      return controller.signal.aborted;
    },
    progress: async (/** @type {any} */ value, text = '') => {
      if (typeof value !== 'number' || Number.isNaN(value)) throw new TypeError('the progress of a run is a number from 0 to 1');
      await ask('run.progress', { run: id, value: Math.min(Math.max(value, 0), 1), text: /** @type {any} */ (`${text}`).toWellFormed() });
    },
    // Serialised at once: what the plugin changes afterwards is not meant.
    checkpoint: async (/** @type {any} */ value) => await ask('run.checkpoint', { run: id, value: parse(stringify(value ?? null)) }),
  };
  try {
    return await call(run);
  } finally {
    if (under.get(id) === controller) under.delete(id);
  }
}

/**
 * Tells a run to end.
 * @param {number} id
 */
export function cancelRun(id) {
  const controller = under.get(id);
  if (controller) abort.call(controller);
}
