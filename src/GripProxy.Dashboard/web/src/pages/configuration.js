import { ask } from '../api.js';
import { button, fill, h, table, tell } from '../dom.js';

export const path = 'configuration';
export const title = 'Configuration';

/** @param {HTMLElement} place */
export async function open(place) {
  /** @type {{ items: { section: string, key: string, value: string | null, location: string }[] }} */
  const { items } = await ask('/api/configuration');
  const sections = [...new Set(items.map(({ section }) => section))];
  const reload = button('Reload routes, keys and limits', async () => {
    const { changed } = await ask('/api/v1/reload', { method: 'POST', body: {} });
    tell(changed.length === 0 ? 'Read again; nothing has changed.' : `Read again; changed: ${changed.join(', ')}.`);
  });
  fill(place,
    h('div.bar', null, reload, h('span.hint', null, 'What was written and is in force since the start. Secrets are hidden; keys that are not here have their defaults.')),
    sections.map((section) => h('section.card', { 'aria-label': section },
      table(`[${section}]`, ['key', 'value', 'written'], items.filter((item) => item.section === section).map(({ key, value, location }) => [
        h('code', null, key), value === null ? h('span.hint', null, 'hidden') : h('code', null, value), h('span.hint', null, location),
      ]), ''))));
}
