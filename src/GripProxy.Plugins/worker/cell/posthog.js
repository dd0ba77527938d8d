// @ts-check
/** Events that plugins make (plugins-api.md 3.9). */
import { failed, readAnswer } from './fetch.js';
import { parent } from './parents.js';

const stringify = JSON.stringify;
const parse = JSON.parse;
const URL = globalThis.URL;
const entries = Object.entries;

/** @typedef {import('./services.js').Ask} Ask */

/** @typedef {{host?: string, projectApiKey?: string, personalApiKey?: string, data?: any, headers?: Record<string, string>}} ApiOptions */

/**
 * @param {Ask} ask
 * @param {(url: string, init: object) => Promise<any>} fetch
 */
export function makePosthog(ask, fetch) {
  return {
    api: {
      get: makeCall(ask, fetch, 'GET'),
      post: makeCall(ask, fetch, 'POST'),
      put: makeCall(ask, fetch, 'PUT'),
      delete: makeCall(ask, fetch, 'DELETE'),
    },
    capture: async (/** @type {string} */ event, /** @type {any} */ properties = {}) => {
      await ask('posthog.capture', { event, properties: plain(properties), ...parent() });
    },
  };
}

/**
 * A request to the API of a PostHog, or where no host is named, to that of this server.
 * @param {Ask} ask
 * @param {(url: string, init: object) => Promise<any>} fetch
 * @param {string} method
 */
function makeCall(ask, fetch, method) {
  return async (/** @type {string} */ path, /** @type {ApiOptions} */ { host, projectApiKey, personalApiKey, data, headers } = {}) => {
    if (!projectApiKey !== !personalApiKey) throw new Error('posthog.api takes projectApiKey and personalApiKey only together');
    if (host && !projectApiKey) throw new Error('posthog.api with a host needs projectApiKey and personalApiKey');
    const url = new URL(path, host || 'http://gripproxy.invalid');
    /** @type {Record<string, string>} */
    const sent = { ...headers };
    if (projectApiKey) {
      url.searchParams.set('token', projectApiKey);
      sent.Authorization ??= `Bearer ${personalApiKey}`;
    }
    if (data !== undefined) sent['Content-Type'] ??= 'application/json';
    const body = data === undefined ? undefined : stringify(data);
    if (host) return await fetch(url.href, { method, headers: sent, body });
    const { answer, failure } = await ask('posthog.api', { method, path: url.pathname + url.search, headers: entries(sent), body });
    if (failure) throw failed(failure);
    return readAnswer(answer);
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
