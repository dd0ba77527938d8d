import assert from 'node:assert/strict';
import { FrameReader, FrameWriter } from '../../../src/GripProxy.Plugins/worker/shared/frames.js';

/** A stream that gives its bytes in pieces of a size. */
function source(bytes, piece) {
  let at = 0;
  return (buffer) => {
    if (at === bytes.length) return Promise.resolve(null);
    const end = Math.min(at + piece, at + buffer.length, bytes.length);
    buffer.set(bytes.subarray(at, end));
    const read = end - at;
    at = end;
    return Promise.resolve(read);
  };
}

function write(...frames) {
  const out = [];
  // Takes 1000 bytes at most, as a full pipe does.
  const writer = new FrameWriter((bytes) => {
    const taken = bytes.subarray(0, 1000);
    out.push(...taken);
    return taken.length;
  });
  frames.forEach((frame) => writer.send(frame));
  return Uint8Array.from(out);
}

for (const piece of [1, 7, 4096, 1 << 20]) {
  Deno.test(`frames survive pieces of ${piece}`, async () => {
    const frames = [{ a: 1 }, { text: 'ü€𝄞'.repeat(piece === 1 ? 10 : 50000) }, {}, { n: [1, 2, 3] }];
    const reader = new FrameReader(source(write(...frames), piece));
    for (const frame of frames) assert.deepEqual(await reader.next(), frame);
    assert.equal(await reader.next(), null);
  });
}

Deno.test('a frame that ends early is the end', async () => {
  const bytes = write({ a: 1 });
  assert.equal(await new FrameReader(source(bytes.subarray(0, bytes.length - 1), 3)).next(), null);
  assert.equal(await new FrameReader(source(bytes.subarray(0, 2), 3)).next(), null);
});
