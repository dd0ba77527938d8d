// @ts-check
/** To which file of a package an import leads (plugins-api.md 4.3). */

import { isOffered } from './offered.js';

const endings = ['', '.js', '.ts', '.mjs', '.cjs', '.json', '/index.js', '/index.ts', '/index.mjs', '/index.cjs', '/index.json'];

/** @typedef {Record<string, string>} Files text by path */

/** Folder of the modules that the operator provides; no package has a file of such a name. */
export const provided = 'provided:';

/**
 * The path of the file, or undefined if the name leads to none.
 * @param {Files} files
 * @param {string} from
 * @param {string} name
 * @returns {string | undefined}
 */
export function resolve(files, from, name) {
  const folder = from.split('/').slice(0, -1);
  if (name.startsWith('./') || name.startsWith('../') || name === '.' || name === '..') return file(files, [...folder, ...name.split('/')]);
  // Modules of the operator do not depend on what packages bring along.
  const top = folder[0] === provided ? 1 : 0;
  for (let depth = folder.length; depth >= top; depth--) {
    const found = installed(files, [...folder.slice(0, depth), 'node_modules'], name);
    if (found !== undefined) return found;
  }
  return isOffered(name) ? undefined : installed(files, [provided], name);
}

/**
 * @param {Files} files
 * @param {string[]} parts
 */
function file(files, parts) {
  const path = normal(parts);
  if (path === undefined) return undefined;
  for (const ending of endings) {
    const candidate = path === '' ? ending.replace('/', '') : path + ending;
    if (Object.hasOwn(files, candidate)) return candidate;
  }
  // TypeScript is written with the name that its output would have.
  const source = path.replace(/\.([mc]?)js$/, '.$1ts');
  return source !== path && Object.hasOwn(files, source) ? source : undefined;
}

/**
 * @param {Files} files
 * @param {string[]} home the folder node_modules
 * @param {string} name
 */
function installed(files, home, name) {
  const parts = name.split('/');
  const length = name.startsWith('@') ? 2 : 1;
  const folder = [...home, ...parts.slice(0, length)];
  const inside = parts.slice(length);
  const description = readDescription(files[[...folder, 'package.json'].join('/')]);
  const exported = description && byConditions(description.exports, inside.length === 0 ? '.' : `./${inside.join('/')}`);
  if (exported !== undefined) return file(files, [...folder, ...exported.split('/')]);
  if (inside.length > 0) return file(files, [...folder, ...inside]);
  // A module of one file.
  const single = [`${folder.join('/')}.js`, `${folder.join('/')}.cjs`].find((path) => Object.hasOwn(files, path));
  if (single !== undefined) return single;
  for (const main of [description?.main, description?.module, 'index.js']) {
    const found = typeof main === 'string' ? file(files, [...folder, ...main.split('/')]) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * @param {any} exported the member `exports` of a package.json, or a part of it
 * @param {string} entry
 * @returns {string | undefined}
 */
function byConditions(exported, entry) {
  if (typeof exported === 'string') return entry === '.' ? exported : undefined;
  if (!exported || typeof exported !== 'object') return undefined;
  if (Array.isArray(exported)) return exported.map((one) => byConditions(one, entry)).find((one) => one !== undefined);
  if (Object.hasOwn(exported, entry)) return byConditions(exported[entry], '.');
  if (entry !== '.') return undefined;
  for (const condition of ['require', 'node', 'default', 'import']) {
    const found = byConditions(exported[condition], '.');
    if (found !== undefined) return found;
  }
  return undefined;
}

/** @param {string | undefined} text */
function readDescription(text) {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * @param {string[]} parts
 * @returns {string | undefined} undefined where it leads out of the package
 */
function normal(parts) {
  /** @type {string[]} */
  const path = [];
  for (const part of parts) {
    if (part === '' || part === '.') continue;
    if (part !== '..') path.push(part);
    else if (path.pop() === undefined) return undefined;
  }
  return path.join('/');
}
