// @ts-check
import { TimeoutError } from '../shared/errors.js';

const later = globalThis.setTimeout;
const stop = globalThis.clearTimeout;

/**
 * The result of a promise, or a TimeoutError when it takes too long.
 * @param {Promise<any>} promise
 * @param {number} limit milliseconds; 0: any time
 * @param {string} what
 * @returns {Promise<any>}
 */
export function within(promise, limit, what) {
  if (limit === 0) return promise;
  return new Promise((resolve, reject) => {
    const timer = later(() => reject(new TimeoutError(`${what} took longer than ${limit / 1000} seconds`)), limit);
    promise.then(
      (value) => {
        stop(timer);
        resolve(value);
      },
      (error) => {
        stop(timer);
        reject(error);
      },
    );
  });
}
