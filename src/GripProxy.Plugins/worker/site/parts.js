// @ts-check
/**
 * What runs in web pages (plugins.md 7.9): starts the parts of plugins that are enabled and tells them when they are switched. The host writes it before the
 * compiled parts and calls it; it knows nothing but what a browser has.
 */

/** @typedef {{run?: (...names: any[]) => any, json?: any, files: Record<string, string>}} PartModule */
/** @typedef {{install: number, name: string, main: string, modules: Record<string, PartModule>}} Part */
/** @typedef {{id: number, enabled: boolean, config: Record<string, any>}} PluginNow */
/** @typedef {{on: boolean, heard: ((on: boolean) => void)[]}} Running */

/**
 * @param {Part[]} parts
 * @param {string} path of the tenant on the host that the script came from
 */
function startParts(parts, path) {
  const { document, location } = /** @type {any} */ (globalThis);
  const home = new URL(path, document?.currentScript?.src || location.href).href;
  /** @type {Map<number, Running>} */
  const running = new Map();
  let asked = 0;

  /** @param {() => any} call one part's failure is nobody else's */
  const alone = (call) => {
    try {
      const result = call();
      if (result && typeof result.then === 'function') result.then(undefined, complain);
    } catch (error) {
      complain(error);
    }
  };

  /** @param {unknown} error */
  const complain = (error) => console.error(error);

  /**
   * @param {Part} part
   * @param {Record<string, any>} config
   */
  const begin = (part, config) => {
    /** @type {Running} */
    const one = { on: true, heard: [] };
    running.set(part.install, one);
    const offer = {
      config,
      enabled: () => one.on,
      onToggle: (/** @type {(on: boolean) => void} */ heard) => {
        one.heard.push(heard);
      },
    };
    alone(() => runPart(part, offer));
  };

  /** @param {{plugins: PluginNow[]}} state */
  const apply = ({ plugins }) => {
    for (const part of parts) {
      const now = plugins.find(({ id }) => id === part.install);
      const on = now?.enabled === true;
      const one = running.get(part.install);
      if (!one) {
        if (on) begin(part, now.config);
      } else if (one.on !== on) {
        one.on = on;
        for (const heard of one.heard) alone(() => heard(on));
      }
    }
  };

  const refresh = async () => {
    const turn = ++asked;
    const answer = await fetch(`${home}state.json`, { cache: 'no-store' });
    if (!answer.ok) throw new Error(`state.json: ${answer.status}`);
    const state = await answer.json();
    // A later question may have been answered before.
    if (turn === asked) apply(state);
  };

  // Each line says that something was switched, the first one that none will be missed from here on.
  const follow = async () => {
    const answer = await fetch(`${home}state.live`, { cache: 'no-store' });
    if (!answer.ok || !answer.body) throw new Error(`state.live: ${answer.status}`);
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      if (piece.value.includes('}')) await refresh();
    }
  };

  const stay = async () => {
    for (let pause = 500;; pause = Math.min(pause * 2, 30_000)) {
      const since = Date.now();
      await follow().catch(() => refresh().catch(complain));
      if (Date.now() - since > 60_000) pause = 500;
      // Not all at once after a restart.
      await new Promise((resolve) => setTimeout(resolve, pause * (0.5 + Math.random())));
    }
  };

  stay();
}

/**
 * Runs the modules of a part; what its main module exports by default is called.
 * @param {Part} part
 * @param {{config: any, enabled: () => boolean, onToggle: (heard: (on: boolean) => void) => void}} offer
 */
async function runPart({ name, main, modules }, offer) {
  /** @type {Map<string, {exports: any}>} */
  const begun = new Map();
  // Loops that do not end are the browser's to notice.
  const loop = (/** @type {number} */ since) => since;
  const load = (/** @type {string} */ path) => {
    const module = { exports: /** @type {any} */ ({}) };
    begun.set(path, module);
    const { run, json, files } = modules[path];
    if (!run) {
      module.exports = json;
      return undefined;
    }
    const require = (/** @type {string} */ wanted) => {
      if (!Object.hasOwn(files, wanted)) throw new Error(`${name}: '${wanted}' is not there in web pages`);
      const target = files[wanted];
      if (!begun.has(target)) load(target);
      return begun.get(target)?.exports;
    };
    const later = async (/** @type {string} */ wanted) => {
      const exported = require(wanted);
      return exported && exported.__esModule ? exported : { ...exported, default: exported };
    };
    return run(module.exports, require, module, `/${path}`, '/', () => {}, later, loop, offer.config, offer.enabled, offer.onToggle);
  };
  await load(main);
  const exported = begun.get(main)?.exports;
  const start = typeof exported === 'function' ? exported : exported?.default;
  if (typeof start === 'function') await start(offer);
}
