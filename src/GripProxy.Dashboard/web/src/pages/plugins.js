import { ask, send } from '../api.js';
import { button, fill, h, table, tell } from '../dom.js';
import { asPlugins } from '../pluginsign.js';
import { clock, tail } from '../tail.js';

export const path = 'plugins';
export const title = 'Plugins';

/** @param {HTMLElement} place */
export const open = (place) => asPlugins(place, '/api/v1/tenants', ({ items }) => {
  const tenants = items.map((/** @type {{ name: string }} */ { name }) => name);
  const choice = /** @type {HTMLSelectElement} */ (h('select', { id: 'tenant' }, tenants.map((/** @type {string} */ name) => h('option', null, name))));
  const plugins = h('section.card', { 'aria-label': 'Plugins' });
  const detail = h('div');
  const letters = h('section.card', { 'aria-label': 'Dead letters' });
  /** @type {void | (() => void)} */
  let closeDetail;
  const base = () => `/api/v1/tenants/${encodeURIComponent(choice.value)}`;

  /** @param {() => void | (() => void)} show */
  const replace = (show) => {
    closeDetail?.();
    closeDetail = undefined;
    fill(detail);
    closeDetail = show();
    detail.scrollIntoView({ block: 'nearest' });
  };

  async function list() {
    const answer = await ask(`${base()}/plugins`, { asPlugins: true });
    fill(plugins, table(`Plugins of ${choice.value}`, ['plugin', 'version', 'order', 'state', 'what is wrong', ''], answer.items.map((/** @type {any} */ one) => [
      one.name, one.version, one.order, h(`span.state.${one.state}`, null, one.state), one.error?.message ?? '', h('div.bar', null,
        button(one.enabled ? 'Disable' : 'Enable', () => toggle(one), { 'aria-label': `${one.enabled ? 'Disable' : 'Enable'} ${one.name}` }),
        button('Configure', () => configure(one), { 'aria-label': `Configure ${one.name}` }),
        button('Logs', async () => replace(() => tail(detail, {
          label: `Logs of ${one.name}`,
          filter: h('h2', null, `Logs of ${one.name}`),
          pathOf: () => `${base()}/plugins/${one.id}/logs/stream`,
          empty: 'Nothing was logged since.',
          row: (_, line) => [clock(new Date(line.time ?? line.timestamp ?? Date.now())), h('b', null, ` ${line.level ?? ''} `), String(line.message ?? JSON.stringify(line))],
          asPlugins: true,
        })), { 'aria-label': `Logs of ${one.name}` })),
    ]), 'This tenant has no plugins.'));
  }

  /** @param {any} one */
  async function toggle(one) {
    const word = one.enabled ? 'disable' : 'enable';
    const { state, error } = await ask(`${base()}/plugins/${one.id}/${word}?wait=ready`, { method: 'POST', body: {}, asPlugins: true });
    tell(error && state !== 'disabled' ? `${one.name} is ${state}: ${error.message}` : `${one.name} is ${state}.`, Boolean(error) && state !== 'disabled');
    await list();
  }

  /** @param {any} one */
  async function configure(one) {
    // What is typed while the configuration is on its way would go with the form of before.
    replace(() => {});
    const answer = await send(`${base()}/plugins/${one.id}/config`, { asPlugins: true });
    const revision = answer.headers.get('ETag') ?? (await send(`${base()}/plugins/${one.id}`, { asPlugins: true })).headers.get('ETag') ?? '';
    const text = /** @type {HTMLTextAreaElement} */ (h('textarea', { id: 'config', rows: 10, spellcheck: 'false' }));
    text.value = JSON.stringify(await answer.json(), null, 2);
    replace(() => fill(detail, h('section.card', { 'aria-label': `Configuration of ${one.name}` },
      h('h2', null, `Configuration of ${one.name}`),
      h('label', { for: 'config' }, 'JSON; a secret that stays as it is shown is kept'), text,
      h('div.bar', null, button('Save', async () => {
        await ask(`${base()}/plugins/${one.id}/config?wait=ready`, { method: 'PUT', body: JSON.parse(text.value), headers: revision === '' ? {} : { 'If-Match': revision }, asPlugins: true });
        tell(`The configuration of ${one.name} was saved.`);
        replace(() => {});
        await list();
      }), button('Cancel', async () => replace(() => {}))))));
    text.focus();
  }

  async function listLetters() {
    const answer = await ask(`${base()}/dlq`, { asPlugins: true });
    const again = async () => {
      await listLetters();
      await list();
    };
    fill(letters,
      answer.items.length > 1 && h('div.bar', null, button('Replay all', async () => {
        const { matched } = await ask(`${base()}/dlq/replay`, { method: 'POST', body: { filter: {}, from: 'stage' }, asPlugins: true });
        tell(`${matched} dead letters are tried again.`);
        await again();
      })),
      table('Dead letters', ['time', 'stage', 'plugin', 'event', 'tries', 'error', ''], answer.items.map((/** @type {any} */ one) => [
        one.time, one.stage, one.name ?? '', one.event ?? '', one.attempts, one.error, h('div.bar', null,
          button('Replay', async () => {
            await ask(`${base()}/dlq/${one.id}/replay`, { method: 'POST', body: { from: 'stage' }, asPlugins: true });
            tell(`${one.id} is tried again.`);
            await again();
          }, { 'aria-label': `Replay ${one.id}` }),
          button('Delete', async () => {
            await ask(`${base()}/dlq/${one.id}`, { method: 'DELETE', asPlugins: true });
            tell(`${one.id} was deleted.`);
            await again();
          }, { class: 'danger', 'aria-label': `Delete ${one.id}` })),
      ]), 'Nothing died.'));
  }

  const all = () => Promise.all([list(), listLetters()]).catch((error) => tell(error.message, true));
  choice.addEventListener('change', () => {
    replace(() => {});
    all();
  });
  fill(place, h('div.bar', null, h('label', { for: 'tenant' }, 'Tenant'), choice), plugins, detail, letters);
  all();
  // As in lists: not under the finger.
  const timer = setInterval(() => {
    if (!place.contains(document.activeElement))
      all();
  }, 3000);
  return () => {
    clearInterval(timer);
    closeDetail?.();
  };
});
