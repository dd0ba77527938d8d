/** @typedef {import('./live.js').Sample} Sample */

/** The labels of a series, as Prometheus writes them. @param {string} text @returns {Record<string, string>} */
export function labels(text) {
  /** @type {Record<string, string>} */
  const all = {};
  for (const [, name, value] of text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g))
    all[name] = value.replace(/\\(.)/g, (_, mark) => mark === 'n' ? '\n' : mark);
  return all;
}

/** Sums of a metric by one of its labels. @param {Sample} sample @param {string} name @param {string} label @returns {Map<string, number>} */
export function by(sample, name, label) {
  /** @type {Map<string, number>} */
  const sums = new Map();
  for (const [text, value] of sample.metrics[name]?.series ?? []) {
    const word = labels(text)[label] ?? '';
    sums.set(word, (sums.get(word) ?? 0) + value);
  }
  return sums;
}

/** Sum of all series of a metric. @param {Sample} sample @param {string} name */
export const total = (sample, name) => (sample.metrics[name]?.series ?? []).reduce((sum, series) => sum + series[1], 0);

/** How fast a number grew between two samples, a second; null: unknown. @param {Sample | undefined} before @param {Sample} now @param {(sample: Sample) => number} read */
export function rate(before, now, read) {
  if (before === undefined || before.process.started !== now.process.started || now.at <= before.at)
    return null;
  return Math.max(0, (read(now) - read(before)) * 1000 / (now.at - before.at));
}

/**
 * The value below which that part of what a histogram took between two samples was; null: it took nothing.
 * @param {Sample | undefined} before @param {Sample} now @param {string} name @param {number} part
 */
export function quantile(before, now, name, part) {
  const bounds = now.metrics[name]?.bounds ?? [];
  const counts = countsOf(now, name).map((count, i) => count - (before === undefined ? 0 : countsOf(before, name)[i] ?? 0));
  const all = counts.reduce((sum, count) => sum + count, 0);
  if (all <= 0)
    return null;
  let passed = 0;
  for (let i = 0; i < counts.length; i++) {
    if (passed + counts[i] >= part * all && counts[i] > 0) {
      const low = i === 0 ? 0 : bounds[i - 1];
      return i >= bounds.length ? low : low + (bounds[i] - low) * (part * all - passed) / counts[i];
    }
    passed += counts[i];
  }
  return null;
}

/** @param {Sample} sample @param {string} name @returns {number[]} */
function countsOf(sample, name) {
  /** @type {number[]} */
  const sums = [];
  for (const [, , counts] of sample.metrics[name]?.series ?? [])
    counts.forEach((/** @type {number} */ count, /** @type {number} */ i) => { sums[i] = (sums[i] ?? 0) + count; });
  return sums;
}
