import { HubConnectionBuilder, LogLevel } from '@microsoft/signalr';
import { ask } from './api.js';

/**
 * One second of the proxy: numbers of its process and its metrics (docs/dashboard.md).
 * @typedef {{ at: number, node: string, process: { memory: number, heap: number, cpu: number, threads: number, started: number },
 *   metrics: Record<string, { bounds?: number[], series: any[][] }> }} Sample
 */

/** @type {Sample[]} What came last, oldest first: at most ten minutes. */
const samples = [];
/** @type {Set<() => void>} */
const listeners = new Set();
const most = 600;

/** Live: everything is well; otherwise the word says what is not. And who is at the other end. @type {{ state: string, name: string }} */
export const link = { state: 'connecting', name: '' };

/** The samples so far. */
export const seen = () => samples;

/** Calls back at each sample and each change of the link, until the returned function is called. @param {() => void} call */
export function onSample(call) {
  listeners.add(call);
  return () => { listeners.delete(call); };
}

/** Connects, and again whenever the connection ends: to the same process, or to the one that has come in its place. */
export async function connect() {
  let channel = '';
  const hub = new HubConnectionBuilder()
    .withUrl('/live', { accessTokenFactory: async () => (await ask('/api/ticket', { method: 'POST' })).ticket })
    .configureLogging(LogLevel.None)
    .build();
  hub.on('item', (_, { content }) => {
    samples.push(JSON.parse(content));
    if (samples.length > most)
      samples.shift();
    change('live');
  });
  hub.on('outcome', () => {});
  hub.onclose(() => {
    change('disconnected');
    setTimeout(start, 1000);
  });
  async function start() {
    try {
      const session = await ask('/api/session');
      if (session.channel !== channel) {
        // Another process begins to count anew, and has another channel.
        samples.length = 0;
        channel = session.channel;
        link.name = `${session.node} · ${session.version}`;
      }
      await hub.start();
      await hub.invoke('Subscribe', channel, {});
    } catch (error) {
      // The reader is asked for a key, and whoever has one begins again.
      if (/** @type {any} */ (error).status === 401)
        return;
      // The state says so; the proxy may be starting.
      change('disconnected');
      if (hub.state === 'Connected')
        await hub.stop();
      else
        setTimeout(start, 2000);
    }
  }
  await start();
}

/** @param {string} state */
function change(state) {
  link.state = state;
  for (const call of listeners)
    call();
}
