import assert from 'node:assert/strict';
import { resolve } from '../../../src/GripProxy.Plugins/worker/compiler/resolve.js';

const files = {
  'index.js': '', 'src/a.ts': '', 'src/b/index.js': '', 'data.json': '{}',
  'node_modules/plain/index.js': '', 'node_modules/main/package.json': '{"main":"./lib"}', 'node_modules/main/lib/index.js': '',
  'node_modules/broken/package.json': '{', 'node_modules/broken/index.js': '',
  'node_modules/@s/p/package.json': '{"exports":{".":{"require":"./r.cjs","import":"./i.mjs"},"./x":"./y.js"}}', 'node_modules/@s/p/r.cjs': '', 'node_modules/@s/p/y.js': '',
  'src/node_modules/plain/index.js': '', 'node_modules/one.js': '',
  'provided:/lodash.js': '', 'provided:/@s/single.js': '', 'provided:/plain.js': '', 'provided:/crypto.js': '', 'provided:/kit/package.json': '{"main":"./m.js"}', 'provided:/kit/m.js': '',
  'provided:/kit/node_modules/inner/index.js': '', 'provided:/kit/sub.js': '',
};

for (const [from, name, expected] of [
  ['index.js', './src/a', 'src/a.ts'],
  ['index.js', './src/a.js', 'src/a.ts'],
  ['index.js', './src/b', 'src/b/index.js'],
  ['src/a.ts', '../data', 'data.json'],
  ['src/a.ts', '..', 'index.js'],
  ['src/a.ts', './b/../../index', 'index.js'],
  ['index.js', './nothing', undefined],
  ['index.js', '../index', undefined],
  ['index.js', 'plain', 'node_modules/plain/index.js'],
  ['src/a.ts', 'plain', 'src/node_modules/plain/index.js'],
  ['index.js', 'main', 'node_modules/main/lib/index.js'],
  ['index.js', 'broken', 'node_modules/broken/index.js'],
  ['index.js', '@s/p', 'node_modules/@s/p/r.cjs'],
  ['index.js', '@s/p/x', 'node_modules/@s/p/y.js'],
  ['index.js', 'one', 'node_modules/one.js'],
  ['src/a.ts', 'lodash', 'provided:/lodash.js'],
  ['src/a.ts', 'lodash/fp', undefined],
  ['index.js', '@s/single', 'provided:/@s/single.js'],
  ['index.js', 'kit', 'provided:/kit/m.js'],
  ['index.js', 'kit/sub', 'provided:/kit/sub.js'],
  ['index.js', 'crypto', undefined],
  ['provided:/kit/m.js', 'inner', 'provided:/kit/node_modules/inner/index.js'],
  ['provided:/kit/m.js', 'plain', 'provided:/plain.js'],
  ['provided:/kit/m.js', './sub', 'provided:/kit/sub.js'],
  ['provided:/kit/m.js', 'main', undefined],
  ['index.js', 'toString', undefined],
  ['index.js', './constructor', undefined],
]) {
  Deno.test(`${name} of ${from}`, () => assert.equal(resolve(files, from, name), expected));
}
