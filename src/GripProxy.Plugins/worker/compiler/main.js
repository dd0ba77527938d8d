// @ts-check
/** The program of the compiler: answers one frame with compiled modules or with what is wrong. It runs nothing of what it compiles. */
import { describe } from '../shared/errors.js';
import { FrameReader, FrameWriter } from '../shared/frames.js';
import { compilePackage } from './compile.js';
import { Problem } from './problem.js';

const input = new FrameReader(Deno.stdin.read.bind(Deno.stdin));
const output = new FrameWriter(Deno.stdout.writeSync.bind(Deno.stdout));

// The host sends the text of Babel, which this process may not read.
const { babel: text } = await input.next();
globalThis.eval(text);
const { Babel } = /** @type {any} */ (globalThis);

for (let frame = await input.next(); frame !== null; frame = await input.next()) {
  try {
    const { main, modules, imports } = compilePackage(Babel, frame.files, frame.main);
    output.send({ type: 'compiled', code: { main, modules }, imports });
  } catch (error) {
    if (error instanceof Problem) output.send({ type: 'refused', code: error.code, message: error.reason, ...error.where });
    else output.send({ type: 'refused', code: 'compile_error', message: describe(error).stack, file: frame.main });
  }
}
