import assert from 'node:assert/strict';
import { SourceMap } from '../../../src/GripProxy.Plugins/worker/cell/sourcemap.js';
import { fileName, forget, installOf, know, toSource } from '../../../src/GripProxy.Plugins/worker/cell/stack.js';

// Line 1: column 0 is 0:0, column 8 is 0:4, column 20 comes from nowhere; line 2: column 4 is 2:16.
const mappings = 'AAAA,QAAI,Y;IAEY';

Deno.test('a place of compiled code has one in the source', () => {
  const map = new SourceMap(mappings);
  assert.deepEqual(map.original(1, 1), { line: 1, column: 1 });
  assert.deepEqual(map.original(1, 8), { line: 1, column: 1 });
  assert.deepEqual(map.original(1, 9), { line: 1, column: 5 });
  assert.deepEqual(map.original(1, 99), { line: 1, column: 5 });
  assert.deepEqual(map.original(2, 5), { line: 3, column: 17 });
  assert.equal(map.original(2, 1), undefined);
  assert.equal(map.original(7, 1), undefined);
});

Deno.test('stacks name files of the package and places of the source', () => {
  const name = fileName(3, 1, 'lib/a b.js');
  know(name, mappings, 10);
  assert.equal(toSource(`at f (${name}:1:19)\n    at ${name}:2:5`), 'at f (lib/a b.js:1:5)\n    at lib/a b.js:3:17');
  assert.equal(installOf(`at f (${name}:1:19)`), 3);
  // Nobody's file, as a plugin may write into a message.
  assert.equal(toSource('plugin-9.9/x.js:1:1'), 'plugin-9.9/x.js:1:1');
  forget(3, 1);
  assert.equal(toSource(`${name}:2:5`), `${name}:2:5`);
});
