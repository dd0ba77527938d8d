import { h } from '../dom.js';
import { clock, tail } from '../tail.js';

export const path = 'events';
export const title = 'Events';

/** @param {HTMLElement} place */
export function open(place) {
  const types = /** @type {HTMLInputElement} */ (h('input', { value: 'sub,conn', 'aria-label': 'Kinds', title: 'Some of activity, message, conn, sub, counts, report; empty: all' }));
  return tail(place, {
    label: 'Events',
    filter: types,
    pathOf: () => `/api/v1/stats?types=${encodeURIComponent(types.value)}`,
    empty: 'Nothing happened yet.',
    row: (type, data) => [clock(new Date()), h('b', null, ` ${type} `), Object.entries(data).map(([name, value]) => `${name}=${typeof value === 'object' ? JSON.stringify(value) : value}`).join(' ')],
  });
}
