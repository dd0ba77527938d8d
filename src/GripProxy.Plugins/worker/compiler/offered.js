// @ts-check
/** Names that a plugin may import beside its own files (plugins-api.md 4.1); what stands behind them is in `cell/modules.js`. */

const plain = new Set(['@posthog/plugin-scaffold', 'posthog-plugins', '@posthog/plugin-contrib', 'node-fetch']);

const builtins = new Set([
  'crypto', 'url', 'zlib', 'buffer', 'util', 'events', 'querystring', 'path', 'string_decoder', 'assert', 'punycode', 'timers', 'stream',
]);

/** @param {string} name */
export function isOffered(name) {
  return plain.has(name) || builtins.has(name.startsWith('node:') ? name.slice(5) : name);
}
