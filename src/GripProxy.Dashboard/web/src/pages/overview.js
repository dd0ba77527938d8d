import { ask } from '../api.js';
import { chart } from '../chart.js';
import { fill, h, table } from '../dom.js';
import { bytes, count, duration, since } from '../format.js';
import { onSample, seen } from '../live.js';
import { by, quantile, rate, total } from '../metrics.js';

export const path = '';
export const title = 'Overview';

/** @typedef {import('../live.js').Sample} Sample */

/** @param {HTMLElement} place */
export function open(place) {
  const tiles = h('div.tiles', { role: 'status', 'aria-live': 'off' });
  const holds = chart('Held connections by transport', count);
  const deliveries = chart('Deliveries a second', count);
  const latency = chart('Publish to write', duration);
  const drops = chart('Drops a second by reason', count);
  const memory = chart('Memory', bytes);
  const charts = [holds, deliveries, latency, drops, memory];
  const nodes = h('section.card', { 'aria-label': 'Nodes' });
  fill(place, tiles, h('div.charts', null, charts.map(({ element }) => element)), nodes);

  const draw = () => {
    const samples = seen();
    const now = samples.at(-1);
    if (now === undefined)
      return;
    const before = samples.at(-2);
    fill(tiles,
      tile('held connections', count(total(now, 'gripproxy_holds'))),
      tile('channels', count(total(now, 'gripproxy_channels'))),
      tile('published a second', count(rate(before, now, (sample) => total(sample, 'gripproxy_publish_items_total')))),
      tile('delivered a second', count(rate(before, now, (sample) => total(sample, 'gripproxy_deliveries_total')))),
      tile('publish to write, 99 %', duration(quantile(samples.at(-11) ?? samples[0], now, 'gripproxy_publish_to_write_seconds', 0.99))),
      tile('processor', `${count((rate(before, now, (sample) => sample.process.cpu) ?? 0) * 100)} %`),
      tile('memory', bytes(now.process.memory)),
      tile('up for', duration((now.at - now.process.started) / 1000)));
    const times = samples.map((sample) => sample.at / 1000);
    holds.show(times, lines(samples, 'gripproxy_holds', 'transport', (sample, word) => by(sample, 'gripproxy_holds', 'transport').get(word) ?? 0));
    deliveries.show(times, rates(samples, 'gripproxy_deliveries_total', 'transport'));
    drops.show(times, rates(samples, 'gripproxy_drops_total', 'reason'));
    latency.show(times, new Map([0.5, 0.99].map((part) => [
      `${part * 100} %`, samples.map((sample, i) => quantile(samples[i - 1], sample, 'gripproxy_publish_to_write_seconds', part)),
    ])));
    memory.show(times, new Map([['process', samples.map(({ process }) => process.memory)], ['heap', samples.map(({ process }) => process.heap)]]));
  };
  const list = async () => {
    const { items } = await ask('/api/v1/nodes');
    fill(nodes, table('Nodes', ['node', 'state', 'version', 'up for', 'connections', 'channels', 'roles'], items.map((/** @type {any} */ node) => [
      node.self ? h('strong', null, node.node) : node.node, h(`span.state.${node.state}`, null, node.state), node.version, since(node.started), count(node.connections), count(node.channels), node.roles.join(', '),
    ]), 'No node answered.'));
  };
  const quietly = () => list().catch((error) => fill(nodes, h('p.error', null, error.message)));
  const stop = onSample(draw);
  const timer = setInterval(quietly, 5000);
  draw();
  quietly();
  return () => {
    stop();
    clearInterval(timer);
    charts.forEach(({ close }) => close());
  };
}

/** @param {string} name @param {string} value */
const tile = (name, value) => h('div.tile', null, h('b', null, value), h('span', null, name));

/** @param {Sample[]} samples @param {string} name @param {string} label @param {(sample: Sample, word: string, i: number) => number | null} read */
function lines(samples, name, label, read) {
  const words = [...new Set(samples.flatMap((sample) => [...by(sample, name, label).keys()]))].sort();
  return new Map(words.map((word) => [word === '' ? 'none' : word, samples.map((sample, i) => read(sample, word, i))]));
}

/** @param {Sample[]} samples @param {string} name @param {string} label */
const rates = (samples, name, label) => lines(samples, name, label, (sample, word, i) =>
  rate(samples[i - 1], sample, (one) => by(one, name, label).get(word) ?? 0));
