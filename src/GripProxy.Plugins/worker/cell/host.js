// @ts-check
import { describe } from '../shared/errors.js';
import { installOf, toSource } from './stack.js';

/** @typedef {import('../shared/frames.js').FrameWriter} FrameWriter */
/** @typedef {{call_ms: number, loop_ms: number, log_rate: number, log_burst: number, log_line: number, max_requests: number, max_timers: number}} Limits */
/** @typedef {{open: number, waiting: (() => void)[]}} Line requests of one install */

const stringify = JSON.stringify;

/** What the cell says to the host, and the answers it waits for. */
export class Host {
  #out;
  #nextRequest = 1;
  /** @type {Map<number, {line: Line, resolve: (value: any) => void, reject: (error: unknown) => void}>} */
  #asked = new Map();
  /** @type {Map<number, Line>} */
  #lines = new Map();

  /**
   * @param {FrameWriter} out
   * @param {Limits} limits
   */
  constructor(out, limits) {
    this.#out = out;
    this.limits = limits;
  }

  /** @param {object} frame */
  send(frame) {
    this.#out.send(frame);
  }

  /** @param {string} json */
  sendText(json) {
    this.#out.sendText(json);
  }

  /**
   * A line of a plugin's log.
   * @param {number} install
   * @param {string} level
   * @param {string} text
   */
  log(install, level, text) {
    this.#out.send({ type: 'log', install, level, text });
  }

  /**
   * Asks the host for something; the promise settles with its answer. Requests of an install go out in the order in which they were made, awaited or
   * not; those beyond what it may have open wait.
   * @param {number} install
   * @param {string} op
   * @param {object} args
   * @returns {Promise<any>}
   */
  request(install, op, args) {
    return new Promise((resolve, reject) => {
      const req = this.#nextRequest++;
      const json = stringify({ type: 'req', req, install, op, args });
      const line = this.#lines.get(install) ?? { open: 0, waiting: [] };
      this.#lines.set(install, line);
      const send = () => {
        line.open++;
        this.#asked.set(req, { line, resolve, reject });
        this.#out.sendText(json);
      };
      if (line.open < this.limits.max_requests) send();
      else line.waiting.push(send);
    });
  }

  /** @param {{req: number, ok?: any, error?: {name: string, message: string}}} frame */
  reply({ req, ok, error }) {
    const asked = this.#asked.get(req);
    if (!asked) return;
    this.#asked.delete(req);
    asked.line.open--;
    asked.line.waiting.shift()?.();
    if (error) asked.reject(Object.assign(new Error(error.message), error));
    else asked.resolve(ok);
  }

  /**
   * An error that no call waits for.
   * @param {unknown} thrown
   * @param {string} about
   */
  stray(thrown, about) {
    const { stack } = describe(thrown);
    this.log(installOf(stack), 'error', `${about}: ${toSource(stack)}`);
  }
}
