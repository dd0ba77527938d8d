// @ts-check
/** The program of a cell: runs the plugins of one tenant as the host says. */
import { FrameReader, FrameWriter } from '../shared/frames.js';
import { Cell } from './cell.js';
import { makeConsole } from './console.js';
import { harden } from './harden.js';
import { Host } from './host.js';

const { stdin, stdout, exit } = Deno;
const input = new FrameReader(stdin.read.bind(stdin));
const output = new FrameWriter(stdout.writeSync.bind(stdout));

const hello = await input.next();
const host = new Host(output, hello.limits);
const cell = new Cell(host);

// What no call waits for ends nothing: it is logged with the install that the stack names (plugins-api.md 3.11).
globalThis.addEventListener('unhandledrejection', (event) => {
  event.preventDefault();
  host.stray(event.reason, 'unhandled rejection');
});
globalThis.addEventListener('error', (event) => {
  event.preventDefault();
  host.stray(event.error, 'uncaught error');
});
harden();
// The platform's own would write between the frames. Who reaches this one has left its install's scope, so the line belongs to nobody.
globalThis.console = /** @type {any} */ (makeConsole(0, host));

host.send({ type: 'ready' });
for (let frame = await input.next(); frame !== null; frame = await input.next()) cell.handle(frame);
exit(0);
