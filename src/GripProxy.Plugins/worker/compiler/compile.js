// @ts-check
import { loopGuards } from './guards.js';
import { isOffered } from './offered.js';
import { Problem } from './problem.js';
import { provided, resolve } from './resolve.js';

/** @typedef {import('./resolve.js').Files} Files */
/** @typedef {import('../cell/modulegraph.js').ModuleCode} ModuleCode */

/**
 * Compiles the main file of a package and all that it imports (plugins-api.md 1.4). Throws a Problem.
 * @param {any} babel
 * @param {Files} files
 * @param {string} main
 */
export function compilePackage(babel, files, main) {
  /** @type {Record<string, ModuleCode>} */
  const modules = {};
  const imports = new Set();
  const waiting = [main];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (Object.hasOwn(modules, path)) continue;
    const compiled = path.endsWith('.json') ? compileJson(files[path], path) : compileModule(babel, files[path], path, path === main);
    /** @type {Record<string, string>} */
    const leads = {};
    for (const { name, line, column } of compiled.uses) {
      const target = resolve(files, path, name);
      if (target !== undefined) {
        leads[name] = target;
        waiting.push(target);
        if (target.startsWith(`${provided}/`) && !path.startsWith(`${provided}/`)) imports.add(name);
      } else if (isOffered(name)) {
        imports.add(name);
      } else {
        throw refused(name, path, line, column, files[path]);
      }
    }
    modules[path] = { code: compiled.code, map: compiled.map, waits: compiled.waits, imports: compiled.uses.map((use) => use.name), files: leads };
  }
  return { main, modules, imports: [...imports].sort() };
}

/** @typedef {{name: string, line: number, column: number}} Use */

/**
 * @param {any} babel
 * @param {string} source
 * @param {string} path
 * @param {boolean} isMain
 * @returns {{code: string, map?: string, waits: boolean, uses: Use[]}}
 */
function compileModule(babel, source, path, isMain) {
  const notes = { waits: false, functions: /** @type {string[]} */ ([]) };
  const { code, map } = transform(babel, source, path, notes);
  const end = isMain && notes.functions.length > 0 ? `\n;__declared({ ${notes.functions.join(', ')} });` : '';
  return { code: code + end, map: map.mappings, waits: notes.waits, uses: findUses(babel, code) };
}

/**
 * @param {any} babel
 * @param {string} source
 * @param {string} path
 * @param {{waits: boolean, functions: string[]}} notes
 * @returns {{code: string, map: {mappings: string}}}
 */
function transform(babel, source, path, notes) {
  const run = (/** @type {boolean} */ typed) => babel.transform(source, {
    filename: path,
    sourceType: 'unambiguous',
    babelrc: false,
    configFile: false,
    compact: false,
    comments: false,
    // Lines of stack traces are lines of the source.
    retainLines: true,
    sourceMaps: true,
    parserOpts: { allowReturnOutsideFunction: true, plugins: typed ? [['typescript', {}]] : [] },
    plugins: [
      noteTop(notes),
      loopGuards,
      ...(typed ? [['transform-typescript', { allowDeclareFields: true, allowNamespaces: true }]] : []),
      ['transform-modules-commonjs', { allowTopLevelThis: false }],
      refuseDynamicImports(path, source),
    ],
  });
  try {
    return run(true);
  } catch (error) {
    if (error instanceof Problem) throw error;
    try {
      // A few expressions mean something else in TypeScript.
      notes.functions.length = 0;
      return run(false);
    } catch {
      throw asProblem(error, path, source);
    }
  }
}

/** @param {{waits: boolean, functions: string[]}} notes */
function noteTop(notes) {
  const atTop = (/** @type {any} */ path) => path.getFunctionParent() === null;
  return () => ({
    visitor: {
      Program(/** @type {any} */ path) {
        for (const statement of path.node.body) {
          if (statement.type === 'FunctionDeclaration' && statement.body) notes.functions.push(statement.id.name);
        }
      },
      AwaitExpression(/** @type {any} */ path) {
        if (atTop(path)) notes.waits = true;
      },
      ForOfStatement(/** @type {any} */ path) {
        if (path.node.await && atTop(path)) notes.waits = true;
      },
    },
  });
}

/**
 * `import('name')` becomes a call of the loader; with anything but a literal it is refused (plugins-api.md 4.4).
 * @param {string} path
 * @param {string} source
 */
function refuseDynamicImports(path, source) {
  const call = (/** @type {any} */ at, /** @type {any} */ argument, /** @type {any} */ t) => {
    const { line = 0, column = 0 } = at.node.loc?.start ?? {};
    if (argument?.type !== 'StringLiteral') {
      throw new Problem('compile_error', 'import() needs a literal name', { file: path, line, column: column + 1, text: lineOf(source, line) });
    }
    at.replaceWith(t.callExpression(t.identifier('__import'), [argument]));
  };
  return ({ types: t } = /** @type {any} */ ({})) => ({
    visitor: {
      Import(/** @type {any} */ at) {
        if (at.parentPath.isCallExpression()) call(at.parentPath, at.parent.arguments[0], t);
      },
      ImportExpression(/** @type {any} */ at) {
        call(at, at.node.source, t);
      },
    },
  });
}

/**
 * Literal names that compiled code asks for.
 * @param {any} babel
 * @param {string} code
 * @returns {Use[]}
 */
function findUses(babel, code) {
  /** @type {Map<string, Use>} */
  const uses = new Map();
  const collect = () => ({
    visitor: {
      CallExpression(/** @type {any} */ path) {
        const { callee, arguments: [argument] } = path.node;
        const loads = callee.type === 'Identifier' && (callee.name === '__import' || (callee.name === 'require' && !path.scope.hasBinding('require')));
        if (!loads || argument?.type !== 'StringLiteral' || uses.has(argument.value)) return;
        const { line, column } = path.node.loc.start;
        uses.set(argument.value, { name: argument.value, line, column: column + 1 });
      },
    },
  });
  babel.transform(code, {
    sourceType: 'script',
    babelrc: false,
    configFile: false,
    code: false,
    parserOpts: { allowReturnOutsideFunction: true, allowAwaitOutsideFunction: true },
    plugins: [collect],
  });
  return [...uses.values()];
}

/**
 * @param {string} source
 * @param {string} path
 */
function compileJson(source, path) {
  try {
    JSON.parse(source);
  } catch (error) {
    throw new Problem('compile_error', /** @type {Error} */ (error).message, { file: path });
  }
  return { code: source, map: undefined, waits: false, uses: /** @type {Use[]} */ ([]) };
}

/**
 * @param {string} name
 * @param {string} file
 * @param {number} line
 * @param {number} column
 * @param {string} source
 */
function refused(name, file, line, column, source) {
  return new Problem('import_refused', `Cannot import '${name}'! This package is not provided to plugins.`, { file, line, column, text: lineOf(source, line) });
}

/**
 * @param {any} error of Babel
 * @param {string} file
 * @param {string} source
 */
function asProblem(error, file, source) {
  const { line, column } = error.loc ?? {};
  // Babel puts the file before its text, and the place and an excerpt behind.
  const message = String(error.message).split('\n')[0].replace(/^.*?: /, '').replace(/ \(\d+:\d+\)$/, '');
  return new Problem('compile_error', message, { file, line, column: column === undefined ? undefined : column + 1, text: lineOf(source, line) });
}

/**
 * @param {string} source
 * @param {number | undefined} line
 */
function lineOf(source, line) {
  return line === undefined ? undefined : source.split(/\r?\n/)[line - 1];
}
