import assert from 'node:assert/strict';
import { createBuffer } from '../../../src/GripProxy.Plugins/worker/cell/buffer.js';

function timers() {
  const set = [];
  return { set, setTimeout: (call, ms) => set.push({ call, ms }), clearTimeout: () => set.pop() };
}

Deno.test('a buffer is flushed when its points reach the limit', async () => {
  const flushed = [];
  const buffer = createBuffer({ limit: 3, timeoutSeconds: 5, onFlush: (objects, points) => flushed.push([objects, points]) }, timers());
  await buffer.add('a');
  await buffer.add('b', 2);
  assert.deepEqual(flushed, [[['a', 'b'], 3]]);
});

Deno.test('what would go over the limit is kept for the next round', async () => {
  const flushed = [];
  const clock = timers();
  const buffer = createBuffer({ limit: 3, timeoutSeconds: 5, onFlush: (objects) => flushed.push(objects) }, clock);
  await buffer.add('a', 2);
  await buffer.add('b', 2);
  assert.deepEqual(flushed, [['a']]);
  assert.equal(clock.set[0].ms, 5000);
  await clock.set[0].call();
  assert.deepEqual(flushed, [['a'], ['b']]);
  await buffer.flush();
  assert.equal(flushed.length, 2);
});
