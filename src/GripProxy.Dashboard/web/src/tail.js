import { follow } from './api.js';
import { button, fill, h, tell } from './dom.js';

const most = 500;

/**
 * Rows of an event stream as they come, the newest first, until it is stopped or the page is left. Returns what closes it.
 * @param {HTMLElement} place
 * @param {{ label: string, filter: import('./dom.js').Child, pathOf: () => string, row: (type: string, data: any) => import('./dom.js').Child[], empty: string, asPlugins?: boolean }} about
 */
export function tail(place, { label, filter, pathOf, row, empty, asPlugins = false }) {
  const lines = h('ol.tail', { 'aria-label': label, tabindex: '0', role: 'log', 'aria-live': 'off' });
  const state = h('span.hint', { role: 'status' });
  /** @type {AbortController | null} */
  let running = null;

  async function start() {
    running?.abort();
    const own = running = new AbortController();
    state.textContent = 'Following.';
    fill(lines, h('li.empty', null, empty));
    try {
      await follow(pathOf(), (type, data) => {
        if (lines.firstElementChild?.className === 'empty')
          fill(lines);
        lines.prepend(h('li', null, row(type, data)));
        if (lines.childElementCount > most)
          lines.lastElementChild?.remove();
      }, own.signal, asPlugins);
      state.textContent = 'The proxy ended the stream.';
    } catch (error) {
      if (own.signal.aborted)
        return;
      state.textContent = 'Not following.';
      tell(/** @type {Error} */ (error).message, true);
    }
  }

  fill(place,
    h('form.bar', { submit: (/** @type {Event} */ event) => { event.preventDefault(); start(); } },
      filter,
      h('button', { type: 'submit' }, 'Follow'),
      button('Stop', async () => {
        running?.abort();
        state.textContent = 'Stopped.';
      }),
      state),
    h('section.card', null, lines));
  start();
  return () => running?.abort();
}

/** Time of day with thousandths. @param {Date} time */
export const clock = (time) => h('time', { datetime: time.toISOString() }, time.toTimeString().slice(0, 8) + '.' + String(time.getMilliseconds()).padStart(3, '0'));
