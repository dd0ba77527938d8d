// @ts-check
import { countAttempt, IllegalOperationError, isRetry } from '../shared/errors.js';
import { copyEvent, isPlain, joinPersonProperties, personProperties, settlePersonProperties, withoutCopies } from './event.js';
import { during } from './parents.js';
import { captureSurplus } from './posthog.js';
import { tell } from './stack.js';
import { within } from './within.js';

const stringify = JSON.stringify;
const clock = performance.now.bind(performance);
const later = globalThis.setTimeout;

/** @typedef {import('./install.js').Install} Install */

/**
 * @typedef {object} ChainFrame
 * @property {number} call
 * @property {number[]} copies the plugins in their order
 * @property {any[]} events
 * @property {number} limit_ms
 * @property {boolean} goes_on the events have passed other plugins of the chain before
 * @property {number} ticket the host's name for this call
 * @property {number[]} [attempts] for each event which attempt it is
 * @property {number} [max_attempts] of how many
 * @property {number[]} [captured_by] for each event the install that captured it; 0: none did
 */

/** Sequences of one sender each that may be under way at once (plugins.md 5.2). */
const lanesAtOnce = 10;

/** Milliseconds after which a batch lets in what came meanwhile: a call that somebody waits for, or a ping. */
const slice = 20;

/**
 * Runs the `processEvent` chain over a batch. Events of one distinct id go one after another; others may overlap where a plugin waits.
 * @param {ChainFrame} frame
 * @param {Map<number, Install>} installs
 * @returns {Promise<string>} the frame to answer with, as JSON
 */
export async function runChain(frame, installs) {
  const steps = frame.copies.map((copy) => new Step(copy, installs.get(copy)));
  const lanes = [...byDistinctId(frame.events).values()];
  /** @type {string[]} */
  const results = new Array(frame.events.length);
  let next = 0;
  let begun = clock();
  const runLanes = async () => {
    while (next < lanes.length) {
      for (const index of lanes[next++]) {
        results[index] = await during({ ticket: frame.ticket, index }, () => runEvent(index, steps, frame));
        if (clock() - begun > slice) {
          await new Promise((resolve) => later(resolve, 0));
          begun = clock();
        }
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(lanesAtOnce, lanes.length) }, runLanes));
  return `{"type":"result","call":${frame.call},"events":[${results.join(',')}]}`;
}

/** @param {any[]} events */
function byDistinctId(events) {
  /** @type {Map<any, number[]>} */
  const lanes = new Map();
  events.forEach((event, index) => {
    const lane = lanes.get(event.distinct_id);
    if (lane) lane.push(index);
    else lanes.set(event.distinct_id, [index]);
  });
  return lanes;
}

/** One plugin of a chain. */
class Step {
  #batch;
  #method;

  /**
   * @param {number} copy
   * @param {Install | undefined} install
   */
  constructor(copy, install) {
    this.copy = copy;
    this.install = install;
    this.label = install?.label ?? '';
    this.#batch = install !== undefined && !install.method('processEvent');
    this.#method = install?.method(this.#batch ? 'processEventBatch' : 'processEvent');
  }

  get runs() {
    return this.#method !== undefined;
  }

  /**
   * @param {any} event
   * @param {number} limit
   */
  call(event, limit) {
    const method = /** @type {(...values: any[]) => any} */ (this.#method);
    const meta = /** @type {Install} */ (this.install).meta();
    const result = this.#batch ? method([event], meta) : method(event, meta);
    if (!result || typeof result.then !== 'function') return this.#one(result);
    return within(result, limit, this.#batch ? 'processEventBatch' : 'processEvent').then((value) => this.#one(value));
  }

  /**
   * True if the plugin shall not see the event.
   * @param {any} event
   * @param {number} capturedBy
   */
  ignores(event, capturedBy) {
    const install = /** @type {Install} */ (this.install);
    return (install.skipsOwn && capturedBy === install.id) || install.ignored.has(event.event);
  }

  /**
   * The event that goes on; those beside it are captured.
   * @param {any} result
   */
  #one(result) {
    if (!this.#batch || !result) return result;
    if (!Array.isArray(result)) throw new IllegalOperationError('processEventBatch must return an array');
    if (result.length < 2) return result[0];
    return captureSurplus(/** @type {Install} */ (this.install).ask, result.slice(1)).then(() => result[0]);
  }
}

/**
 * One event through all plugins.
 * @param {number} index its place in the frame
 * @param {Step[]} steps
 * @param {ChainFrame} frame
 */
async function runEvent(index, steps, { events, limit_ms: limit, goes_on: goesOn, captured_by: capturedBy, attempts, max_attempts: most = 0 }) {
  const event = events[index];
  joinPersonProperties(event);
  const progress = new Progress(event, goesOn);
  for (const step of steps) {
    if (!step.runs) continue;
    if (step.ignores(progress.event, capturedBy?.[index] ?? 0)) {
      progress.skipped(step);
      continue;
    }

    const before = copyEvent(progress.event);
    const person = personProperties(progress.event);
    const started = clock();
    try {
      let result = step.call(progress.event, limit);
      if (result && typeof result.then === 'function') result = await result;
      progress.spent(step, started);
      if (result === null || result === undefined || result === false) return progress.dropped(step);
      check(result, before);
      settlePersonProperties(result, person);
      progress.passed(step, result, before);
    } catch (error) {
      progress.spent(step, started);
      if (isRetry(error)) {
        countAttempt(error, attempts && [attempts[index], most]);
        return progress.retry(step, error);
      }

      progress.failed(step, before, error);
    }
  }
  return progress.finished();
}

/**
 * @param {any} result
 * @param {any} before
 */
function check(result, before) {
  if (!isPlain(result)) throw new IllegalOperationError('processEvent must return an event or nothing');
  if (result.team_id !== before.team_id) throw new IllegalOperationError('processEvent must not change team_id');
}

/** How far one event has come, and what is answered about it. Owned by its run. */
class Progress {
  /** @type {string[]} */
  #succeeded = [];
  /** @type {string[]} */
  #failed = [];
  /** @type {object[]} */
  #errors = [];
  /** @type {number[][]} */
  #micros = [];
  /** @type {number[]} */
  #skipped = [];
  #last;

  /**
   * @param {any} event
   * @param {boolean} goesOn
   */
  constructor(event, goesOn) {
    this.event = event;
    if (goesOn) {
      this.#succeeded = event.properties?.$plugins_succeeded ?? [];
      this.#failed = event.properties?.$plugins_failed ?? [];
    }
    this.#last = { copy: 0, before: event };
  }

  /**
   * @param {Step} step
   * @param {number} started
   */
  spent(step, started) {
    this.#micros.push([step.copy, Math.round((clock() - started) * 1000)]);
  }

  /**
   * @param {Step} step
   * @param {any} event
   * @param {any} before
   */
  passed(step, event, before) {
    this.event = event;
    this.#last = { copy: step.copy, before };
    this.#succeeded.push(step.label);
    this.#annotate();
  }

  /**
   * @param {Step} step
   * @param {any} before
   * @param {unknown} error
   */
  failed(step, before, error) {
    this.event = before;
    this.#failed.push(step.label);
    this.#errors.push({ copy: step.copy, ...tell(error) });
    this.#annotate();
  }

  /** @param {Step} step */
  skipped(step) {
    this.#skipped.push(step.copy);
  }

  /** @param {Step} step */
  dropped(step) {
    return this.#answer('null', `,"dropped":${step.copy}`);
  }

  /**
   * @param {Step} step
   * @param {unknown} error
   */
  retry(step, error) {
    this.#errors.push({ copy: step.copy, ...tell(error) });
    return this.#answer('null', `,"retry":${step.copy}`);
  }

  finished() {
    try {
      return this.#answer(stringify(withoutCopies(this.event)), '');
    } catch (error) {
      // A bigint or a cycle: as if the last plugin that passed the event on had thrown.
      this.#errors.push({ copy: this.#last.copy, ...tell(error) });
      return this.#answer(stringify(withoutCopies(this.#last.before)), '');
    }
  }

  #annotate() {
    this.event.properties ??= {};
    this.event.properties.$plugins_succeeded = [...this.#succeeded];
    this.event.properties.$plugins_failed = [...this.#failed];
  }

  /**
   * @param {string} event
   * @param {string} more
   */
  #answer(event, more) {
    const errors = this.#errors.length > 0 ? `,"errors":${stringify(this.#errors)}` : '';
    const skipped = this.#skipped.length > 0 ? `,"skipped":${stringify(this.#skipped)}` : '';
    return `{"event":${event}${more}${errors}${skipped},"micros":${stringify(this.#micros)}}`;
  }
}
