import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { fill, h } from './dom.js';

const most = 8;

/**
 * A chart of lines over the last minutes. The element has a sentence with the newest values for those who do not see it.
 * @param {string} title
 * @param {(value: number | null) => string} format
 * @returns {{ element: HTMLElement, show: (times: number[], lines: Map<string, (number | null)[]>) => void, close: () => void }}
 */
export function chart(title, format) {
  const place = h('div.plot', { 'aria-hidden': 'true' });
  const legend = h('p.legend', { role: 'status', 'aria-live': 'off' });
  const element = h('figure.card', null, h('figcaption', null, title), place, legend);
  /** @type {uPlot | null} */
  let plot = null;
  let names = '';
  /** @type {ResizeObserver} */
  const resized = new ResizeObserver(() => plot?.setSize(size()));
  resized.observe(place);
  const darkness = matchMedia('(prefers-color-scheme: dark)');
  /** @type {[number[], Map<string, (number | null)[]>] | null} */
  let last = null;
  const again = () => {
    // Its colours are those of its making, also while it has no lines.
    plot?.destroy();
    plot = null;
    if (last !== null)
      show(...last);
  };
  darkness.addEventListener('change', again);

  const size = () => ({ width: Math.max(200, place.clientWidth), height: 160 });
  /** @param {string} name */
  const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  /** @param {number[]} times @param {Map<string, (number | null)[]>} lines */
  function show(times, lines) {
    last = [times, lines];
    const shown = [...lines].slice(0, most);
    fill(legend, shown.length === 0 && 'none', shown.map(([name, values], i) =>
      h('span', null, h(`i.line${i}`, { 'aria-hidden': 'true' }), `${name} `, h('b', null, format(values.at(-1) ?? null)))));
    const data = /** @type {uPlot.AlignedData} */ ([times, ...shown.map(([, values]) => values)]);
    if (names === shown.map(([name]) => name).join('\n') && plot !== null) {
      plot.setData(data);
      return;
    }
    names = shown.map(([name]) => name).join('\n');
    plot?.destroy();
    place.replaceChildren();
    const axis = { stroke: color('--quiet'), grid: { stroke: color('--rule'), width: 1 }, ticks: { show: false } };
    plot = new uPlot({
      ...size(),
      legend: { show: false },
      cursor: { show: false },
      axes: [
        { ...axis, size: 24, space: 80, incrs: [10, 20, 30, 60, 120, 300], values: (_, ticks) => ticks.map((tick) => new Date(tick * 1000).toTimeString().slice(0, 8)) },
        { ...axis, size: 64, values: (_, ticks) => ticks.map((tick) => format(tick)) },
      ],
      // At least a minute, so that the lines grow from the right instead of being stretched.
      scales: { x: { range: (_, min, max) => [Math.min(min, max - 60), max] }, y: { range: (_, __, max) => [0, max > 0 ? max * 1.1 : 1] } },
      series: [{}, ...shown.map(([name], i) => ({ label: name, stroke: color(`--line${i}`), width: 2, points: { show: false } }))],
    }, data, place);
  }

  return {
    element,
    show,
    close() {
      resized.disconnect();
      darkness.removeEventListener('change', again);
      plot?.destroy();
    },
  };
}
