import assert from 'node:assert/strict';
import { makeServices } from '../../../src/GripProxy.Plugins/worker/cell/services.js';

function listening() {
  const asked = [];
  const host = { request: (install, op, args) => (asked.push({ install, op, args: JSON.parse(JSON.stringify(args)) }), Promise.resolve(undefined)) };
  return { asked, services: makeServices(3, host, () => ({})).meta };
}

Deno.test('publish of a text has all formats', async () => {
  const { asked, services: { grip } } = listening();
  await grip.publish('c', 'hello', { id: '2', prev_id: '1', meta: { a: 'b' }, sender: 'anna', no_seq: true });
  assert.deepEqual(asked, [{
    install: 3,
    op: 'grip.publish',
    args: {
      channels: ['c'],
      text: 'hello',
      item: {
        formats: {
          'http-stream': { content: 'hello\n' },
          'ws-message': { content: 'hello' },
          'http-response': { headers: { 'Content-Type': 'text/plain' }, body: 'hello' },
        },
        id: '2',
        'prev-id': '1',
        meta: { a: 'b', sender: 'anna' },
        'no-seq': true,
      },
    },
  }]);
});

Deno.test('publish of formats passes them on, texts and bytes written out', async () => {
  const { asked, services: { grip } } = listening();
  await grip.publish(['a', 'b'], { 'http-stream': 'x', 'http-response': 'y', 'ws-message': { 'content-bin': new Uint8Array([255, 0]), action: 'send' } });
  assert.deepEqual(asked[0].args, {
    channels: ['a', 'b'],
    item: { formats: { 'http-stream': { content: 'x' }, 'http-response': { body: 'y' }, 'ws-message': { 'content-bin': '/wA=', action: 'send' } } },
  });
});

Deno.test('sse is one event, whatever its fields hold', () => {
  const { services: { grip } } = listening();
  assert.equal(grip.sse({ event: 'a\ndata: x', id: '1\r2', retry: 5, data: 'one\r\ntwo\rthree' }), 'event: a data: x\nid: 1 2\nretry: 5\ndata: one\ndata: two\ndata: three\n\n');
  assert.equal(grip.sse({ data: { a: 1 } }), 'data: {"a":1}\n\n');
  assert.equal(grip.sse({ event: 'ping' }), 'event: ping\n\n');
});

Deno.test('storage sends what the value is now', async () => {
  const { asked, services: { storage } } = listening();
  const value = { a: 1, skipped: undefined };
  const stored = storage.set('k', value);
  value.a = 2;
  await stored;
  await storage.set('k', undefined);
  assert.deepEqual(asked.map((one) => one.args), [{ key: 'k', value: { a: 1 } }, { key: 'k' }]);
});
