// @ts-check
/** Events as plugins see them (plugins-api.md 3.1). */

const personKeys = ['$set', '$set_once'];

/** Deeper data than this comes from no event; it is kept as it is. */
const deepest = 64;

/**
 * Person properties are one object in two places, because plugins read and delete in either.
 * @param {any} event
 */
export function joinPersonProperties(event) {
  for (const key of personKeys) {
    const inside = event.properties?.[key];
    if (inside !== undefined) event[key] = inside;
    else delete event[key];
  }
}

/**
 * Joins them again after a plugin: where it replaced one of the two, the replaced one counts, inside `properties` first.
 * @param {any} event
 * @param {any} before person properties by key, as the plugin got them
 */
export function settlePersonProperties(event, before) {
  for (const key of personKeys) {
    const inside = event.properties?.[key];
    const value = inside !== before[key] ? inside : event[key];
    if (value === undefined) {
      if (event.properties) delete event.properties[key];
    } else {
      event.properties ??= {};
      event.properties[key] = value;
    }
  }
  joinPersonProperties(event);
}

/** @param {any} event */
export function personProperties(event) {
  return { $set: event.properties?.$set, $set_once: event.properties?.$set_once };
}

/**
 * The event without the second place of its person properties.
 * @param {any} event
 */
export function withoutCopies(event) {
  const { $set: _set, $set_once: _once, ...rest } = event;
  return rest;
}

/**
 * A copy that no plugin has touched.
 * @param {any} event
 */
export function copyEvent(event) {
  const copy = copyData(event, 0);
  joinPersonProperties(copy);
  return copy;
}

/** @param {any} value */
export function isPlain(value) {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/**
 * @param {any} value
 * @param {number} depth
 * @returns {any}
 */
function copyData(value, depth) {
  if (value === null || typeof value !== 'object' || depth > deepest) return value;
  if (Array.isArray(value)) return value.map((member) => copyData(member, depth + 1));
  if (value instanceof Date) return new Date(value);
  if (!isPlain(value)) return value;
  /** @type {Record<string, any>} */
  const copy = {};
  for (const key of Object.keys(value)) copy[key] = copyData(value[key], depth + 1);
  return copy;
}
