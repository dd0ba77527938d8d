// @ts-check
/** `createBuffer` of `@posthog/plugin-contrib`: collects objects until their points reach a limit or the first of them has waited long enough. */

/**
 * @param {{limit?: number, timeoutSeconds?: number, onFlush?: (objects: any[], points: number) => any}} options
 * @param {{setTimeout: (call: () => any, ms: number) => any, clearTimeout: (handle: any) => void}} timers
 */
export function createBuffer(options, timers) {
  const { limit = 10, timeoutSeconds = 10, onFlush = () => undefined } = options;
  /** @type {any[]} */
  let objects = [];
  let points = 0;
  /** @type {any} */
  let timer = null;

  async function flush() {
    if (timer !== null) timers.clearTimeout(timer);
    timer = null;
    if (objects.length === 0) return;
    const full = objects;
    const weight = points;
    objects = [];
    points = 0;
    await onFlush(full, weight);
  }

  return {
    /**
     * @param {any} object
     * @param {number} [weight]
     */
    add(object, weight = 1) {
      /** @type {Promise<void> | undefined} */
      let flushed;
      if (points > 0 && points + weight > limit) flushed = flush();
      objects.push(object);
      points += weight;
      if (points >= limit) return flush();
      timer ??= timers.setTimeout(flush, timeoutSeconds * 1000);
      return flushed;
    },
    flush,
  };
}
