/**
 * VOTable's BINARY2: each row a mask of the NULLs, then its values in big-endian order, all of it in base64.
 * Written in pieces: bytes that do not fill a group of three wait for the next piece.
 *
 * @typedef {import("./votable.js").Field} Field
 */
import { format } from "../../shared/value-text.js";

const LINE = 57; // bytes that become a line of 76 characters
const DIGITS = new TextEncoder().encode("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
const [EQUALS, NEWLINE] = [61, 10];
const WIDTHS = /** @type {Record<string, number>} */ ({
  boolean: 1,
  short: 2,
  int: 4,
  long: 8,
  float: 4,
  double: 8,
});

/** @type {Record<string, (view: DataView, at: number, value: any) => void>} */
const PUT = {
  boolean: (view, at, value) => view.setUint8(at, value === null ? 63 : value ? 84 : 70),
  short: (view, at, value) => view.setInt16(at, Number(value ?? 0)),
  int: (view, at, value) => view.setInt32(at, Number(value ?? 0)),
  long: (view, at, value) => view.setBigInt64(at, BigInt(value ?? 0)),
  float: (view, at, value) => view.setFloat32(at, value ?? NaN),
  double: (view, at, value) => view.setFloat64(at, value === null ? NaN : Number(value)),
};

export class Binary2 {
  #rest = new Uint8Array();
  #bytes = new Uint8Array(1 << 20);
  #view = new DataView(this.#bytes.buffer);
  #at = 0;

  /** @param {string[]} types the engine's @param {string[]} kinds VOTable's datatypes */
  constructor(types, kinds) {
    this.types = types;
    this.kinds = kinds;
    this.mask = Math.ceil(kinds.length / 8);
  }

  /** @param {unknown[][]} rows @returns {Uint8Array<ArrayBuffer>} base64, in lines */
  rows(rows) {
    this.#at = 0;
    this.#room(this.#rest.length);
    this.#bytes.set(this.#rest);
    this.#at = this.#rest.length;
    for (const row of rows) this.#row(row);
    const whole = this.#at - (this.#at % LINE);
    this.#rest = this.#bytes.slice(whole, this.#at);
    return base64(this.#bytes.subarray(0, whole));
  }

  /** The remaining bytes when all rows are written. */
  end() {
    return base64(this.#rest);
  }

  /** @param {unknown[]} row */
  #row(row) {
    const start = this.#at;
    this.#room(this.mask);
    this.#bytes.fill(0, start, start + this.mask);
    this.#at += this.mask;
    this.kinds.forEach((kind, i) => {
      const value = row[i] ?? null;
      if (value === null) this.#bytes[start + (i >> 3)] |= 128 >> (i & 7);
      const put = PUT[kind];
      if (!put) return this.#text(value === null ? "" : format(value, this.types[i]), kind === "char");
      this.#room(WIDTHS[kind]);
      put(this.#view, this.#at, value);
      this.#at += WIDTHS[kind];
    });
  }

  /** @param {string} text @param {boolean} ascii */
  #text(text, ascii) {
    const wide = ascii ? 1 : 2;
    this.#room(4 + text.length * wide);
    this.#view.setInt32(this.#at, text.length);
    this.#at += 4;
    for (let k = 0; k < text.length; k++) {
      if (ascii) this.#bytes[this.#at] = text.charCodeAt(k);
      else this.#view.setUint16(this.#at, text.charCodeAt(k));
      this.#at += wide;
    }
  }

  /** @param {number} more bytes to come */
  #room(more) {
    if (this.#at + more <= this.#bytes.length) return;
    const larger = new Uint8Array(2 * (this.#at + more));
    larger.set(this.#bytes);
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}

/** @param {Uint8Array} bytes @returns {Uint8Array<ArrayBuffer>} */
export function base64(bytes) {
  const lines = Math.ceil(bytes.length / LINE);
  const out = new Uint8Array(4 * Math.ceil(bytes.length / 3) + lines);
  let to = 0;
  for (let at = 0; at < bytes.length; at += 3) {
    const [a, b, c] = [bytes[at], bytes[at + 1] ?? 0, bytes[at + 2] ?? 0];
    out[to++] = DIGITS[a >> 2];
    out[to++] = DIGITS[((a & 3) << 4) | (b >> 4)];
    out[to++] = at + 1 < bytes.length ? DIGITS[((b & 15) << 2) | (c >> 6)] : EQUALS;
    out[to++] = at + 2 < bytes.length ? DIGITS[c & 63] : EQUALS;
    if ((at + 3) % LINE === 0 || at + 3 >= bytes.length) out[to++] = NEWLINE;
  }
  return out.subarray(0, to);
}
