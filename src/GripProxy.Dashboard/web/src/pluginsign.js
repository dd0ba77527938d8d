import { ask, pluginToken } from './api.js';
import { fill, h } from './dom.js';

/**
 * Opens a page of plugins in the name of a token of the plugin API, and asks for one where there is none or it is not accepted. Returns what closes it.
 * @param {HTMLElement} place
 * @param {string} probe A path that tells whether the token is good.
 * @param {(answer: any) => (void | (() => void))} open
 */
export async function asPlugins(place, probe, open) {
  /** @type {void | (() => void)} */
  let close;
  /** @param {string} [problem] */
  const form = (problem) => {
    const input = /** @type {HTMLInputElement} */ (h('input', { id: 'plugin-token', type: 'password', autocomplete: 'off', required: true }));
    fill(place, h('form.card.bar', {
      submit: (/** @type {Event} */ event) => {
        event.preventDefault();
        pluginToken.set(input.value.trim());
        begin();
      },
    },
    h('label', { for: 'plugin-token' }, 'Plugin token'), input, h('button', { type: 'submit' }, 'Use'),
    h('p.hint', null, 'The operator’s token ([plugins] admin_token) or one of a tenant. It is kept in this tab only.'),
    problem && h('p.error', { role: 'alert' }, problem)));
  };
  const begin = async () => {
    try {
      close = open(await ask(probe, { asPlugins: true }));
    } catch (error) {
      const { status, message } = /** @type {import('./api.js').Problem} */ (error);
      if (status === 404) {
        fill(place, h('p.empty', null, 'Plugins are off: [plugins] enabled=true switches them on.'));
        return;
      }
      pluginToken.set('');
      form(message);
    }
  };
  if (pluginToken.get() === '')
    form();
  else
    await begin();
  return () => close?.();
}
