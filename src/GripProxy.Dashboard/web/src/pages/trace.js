import { ask } from '../api.js';
import { fill, h, table, tell } from '../dom.js';
import { clock, tail } from '../tail.js';

export const path = 'trace';
export const title = 'Trace';

/** @typedef {{ at: string, step: string, connection?: string, channel?: string, id?: string | null } & Record<string, unknown>} Step */

/** @param {HTMLElement} place */
export function open(place) {
  const channel = /** @type {HTMLInputElement} */ (h('input', { placeholder: 'Channel, or a pattern with *', 'aria-label': 'Channel', value: '*' }));
  const kept = h('div');
  const live = h('div');
  fill(place, kept, live);

  /** One message from its first step to its last, as far as it is kept. @param {string} of @param {string} id */
  async function show(of, id) {
    try {
      const found = await ask(`/api/v1/trace/${encodeURIComponent(of)}/${encodeURIComponent(id)}`);
      fill(kept, (found.items ?? [found]).map((/** @type {{ steps: Step[] }} */ { steps }) => h('section.card', { 'aria-label': 'One message' },
        table(`Message ${id} on ${of}`, ['time', 'step', 'connection', 'what'], steps.map((step) => [clock(new Date(step.at)), step.step, step.connection ?? '', rest(step)]), 'Nothing is kept.'))));
      kept.scrollIntoView();
    } catch (error) {
      tell(/** @type {Error} */ (error).message, true);
    }
  }

  return tail(live, {
    label: 'Steps of messages',
    filter: channel,
    pathOf: () => `/api/v1/trace?channel=${encodeURIComponent(channel.value || '*')}`,
    empty: 'No message passed yet.',
    row: (_, step) => [
      clock(new Date(step.at)), h(`b.step.${step.step}`, null, ` ${step.step} `), `${step.channel} `,
      step.id === null ? null : h('a', { href: location.hash, click: (/** @type {Event} */ event) => { event.preventDefault(); show(step.channel, step.id); } }, step.id),
      ` ${step.connection ?? ''} ${rest(step)}`,
    ],
  });
}

/** What else a step says. @param {Step} step */
const rest = ({ at, step, connection, channel, id, ...others }) => Object.entries(others).map(([name, value]) => `${name}=${value}`).join(' ');
