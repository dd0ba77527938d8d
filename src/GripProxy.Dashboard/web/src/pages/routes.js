import { ask } from '../api.js';
import { chart } from '../chart.js';
import { fill, h, table } from '../dom.js';
import { count, duration } from '../format.js';
import { onSample, seen } from '../live.js';
import { labels, quantile, rate } from '../metrics.js';

export const path = 'routes';
export const title = 'Routes';

const requests = 'gripproxy_origin_seconds';

/** @typedef {import('../live.js').Sample} Sample */

/** @param {HTMLElement} place */
export async function open(place) {
  const rows = h('section.card', { 'aria-label': 'Routes', 'aria-live': 'off' });
  const answers = chart('Answers of all origins a second', count);
  const latency = chart('Time of origins to the head of an answer', duration);
  const { items } = await ask('/api/routes');
  fill(place, h('div.charts', null, answers.element, latency.element), rows);
  const draw = () => {
    const samples = seen();
    const now = samples.at(-1);
    const before = samples.at(-61) ?? samples[0];
    fill(rows, table('Routes, with what their origins did in the last minute', ['route', 'for', 'targets', 'channel prefix', 'origin', 'answers a second', 'time, 99 %', 'failed'], items.map((/** @type {any} */ route) => [
      route.id || '–',
      route.domain + (route.path ?? ''),
      route.targets.map((/** @type {any} */ target) => `${target.ssl ? 'https' : 'http'}://${target.address}${target.over_http ? ' over_http' : ''}`).join(', '),
      route.prefix || '–',
      ...(now === undefined ? ['–', '–', '–', '–'] : health(before, now, route.id)),
    ]), 'There are no routes: every request is answered with 502.'),
    items.filter((/** @type {any} */ route) => !route.id).length > 1 && h('p.hint', null, 'Routes without id= are counted together: each of them shows the sum of all.'));
    const times = samples.map((sample) => sample.at / 1000);
    const outcomes = [...new Set(samples.flatMap((sample) => (sample.metrics[requests]?.series ?? []).map(([text]) => labels(text).outcome)))].sort();
    answers.show(times, new Map(outcomes.map((outcome) => [outcome, samples.map((sample, i) => rate(samples[i - 1], sample, (one) => answered(one, null, outcome)))])));
    latency.show(times, new Map([0.5, 0.99].map((part) => [`${part * 100} %`, samples.map((sample, i) => quantile(samples[i - 1], sample, requests, part))])));
  };
  const stop = onSample(draw);
  draw();
  return () => {
    stop();
    answers.close();
    latency.close();
  };
}

/** Answers so far. @param {Sample} sample @param {string | null} route @param {string | null} outcome */
function answered(sample, route, outcome) {
  let sum = 0;
  for (const [text, , counts] of sample.metrics[requests]?.series ?? []) {
    const one = labels(text);
    if ((route === null || one.route === route) && (outcome === null || one.outcome === outcome))
      sum += counts.reduce((/** @type {number} */ all, /** @type {number} */ each) => all + each, 0);
  }
  return sum;
}

/** @param {Sample | undefined} before @param {Sample} now @param {string} route */
function health(before, now, route) {
  const grown = (/** @type {string | null} */ outcome) => answered(now, route, outcome) - (before === undefined || before === now ? 0 : answered(before, route, outcome));
  const all = grown(null);
  const failed = all - grown('ok');
  const word = all === 0 ? 'quiet' : failed === 0 ? 'up' : failed === all ? 'down' : 'failing';
  /** @type {Sample} */
  const only = { ...now, metrics: { [requests]: of(now, route) } };
  const was = before === undefined || before === now ? undefined : { ...before, metrics: { [requests]: of(before, route) } };
  return [h(`span.state.${word}`, null, word), count(rate(before, now, (sample) => answered(sample, route, null))), duration(quantile(was, only, requests, 0.99)), count(failed)];
}

/** @param {Sample} sample @param {string} route */
const of = (sample, route) => ({
  bounds: sample.metrics[requests]?.bounds,
  series: (sample.metrics[requests]?.series ?? []).filter(([text]) => labels(text).route === route),
});
