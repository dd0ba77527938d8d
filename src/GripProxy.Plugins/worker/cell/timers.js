// @ts-check
/** Timers of one install: counted, cleared when it is unloaded, and what they throw stays with it. */

const later = globalThis.setTimeout;
const repeat = globalThis.setInterval;
const soon = /** @type {any} */ (globalThis).setImmediate;
const stopTimeout = globalThis.clearTimeout;
const stopInterval = globalThis.clearInterval;
const stopImmediate = /** @type {any} */ (globalThis).clearImmediate;

/** @typedef {(...values: any[]) => any} Callback */

export class Timers {
  /** @type {Map<any, (handle: any) => void>} */
  #running = new Map();
  #most;
  #failed;

  /**
   * @param {number} most
   * @param {(error: unknown) => void} failed
   */
  constructor(most, failed) {
    this.#most = most;
    this.#failed = failed;
  }

  /** What plugins see, as globals and as the module `timers`. */
  offered() {
    const stop = (/** @type {any} */ handle) => this.#stop(handle);
    return {
      setTimeout: (/** @type {Callback} */ call, /** @type {number} */ delay = 0, /** @type {any[]} */ ...values) =>
        this.#start((fire) => later(fire, delay), stopTimeout, true, call, values),
      setInterval: (/** @type {Callback} */ call, /** @type {number} */ delay = 0, /** @type {any[]} */ ...values) =>
        this.#start((fire) => repeat(fire, delay), stopInterval, false, call, values),
      setImmediate: (/** @type {Callback} */ call, /** @type {any[]} */ ...values) => this.#start((fire) => soon(fire), stopImmediate, true, call, values),
      clearTimeout: stop,
      clearInterval: stop,
      clearImmediate: stop,
    };
  }

  clear() {
    for (const handle of [...this.#running.keys()]) this.#stop(handle);
    this.#most = 0;
  }

  /**
   * @param {(fire: () => void) => any} start
   * @param {(handle: any) => void} stop
   * @param {boolean} once
   * @param {Callback} call
   * @param {any[]} values
   */
  #start(start, stop, once, call, values) {
    if (typeof call !== 'function') throw new TypeError('a timer needs a function');
    if (this.#running.size >= this.#most) throw new RangeError(`a plugin may have ${this.#most} timers at most`);
    const handle = start(() => {
      if (once) this.#running.delete(handle);
      this.#run(call, values);
    });
    this.#running.set(handle, stop);
    return handle;
  }

  /**
   * @param {Callback} call
   * @param {any[]} values
   */
  #run(call, values) {
    try {
      const result = call(...values);
      if (result && typeof result.then === 'function') result.then(undefined, this.#failed);
    } catch (error) {
      this.#failed(error);
    }
  }

  /** @param {any} handle */
  #stop(handle) {
    const stop = this.#running.get(handle);
    if (!stop) return;
    this.#running.delete(handle);
    stop(handle);
  }
}
