/**
 * A FITS binary table. The rows are read twice: first for the longest texts and for whole numbers that can stand for NULL,
 * then to be written a group of rows at a time.
 *
 * @typedef {import("./votable.js").Field} Field
 * @typedef {(names: string[]) => AsyncIterable<unknown[][]>} Read reads all rows of some columns, in groups
 * @typedef {{code: string, width: number, empty: bigint | null}} Form width: bytes; empty: what stands for NULL
 */
import { format } from "../../shared/value-text.js";
import { t } from "../../shared/strings.js";
import { BLOCK, card, comment, header } from "./cards.js";
import { asciiNames, asciiText } from "./escape.js";

/** @type {[RegExp, string][]} */
const CODES = [
  [/^bool(ean)?$/i, "L"],
  [/^(utinyint|uint8)$/i, "B"],
  [/^(tinyint|int8|smallint|int16)$/i, "I"],
  [/^(usmallint|uint16|integer|int|int32)$/i, "J"],
  [/^(uinteger|uint32|bigint|int64)$/i, "K"],
  [/^(float|float32|real)$/i, "E"],
  // a double keeps fifteen digits exactly
  [/^(double|float64|half|decimal\((\d|1[0-5]),\d+\))$/i, "D"],
];
/** Keywords of further columns would be too long. */
const MOST = 999;
const WIDTHS = /** @type {Record<string, number>} */ ({ L: 1, B: 1, I: 2, J: 4, K: 8, E: 4, D: 8 });
/** Whole numbers: smallest, largest, and the next wider kind. @type {Record<string, [bigint, bigint, string]>} */
const WHOLE = {
  B: [0n, 255n, "I"],
  I: [-(2n ** 15n), 2n ** 15n - 1n, "J"],
  J: [-(2n ** 31n), 2n ** 31n - 1n, "K"],
  K: [-(2n ** 63n), 2n ** 63n - 1n, "A"],
};

/** @param {string} type the engine's name */
function codeOf(type) {
  return CODES.find(([pattern]) => pattern.test(type))?.[1] ?? "A";
}

/** Formats of columns without NULL and without text. @param {Field[]} fields @returns {Form[]} */
export const plainForms = (fields) =>
  fields.map(({ type }) => ({ code: codeOf(type), width: WIDTHS[codeOf(type)], empty: null }));

/**
 * The format of each column.
 * @param {Field[]} fields @param {Read} read @returns {Promise<Form[]>}
 */
export async function forms(fields, read) {
  if (fields.length > MOST)
    throw new Error(
      t("A FITS table has at most {n} columns: choose some, or save another format.", { n: MOST }),
    );
  const codes = fields.map((field) => codeOf(field.type));
  const looked = fields.map((_, i) => i).filter((i) => codes[i] === "A" || codes[i] in WHOLE);
  const seen = looked.map(() => ({ longest: 0, nulls: false, min: Infinity, max: -Infinity }));
  const least = /** @type {any[]} */ (seen);
  if (looked.length) {
    for await (const rows of read(looked.map((i) => fields[i].name))) {
      for (let k = 0; k < looked.length; k++) {
        const column = least[k];
        const type = fields[looked[k]].type;
        const text = codes[looked[k]] === "A";
        for (const row of rows) {
          const value = /** @type {any} */ (row[k]);
          if (value === null) column.nulls = true;
          else if (text) column.longest = Math.max(column.longest, asciiText(format(value, type)).length);
          else {
            if (value < column.min) column.min = value;
            if (value > column.max) column.max = value;
          }
        }
      }
    }
  }
  return fields.map((_, i) => {
    const code = codes[i];
    const column = least[looked.indexOf(i)];
    if (code === "A") return { code, width: Math.max(1, column.longest), empty: null };
    if (!(code in WHOLE) || !column.nulls) return { code, width: WIDTHS[code], empty: null };
    return wholeForm(code, column.min, column.max);
  });
}

/** A whole number that no row has stands for NULL; where there is none, the column gets a wider type. @param {string} code @param {any} min @param {any} max @returns {Form} */
function wholeForm(code, min, max) {
  const [lowest, highest, wider] = WHOLE[code];
  if (min > lowest) return { code, width: WIDTHS[code], empty: lowest };
  if (max < highest) return { code, width: WIDTHS[code], empty: highest };
  return wider === "A" ? { code: "A", width: 20, empty: null } : wholeForm(wider, min, max);
}

/**
 * @param {Field[]} fields @param {Form[]} shapes @param {number} count rows
 * @param {import("./download.js").About} about
 */
export function fitsHead(fields, shapes, count, about) {
  const primary = [card("SIMPLE", true), card("BITPIX", 8), card("NAXIS", 0), card("EXTEND", true)];
  const facts = [
    card("EXTNAME", about.catalogue),
    card("RELEASE", about.release),
    card("QUERY", about.query),
    ...(about.filter ? [card("FILTER", about.filter)] : []),
    ...(about.scope ? [card("SCOPE", about.scope)] : []),
    card("DATE", about.date.replace(/Z$/, "")),
    ...(about.cite ? [card("CITE", about.cite)] : []),
  ];
  return header(primary) + tableHead(fields, shapes, count, facts);
}

/**
 * The header of a table extension.
 * @param {Field[]} fields @param {Form[]} shapes @param {number} count rows @param {string[]} facts cards
 */
export function tableHead(fields, shapes, count, facts) {
  const names = asciiNames(fields.map((field) => field.name));
  const table = [
    card("XTENSION", "BINTABLE"),
    card("BITPIX", 8),
    card("NAXIS", 2),
    card("NAXIS1", rowBytes(shapes)),
    card("NAXIS2", count),
    card("PCOUNT", 0),
    card("GCOUNT", 1),
    card("TFIELDS", fields.length),
  ];
  fields.forEach((field, i) => {
    const { code, width, empty } = shapes[i];
    table.push(
      card(`TTYPE${i + 1}`, names[i]),
      card(`TFORM${i + 1}`, code === "A" ? `${width}A` : `1${code}`),
    );
    if (empty !== null) table.push(card(`TNULL${i + 1}`, empty));
    if (field.unit) table.push(card(`TUNIT${i + 1}`, field.unit));
    if (field.ucd) table.push(card(`TUCD${i + 1}`, field.ucd));
    if (field.description) table.push(card(`TCOMM${i + 1}`, field.description));
  });
  table.push(card("LONGSTRN", "OGIP 1.0"), ...facts);
  fields.forEach((field, i) => {
    if (field.name !== names[i]) table.push(comment(`TTYPE${i + 1} is the column ${field.name}`));
  });
  return header(table);
}

/** @param {Form[]} shapes */
function rowBytes(shapes) {
  return shapes.reduce((sum, { width }) => sum + width, 0);
}

/** @type {Record<string, (view: DataView, at: number, value: any, form: Form) => void>} */
const PUT = {
  L: (view, at, value) => view.setUint8(at, value === null ? 0 : value ? 84 : 70),
  B: (view, at, value, { empty }) => view.setUint8(at, Number(value ?? empty)),
  I: (view, at, value, { empty }) => view.setInt16(at, Number(value ?? empty)),
  J: (view, at, value, { empty }) => view.setInt32(at, Number(value ?? empty)),
  K: (view, at, value, { empty }) => view.setBigInt64(at, BigInt(value ?? empty)),
  E: (view, at, value) => view.setFloat32(at, value === null ? NaN : value),
  D: (view, at, value) => view.setFloat64(at, value === null ? NaN : Number(value)),
};

/**
 * @param {unknown[][]} rows @param {Field[]} fields @param {Form[]} shapes
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function fitsRows(rows, fields, shapes) {
  const size = rowBytes(shapes);
  const bytes = new Uint8Array(rows.length * size);
  const view = new DataView(bytes.buffer);
  let start = 0;
  shapes.forEach((form, i) => {
    const { type } = fields[i];
    const put = PUT[form.code];
    rows.forEach((row, number) => {
      const at = number * size + start;
      const value = row[i];
      if (put) put(view, at, value, form);
      else if (value !== null) {
        const text = asciiText(format(value, type));
        for (let k = 0; k < form.width; k++) bytes[at + k] = k < text.length ? text.charCodeAt(k) : 32;
      }
    });
    start += form.width;
  });
  return bytes;
}

/** @param {number} bytes written @returns {Uint8Array<ArrayBuffer>} padding of the last block */
export function fitsTail(bytes) {
  return new Uint8Array((BLOCK - (bytes % BLOCK)) % BLOCK);
}
