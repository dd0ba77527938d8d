// @ts-check
/** `metrics` of a plugin (plugins-api.md 3.4): what it declares, and the kinds of call that its kind allows. */
import { IllegalOperationError } from '../shared/errors.js';

/** @typedef {import('./services.js').Ask} Ask */
/** @typedef {Record<string, string>} Declared kind by name */

const verbs = /** @type {Record<string, string>} */ ({ sum: 'increment', max: 'max', min: 'min' });

const ofExports = { events_seen: 'sum', events_delivered_successfully: 'sum', undelivered_events: 'sum', retry_errors: 'sum', other_errors: 'sum' };

/**
 * What the exports declare.
 * @param {any} exported
 * @returns {Declared}
 */
export function declaredMetrics(exported) {
  /** @type {Declared} */
  const declared = typeof exported?.exportEvents === 'function' ? { ...ofExports } : {};
  for (const [name, kind] of Object.entries(exported?.metrics ?? {})) {
    const known = typeof kind === 'string' ? kind.toLowerCase() : '';
    if (!Object.hasOwn(verbs, known)) throw new IllegalOperationError(`the metric '${name}' must be sum, max or min`);
    declared[name] = known;
  }
  return declared;
}

/**
 * @param {Ask} ask
 * @param {() => Declared} declared
 */
export function makeMetrics(ask, declared) {
  const call = (/** @type {string} */ name, /** @type {string} */ verb) => async (/** @type {any} */ value) => {
    const kind = Object.hasOwn(declared(), name) ? declared()[name] : undefined;
    if (kind === undefined) throw new IllegalOperationError(`the metric '${name}' is not declared`);
    if (verbs[kind] !== verb) throw new IllegalOperationError(`the metric '${name}' is a ${kind}: call ${verbs[kind]}`);
    if (typeof value !== 'number' || !Number.isFinite(value)) throw new TypeError('a metric takes a number');
    await ask('metrics.add', { name, kind, value });
  };
  return new Proxy({}, {
    get: (_, name) => typeof name === 'string' ? { increment: call(name, 'increment'), max: call(name, 'max'), min: call(name, 'min') } : undefined,
  });
}
