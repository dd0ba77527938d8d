// @ts-check
/** `meta.jobs`: work that a plugin puts off (plugins.md 9.2, plugins-api.md 3.4). */

const stringify = JSON.stringify;
const parse = JSON.parse;

/** @typedef {(op: string, args: object) => Promise<any>} Ask */

const day = 24 * 60 * 60 * 1000;

/** @type {Record<string, number>} */
const units = {
  millisecond: 1,
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day,
  week: 7 * day,
  month: 30 * day,
  quarter: 91 * day,
  year: 365 * day,
};

/**
 * Any name is a job; whether it is one shows when it runs.
 * @param {Ask} ask
 */
export function makeJobs(ask) {
  return new Proxy({}, { get: (_, name) => typeof name === 'string' && name !== 'then' ? (/** @type {any} */ payload) => makeJob(ask, name, payload) : undefined });
}

/**
 * @param {Ask} ask
 * @param {string} name
 * @param {any} payload
 */
function makeJob(ask, name, payload) {
  // Serialised at once: what the plugin changes afterwards is not meant.
  const text = stringify(payload ?? null);
  const enqueue = (/** @type {object} */ when) => ask('jobs.enqueue', { name, payload: parse(text), ...when });
  return {
    runNow: async () => await enqueue({}),
    runIn: async (/** @type {any} */ duration, /** @type {any} */ unit) => await enqueue({ in_ms: milliseconds(duration, unit) }),
    runAt: async (/** @type {any} */ date) => await enqueue({ at_ms: time(date) }),
  };
}

/**
 * @param {any} duration
 * @param {any} unit
 */
function milliseconds(duration, unit) {
  const length = typeof unit === 'string' && Object.hasOwn(units, unit.replace(/s$/, '')) ? units[unit.replace(/s$/, '')] : undefined;
  if (length === undefined) throw new Error(`Unknown time unit: ${String(unit)}`);
  const number = Number(duration);
  if (!Number.isFinite(number)) throw new TypeError('the duration of a job is a number');
  return number * length;
}

/** @param {any} date */
function time(date) {
  const at = new Date(date).getTime();
  if (Number.isNaN(at)) throw new TypeError('the time of a job is a date');
  return at;
}
