// @ts-check
/** Events that plugins make (plugins-api.md 3.9). */
import { parent } from './parents.js';

const stringify = JSON.stringify;
const parse = JSON.parse;

/** @typedef {import('./services.js').Ask} Ask */

/** @param {Ask} ask */
export function makePosthog(ask) {
  return {
    capture: async (/** @type {string} */ event, /** @type {any} */ properties = {}) => {
      await ask('posthog.capture', { event, properties: plain(properties), ...parent() });
    },
  };
}

/**
 * What `processEventBatch` gave beside the event: each becomes one of its own.
 * @param {Ask} ask
 * @param {any[]} events
 */
export async function captureSurplus(ask, events) {
  for (const event of events) await ask('posthog.surplus', { event: plain(event), ...parent() });
}

/**
 * As it is now: what the plugin changes afterwards is not meant.
 * @param {any} value
 */
function plain(value) {
  const json = stringify(value);
  return json === undefined ? undefined : parse(json);
}
