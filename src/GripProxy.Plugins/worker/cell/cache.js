// @ts-check
/** `cache` of a plugin (plugins-api.md 3.2). Each call asks the host at once, so that calls nobody waits for are done in their order too. */
import { IllegalOperationError } from '../shared/errors.js';

const stringify = JSON.stringify;
const parse = JSON.parse;
const isArray = Array.isArray;

const mostPushed = 1000;

/** @typedef {import('./services.js').Ask} Ask */
/** @typedef {{jsonSerialize?: boolean}} CacheOptions */

/** @param {Ask} ask */
export function makeCache(ask) {
  return {
    /**
     * @param {string} key
     * @param {any} value
     * @param {number} [ttlSeconds]
     * @param {CacheOptions} [options]
     */
    set: async (key, value, ttlSeconds, options) => {
      const ttl = ttlSeconds === undefined || ttlSeconds === null ? undefined : number(ttlSeconds, 'cache.set');
      await ask('cache.set', { key: text(key), value: serialize(value, options), ttl });
    },
    /**
     * @param {string} key
     * @param {any} [fallback]
     * @param {CacheOptions} [options]
     */
    get: async (key, fallback, options) => {
      const stored = await ask('cache.get', { key: text(key) });
      if (stored === undefined) return fallback === undefined ? null : fallback;
      return stored === null || options?.jsonSerialize === false ? stored : parse(stored);
    },
    incr: async (/** @type {string} */ key) => await ask('cache.incr', { key: text(key) }),
    expire: async (/** @type {string} */ key, /** @type {number} */ ttlSeconds) =>
      await ask('cache.expire', { key: text(key), ttl: number(ttlSeconds, 'cache.expire') }),
    lpush: async (/** @type {string} */ key, /** @type {string | string[]} */ values) => {
      if (typeof values !== 'string' && !isArray(values)) throw new Error('cache.lpush expects a string value or an array of strings');
      if (values.length > mostPushed && isArray(values)) throw new IllegalOperationError(`cache.lpush takes ${mostPushed} elements at most`);
      return await ask('cache.lpush', { key: text(key), values: (isArray(values) ? [...values] : [values]).map(text) });
    },
    lrange: async (/** @type {string} */ key, /** @type {number} */ start, /** @type {number} */ end) =>
      await ask('cache.lrange', { key: text(key), start: number(start, 'cache.lrange'), end: number(end, 'cache.lrange') }),
    llen: async (/** @type {string} */ key) => await ask('cache.llen', { key: text(key) }),
    lpop: async (/** @type {string} */ key, /** @type {number} */ count) => await ask('cache.lpop', { key: text(key), count: number(count, 'cache.lpop') }),
    lrem: async (/** @type {string} */ key, /** @type {number} */ count, /** @type {string} */ element) =>
      await ask('cache.lrem', { key: text(key), count: number(count, 'cache.lrem'), value: text(element) }),
  };
}

/**
 * What is stored: JSON, or the text itself; null for nothing.
 * @param {any} value
 * @param {CacheOptions} [options]
 */
function serialize(value, options) {
  if (value === undefined || value === null) return null;
  if (options?.jsonSerialize === false) return text(value);
  const json = stringify(value);
  return json === undefined ? null : json;
}

/**
 * Halves of characters are nothing that could be kept.
 * @param {any} value
 */
function text(value) {
  return /** @type {any} */ (`${value}`).toWellFormed();
}

/**
 * @param {any} value
 * @param {string} call
 */
function number(value, call) {
  if (typeof value !== 'number' || value !== value) throw new TypeError(`${call} expects a number`);
  return Math.min(1e9, Math.max(-1e9, value));
}
