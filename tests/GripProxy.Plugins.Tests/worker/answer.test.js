import assert from 'node:assert/strict';
import { shapeAnswer } from '../../../src/GripProxy.Plugins/worker/cell/answer.js';

const refused = (result, message) => assert.throws(() => shapeAnswer(result), { name: 'TypeError', message });

Deno.test('what onRequest returns becomes an answer', () => {
  assert.deepEqual(shapeAnswer(undefined), { status: 204, headers: [], body: '' });
  assert.deepEqual(shapeAnswer('text'), { status: 200, headers: [['Content-Type', 'text/plain; charset=utf-8']], body: 'text' });
  assert.deepEqual(shapeAnswer([1]), { status: 200, headers: [['Content-Type', 'application/json']], body: '[1]' });
  assert.deepEqual(shapeAnswer({ status: 'fine' }).body, '{"status":"fine"}');
  assert.deepEqual(shapeAnswer({ status: 201, other: 1 }).body, '{"status":201,"other":1}');
  assert.deepEqual(shapeAnswer({ status: 404 }), { status: 404, headers: [], body: '' });
  assert.deepEqual(shapeAnswer({ headers: { 'content-type': 'a/b', X: ['1', 2] }, body: { n: 1 } }), { status: 200, headers: [['content-type', 'a/b'], ['X', '1'], ['X', '2']], body: '{"n":1}' });
  assert.deepEqual(shapeAnswer({ headers: new Headers([['X', '1']]), body: new Uint8Array([255]) }).bin, '/w==');
});

Deno.test('what is no answer is refused', () => {
  refused({ status: 99 }, /200 to 599/);
  refused({ status: 200.5 }, /200 to 599/);
  refused({ headers: { 'a b': '1' } }, /no name of a header/);
  refused({ headers: { a: '1\r\nb: 2' } }, /control characters/);
});
