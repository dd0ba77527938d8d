/** What the dashboard answered instead of what was asked. */
export class Problem extends Error {
  /** @param {number} status @param {string} code @param {string} detail */
  constructor(status, code, detail) {
    super(detail);
    this.status = status;
    this.code = code;
  }
}

const keyName = 'gripproxy-key';
const pluginName = 'gripproxy-plugin-token';

/** Called when the dashboard does not know who asks (any more). */
export const signedOut = { call: () => {} };

/** The reader's key, for this tab only. */
export const key = {
  get: () => sessionStorage.getItem(keyName) ?? '',
  /** @param {string} value Text of an Authorization header, or empty. */
  set: (value) => value === '' ? sessionStorage.removeItem(keyName) : sessionStorage.setItem(keyName, value),
};

/** The token for plugins, for this tab only. */
export const pluginToken = {
  get: () => sessionStorage.getItem(pluginName) ?? '',
  /** @param {string} value */
  set: (value) => value === '' ? sessionStorage.removeItem(pluginName) : sessionStorage.setItem(pluginName, value),
};

/**
 * Asks; JSON in, JSON out. Paths of the control port are below `/api/v1/`; with a plugin token they are asked in its name.
 * @param {string} path
 * @param {{ method?: string, body?: unknown, headers?: Record<string, string>, asPlugins?: boolean, signal?: AbortSignal }} [options]
 * @returns {Promise<any>}
 */
export async function ask(path, options = {}) {
  const answer = await send(path, options);
  const text = await answer.text();
  return text === '' ? null : JSON.parse(text);
}

/** The same without reading the answer. @param {string} path @param {Parameters<typeof ask>[1]} options @returns {Promise<Response>} */
export async function send(path, { method = 'GET', body, headers = {}, asPlugins = false, signal } = {}) {
  /** @type {Record<string, string>} */
  const all = { Accept: 'application/json', 'X-GripProxy-Dashboard': '1', ...headers };
  if (key.get() !== '')
    all.Authorization = key.get();
  if (asPlugins)
    all['X-GripProxy-Plugin-Token'] = pluginToken.get();
  if (body !== undefined)
    all['Content-Type'] = 'application/json';
  const answer = await fetch(path, { method, headers: all, body: body === undefined ? undefined : JSON.stringify(body), cache: 'no-store', signal });
  if (answer.ok)
    return answer;
  const problem = await problemOf(answer);
  // A plugin token that is not known is the affair of the plugin pages.
  if (answer.status === 401 && !asPlugins)
    signedOut.call();
  throw problem;
}

/** @param {Response} answer */
async function problemOf(answer) {
  const text = await answer.text();
  try {
    const { code, detail, title, details } = JSON.parse(text);
    const errors = (details?.errors ?? []).map((/** @type {any} */ one) => typeof one === 'string' ? one : `${one.file ?? ''}${one.line ? `:${one.line}` : ''} ${one.text ?? ''}`);
    return new Problem(answer.status, code ?? '', [detail ?? title ?? text, ...errors].join('; '));
  } catch {
    return new Problem(answer.status, '', text.trim() === '' ? `status ${answer.status}` : text.trim());
  }
}

/**
 * Reads an event stream until it ends or is aborted. EventSource cannot send a key.
 * @param {string} path
 * @param {(type: string, data: any) => void} take
 * @param {AbortSignal} signal
 * @param {boolean} [asPlugins]
 */
export async function follow(path, take, signal, asPlugins = false) {
  const answer = await send(path, { headers: { Accept: 'text/event-stream' }, asPlugins, signal });
  if (answer.body === null)
    return;
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done)
      return;
    const blocks = (rest + value).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const lines = block.split('\n');
      const data = lines.filter((line) => line.startsWith('data:')).map((line) => line.slice(5).trimStart()).join('\n');
      if (data !== '')
        take(lines.find((line) => line.startsWith('event:'))?.slice(6).trim() ?? 'message', JSON.parse(data));
    }
  }
}
