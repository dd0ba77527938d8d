// @ts-check
import { describe } from '../shared/errors.js';
import { tell } from './stack.js';

const stringify = JSON.stringify;
const now = Date.now;
const wait = Atomics.wait;
const never = new Int32Array(new SharedArrayBuffer(4));

// So many lines beyond what may be written cost nothing: a hundred times as many as may be. Whoever writes more waits, so that a flood of lines takes the time of its
// plugin and not that of the processors.
const PATIENCE = 100;
const NAP = 10; // milliseconds

/** @typedef {import('./host.js').Host} Host */

/**
 * The `console` of one install: lines go to its log, as many as it may write.
 * @param {number} install
 * @param {Host} host
 * @returns {Record<string, (...values: unknown[]) => void>}
 */
export function makeConsole(install, host) {
  const { log_rate: rate, log_burst: burst, log_line: longest } = host.limits;
  let budget = burst;
  let filled = now();
  let suppressed = 0;
  let patience = PATIENCE * rate;

  /**
   * @param {string} level
   * @param {unknown[]} values
   */
  function write(level, values) {
    const at = now();
    const earned = ((at - filled) * rate) / 1000;
    budget = Math.min(burst, budget + earned);
    patience = Math.min(PATIENCE * rate, patience + PATIENCE * earned);
    filled = at;
    if (budget < 1) {
      suppressed++;
      if (--patience < 0) wait(never, 0, 0, NAP);
      return;
    }
    if (suppressed > 0) {
      host.log(install, 'warn', `${suppressed} lines suppressed`);
      suppressed = 0;
    }
    budget--;
    const text = values.map(show).join(' ');
    host.log(install, level, text.length > longest ? `${text.slice(0, longest)}… (cut)` : text);
  }

  return {
    log: (...values) => write('log', values),
    info: (...values) => write('info', values),
    debug: (...values) => write('debug', values),
    trace: (...values) => write('debug', values),
    warn: (...values) => write('warn', values),
    error: (...values) => write('error', values),
  };
}

/**
 * One argument as text (plugins-api.md 3.6).
 * @param {unknown} value
 * @returns {string}
 */
function show(value) {
  if (typeof value === 'string') return value;
  if (value === null || typeof value !== 'object') return typeof value === 'symbol' ? value.toString() : `${value}`;
  try {
    if (value instanceof Error) return tell(value).stack;
    return stringify(value, acyclic()) ?? '';
  } catch (error) {
    return `[cannot be shown: ${describe(error).message}]`;
  }
}

/** @returns {(this: any, key: string, value: any) => any} */
function acyclic() {
  /** @type {any[]} */
  const path = [];
  return function (_, value) {
    if (typeof value === 'bigint') return `${value}n`;
    if (value === null || typeof value !== 'object') return value;
    while (path.length > 0 && path[path.length - 1] !== this) path.pop();
    if (path.includes(value)) return '[circular]';
    path.push(value);
    return value;
  };
}
