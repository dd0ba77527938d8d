import { ask } from './api.js';
import { button, fill, h, table } from './dom.js';

/**
 * A list of the control port with a form of filters above and its further pages below; it is read again every few seconds while only its first page is
 * shown and nobody types in it. Returns what closes it.
 * @param {HTMLElement} place
 * @param {{ path: string, caption: string, empty: string, heads: string[], filters: { name: string, label: string }[],
 *   row: (item: any, again: () => Promise<void>) => import('./dom.js').Child[] }} about
 */
export function list(place, { path, caption, empty, heads, filters, row }) {
  const given = new URLSearchParams(location.hash.split('?')[1] ?? '');
  const inputs = filters.map(({ name, label }) => /** @type {HTMLInputElement} */ (h('input', { name, placeholder: label, 'aria-label': label, value: given.get(name) ?? '' })));
  const rows = h('section.card', { 'aria-label': caption, 'aria-live': 'off' });
  const more = h('div.bar');
  /** @type {any[]} */
  let items = [];
  let pages = 1;

  /** @param {string | null} after */
  async function read(after) {
    const query = new URLSearchParams(inputs.filter(({ value }) => value !== '').map(({ name, value }) => [name, value]));
    if (after !== null)
      query.set('after', after);
    const answer = await ask(`/api/v1/${path}?${query}`);
    items = after === null ? answer.items : [...items, ...answer.items];
    pages = after === null ? 1 : pages + 1;
    fill(rows,
      answer.missing?.length > 0 && h('p.error', null, `Not heard of: ${answer.missing.join(', ')}`),
      table(caption, heads, items.map((item) => row(item, again)), empty));
    fill(more, answer.next && button('More', () => read(answer.next)));
  }
  const again = () => read(null).catch((error) => fill(rows, h('p.error', null, error.message)));
  fill(place, h('form.bar', { submit: (/** @type {Event} */ event) => { event.preventDefault(); again(); } }, inputs, h('button', { type: 'submit' }, 'Show')), rows, more);
  again();
  // A row that somebody is about to act on must not go away under the finger.
  const timer = setInterval(() => {
    if (pages === 1 && !rows.contains(document.activeElement))
      again();
  }, 3000);
  return () => clearInterval(timer);
}
