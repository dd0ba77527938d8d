// @ts-check
/** Errors of plugins as their authors know them: files of the package, lines and columns of the source. */
import { describe } from '../shared/errors.js';
import { SourceMap } from './sourcemap.js';

/** What the runtime calls the files of copies, and where in one. */
const place = /plugin-(\d+)\.(\d+)\/([^\n]+?):(\d+):(\d+)/g;

/** @type {Map<string, {map: SourceMap | undefined, shift: number}>} */
const files = new Map();

/**
 * What the runtime calls a file of a copy.
 * @param {number} install
 * @param {number} copy
 * @param {string} path
 */
export function fileName(install, copy, path) {
  return `plugin-${install}.${copy}/${path}`;
}

/**
 * Makes a file known.
 * @param {string} name
 * @param {string | undefined} mappings of its source map
 * @param {number} shift columns that stand before its first line
 */
export function know(name, mappings, shift) {
  files.set(name, { map: mappings === undefined ? undefined : new SourceMap(mappings), shift });
}

/**
 * Forgets the files of a copy.
 * @param {number} install
 * @param {number} copy
 */
export function forget(install, copy) {
  for (const name of files.keys()) {
    if (name.startsWith(fileName(install, copy, ''))) files.delete(name);
  }
}

/**
 * The install whose file the stack names first; 0: none.
 * @param {string} stack
 */
export function installOf(stack) {
  return Number(/plugin-(\d+)\./.exec(stack)?.[1] ?? 0);
}

/**
 * What can be said of a thrown value, with the places of the source.
 * @param {unknown} thrown
 */
export function tell(thrown) {
  const said = describe(thrown);
  return { ...said, stack: toSource(said.stack) };
}

/** @param {string} stack */
export function toSource(stack) {
  return stack.replace(place, (whole, install, copy, path, lineText, columnText) => {
    const file = files.get(fileName(install, copy, path));
    if (!file) return whole;
    const line = Number(lineText);
    const column = Number(columnText) - (line === 1 ? file.shift : 0);
    const original = file.map?.original(line, column) ?? { line, column };
    return `${path}:${original.line}:${original.column}`;
  });
}
