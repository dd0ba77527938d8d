// @ts-check
/** Events that plugins make (plugins-api.md 3.9). */
import { parent } from './parents.js';

const stringify = JSON.stringify;
const parse = JSON.parse;
const URL = globalThis.URL;

/** @typedef {import('./services.js').Ask} Ask */

/** @typedef {{host?: string, projectApiKey?: string, personalApiKey?: string, data?: any, headers?: Record<string, string>}} ApiOptions */

/**
 * @param {Ask} ask
 * @param {(url: string, init: object) => Promise<any>} fetch
 */
export function makePosthog(ask, fetch) {
  return {
    api: {
      get: makeCall(fetch, 'GET'),
      post: makeCall(fetch, 'POST'),
      put: makeCall(fetch, 'PUT'),
      delete: makeCall(fetch, 'DELETE'),
    },
    capture: async (/** @type {string} */ event, /** @type {any} */ properties = {}) => {
      await ask('posthog.capture', { event, properties: plain(properties), ...parent() });
    },
  };
}

/**
 * A request to the API of a PostHog.
 * @param {(url: string, init: object) => Promise<any>} fetch
 * @param {string} method
 */
function makeCall(fetch, method) {
  return async (/** @type {string} */ path, /** @type {ApiOptions} */ { host, projectApiKey, personalApiKey, data, headers } = {}) => {
    if (!projectApiKey !== !personalApiKey) throw new Error('posthog.api takes projectApiKey and personalApiKey only together');
    if (!host || !projectApiKey) throw new Error('posthog.api needs host, projectApiKey and personalApiKey: this server has no such API of its own yet');
    const url = new URL(path, host);
    url.searchParams.set('token', projectApiKey);
    /** @type {Record<string, string>} */
    const sent = { Authorization: `Bearer ${personalApiKey}`, ...headers };
    if (data !== undefined) sent['Content-Type'] ??= 'application/json';
    return await fetch(url.href, { method, headers: sent, body: data === undefined ? undefined : stringify(data) });
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
