// @ts-check
/** Reads the mappings of a source map (ECMA-426): which place of the source a place of compiled code comes from. */

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** @typedef {{column: number, sourceLine: number, sourceColumn: number}} Segment all counted from 0 */

/** The map of one module; read when it is first asked. */
export class SourceMap {
  #mappings;
  /** @type {Segment[][] | undefined} */
  #lines;

  /** @param {string} mappings */
  constructor(mappings) {
    this.#mappings = mappings;
  }

  /**
   * The place in the source, or undefined if the map does not know.
   * @param {number} line from 1
   * @param {number} column from 1
   */
  original(line, column) {
    this.#lines ??= decode(this.#mappings);
    const segment = this.#lines[line - 1]?.findLast((one) => one.column < column);
    return segment && { line: segment.sourceLine + 1, column: segment.sourceColumn + 1 };
  }
}

/**
 * @param {string} mappings
 * @returns {Segment[][]} of each line
 */
function decode(mappings) {
  let sourceLine = 0;
  let sourceColumn = 0;
  return mappings.split(';').map((line) => {
    let column = 0;
    /** @type {Segment[]} */
    const segments = [];
    for (const text of line.split(',')) {
      const [toColumn, , toLine, toSourceColumn] = numbers(text);
      column += toColumn ?? 0;
      // Code that comes from nowhere.
      if (toLine === undefined) continue;
      sourceLine += toLine;
      sourceColumn += toSourceColumn;
      segments.push({ column, sourceLine, sourceColumn });
    }
    return segments;
  });
}

/**
 * Numbers in Base64, five bits a digit, the lowest of a number its sign.
 * @param {string} text
 */
function numbers(text) {
  const found = [];
  let value = 0;
  let shift = 0;
  for (const character of text) {
    const digit = alphabet.indexOf(character);
    value |= (digit & 31) << shift;
    if (digit & 32) {
      shift += 5;
      continue;
    }
    found.push(value & 1 ? -(value >>> 1) : value >>> 1);
    value = 0;
    shift = 0;
  }
  return found;
}
