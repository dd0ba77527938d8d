// @ts-check
/** What a plugin may ask of the host (plugins-api.md 3). */
import { makeCache } from './cache.js';
import { makeFetch, Response } from './fetch.js';
import { makeJobs } from './jobs.js';
import { makeMetrics } from './metrics.js';
import { makePosthog } from './posthog.js';
import { makeRuns } from './run.js';

const stringify = JSON.stringify;
const parse = JSON.parse;
const bufferFrom = /** @type {any} */ (globalThis).Buffer.from;

/** @typedef {import('./host.js').Host} Host */

/**
 * Members of a plugin's meta, and global names.
 * @param {number} install
 * @param {Host} host
 * @param {() => import('./metrics.js').Declared} metrics those that the plugin declares
 */
export function makeServices(install, host, metrics) {
  const ask = (/** @type {string} */ op, /** @type {object} */ args) => host.request(install, op, args);
  const grip = makeGrip(ask);
  const fetch = makeFetch(ask);
  return {
    meta: {
      cache: makeCache(ask),
      storage: makeStorage(ask),
      utils: { cursor: makeCursor(ask) },
      jobs: makeJobs(ask),
      runs: makeRuns(ask),
      geoip: makeGeo(ask),
      metrics: makeMetrics(ask, metrics),
      profiles: makeProfiles(ask),
      grip,
    },
    globals: { grip, fetch, Response, posthog: makePosthog(ask, fetch) },
  };
}

/** @typedef {(op: string, args: object) => Promise<any>} Ask */

/** @param {Ask} ask */
function makeGeo(ask) {
  return {
    locate: async (/** @type {string} */ ip) => typeof ip === 'string' ? await ask('geoip.locate', { ip: /** @type {any} */ (ip).toWellFormed() }) ?? null : null,
  };
}

/** @param {Ask} ask */
function makeProfiles(ask) {
  const text = (/** @type {any} */ value) => /** @type {any} */ (`${value}`).toWellFormed();
  const merge = (/** @type {string} */ op) => async (/** @type {string} */ id, /** @type {any} */ value) => {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) throw new TypeError('a profile is an object');
    await ask(op, { id: text(id), value: parse(stringify(value)) });
  };
  return { get: async (/** @type {string} */ id) => await ask('profiles.get', { id: text(id) }) ?? null, set: merge('profiles.set'), setOnce: merge('profiles.set_once') };
}

/** @param {Ask} ask */
function makeStorage(ask) {
  return {
    get: async (/** @type {string} */ key, /** @type {any} */ fallback) => {
      const value = await ask('storage.get', { key: `${key}` });
      return value === undefined ? fallback : value;
    },
    // Serialised at once: what the plugin changes afterwards is not meant.
    set: async (/** @type {string} */ key, /** @type {any} */ value) => {
      const json = stringify(value);
      await ask('storage.set', { key: `${key}`, value: json === undefined ? undefined : parse(json) });
    },
    del: async (/** @type {string} */ key) => {
      await ask('storage.set', { key: `${key}` });
    },
  };
}

/** @param {Ask} ask */
function makeCursor(ask) {
  const number = (/** @type {any} */ value) => {
    if (typeof value !== 'number' || !Number.isFinite(value)) throw new TypeError('a cursor is a number');
    return value;
  };
  return {
    init: async (/** @type {string} */ key, initial = 0) => {
      await ask('storage.init', { key: `${key}`, value: number(initial) });
    },
    increment: async (/** @type {string} */ key, by = 1) => await ask('storage.increment', { key: `${key}`, by: number(by) }),
  };
}

/** @param {Ask} ask */
function makeGrip(ask) {
  return {
    publish: async (/** @type {string | string[]} */ channel, /** @type {any} */ formats, /** @type {any} */ options = {}) => {
      const { id, prev_id, meta, no_seq, sender, delay_ms } = options;
      await ask('grip.publish', {
        channels: Array.isArray(channel) ? channel : [channel],
        delay_ms,
        text: typeof formats === 'string' ? formats : undefined,
        item: {
          formats: expand(formats),
          id,
          'prev-id': prev_id,
          meta: sender === undefined ? meta : { ...meta, sender },
          'no-seq': no_seq,
        },
      });
    },
    subscribers: async (/** @type {string} */ channel) => await ask('grip.subscribers', { channel: /** @type {any} */ (`${channel}`).toWellFormed() }),
    sse: sseText,
  };
}

/**
 * Formats as the control port takes them.
 * @param {any} formats
 */
function expand(formats) {
  if (typeof formats === 'string') {
    return {
      'http-stream': { content: `${formats}\n` },
      'ws-message': { content: formats },
      'http-response': { headers: { 'Content-Type': 'text/plain' }, body: formats },
    };
  }
  /** @type {Record<string, any>} */
  const expanded = {};
  for (const [name, format] of Object.entries(formats)) {
    expanded[name] = typeof format === 'string' ? { [name === 'http-response' ? 'body' : 'content']: format } : withText(format);
  }
  return expanded;
}

/**
 * Bytes become Base64.
 * @param {any} format
 */
function withText(format) {
  if (format === null || typeof format !== 'object') return format;
  const copy = { ...format };
  for (const name of ['content-bin', 'body-bin']) {
    if (copy[name] instanceof Uint8Array) copy[name] = bufferFrom(copy[name]).toString('base64');
  }
  return copy;
}

/**
 * The text of one server-sent event. Line ends in single-line fields would begin other fields.
 * @param {{event?: string, data?: any, id?: string, retry?: number}} fields
 */
function sseText({ event, data, id, retry }) {
  const line = (/** @type {string} */ name, /** @type {any} */ value) => value === undefined ? '' : `${name}: ${`${value}`.replace(/[\r\n\0]/g, ' ')}\n`;
  const text = typeof data === 'string' ? data : stringify(data);
  const lines = data === undefined ? '' : text.split(/\r\n|\r|\n/).map((one) => `data: ${one}\n`).join('');
  return `${line('event', event)}${line('id', id)}${line('retry', retry)}${lines}\n`;
}
