/** What Python prints, passed on in pieces: often enough to be read at once, never so often that the page cannot keep up. */
import { MOST_TEXT } from "./names.js";

/** Milliseconds between two pieces. */
const PAUSE = 60;

export class Printed {
  /** @type {Record<string, TextDecoder>} */
  #decoders = {};
  #name = "";
  #text = "";
  #sent = 0;
  #length = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** Characters that were dropped. */
  dropped = 0;

  /** @param {(name: string, text: string) => void} send */
  constructor(send) {
    this.send = send;
  }

  begin() {
    this.#length = this.dropped = 0;
    this.#decoders = {};
  }

  /**
   * @param {"stdout" | "stderr"} name @param {Uint8Array} bytes
   * @returns {number} bytes taken
   */
  take(name, bytes) {
    const decoder = (this.#decoders[name] ??= new TextDecoder());
    // The bytes are in the interpreter's memory, which TextDecoder may refuse where it is shared.
    const text = decoder.decode(bytes.slice(), { stream: true });
    const room = Math.max(0, MOST_TEXT - this.#length);
    this.#length += text.length;
    this.dropped += Math.max(0, text.length - room);
    if (this.#text && this.#name !== name) this.flush();
    this.#name = name;
    this.#text += text.slice(0, room);
    // A loop that never ends lets no timer fire: the clock is read at each piece.
    if (performance.now() - this.#sent > PAUSE) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), PAUSE);
    return bytes.length;
  }

  flush() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#text) return;
    this.send(this.#name, this.#text);
    this.#text = "";
    this.#sent = performance.now();
  }
}
