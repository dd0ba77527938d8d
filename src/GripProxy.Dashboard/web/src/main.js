import './style.css';
import { ask, key, pluginToken, signedOut } from './api.js';
import { fill, h } from './dom.js';
import { connect, link, onSample } from './live.js';
import { pages } from './pages.js';

/** @type {void | (() => void)} */
let close;
let openings = 0;

async function begin() {
  signedOut.call = signIn;
  let session;
  try {
    session = await ask('/api/session');
  } catch (error) {
    if (/** @type {any} */ (error).status !== 401)
      signIn(/** @type {Error} */ (error).message);
    return;
  }
  frame(session);
  connect();
  addEventListener('hashchange', show);
  await show();
}

/** @param {{ node: string, version: string, open: boolean }} session */
function frame({ node, version, open }) {
  const state = h('span.link', { role: 'status' }, link.state);
  const name = h('span.node', null, `${node} · ${version}`);
  onSample(() => {
    if (state.textContent === link.state)
      return;
    // What could not be asked meanwhile can be now.
    if (state.textContent === 'disconnected')
      fill(/** @type {Element} */ (document.getElementById('told')));
    state.textContent = link.state;
    state.className = `link ${link.state}`;
    name.textContent = link.name;
  });
  fill(document.body,
    h('a.skip', { href: '#main', click: (/** @type {Event} */ event) => { event.preventDefault(); document.getElementById('main')?.focus(); } }, 'To the content'),
    h('header', null,
      h('strong', null, 'GripProxy'), name, state,
      open ? h('span.note', { title: 'No key is set, so everybody on this machine may use this page.' }, 'open') : h('button', { type: 'button', click: leave }, 'Sign out')),
    h('nav', { 'aria-label': 'Pages' }, pages.map((page) => h('a', { href: `#/${page.path}` }, page.title))),
    h('div', { id: 'told', role: 'alert' }),
    h('main', { id: 'main', tabindex: '-1' }));
}

async function show() {
  const main = document.getElementById('main');
  if (main === null)
    return;
  const path = location.hash.replace(/^#\/?/, '').split('?')[0];
  const page = pages.find((one) => one.path === path) ?? pages[0];
  document.title = `${page.title} · GripProxy`;
  for (const anchor of document.querySelectorAll('nav a'))
    anchor.toggleAttribute('aria-current', anchor.getAttribute('href') === `#/${page.path}`);
  fill(/** @type {Element} */ (document.getElementById('told')));
  close?.();
  close = undefined;
  const opening = ++openings;
  const place = h('div.page', null, h('h1', null, page.title));
  const content = h('div.content');
  place.append(content);
  fill(main, place);
  try {
    const closing = await page.open(content);
    if (opening === openings)
      close = closing;
    else
      closing?.();
  } catch (error) {
    fill(content, h('p.error', null, /** @type {Error} */ (error).message));
  }
}

function leave() {
  key.set('');
  pluginToken.set('');
  location.reload();
}

/** Asks for a key. @param {string} [problem] */
function signIn(problem) {
  const had = key.get() !== '';
  key.set('');
  const input = /** @type {HTMLInputElement} */ (h('input', { id: 'key', type: 'password', autocomplete: 'current-password', required: true }));
  fill(document.body, h('main.signin', null, h('form', {
    submit: async (/** @type {Event} */ event) => {
      event.preventDefault();
      const text = input.value.trim();
      // A token has no colon; a name with its password has.
      key.set(text.includes(':') ? `Basic ${btoa(String.fromCharCode(...new TextEncoder().encode(text)))}` : `Bearer ${text}`);
      await begin();
    },
  },
  h('h1', null, 'GripProxy'),
  h('label', { for: 'key' }, 'Token, or name:password'),
  input,
  h('p.hint', null, 'One of [issuer], [bearer] or [basic] in the configuration, without channel limits. It is kept in this tab only.'),
  had || problem ? h('p.error', { role: 'alert' }, problem ?? 'That was not accepted.') : null,
  h('button', { type: 'submit' }, 'Sign in'))));
  input.focus();
}

begin();
