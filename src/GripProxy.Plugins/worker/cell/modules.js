// @ts-check
/** What plugins may import beside their own files (plugins-api.md 4.1). */
import { IllegalOperationError, RetryError } from '../shared/errors.js';
import { createBuffer } from './buffer.js';
import { nodeFetch } from './fetch.js';

const builtin = /** @type {any} */ (globalThis).process.getBuiltinModule;

const builtins = new Set([
  'crypto', 'url', 'zlib', 'buffer', 'util', 'events', 'querystring', 'path', 'string_decoder', 'assert', 'punycode', 'stream',
]);

/** @typedef {{timers: import('./timers.js').Timers, fetch: (input: any, init?: any) => Promise<any>}} Offers what modules of an install share with its globals */

/**
 * The module of a name, or undefined if plugins get none of this name.
 * @param {string} name
 * @param {Offers} offers of the install that asks
 * @returns {any}
 */
export function offeredModule(name, offers) {
  switch (name) {
    case '@posthog/plugin-scaffold':
    case 'posthog-plugins':
      return { __esModule: true, RetryError, MetricsOperation: { Sum: 'sum', Max: 'max', Min: 'min' } };
    case '@posthog/plugin-contrib':
      return { __esModule: true, createBuffer: (/** @type {any} */ options) => createBuffer(options, offers.timers.offered()) };
    case 'node-fetch':
      return nodeFetch(offers.fetch);
    case 'timers':
    case 'node:timers':
      return offers.timers.offered();
    default: {
      const plain = name.startsWith('node:') ? name.slice(5) : name;
      return builtins.has(plain) ? builtin(`node:${plain}`) : undefined;
    }
  }
}

/** @param {string} name */
export function refuse(name) {
  return new IllegalOperationError(`Cannot import '${name}'! This package is not provided to plugins.`);
}
