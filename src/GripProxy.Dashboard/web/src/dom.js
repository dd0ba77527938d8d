/** @typedef {Node | string | number | null | undefined | false} Child */

/**
 * Makes an element. Attributes that are functions listen to the event of that name; true is an attribute without value, false, null and undefined are none.
 * @param {string} tag Name, and maybe classes: `div.card`.
 * @param {Record<string, unknown> | null} [attributes]
 * @param {...(Child | Child[])} children
 * @returns {HTMLElement}
 */
export function h(tag, attributes, ...children) {
  const [name, ...classes] = tag.split('.');
  const element = document.createElement(name);
  if (classes.length > 0)
    element.className = classes.join(' ');
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (typeof value === 'function')
      element.addEventListener(key, /** @type {EventListener} */ (value));
    else if (value === true)
      element.setAttribute(key, '');
    else if (value !== false && value !== null && value !== undefined)
      element.setAttribute(key, String(value));
  }
  append(element, children);
  return element;
}

/** @param {Element} element @param {(Child | Child[])[]} children */
function append(element, children) {
  for (const child of children.flat()) {
    if (child !== null && child !== undefined && child !== false)
      element.append(child instanceof Node ? child : String(child));
  }
}

/** Puts other children into an element. @param {Element} element @param {...(Child | Child[])} children */
export function fill(element, ...children) {
  element.replaceChildren();
  append(element, children);
}

// An id, an address or a time stays in one piece; what is longer may be broken anywhere, so that it does not push the others out.
const longest = 24;

/** @param {Child} cell */
const isLong = (cell) => (cell instanceof Node ? cell.textContent ?? '' : String(cell ?? '')).length > longest;

/**
 * A table with a caption that is read aloud; on a phone each row becomes a card.
 * @param {string} caption
 * @param {string[]} heads
 * @param {Child[][]} rows
 * @param {string} empty What stands there without rows.
 */
export function table(caption, heads, rows, empty) {
  if (rows.length === 0)
    return h('p.empty', null, empty);
  return h('table', null,
    h('caption', null, caption),
    h('thead', null, h('tr', null, heads.map((head) => h('th', { scope: 'col' }, head)))),
    h('tbody', null, rows.map((cells) => h('tr', null, cells.map((cell, i) => h(isLong(cell) ? 'td.long' : 'td', { 'data-head': heads[i] }, cell))))));
}

/** A button that cannot be pressed twice while it works. @param {string} text @param {() => Promise<void>} act @param {Record<string, unknown>} [attributes] */
export function button(text, act, attributes) {
  const element = /** @type {HTMLButtonElement} */ (h('button', {
    type: 'button',
    ...attributes,
    click: async () => {
      element.disabled = true;
      try {
        await act();
      } catch (error) {
        tell(error instanceof Error ? error.message : String(error), true);
      } finally {
        element.disabled = false;
      }
    },
  }, text));
  return element;
}

/** Tells the reader what became of an action. @param {string} text @param {boolean} [isError] */
export function tell(text, isError = false) {
  const place = document.getElementById('told');
  if (place)
    fill(place, h(isError ? 'p.error' : 'p.done', null, text));
}
