/** Lists of targets from FITS: the first binary table. Columns of single numbers, booleans and texts; others are left out. */
import { t } from "../../shared/strings.js";
import { Refused } from "../grammar.js";
import { Breath, TableBuilder, apart } from "./target-table.js";

const BLOCK = 2880;
const CARD = 80;
const PIECE = 4 << 20;
const MOST_BLOCKS = 2000;

/**
 * @typedef {Map<string, string | number | boolean>} Header
 * @typedef {{name: string, unit: string, ucd: string, read: (view: DataView, at: number) => string}} Reader one column
 */

/**
 * @param {Blob} blob @param {{signal?: AbortSignal, onProgress?: (read: number, all: number) => void}} [options]
 * @returns {Promise<import("./target-table.js").TargetTable>} throws Refused
 */
export async function readFits(blob, { signal, onProgress } = {}) {
  const breath = new Breath(signal);
  let at = 0;
  while (at < blob.size) {
    const { header, end } = await readHeader(blob, at);
    const width = Number(header.get("NAXIS1") ?? 0);
    const rows = Number(header.get("NAXIS2") ?? 0);
    if (header.get("XTENSION") !== "BINTABLE") {
      at = end + padded(dataSize(header));
      continue;
    }
    const whole = [width, rows].every((n) => Number.isSafeInteger(n) && n >= 0);
    if (!whole || (rows > 0 && width === 0)) throw new Refused(t("This FITS file is damaged."));
    if (end + width * rows > blob.size) throw new Refused(t("This FITS file is cut short."));
    const columns = readers(header, width);
    const heads = apart(columns);
    const table = new TableBuilder("FITS", heads, true);
    const step = Math.max(1, Math.floor(PIECE / Math.max(1, width)));
    for (let row = 0; row < rows; row += step) {
      const count = Math.min(step, rows - row);
      const bytes = await blob.slice(end + row * width, end + (row + count) * width).arrayBuffer();
      const view = new DataView(bytes);
      for (let k = 0; k < count; k++) {
        if (breath.due((row + k) << 5)) {
          onProgress?.(row, rows);
          await breath.take();
        }
        table.add(
          columns.map((column) => column.read(view, k * width)),
          row + k + 1,
        );
      }
    }
    return table.finish();
  }
  throw new Refused(t("There is no binary table in this FITS file."));
}

/** @param {Blob} blob @param {number} at @returns {Promise<{header: Header, end: number}>} */
export async function readHeader(blob, at) {
  /** @type {Header} */
  const header = new Map();
  const decoder = new TextDecoder("latin1");
  for (let block = 0; block < MOST_BLOCKS && at < blob.size; block++, at += BLOCK) {
    const text = decoder.decode(await blob.slice(at, at + BLOCK).arrayBuffer());
    for (let from = 0; from < text.length; from += CARD) {
      const card = text.slice(from, from + CARD);
      const key = card.slice(0, 8).trim();
      if (key === "END") return { header, end: at + BLOCK };
      if (card.slice(8, 10) !== "= ") continue;
      const found = /^\s*(?:'((?:[^']|'')*)'|([^/]*))/.exec(card.slice(10));
      if (!found) continue;
      const bare = (found[2] ?? "").trim();
      header.set(
        key,
        found[1] !== undefined
          ? found[1].replaceAll("''", "'").trimEnd()
          : bare === "T" || bare === "F"
            ? bare === "T"
            : Number(bare.replace(/D/i, "E")),
      );
    }
  }
  throw new Refused(t("This FITS file is cut short."));
}

/** @param {number} size */
export const padded = (size) => Math.ceil(size / BLOCK) * BLOCK;

/** @param {Header} header */
export function dataSize(header) {
  const axes = Number(header.get("NAXIS") ?? 0);
  if (!axes) return 0;
  // The next header is read after this one: an impossible size would lead backwards, or nowhere.
  if (!(axes > 0 && axes < 1000)) throw new Refused(t("This FITS file is damaged."));
  let cells = 1;
  for (let i = 1; i <= axes; i++) cells *= Number(header.get(`NAXIS${i}`) ?? 0);
  const number = (/** @type {string} */ key, /** @type {number} */ otherwise) =>
    Number(header.get(key) ?? otherwise);
  const size = (Math.abs(number("BITPIX", 8)) / 8) * number("GCOUNT", 1) * (number("PCOUNT", 0) + cells);
  if (!Number.isSafeInteger(size) || size < 0) throw new Refused(t("This FITS file is damaged."));
  return size;
}

export const SIZES = /** @type {Record<string, number>} */ ({
  L: 1,
  X: 1 / 8,
  B: 1,
  I: 2,
  J: 4,
  K: 8,
  A: 1,
  E: 4,
  D: 8,
  C: 8,
  M: 16,
  P: 8,
  Q: 16,
});

/** @param {Header} header @param {number} width of a row @returns {Reader[]} */
function readers(header, width) {
  /** @type {Reader[]} */
  const found = [];
  let offset = 0;
  for (let i = 1; i <= Number(header.get("TFIELDS") ?? 0); i++) {
    const form = /^\s*(\d*)([LXBIJKAEDCMPQ])/.exec(String(header.get(`TFORM${i}`) ?? ""));
    if (!form) throw new Refused(t("This FITS file is damaged."));
    const [, repeat, code] = form;
    const count = repeat === "" ? 1 : Number(repeat);
    const read = reader(code, count, offset, {
      missing: header.get(`TNULL${i}`),
      scale: Number(header.get(`TSCAL${i}`) ?? 1),
      zero: Number(header.get(`TZERO${i}`) ?? 0),
    });
    const word = (/** @type {string} */ key) => String(header.get(`${key}${i}`) ?? "").trim();
    if (read) found.push({ name: word("TTYPE"), unit: word("TUNIT"), ucd: word("TUCD"), read });
    offset += Math.ceil(count * SIZES[code]);
    if (offset > width) throw new Refused(t("This FITS file is damaged."));
  }
  return found;
}

/**
 * @param {string} code @param {number} count @param {number} offset
 * @param {{missing: unknown, scale: number, zero: number}} how
 * @returns {((view: DataView, at: number) => string) | null} null for kinds that are left out
 */
function reader(code, count, offset, { missing, scale, zero }) {
  if (code === "A") {
    return (view, at) => {
      const bytes = new Uint8Array(view.buffer, view.byteOffset + at + offset, count);
      const end = bytes.indexOf(0);
      return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end)).trim();
    };
  }
  if (count !== 1) return null;
  if (code === "L") return (view, at) => ({ 84: "true", 70: "false" })[view.getUint8(at + offset)] ?? "";
  if (code === "E" || code === "D") {
    return (view, at) => {
      const value = code === "E" ? view.getFloat32(at + offset) : view.getFloat64(at + offset);
      return Number.isFinite(value) ? String(value * scale + zero) : "";
    };
  }
  /** @type {Record<string, (view: DataView, at: number) => bigint>} */
  const wholes = {
    B: (view, at) => BigInt(view.getUint8(at)),
    I: (view, at) => BigInt(view.getInt16(at)),
    J: (view, at) => BigInt(view.getInt32(at)),
    K: (view, at) => view.getBigInt64(at),
  };
  const whole = wholes[code];
  if (!whole) return null;
  const none = missing === undefined ? null : BigInt(Number(missing));
  return (view, at) => {
    const value = whole(view, at + offset);
    if (value === none) return "";
    if (scale === 1 && Number.isInteger(zero)) return String(value + BigInt(zero));
    return String(Number(value) * scale + zero);
  };
}
