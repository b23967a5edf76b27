/** A FITS file of the reader's: its headers, and its tables and images as they are asked for. */
import { Refused } from "../../search/grammar.js";
import { SIZES, dataSize, padded, readHeader } from "../../search/targets/fits-list.js";
import { t } from "../../shared/strings.js";
import { unpacked } from "../../shared/unpack.js";

/**
 * @typedef {Float32Array | Float64Array | Int32Array | BigInt64Array} Numbers
 * @typedef {object} Column of a table
 * @property {string} name @property {string} code of TFORM @property {number} count of elements in a cell
 * @property {string} inner code of the elements of an array of any length, or empty
 * @property {number} offset in a row @property {string} unit @property {string} ucd @property {string} utype
 * @property {number} scale @property {number} zero @property {unknown} missing
 */

/** Bytes of a table or an image that are read at once, at most. */
const LARGEST = 1 << 29;
const MOST_HDUS = 5000;

/**
 * @param {Blob} blob compressed by gzip or not
 * @returns {Promise<Hdu[]>} throws Refused
 */
export async function openFits(blob) {
  const [first, second] = new Uint8Array(await blob.slice(0, 2).arrayBuffer());
  const file =
    first === 0x1f && second === 0x8b
      ? await unpacked(/** @type {any} */ (blob.stream()), (answer) => answer.blob()).catch(() => {
          throw new Refused(t("This FITS file is damaged."));
        })
      : blob;
  if ((await file.slice(0, 9).text()) !== "SIMPLE  =") throw new Refused(t("This is not a FITS file."));
  /** @type {Hdu[]} */
  const found = [];
  for (let at = 0; at < file.size && found.length < MOST_HDUS;) {
    if (found.length && !(await file.slice(at, at + 8).text()).startsWith("XTENSION")) break; // special records
    const { header, end } = await readHeader(file, at);
    const size = dataSize(header);
    if (end + size > file.size) throw new Refused(t("This FITS file is cut short."));
    found.push(new Hdu(file, header, end, found.length));
    at = end + padded(size);
  }
  return found;
}

export class Hdu {
  /** @type {Promise<DataView> | null} */
  #rows = null;

  /** @param {Blob} blob @param {import("../../search/targets/fits-list.js").Header} header @param {number} start of the data @param {number} number */
  constructor(blob, header, start, number) {
    this.blob = blob;
    this.header = header;
    this.start = start;
    this.number = number;
    this.name = String(header.get("EXTNAME") ?? "").toUpperCase();
    const kind = header.get("XTENSION");
    const packed = header.get("ZIMAGE") === true;
    this.isTable = kind === "BINTABLE" && !packed;
    /** Axes of an image, the fastest first. @type {number[]} */
    this.shape =
      (kind === undefined || kind === "IMAGE") && !packed
        ? Array.from({ length: Number(header.get("NAXIS") ?? 0) }, (_, i) =>
            Number(header.get(`NAXIS${i + 1}`) ?? 0),
          )
        : [];
    this.isPacked = packed;
    this.rows = this.isTable ? Number(header.get("NAXIS2") ?? 0) : 0;
    this.width = Number(header.get("NAXIS1") ?? 0);
    /** By name in capitals. @type {Map<string, Column>} */
    this.columns = this.isTable ? columnsOf(header, this.width) : new Map();
  }

  /** @param {string} key @returns {number | null} */
  numberOf(key) {
    const value = this.header.get(key);
    return typeof value === "number" && Number.isFinite(value) ? value : null;
  }

  /** @param {string} key */
  text(key) {
    const value = this.header.get(key);
    return typeof value === "string" ? value.trim() : "";
  }

  /** Whether an image is a line of pixels. */
  get isLine() {
    const pixels = this.shape.reduce((product, n) => product * n, 1);
    return this.shape.length > 0 && pixels > 1 && Math.max(...this.shape) === pixels;
  }

  /** A row of an image; all of it if it is a line. @param {number} [row] @returns {Promise<Numbers>} */
  async line(row = 0) {
    const count = this.isLine ? Math.max(...this.shape) : this.shape[0];
    const bits = Number(this.header.get("BITPIX"));
    const code = IMAGES[bits];
    if (!code) throw new Refused(t("This FITS file is damaged."));
    const size = Math.abs(bits) / 8;
    const from = this.start + row * count * size;
    const view = await this.#read(from, count * size);
    const scaling = {
      scale: this.numberOf("BSCALE") ?? 1,
      zero: this.numberOf("BZERO") ?? 0,
      missing: this.header.get("BLANK"),
    };
    return numbers(view, 0, size, count, code, scaling);
  }

  /** The numbers of a column: one of each row. @param {Column} column @returns {Promise<Numbers>} */
  async column(column) {
    return numbers(await this.#table(), column.offset, this.width, this.rows, column.code, column);
  }

  /** The numbers in a cell. @param {Column} column @param {number} row @returns {Promise<Numbers>} */
  async cell(column, row) {
    if (!column.inner) {
      const view = await this.#read(
        this.start + row * this.width + column.offset,
        column.count * SIZES[column.code],
      );
      return numbers(view, 0, SIZES[column.code], column.count, column.code, column);
    }
    const long = column.code === "Q";
    const place = await this.#read(this.start + row * this.width + column.offset, long ? 16 : 8);
    const [count, at] = long
      ? [Number(place.getBigInt64(0)), Number(place.getBigInt64(8))]
      : [place.getInt32(0), place.getInt32(4)];
    const heap = this.start + (this.numberOf("THEAP") ?? this.width * this.rows);
    const view = await this.#read(heap + at, count * SIZES[column.inner]);
    return numbers(view, 0, SIZES[column.inner], count, column.inner, column);
  }

  /** The value in a cell, as a fact. @param {string} name @param {number} row @returns {Promise<string | number | bigint | boolean | null>} */
  async fact(name, row) {
    const column = this.columns.get(name);
    if (!column || column.inner) return null;
    const size = column.count * SIZES[column.code];
    const view = await this.#read(this.start + row * this.width + column.offset, size);
    if (column.code === "A") {
      const text = new TextDecoder("latin1").decode(view);
      return text.split("\0")[0].trim();
    }
    if (column.count !== 1 || !READ[column.code]) return null;
    if (column.code === "L") return view.getUint8(0) === 84;
    const [value] = numbers(view, 0, size, 1, column.code, column);
    return typeof value === "bigint" && value >= -MOST && value <= MOST ? Number(value) : value;
  }

  /** All rows of a table. */
  #table() {
    this.#rows ??= this.#read(this.start, this.width * this.rows);
    return this.#rows;
  }

  /** @param {number} from @param {number} length */
  async #read(from, length) {
    if (!(length >= 0 && from >= 0 && from + length <= this.blob.size))
      throw new Refused(t("This FITS file is damaged."));
    if (length > LARGEST) throw new Refused(t("An array of this FITS file is too large for a page."));
    return new DataView(await this.blob.slice(from, from + length).arrayBuffer());
  }
}

const MOST = BigInt(Number.MAX_SAFE_INTEGER);
const IMAGES = /** @type {Record<number, string>} */ ({
  8: "B",
  16: "I",
  32: "J",
  64: "K",
  "-32": "E",
  "-64": "D",
});

/** @param {import("../../search/targets/fits-list.js").Header} header @param {number} width */
function columnsOf(header, width) {
  /** @type {Map<string, Column>} */
  const found = new Map();
  let offset = 0;
  for (let i = 1; i <= Number(header.get("TFIELDS") ?? 0); i++) {
    const form = /^\s*(\d*)([LXBIJKAEDCMPQ])([LXBIJKAEDCM]?)/.exec(String(header.get(`TFORM${i}`) ?? ""));
    if (!form) throw new Refused(t("This FITS file is damaged."));
    const count = form[1] === "" ? 1 : Number(form[1]);
    const word = (/** @type {string} */ key) => String(header.get(`${key}${i}`) ?? "").trim();
    const name = word("TTYPE").toUpperCase();
    if (!found.has(name))
      found.set(name, {
        name,
        code: form[2],
        count,
        inner: /[PQ]/.test(form[2]) ? form[3] : "",
        offset,
        unit: word("TUNIT"),
        ucd: word("TUCD").toLowerCase(),
        utype: word("TUTYP").toLowerCase(),
        scale: Number(header.get(`TSCAL${i}`) ?? 1),
        zero: Number(header.get(`TZERO${i}`) ?? 0),
        missing: header.get(`TNULL${i}`),
      });
    offset += Math.ceil(count * SIZES[form[2]]);
    if (offset > width) throw new Refused(t("This FITS file is damaged."));
  }
  return found;
}

/**
 * Numbers from bytes, in the precision of the file. Whole numbers stay whole unless they are scaled.
 * @param {DataView} view @param {number} from @param {number} stride @param {number} count @param {string} code
 * @param {{scale: number, zero: number, missing: unknown}} how
 * @returns {Numbers}
 */
function numbers(view, from, stride, count, code, { scale, zero, missing }) {
  const get = READ[code];
  if (!get) throw new Refused(t("This FITS file is damaged."));
  const values = (/** @type {any} */ out, /** @type {(value: any) => any} */ made) => {
    for (let i = 0, at = from; i < count; i++, at += stride) out[i] = made(get(view, at));
    return out;
  };
  const plain = scale === 1 && zero === 0;
  if (code === "E" && plain) return values(new Float32Array(count), (v) => v);
  if (code === "E" || code === "D") return values(new Float64Array(count), (v) => v * scale + zero);
  const wide = code === "K" || (code === "J" && zero !== 0);
  if (scale === 1 && Number.isInteger(zero) && missing === undefined)
    return wide
      ? values(new BigInt64Array(count), (v) => BigInt(v) + BigInt(zero))
      : values(new Int32Array(count), (v) => v + zero);
  return values(new Float64Array(count), (v) => (Number(v) === missing ? NaN : Number(v) * scale + zero));
}

const READ = /** @type {Record<string, (view: DataView, at: number) => number | bigint>} */ ({
  L: (view, at) => Number(view.getUint8(at) === 84),
  B: (view, at) => view.getUint8(at),
  I: (view, at) => view.getInt16(at),
  J: (view, at) => view.getInt32(at),
  K: (view, at) => view.getBigInt64(at),
  E: (view, at) => view.getFloat32(at),
  D: (view, at) => view.getFloat64(at),
});
