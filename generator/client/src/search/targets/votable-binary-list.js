/**
 * The rows of a VOTable written as BINARY or BINARY2: base64 inside a STREAM, big-endian values one after the other. Columns
 * of single numbers, booleans and texts are read; others are skipped.
 *
 * @typedef {{datatype: string, arraysize: string, missing?: string}} Kind description of a FIELD's values
 * @typedef {{at: number, text: string}} Cell position of the next one, and the value as text; null where more bytes are needed
 * @typedef {(view: DataView, at: number) => Cell | null} Reader
 */
import { t } from "../../shared/strings.js";
import { Refused } from "../grammar.js";

/** Bytes of one value. @type {Record<string, number>} */
const SIZES = {
  boolean: 1,
  bit: 1 / 8,
  unsignedByte: 1,
  char: 1,
  unicodeChar: 2,
  short: 2,
  int: 4,
  long: 8,
  float: 4,
  double: 8,
  floatComplex: 8,
  doubleComplex: 16,
};
/** A value of more bytes than this is taken as damage. */
const MOST = 1 << 28;

/** Rows out of pieces of base64 text. */
export class BinaryRows {
  #bytes = new Uint8Array();
  #rest = "";
  #number = 0;

  /** @param {Kind[]} kinds of the columns @param {boolean} marked BINARY2: each row begins with a mask of missing values */
  constructor(kinds, marked) {
    this.readers = kinds.map(reader);
    this.marks = marked ? Math.ceil(kinds.length / 8) : 0;
  }

  /** Which columns are read. @returns {boolean[]} */
  get read() {
    return this.readers.map(({ wanted }) => wanted);
  }

  /**
   * @param {string} text base64, which may be incomplete at the end
   * @returns {Generator<{cells: string[], number: number}>} complete rows; number: from 1
   */
  *add(text) {
    const clean = this.#rest + text.replace(/\s+/g, "");
    const whole = clean.length - (clean.length % 4);
    this.#rest = clean.slice(whole);
    const fresh = decode(clean.slice(0, whole));
    const bytes = new Uint8Array(this.#bytes.length + fresh.length);
    bytes.set(this.#bytes);
    bytes.set(fresh, this.#bytes.length);
    const view = new DataView(bytes.buffer);
    let from = 0;
    for (;;) {
      const row = this.#row(view, from);
      if (!row) break;
      from = row.at;
      yield { cells: row.cells, number: ++this.#number };
    }
    this.#bytes = bytes.slice(from);
  }

  /** The data end. @returns {boolean} whether all bytes made rows */
  get complete() {
    return this.#rest === "" && this.#bytes.length === 0;
  }

  /** @param {DataView} view @param {number} from */
  #row(view, from) {
    let at = from + this.marks;
    if (at >= view.byteLength) return null;
    /** @type {string[]} */
    const cells = [];
    for (const [i, { read, wanted }] of this.readers.entries()) {
      const cell = read(view, at);
      if (!cell) return null;
      at = cell.at;
      const none = this.marks && view.getUint8(from + (i >> 3)) & (0x80 >> (i & 7));
      if (wanted) cells.push(none ? "" : cell.text);
    }
    return { at, cells };
  }
}

/** @param {string} text base64 */
function decode(text) {
  try {
    return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  } catch {
    throw new Refused(t("The data of this VOTable are damaged."));
  }
}

/** @param {Kind} kind @returns {{read: Reader, wanted: boolean}} */
function reader({ datatype, arraysize, missing }) {
  const size = SIZES[datatype];
  if (!size) throw new Refused(t("The data of this VOTable are damaged."));
  const text = datatype === "char" || datatype === "unicodeChar";
  const variable = arraysize.includes("*");
  const fixed = arraysize
    .replace(/x?\d*\*$/, "")
    .split("x")
    .filter(Boolean);
  const each = fixed.reduce((product, length) => product * Number(length), 1);
  const single = arraysize === "" || arraysize === "1";
  const wanted = text ? !arraysize.includes("x") : single && datatype in NUMBERS;
  return {
    wanted,
    read(view, at) {
      let start = at;
      let count = each;
      if (variable) {
        if (at + 4 > view.byteLength) return null;
        // the size counts single values
        count = view.getUint32(at);
        start += 4;
      }
      const length = Math.ceil(count * size);
      if (length > MOST) throw new Refused(t("The data of this VOTable are damaged."));
      const end = start + length;
      if (end > view.byteLength) return null;
      if (!wanted) return { at: end, text: "" };
      const said = text ? letters(view, start, length, datatype) : NUMBERS[datatype](view, start);
      return { at: end, text: said === missing ? "" : said };
    },
  };
}

/** @type {Record<string, (view: DataView, at: number) => string>} */
const NUMBERS = {
  boolean: (view, at) =>
    ({ t: "true", T: "true", 1: "true", f: "false", F: "false", 0: "false" })[
      String.fromCharCode(view.getUint8(at))
    ] ?? "",
  unsignedByte: (view, at) => String(view.getUint8(at)),
  short: (view, at) => String(view.getInt16(at)),
  int: (view, at) => String(view.getInt32(at)),
  long: (view, at) => String(view.getBigInt64(at)),
  float: (view, at) => real(view.getFloat32(at)),
  double: (view, at) => real(view.getFloat64(at)),
};

/** @param {number} value */
const real = (value) => (Number.isFinite(value) ? String(value) : "");

/** @param {DataView} view @param {number} at @param {number} length @param {string} datatype */
function letters(view, at, length, datatype) {
  const bytes = new Uint8Array(view.buffer, view.byteOffset + at, length);
  const said = new TextDecoder(datatype === "char" ? "utf-8" : "utf-16be").decode(bytes);
  const end = said.indexOf("\0");
  return (end < 0 ? said : said.slice(0, end)).trim();
}
