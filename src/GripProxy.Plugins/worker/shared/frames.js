// @ts-check
/** Frames between host and worker: four bytes of length, little-endian, then one JSON object. */

// Taken before any plugin runs: plugins may replace what they find later.
const parse = JSON.parse;
const stringify = JSON.stringify;
const decoder = new TextDecoder();
const encoder = new TextEncoder();
const decode = decoder.decode.bind(decoder);
const encodeInto = encoder.encodeInto.bind(encoder);

/** @typedef {(buffer: Uint8Array) => Promise<number | null>} Read */
/** @typedef {(buffer: Uint8Array) => number} WriteSync */

/** Reads frames in order. Owned by the main loop. */
export class FrameReader {
  #read;
  #buffer = new Uint8Array(65536);
  #start = 0;
  #end = 0;

  /** @param {Read} read */
  constructor(read) {
    this.#read = read;
  }

  /**
   * The next frame, or null at the end of the input.
   * @returns {Promise<any>}
   */
  async next() {
    if (!await this.#have(4)) return null;
    const view = new DataView(this.#buffer.buffer, this.#start, 4);
    const length = view.getUint32(0, true);
    this.#start += 4;
    if (!await this.#have(length)) return null;
    const text = decode(this.#buffer.subarray(this.#start, this.#start + length));
    this.#start += length;
    return parse(text);
  }

  /** @param {number} count */
  async #have(count) {
    if (this.#start === this.#end) this.#start = this.#end = 0;
    if (this.#start + count > this.#buffer.length) this.#makeRoom(count);
    while (this.#end - this.#start < count) {
      const read = await this.#read(this.#buffer.subarray(this.#end));
      if (read === null) return false;
      this.#end += read;
    }
    return true;
  }

  /** @param {number} count */
  #makeRoom(count) {
    const waiting = this.#buffer.subarray(this.#start, this.#end);
    const room = count > this.#buffer.length ? new Uint8Array(count + 65536) : this.#buffer;
    room.set(waiting, 0);
    this.#buffer = room;
    this.#start = 0;
    this.#end = waiting.length;
  }
}

/** Writes frames; each is out when the call returns. */
export class FrameWriter {
  #write;
  #buffer = new Uint8Array(65536);

  /** @param {WriteSync} write */
  constructor(write) {
    this.#write = write;
  }

  /** @param {object} frame */
  send(frame) {
    this.sendText(stringify(frame));
  }

  /** @param {string} json */
  sendText(json) {
    const most = 4 + json.length * 3;
    if (most > this.#buffer.length) this.#buffer = new Uint8Array(most);
    const { written } = encodeInto(json, this.#buffer.subarray(4));
    new DataView(this.#buffer.buffer).setUint32(0, written, true);
    let sent = 0;
    while (sent < written + 4) sent += this.#write(this.#buffer.subarray(sent, written + 4));
  }
}
