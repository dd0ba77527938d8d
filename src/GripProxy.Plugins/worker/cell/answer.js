// @ts-check
/** The result of `onRequest` as the host takes it (plugins.md 7.8). */

const stringify = JSON.stringify;
const bufferFrom = /** @type {any} */ (globalThis).Buffer.from;
const members = ['status', 'headers', 'body'];

/**
 * An answer, a text, or anything else, which is sent as JSON.
 * @param {any} result
 * @returns {{status: number, headers: [string, string][], body?: string, bin?: string}}
 */
export function shapeAnswer(result) {
  if (result === undefined || result === null) return { status: 204, headers: [], body: '' };
  if (!isAnswer(result)) return withBody(200, [], result);
  const { status = 200, headers = {}, body } = result;
  if (!Number.isInteger(status) || status < 200 || status > 599) throw new TypeError('the status of an answer is a number from 200 to 599');
  return withBody(status, fields(headers), body);
}

/** @param {any} result */
function isAnswer(result) {
  if (typeof result !== 'object' || Array.isArray(result) || result instanceof Uint8Array) return false;
  const names = Object.keys(result);
  const { status, headers } = result;
  return names.length > 0 && names.every((name) => members.includes(name)) && (status === undefined || typeof status === 'number') &&
    (headers === undefined || (headers !== null && typeof headers === 'object'));
}

/**
 * @param {any} headers an object whose values are texts or lists of them, or Headers
 * @returns {[string, string][]}
 */
function fields(headers) {
  const given = typeof headers.entries === 'function' ? [...headers.entries()] : Object.entries(headers);
  /** @type {[string, string][]} */
  const list = [];
  for (const [name, value] of given) {
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) throw new TypeError(`${name} is no name of a header`);
    for (const one of Array.isArray(value) ? value : [value]) {
      const text = `${one}`;
      if (/[\0-\x08\x0a-\x1f\x7f]/.test(text)) throw new TypeError(`the value of the header ${name} has control characters`);
      list.push([name, text]);
    }
  }
  return list;
}

/**
 * @param {number} status
 * @param {[string, string][]} headers
 * @param {any} body
 */
function withBody(status, headers, body) {
  const typed = headers.some(([name]) => name.toLowerCase() === 'content-type');
  const type = (/** @type {string} */ of) => typed ? headers : [...headers, /** @type {[string, string]} */ (['Content-Type', of])];
  if (body === undefined || body === null) return { status, headers, body: '' };
  if (typeof body === 'string') return { status, headers: type('text/plain; charset=utf-8'), body };
  if (body instanceof Uint8Array) return { status, headers: type('application/octet-stream'), bin: bufferFrom(body).toString('base64') };
  return { status, headers: type('application/json'), body: stringify(body) ?? 'null' };
}
