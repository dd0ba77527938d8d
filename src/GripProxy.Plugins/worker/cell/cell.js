// @ts-check
import { countAttempt, isRetry } from '../shared/errors.js';
import { runChain } from './chain.js';
import { Install } from './install.js';
import { during } from './parents.js';
import { cancelRun } from './run.js';
import { tell } from './stack.js';

/** @typedef {import('./host.js').Host} Host */

/** The installs of one cell, and what the host may ask of them. */
export class Cell {
  #host;
  /** @type {Map<number, Install>} */
  #installs = new Map();

  /** @param {Host} host */
  constructor(host) {
    this.#host = host;
  }

  /**
   * Begins what a frame asks for and returns; the answer is sent when it is there.
   * @param {any} frame
   */
  handle(frame) {
    switch (frame.type) {
      case 'chain':
        runChain(frame, this.#installs).then((json) => this.#host.sendText(json));
        break;
      case 'call':
        this.#call(frame);
        break;
      case 'load':
        this.#load(frame);
        break;
      case 'unload':
        this.#installs.get(frame.copy)?.unload();
        this.#installs.delete(frame.copy);
        break;
      case 'reply':
        this.#host.reply(frame);
        break;
      case 'cancel':
        cancelRun(frame.run);
        break;
      case 'ping':
        this.#host.send({ type: 'pong' });
        break;
    }
  }

  /** @param {import('./install.js').LoadFrame} frame */
  async #load(frame) {
    const { call, copy } = frame;
    try {
      const install = new Install(frame, this.#host);
      await install.evaluate();
      const capabilities = install.capabilities();
      this.#installs.set(copy, install);
      this.#host.send({ type: 'loaded', call, capabilities });
    } catch (error) {
      this.#host.send({ type: 'loaded', call, error: tell(error) });
    }
  }

  /** @param {{call: number, copy: number, method: string, args: any[], limit_ms: number, ticket: number, attempt?: [number, number]}} frame */
  async #call({ call, copy, method, args, limit_ms: limit, ticket, attempt }) {
    try {
      const install = this.#installs.get(copy);
      if (!install) throw new Error('the plugin is not loaded');
      const ok = await during({ ticket, index: 0 }, () => install.call(method, args, limit));
      this.#host.send({ type: 'result', call, ok: ok ?? null });
    } catch (error) {
      countAttempt(error, attempt);
      this.#host.send({ type: 'result', call, error: { ...tell(error), retry: isRetry(error) } });
    }
  }
}
