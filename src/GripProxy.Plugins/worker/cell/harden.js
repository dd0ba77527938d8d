// @ts-check
/** Takes the tempting names away before any plugin loads (plugins.md 5.3). Hygiene among the plugins of one tenant, not a wall. */

const gone = [
  'Worker', 'localStorage', 'sessionStorage', 'caches', 'BroadcastChannel', 'alert', 'confirm', 'prompt', 'close', 'fetch', 'WebSocket',
  'EventSource', 'nodeBootstrap', 'location', 'SharedArrayBuffer',
];

/** @type {any[]} */
const shared = [
  Object, Array, Function, Promise, Map, Set, WeakMap, WeakSet, String, RegExp, Number, Boolean, Symbol, Date, Error, TypeError, RangeError, SyntaxError,
  ReferenceError, JSON, Math, Reflect, Atomics,
];

/** Deletes what plugins shall not find and freezes what they share. */
export function harden() {
  const world = /** @type {any} */ (globalThis);
  for (const name of gone) delete world[name];
  try {
    delete world.Navigator.prototype.gpu;
  } catch {
    // It is not there on every platform.
  }
  for (const value of shared) {
    if (typeof value === 'function' && value.prototype) freeze(value.prototype);
    Object.freeze(value);
  }
}

/**
 * Freezes a prototype so that `own.toString = …` still makes an own property: inherited names that objects commonly take for themselves become
 * accessors whose setter defines the property on the receiver. Symbols and methods keep their place as values, which keeps iteration and `await` fast.
 * @param {any} prototype
 */
function freeze(prototype) {
  for (const name of Object.getOwnPropertyNames(prototype)) {
    const property = Object.getOwnPropertyDescriptor(prototype, name);
    if (!property || !('value' in property) || !property.configurable) continue;
    if (overridden(prototype, name)) Object.defineProperty(prototype, name, ownable(prototype, name, property.value));
  }
  Object.freeze(prototype);
}

/**
 * @param {any} prototype
 * @param {string} name
 */
function overridden(prototype, name) {
  // Every object inherits from Object.prototype, every error from Error.prototype, every function from Function.prototype; the others are inherited
  // by instances of a few classes whose methods nobody assigns, except these names.
  return prototype === Object.prototype || prototype === Function.prototype || 'message' in prototype || name === 'constructor' || name === 'toString' ||
    name === 'toJSON' || name === 'valueOf';
}

/**
 * @param {any} home
 * @param {string} name
 * @param {any} value
 * @returns {PropertyDescriptor}
 */
function ownable(home, name, value) {
  return {
    configurable: false,
    enumerable: false,
    get() {
      return value;
    },
    set(own) {
      if (this === home) throw new TypeError(`Cannot assign to '${name}' of a shared prototype`);
      Object.defineProperty(this, name, { value: own, writable: true, enumerable: true, configurable: true });
    },
  };
}
