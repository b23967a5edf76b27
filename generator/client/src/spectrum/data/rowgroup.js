/**
 * A row group of a pack, parsed without the file's footer: every column is one page, and the columns are
 * in the order of the description (docs/spectra.md).
 */
import { parquetHeader } from "hyparquet/src/column.js";
import { decompressPage, readDataPage } from "hyparquet/src/datapage.js";
import { compressors, parsers, utf8 } from "../../reading/hyparquet.js";

/**
 * @typedef {import('../../formats.d.ts').PackColumn} PackColumn
 * @typedef {Float32Array | Float64Array | Int32Array | BigInt64Array} Numbers
 * @typedef {number | bigint | string | Numbers | null} Cell
 */

/** The columns of grids.parquet. @param {"FLOAT" | "DOUBLE"} type @returns {PackColumn[]} */
export const gridColumns = (type) => [
  { name: "grid", type: "INT32", array: false, optional: false, encoding: "PLAIN", codec: "UNCOMPRESSED" },
  {
    name: "scale",
    type: "BYTE_ARRAY",
    array: false,
    optional: false,
    encoding: "PLAIN",
    codec: "UNCOMPRESSED",
  },
  {
    name: "wavelength",
    type,
    array: true,
    optional: true,
    encoding: "BYTE_STREAM_SPLIT",
    codec: "ZSTD",
  },
];

/**
 * Cut bytes into rows, row group by row group.
 * @param {PackColumn[]} columns
 * @param {Uint8Array<ArrayBuffer>} bytes whole row groups
 * @returns {Record<string, Cell>[]} a row for each part
 * @throws Error when these are not the expected row groups
 */
export function rowsOf(columns, bytes) {
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
  /** @type {Record<string, Cell>[]} */
  const rows = [];
  while (reader.offset < bytes.length) {
    const cells = columns.map((column) => page(column, bytes, reader));
    const count = cells[0].length;
    if (!count || cells.some((list) => list.length !== count))
      throw new Error("columns of different lengths");
    for (let row = 0; row < count; row++)
      rows.push(Object.fromEntries(columns.map(({ name }, k) => [name, cells[k][row]])));
  }
  return rows;
}

/**
 * The value of one of the small columns, which come first, in the first row.
 * @param {PackColumn[]} columns
 * @param {Uint8Array<ArrayBuffer>} bytes beginning of a row group
 * @param {string} name
 * @returns {Cell}
 * @throws Error when the bytes end before it
 */
export function firstOf(columns, bytes, name) {
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
  for (const column of columns) {
    const cells = page(column, bytes, reader);
    if (column.name === name) return cells[0];
  }
  throw new Error("no such column");
}

/** @param {string} name @param {"REQUIRED" | "OPTIONAL" | "REPEATED"} repetition_type */
const node = (name, repetition_type) => ({
  children: [],
  count: 1,
  path: [name],
  element: /** @type {import('hyparquet').SchemaElement} */ ({ name, repetition_type }),
});
const root = node("schema", "REQUIRED");
const list = [root, node("list", "OPTIONAL"), node("list", "REPEATED"), node("element", "REQUIRED")];
const optional = [root, node("value", "OPTIONAL")];
const required = [root, node("value", "REQUIRED")];

/**
 * @param {PackColumn} column
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {{ view: DataView<ArrayBuffer>, offset: number }} reader at the start of the page, afterwards at its end
 * @returns {Cell[]}
 */
function page({ type, array, optional: mayLack, codec }, bytes, reader) {
  const header = parquetHeader(reader);
  const about = header.data_page_header;
  const start = reader.offset;
  reader.offset += header.compressed_page_size;
  if (!about || reader.offset > bytes.length) throw new Error("no page where one is expected");
  const packed = bytes.subarray(start, reader.offset);
  const whole = decompressPage(packed, header.uncompressed_page_size, codec, compressors);
  const schemaPath = array ? list : mayLack ? optional : required;
  const { definitionLevels, repetitionLevels, dataPage } = readDataPage(whole, about, {
    type,
    schemaPath,
    codec,
    pathInSchema: [],
    element: schemaPath[schemaPath.length - 1].element,
    parsers: /** @type {any} */ (parsers),
  });
  const defined = (/** @type {number} */ k) =>
    definitionLevels?.[k] ?? schemaPath.length - 1 - (array ? 1 : 0);
  if (array) return lists(about.num_values, repetitionLevels, defined, /** @type {any} */ (dataPage));
  /** @type {Cell[]} */
  const cells = [];
  for (let k = 0, at = 0; k < about.num_values; k++) {
    const value = mayLack && defined(k) === 0 ? null : dataPage[at++];
    cells.push(value instanceof Uint8Array ? utf8(value) : value);
  }
  return cells;
}

/**
 * @param {number} count of levels
 * @param {number[]} starts 0 where a list begins
 * @param {(k: number) => number} defined 0: NULL; 1: an empty list; 2: a value
 * @param {Numbers} values
 * @returns {(Numbers | null)[]}
 */
function lists(count, starts, defined, values) {
  /** @type {(Numbers | null)[]} */
  const found = [];
  let at = 0;
  for (let k = 0; k < count;) {
    const level = defined(k);
    let end = k + 1;
    while (end < count && starts[end] !== 0) end++;
    const length = level === 2 ? end - k : 0;
    found.push(level === 0 ? null : values.slice(at, at + length));
    at += length;
    k = end;
  }
  return found;
}
