import { h } from '../dom.js';
import { bytes, count } from '../format.js';
import { list } from '../list.js';

export const path = 'channels';
export const title = 'Channels';

/** @param {HTMLElement} place */
export const open = (place) => list(place, {
  path: 'channels',
  caption: 'Channels in use',
  empty: 'Nobody listens to such a channel.',
  heads: ['channel', 'held', 'by transport', 'last id', 'log'],
  filters: [{ name: 'prefix', label: 'Begins with' }],
  row: ({ channel, total, subscribers, last_id: lastId, log }) => [
    h('a', { href: `#/connections?channel=${encodeURIComponent(channel)}` }, channel),
    count(total),
    Object.entries(subscribers).filter(([, number]) => number > 0).map(([transport, number]) => `${transport} ${number}`).join(', '),
    lastId ?? '–',
    log === null ? '–' : `${count(log.items)} items, ${bytes(log.bytes)}`,
  ],
});
