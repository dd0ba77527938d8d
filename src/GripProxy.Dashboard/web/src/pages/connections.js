import { ask } from '../api.js';
import { button, tell } from '../dom.js';
import { bytes, count, duration } from '../format.js';
import { list } from '../list.js';

export const path = 'connections';
export const title = 'Connections';

/** @param {HTMLElement} place */
export const open = (place) => list(place, {
  path: 'connections',
  caption: 'Held connections',
  empty: 'No such connection is held.',
  heads: ['connection', 'transport', 'route', 'peer', 'channels', 'age', 'delivered', 'dropped', 'waiting', 'node', ''],
  filters: [{ name: 'channel', label: 'On channel' }, { name: 'transport', label: 'Transport' }, { name: 'route', label: 'Route' }],
  row: (one, again) => [
    one.id, one.transport, one.route || '–', one.peer ?? '–', one.channels.join(', '), duration(one.age), count(one.delivered), count(one.dropped), bytes(one.queued_bytes), one.node,
    button('Close', async () => {
      const { closed } = await ask('/api/v1/close', { method: 'POST', body: { connection: one.id } });
      tell(closed === 0 ? `${one.id} was gone already.` : `${one.id} was closed.`);
      await again();
    }, { class: 'danger', 'aria-label': `Close ${one.id}` }),
  ],
});
