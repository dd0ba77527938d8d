// @ts-check
/** `fetch` as plugins know it (plugins-api.md 3.5): the request is written down here, the host sends it. */

/** @type {any} */
const world = globalThis;
const { Response: PlainResponse, Request: PlainRequest, Headers, URL, URLSearchParams } = world;
const { from: bufferFrom, concat } = world.Buffer;
const randomUUID = world.crypto.randomUUID.bind(world.crypto);

/** Answers of these statuses have no body. */
const bodiless = [101, 103, 204, 205, 304];

/** @typedef {import('./services.js').Ask} Ask */
/** @typedef {{status: number, status_text: string, url: string, redirected: boolean, headers: [string, string][], body: string}} HostResponse */
/** @typedef {{problem: string, code: string, message: string}} HostFailure */

/** What nobody could send or nobody answered. */
export class FetchError extends Error {
  /**
   * @param {string} message
   * @param {string} type
   * @param {string} [code]
   */
  constructor(message, type, code) {
    super(message);
    this.name = 'FetchError';
    this.type = type;
    if (code !== undefined) {
      this.code = code;
      this.errno = code;
    }
  }
}

/** A request that took too long or is not wanted any more. */
export class AbortError extends Error {
  /** @param {string} message */
  constructor(message) {
    super(message);
    this.name = 'AbortError';
    this.type = 'aborted';
  }
}

/** What the host said about answers. @type {WeakMap<object, HostResponse>} */
const told = new WeakMap();

/** Answers with what `node-fetch` adds to them. */
export class Response extends PlainResponse {
  get url() {
    return told.get(this)?.url ?? super.url;
  }

  get redirected() {
    return told.get(this)?.redirected ?? super.redirected;
  }

  get status() {
    return told.get(this)?.status ?? super.status;
  }

  get ok() {
    return this.status >= 200 && this.status < 300;
  }

  get statusText() {
    return told.get(this)?.status_text ?? super.statusText;
  }

  async buffer() {
    return bufferFrom(await this.arrayBuffer());
  }

  async json() {
    const text = await this.text();
    try {
      return JSON.parse(text);
    } catch (error) {
      throw new FetchError(`invalid json response body at ${this.url} reason: ${/** @type {Error} */ (error).message}`, 'invalid-json');
    }
  }

  clone() {
    const copy = Object.setPrototypeOf(super.clone(), Response.prototype);
    const details = told.get(this);
    if (details) told.set(copy, details);
    return copy;
  }
}

/**
 * @param {Ask} ask
 * @returns {(input: any, init?: any) => Promise<any>}
 */
export function makeFetch(ask) {
  // Another copy of the plugin may be under way, in this process or in one that takes its place.
  const mine = randomUUID();
  let requests = 0;
  return async function fetch(input, init = {}) {
    const id = `${mine}:${++requests}`;
    const signal = init.signal ?? (input instanceof PlainRequest ? input.signal : undefined);
    const asked = send(await describeRequest(input, init));
    return signal ? await unless(signal, asked, () => ask('fetch.abort', { id })) : await asked;

    /** @param {object} request */
    async function send(request) {
      if (signal?.aborted) throw new AbortError('The user aborted a request.');
      const { answer, failure } = await ask('fetch', { id, ...request });
      if (failure) throw failed(failure);
      return readAnswer(answer);
    }
  };
}

/**
 * The promise, or an AbortError as soon as the signal is given.
 * @param {any} signal
 * @param {Promise<any>} promise
 * @param {() => Promise<any>} abort
 */
async function unless(signal, promise, abort) {
  /** @type {() => void} */
  let stop = () => undefined;
  const aborted = new Promise((_, reject) => {
    stop = () => {
      abort().catch(() => undefined);
      reject(new AbortError('The user aborted a request.'));
    };
    signal.addEventListener('abort', stop);
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
    promise.catch(() => undefined);
  }
}

/**
 * @param {any} input
 * @param {any} init
 */
async function describeRequest(input, init) {
  const request = input instanceof PlainRequest ? input : undefined;
  const url = parseUrl(request ? request.url : input);
  const method = `${init.method ?? request?.method ?? 'GET'}`;
  const headers = new Headers(init.headers ?? request?.headers ?? undefined);
  const body = init.body ?? (request?.body ? await request.arrayBuffer() : undefined);
  /** @type {string | undefined} */
  let bytes;
  if (body !== undefined && body !== null) {
    if (/^(get|head)$/i.test(method)) throw new TypeError('Request with GET/HEAD method cannot have body');
    const { type, content } = await readBody(body);
    if (type && !headers.has('content-type')) headers.set('content-type', type);
    bytes = content.toString('base64');
  }
  if (url.username !== '' || url.password !== '') {
    const secret = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    if (!headers.has('authorization')) headers.set('authorization', `Basic ${bufferFrom(secret).toString('base64')}`);
    url.username = url.password = '';
  }
  const timeout = Number(init.timeout ?? 0);
  return {
    url: url.href,
    method,
    headers: [...headers],
    body: bytes,
    redirect: `${init.redirect ?? request?.redirect ?? 'follow'}`,
    timeout_ms: timeout > 0 && timeout < 1e9 ? timeout : undefined,
  };
}

/** @param {any} input */
function parseUrl(input) {
  try {
    return new URL(`${input}`);
  } catch {
    throw new TypeError('Only absolute URLs are supported');
  }
}

/**
 * Bytes of a body and their media type, as far as the kind of body says one.
 * @param {any} body
 */
async function readBody(body) {
  if (typeof body.getBuffer === 'function' && typeof body.getHeaders === 'function') {
    return { type: body.getHeaders()['content-type'], content: bufferFrom(body.getBuffer()) };
  }
  if (body[Symbol.asyncIterator] && !(body instanceof world.ReadableStream)) {
    const pieces = [];
    for await (const piece of body) pieces.push(bufferFrom(piece));
    return { type: undefined, content: concat(pieces) };
  }
  const written = new PlainResponse(body);
  return { type: written.headers.get('content-type'), content: bufferFrom(await written.arrayBuffer()) };
}

/** @param {HostResponse} answer */
export function readAnswer(answer) {
  const content = answer.body === '' || bodiless.includes(answer.status) ? null : bufferFrom(answer.body, 'base64');
  const response = new (/** @type {any} */ (Response))(content);
  for (const [name, value] of answer.headers) {
    try {
      response.headers.append(name, value);
    } catch {
      // No header that a program could ask for.
    }
  }
  told.set(response, answer);
  return response;
}

/** @param {HostFailure} failure */
export function failed({ problem, code, message }) {
  switch (problem) {
    case 'TimedOut':
      return new AbortError(message);
    case 'BadRequest':
      return new TypeError(message);
    case 'TooLarge':
      return new FetchError(message, 'max-size', code);
    case 'TooManyRedirects':
      return new FetchError(message, 'max-redirect', code);
    case 'Redirected':
      return new FetchError(message, 'no-redirect', code);
    default:
      return new FetchError(message, 'system', code);
  }
}

/**
 * What `node-fetch` exports.
 * @param {(input: any, init?: any) => Promise<any>} fetch
 */
export function nodeFetch(fetch) {
  const exported = /** @type {any} */ ((/** @type {any} */ input, /** @type {any} */ init) => fetch(input, init));
  // Old modules call what they required, new ones its default.
  return Object.assign(exported, { __esModule: true, default: fetch, Headers, Request: PlainRequest, Response, FormData: world.FormData, Blob: world.Blob, FetchError, AbortError });
}
