// @ts-check
/** The modules of one loaded copy, run once each. */
import { offeredModule, refuse } from './modules.js';
import { fileName, know } from './stack.js';
import { within } from './within.js';

const evaluate = globalThis.eval;
const parse = JSON.parse;

/** @typedef {import('./modules.js').Offers} Offers */
/**
 * A compiled module: its text, the mappings of its source map, whether it waits while it loads, what it imports, and to which files of the package these
 * names lead. Names that lead to no file are modules that plugins are offered.
 * @typedef {{code: string, map?: string, waits: boolean, imports: string[], files: Record<string, string>}} ModuleCode
 */
/** @typedef {{main: string, modules: Record<string, ModuleCode>}} PackageCode */

export class ModuleGraph {
  #code;
  #copy;
  #scope;
  #offers;
  /** @type {Map<string, {exports: any}>} */
  #begun = new Map();

  /** Functions at the top of the main file, by name. @type {Record<string, any>} */
  declared = {};

  /**
   * @param {PackageCode} code
   * @param {{install: number, copy: number}} copy whose files they are
   * @param {Record<string, any>} scope
   * @param {Offers} offers
   */
  constructor(code, copy, scope, offers) {
    this.#code = code;
    this.#copy = copy;
    this.#scope = scope;
    this.#offers = offers;
  }

  /**
   * Runs the main file and gives its exports. What waits while it loads is run before, in the order of the imports.
   * @param {number} limit milliseconds that one module may wait
   */
  async run(limit) {
    for (const path of this.#waiting()) {
      if (!this.#begun.has(path)) await this.#evaluate(path, limit);
    }
    return await this.#evaluate(this.#code.main, limit);
  }

  /**
   * @param {string} path
   * @param {number} limit
   */
  async #evaluate(path, limit) {
    const module = this.#begin(path);
    const finished = this.#start(path, module);
    if (this.#code.modules[path].waits) await within(finished, limit, `loading ${path}`);
    return module.exports;
  }

  /** @param {string} path */
  #begin(path) {
    const module = { exports: /** @type {any} */ ({}) };
    this.#begun.set(path, module);
    return module;
  }

  /**
   * @param {string} path
   * @param {{exports: any}} module
   */
  #start(path, module) {
    const { code, map, waits } = this.#code.modules[path];
    if (path.endsWith('.json')) {
      module.exports = parse(code);
      return undefined;
    }
    // The inner function is the module's own scope, in which it may declare any of the names that the outer one gives. All on the first line, so that
    // lines stay as they are in the source.
    const names = Object.keys(this.#scope);
    const head = `(function (${names.join(', ')}) { return ${waits ? 'async ' : ''}function (exports, require, module, __filename, __dirname, ` +
      `__declared, __import) { `;
    const file = fileName(this.#copy.install, this.#copy.copy, path);
    know(file, map, head.length);
    const wrapped = `${head}${code}\n} })\n//# sourceURL=${file}`;
    const require = (/** @type {string} */ name) => this.#require(path, name);
    const load = async (/** @type {string} */ name) => asNamespace(this.#require(path, name));
    const declare = (/** @type {Record<string, any>} */ functions) => {
      this.declared = functions;
    };
    const folder = `/${path.split('/').slice(0, -1).join('/')}`;
    const body = evaluate(wrapped)(...names.map((name) => this.#scope[name]));
    return body.call(module.exports, module.exports, require, module, `/${path}`, folder, declare, load);
  }

  /**
   * @param {string} from
   * @param {string} name
   */
  #require(from, name) {
    const { files } = this.#code.modules[from];
    if (!Object.hasOwn(files, name)) {
      const offered = offeredModule(name, this.#offers);
      if (offered === undefined) throw refuse(name);
      return offered;
    }
    const path = files[name];
    const begun = this.#begun.get(path);
    if (begun) return begun.exports;
    const module = this.#begin(path);
    try {
      this.#start(path, module);
    } catch (error) {
      this.#begun.delete(path);
      throw error;
    }
    return module.exports;
  }

  /** Modules beside the main file that wait while they load, each after those it imports. */
  #waiting() {
    const { main, modules } = this.#code;
    /** @type {string[]} */
    const order = [];
    const seen = new Set();
    const visit = (/** @type {string} */ path) => {
      if (seen.has(path)) return;
      seen.add(path);
      for (const name of modules[path].imports) {
        if (Object.hasOwn(modules[path].files, name)) visit(modules[path].files[name]);
      }
      if (modules[path].waits && path !== main) order.push(path);
    };
    visit(main);
    return order;
  }
}

/** @param {any} exported */
function asNamespace(exported) {
  return exported && exported.__esModule ? exported : { ...exported, default: exported };
}
