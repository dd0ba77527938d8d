// @ts-check
/** Events as functions after the chain get them (plugins.md 7.5-7.7). They come as they left the chain: person properties inside `properties`. */
import { joinPersonProperties } from './event.js';

const longestText = 400;
const longestLink = 2048;

/**
 * The arguments of a call in the shape that the function expects.
 * @param {string} method
 * @param {any[]} values
 * @returns {any[]}
 */
export function shapeArguments(method, values) {
  switch (method) {
    case 'onEvent':
    case 'onSnapshot':
      return values.map(processedEvent);
    case 'exportEvents':
      return values.map((events) => events.map(processedEvent));
    case 'composeWebhook':
    case 'onEventWithPostHogEvent':
      return values.map(postHogEvent);
    default:
      return values;
  }
}

/** @param {any} event */
function processedEvent(event) {
  joinPersonProperties(event);
  const elements = event.properties?.$elements;
  if (event.event !== '$autocapture' || !Array.isArray(elements)) return event;
  const { $elements: _, ...properties } = event.properties;
  return { ...event, properties, elements: elements.map(element) };
}

/**
 * The newer shape.
 * @param {any} event
 */
function postHogEvent({ uuid, event, team_id, distinct_id, properties, timestamp }) {
  return { uuid, event, team_id, distinct_id, properties: properties ?? {}, timestamp: new Date(timestamp) };
}

/**
 * One element of a page, as browsers' libraries send it.
 * @param {any} sent
 */
function element(sent) {
  const given = sent !== null && typeof sent === 'object' ? sent : {};
  const classes = given.attr__class ?? given.classes;
  return {
    text: cut(given.$el_text ?? given.text, longestText),
    tag_name: given.tag_name,
    href: cut(given.attr__href ?? given.href, longestLink),
    attr_class: typeof classes === 'string' ? classes.split(/\s+/).filter((name) => name !== '') : classes,
    attr_id: given.attr__id,
    nth_child: given.nth_child,
    nth_of_type: given.nth_of_type,
    attributes: Object.fromEntries(Object.entries(given).filter(([name]) => name.startsWith('attr__'))),
  };
}

/**
 * @param {any} text
 * @param {number} longest
 */
function cut(text, longest) {
  return typeof text === 'string' ? text.slice(0, longest) : text;
}
