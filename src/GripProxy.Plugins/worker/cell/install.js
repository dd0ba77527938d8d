// @ts-check
import { IllegalOperationError } from '../shared/errors.js';
import { shapeAnswer } from './answer.js';
import { declaredMetrics } from './metrics.js';
import { ModuleGraph } from './modulegraph.js';
import { carryOut } from './run.js';
import { makeScope } from './scope.js';
import { makeServices } from './services.js';
import { shapeArguments } from './shapes.js';
import { forget } from './stack.js';
import { Timers } from './timers.js';
import { within } from './within.js';

const bufferFrom = /** @type {any} */ (globalThis).Buffer.from;

/** @typedef {import('./host.js').Host} Host */
/** @typedef {{content_type: string, file_name: string, contents: string}} Attachment contents in Base64 */
/**
 * @typedef {object} LoadFrame
 * @property {number} call
 * @property {number} copy names this loaded copy in later frames
 * @property {number} install its number within the tenant
 * @property {number} address what the host knows it by in this process
 * @property {string} name
 * @property {string} tenant name of the tenant
 * @property {number} tenant_id
 * @property {string} node
 * @property {string} version of the host
 * @property {import('./modulegraph.js').PackageCode} code
 * @property {Record<string, any>} config
 * @property {Record<string, Attachment>} attachments
 * @property {string[]} [ignores] events that it shall not see, by name
 * @property {boolean} [skips_own] it shall not see what it captured
 */

const functions = [
  'setupPlugin', 'teardownPlugin', 'processEvent', 'processEventBatch', 'onEvent', 'onSnapshot', 'exportEvents', 'composeWebhook', 'onEventWithPostHogEvent',
  'runEveryMinute', 'runEveryHour', 'runEveryDay', 'getSettings', 'installPlugin', 'upgradePlugin', 'onRequest',
];
const groups = ['jobs', 'functions', 'runs'];
const known = [...functions, ...groups, 'metrics', 'schedule'];

/** One loaded copy of a plugin: its modules, its globals and what it exported. */
export class Install {
  #host;
  #address;
  #copy;
  #modules;
  #timers;
  #config;
  #shared;
  /** @type {any} */
  #exports = {};
  /** @type {import('./metrics.js').Declared} */
  #metrics = {};

  /**
   * @param {LoadFrame} frame
   * @param {Host} host
   */
  constructor(frame, host) {
    this.#host = host;
    this.#copy = frame.copy;
    this.id = frame.install;
    this.#address = frame.address;
    this.label = `${frame.name} (${frame.install})`;
    this.skipsOwn = frame.skips_own ?? false;
    this.ignored = new Set(frame.ignores);
    this.ask = (/** @type {string} */ op, /** @type {object} */ args) => host.request(frame.address, op, args);
    this.#config = frame.config;
    this.#timers = new Timers(host.limits.max_timers, (error) => host.stray(error, 'error in a timer'));
    const services = makeServices(frame.address, host, () => this.#metrics);
    const offers = { timers: this.#timers, fetch: services.globals.fetch };
    this.#modules = new ModuleGraph(frame.code, { install: frame.address, copy: frame.copy }, makeScope(frame.address, host, this.#timers, services.globals), offers);
    this.#shared = { attachments: readAttachments(frame.attachments), global: {}, tenant: { name: frame.tenant, id: frame.tenant_id }, instance: { node: frame.node, version: frame.version }, ...services.meta };
  }

  /** Runs the modules; afterwards the exports are known. */
  async evaluate() {
    this.#exports = choose(await this.#modules.run(this.#host.limits.call_ms), this.#modules.declared);
    this.#metrics = declaredMetrics(this.#exports);
  }

  /** What it offers, by name. */
  capabilities() {
    /** @type {Record<string, any>} */
    const found = { methods: functions.filter((name) => this.method(name)) };
    for (const group of groups) {
      const home = this.#exports[group];
      found[group] = home && typeof home === 'object' ? Object.keys(home).filter((name) => typeof home[name] === 'function') : [];
    }
    const schedule = this.#exports.schedule;
    found.schedule = schedule && typeof schedule === 'object'
      ? Object.keys(schedule).filter((name) => this.method(`schedule.${name}`)).map((name) => ({ name, cron: schedule[name].cron }))
      : [];
    return found;
  }

  /**
   * The exported function, or undefined: `processEvent`, `jobs.clean`, `schedule.report` (whose function is its `run`; other shapes are none).
   * @param {string} name
   * @returns {((...values: any[]) => any) | undefined}
   */
  method(name) {
    const dot = name.indexOf('.');
    const home = dot < 0 ? this.#exports : this.#exports[name.slice(0, dot)];
    let found = home?.[name.slice(dot + 1)];
    if (home && home === this.#exports.schedule) found = typeof found?.cron === 'string' ? found.run : undefined;
    return typeof found === 'function' ? found : undefined;
  }

  /** The last argument of a call: fresh, because plugins write into it (plugins-api.md 3.1). */
  meta() {
    return { ...this.#shared, config: { ...this.#config } };
  }

  /**
   * Calls a method within its time.
   * @param {string} name
   * @param {any[]} values
   * @param {number} limit milliseconds
   */
  async call(name, values, limit) {
    const method = this.method(name);
    if (!method) throw new IllegalOperationError(`${name} is not exported`);
    const result = this.#begin(name, method, values);
    const value = result && typeof result.then === 'function' ? await within(result, limit, name) : result;
    return name === 'onRequest' ? shapeAnswer(value) : value;
  }

  /**
   * @param {string} name
   * @param {(...values: any[]) => any} method
   * @param {any[]} values
   */
  #begin(name, method, values) {
    if (name.startsWith('runs.')) return carryOut(this.ask, values[1], (run) => method(values[0], this.meta(), run));
    // The one method whose meta comes first (plugins.md 6.3).
    return name === 'upgradePlugin' ? method(this.meta(), ...values) : method(...shapeArguments(name, values), this.meta());
  }

  unload() {
    this.#timers.clear();
    forget(this.#address, this.#copy);
  }
}

/**
 * Exports that count: of the module, else of its default export, else top-level functions of the main file (plugins-api.md 1.4).
 * @param {any} exported
 * @param {Record<string, any>} declared
 */
function choose(exported, declared) {
  if (offers(exported)) return exported;
  if (offers(exported?.default)) return exported.default;
  return exported && Object.keys(exported).length > 0 ? exported : declared;
}

/** @param {any} value */
function offers(value) {
  return value !== null && (typeof value === 'object' || typeof value === 'function') && known.some((name) => value[name] !== undefined);
}

/** @param {Record<string, Attachment>} attachments */
function readAttachments(attachments) {
  /** @type {Record<string, any>} */
  const read = {};
  for (const [key, file] of Object.entries(attachments)) read[key] = { ...file, contents: bufferFrom(file.contents, 'base64') };
  return read;
}
