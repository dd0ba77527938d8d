// @ts-check
/** Errors as data, whatever was thrown. */

const longest = 8192;

/** @typedef {{name: string, message: string, stack: string}} ErrorText */

/**
 * What can be said of a thrown value. Never throws, even where the value's own members do.
 * @param {unknown} thrown
 * @returns {ErrorText}
 */
export function describe(thrown) {
  if (thrown !== null && (typeof thrown === 'object' || typeof thrown === 'function')) {
    const error = /** @type {any} */ (thrown);
    const name = text(() => error.name) || 'Error';
    const counted = text(() => error.nameWithAttempts);
    const message = text(() => error.message) || text(() => String(error));
    return { name: cut(name), message: cut(message), stack: cut(headed(readable(text(() => error.stack)), counted) || `${counted || name}: ${message}`) };
  }
  const value = text(() => typeof thrown === 'symbol' ? thrown.toString() : `${thrown}`);
  return { name: 'Error', message: cut(value), stack: cut(`thrown value: ${value}`) };
}

/**
 * True for what asks to be called again: by name, so that copies of the class bundled into a plugin count too (plugins-api.md 3.11).
 * @param {unknown} thrown
 */
export function isRetry(thrown) {
  return thrown !== null && typeof thrown === 'object' && text(() => /** @type {any} */ (thrown).name) === 'RetryError';
}

/**
 * Tells a wish to be called again which attempt it ends (plugins-api.md 3.11).
 * @param {unknown} thrown
 * @param {[number, number] | undefined} attempt which, of how many; undefined: nobody counts
 */
export function countAttempt(thrown, attempt) {
  if (!attempt || !isRetry(thrown)) return;
  try {
    Object.assign(/** @type {object} */ (thrown), { _attempt: attempt[0], _maxAttempts: attempt[1] });
  } catch {
    // Frozen, or with setters of its own: it goes without.
  }
}

/** What a plugin throws to be called again later. */
export class RetryError extends Error {
  /** @param {string} [message] */
  constructor(message) {
    super(message);
    this.name = 'RetryError';
    /** @type {number | undefined} */
    this._attempt = undefined;
    /** @type {number | undefined} */
    this._maxAttempts = undefined;
  }

  get nameWithAttempts() {
    return this._attempt && this._maxAttempts ? `RetryError (attempt ${this._attempt}/${this._maxAttempts})` : 'RetryError';
  }

  /** @override */
  toString() {
    return `${this.nameWithAttempts}: ${this.message}`;
  }
}

/** A rule of the API that a plugin broke. */
export class IllegalOperationError extends Error {
  /** @param {string} message */
  constructor(message) {
    super(message);
    this.name = 'IllegalOperationError';
  }
}

/** A call that took longer than it may. */
export class TimeoutError extends Error {
  /** @param {string} message */
  constructor(message) {
    super(message);
    this.name = 'TimeoutError';
  }
}

/**
 * A stack with the lines of plugins only: the runtime marks evaluated code, and lines of this program help nobody.
 * @param {string} stack
 */
function readable(stack) {
  return stack.replaceAll(', <anonymous>:', ':').split('\n').filter((line) => !/^\s+at .*(file:|ext:|node:)/.test(line)).join('\n');
}

/**
 * A stack with the name that its error goes by now.
 * @param {string} stack
 * @param {string} name
 */
function headed(stack, name) {
  return name ? stack.replace(/^\w*Error(?=:)/, () => name) : stack;
}

/** @param {() => unknown} get */
function text(get) {
  try {
    const value = get();
    return typeof value === 'string' ? value : '';
  } catch {
    return '';
  }
}

/** @param {string} value */
function cut(value) {
  return value.length > longest ? `${value.slice(0, longest)}…` : value;
}
