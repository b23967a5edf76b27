/** Results of the engine as typed arrays, which Python takes over without reading a value: exact, and not as JSON. */
import { DataType } from "apache-arrow";
import { quoteName } from "../../engine/quoting.js";

/**
 * @typedef {import("../protocol.d.ts").SentColumn} SentColumn
 * @typedef {{ data: any, from: number, to: number }} Part of a column: Arrow `Data`, and the rows wanted of it
 */

/** Types whose values are sent as they are; of all others the text. */
const SENT =
  /^(?:U?(?:TINY|SMALL|BIG)INT|U?INTEGER|FLOAT|DOUBLE|BOOLEAN|VARCHAR|BLOB|DATE|TIMESTAMP)(?:\[\d*\])*$/;

/**
 * The statement with columns cast to what can be sent.
 * @param {string} query @param {{ name: string, type: string }[]} columns as `DESCRIBE` names them
 */
export function sendable(query, columns) {
  const wanted = columns.map(({ type }) => (SENT.test(type) ? type.replace(/\[\d+\]/g, "[]") : "VARCHAR"));
  if (columns.every(({ type }, i) => type === wanted[i])) return query;
  const list = columns.map(({ name, type }, i) => {
    const column = quoteName(name);
    return type === wanted[i] ? column : `CAST(${column} AS ${wanted[i]}) AS ${column}`;
  });
  return `SELECT ${list.join(", ")} FROM (${query}\n)`;
}

/**
 * @param {import("apache-arrow").RecordBatch[]} batches @param {{ name: string, type: string }[]} columns
 * @returns {SentColumn[]}
 */
export const columnsOf = (batches, columns) =>
  columns.map(({ name, type }, i) => ({
    name,
    ...gather(
      batches.map((batch) => ({ data: batch.data.children[i], from: 0, to: batch.numRows })),
      type,
    ),
  }));

/** The buffers of columns, which are handed over. @param {SentColumn[]} columns @returns {ArrayBuffer[]} */
export const buffersOf = (columns) =>
  columns.flatMap(({ values, valid, offsets }) => [
    ...("buffer" in values ? [/** @type {ArrayBuffer} */ (values.buffer)] : buffersOf([values])),
    ...[valid, offsets].flatMap((one) => (one ? [/** @type {ArrayBuffer} */ (one.buffer)] : [])),
  ]);

/** @type {Record<string, any>} */
const ARRAYS = {
  TINYINT: Int8Array,
  SMALLINT: Int16Array,
  INTEGER: Int32Array,
  BIGINT: BigInt64Array,
  UTINYINT: Uint8Array,
  USMALLINT: Uint16Array,
  UINTEGER: Uint32Array,
  UBIGINT: BigUint64Array,
  FLOAT: Float32Array,
  DOUBLE: Float64Array,
  DATE: Int32Array,
  TIMESTAMP: BigInt64Array,
};

/** @param {Part[]} parts @param {string} type @returns {SentColumn} */
function gather(parts, type) {
  const rows = parts.reduce((sum, { from, to }) => sum + to - from, 0);
  const valid = validOf(parts, rows);
  if (type.endsWith("]")) {
    const { offsets, inner } = listOf(parts, rows);
    return { type, values: gather(inner, type.replace(/\[\d*\]$/, "")), valid, offsets };
  }
  if (type === "BOOLEAN") return { type, values: truths(parts, rows), valid, offsets: null };
  const Values = ARRAYS[type];
  if (!Values) {
    const { offsets, bytes } = texts(parts, rows);
    return { type, values: bytes, valid, offsets };
  }
  const values = new Values(rows);
  let at = 0;
  for (const { data, from, to } of parts) {
    // Arrow has dates and times as what they are stored in: here always days and microseconds
    const own =
      data.values.constructor === Values
        ? data.values
        : new Values(data.values.buffer, data.values.byteOffset);
    values.set(own.subarray(from, to), at);
    at += to - from;
  }
  return { type, values, valid, offsets: null };
}

/** @param {Part[]} parts @param {number} rows @returns {Uint8Array | null} */
function validOf(parts, rows) {
  if (parts.every(({ data }) => DataType.isNull(data.type) === false && data.nullCount === 0)) return null;
  const valid = new Uint8Array(rows);
  let at = 0;
  for (const { data, from, to } of parts) {
    const bits = data.nullCount > 0 ? data.nullBitmap : null;
    if (DataType.isNull(data.type)) valid.fill(0, at, at + to - from);
    else if (!bits?.length) valid.fill(1, at, at + to - from);
    else for (let i = from, k = at; i < to; i++, k++) valid[k] = bit(bits, data.offset + i);
    at += to - from;
  }
  return valid;
}

/** @param {Uint8Array} bits @param {number} at */
const bit = (bits, at) => (bits[at >> 3] >> (at & 7)) & 1;

/** @param {Part[]} parts @param {number} rows */
function truths(parts, rows) {
  const values = new Uint8Array(rows);
  let at = 0;
  for (const { data, from, to } of parts)
    for (let i = from; i < to; i++) values[at++] = bit(data.values, data.offset + i);
  return values;
}

/** @param {Part[]} parts @param {number} rows */
function texts(parts, rows) {
  const offsets = new Int32Array(rows + 1);
  const total = parts.reduce((sum, part) => sum + spanOf(part).length, 0);
  const bytes = new Uint8Array(total);
  let row = 0;
  let at = 0;
  for (const part of parts) {
    const { data, from, to } = part;
    if (DataType.isNull(data.type)) {
      offsets.fill(at, row + 1, row + 1 + to - from);
      row += to - from;
      continue;
    }
    const { begin, length } = spanOf(part);
    bytes.set(data.values.subarray(begin, begin + length), at);
    for (let i = from; i < to; i++) offsets[++row] = at + Number(data.valueOffsets[i + 1]) - begin;
    at += length;
  }
  return { offsets, bytes };
}

/** Where the values of a part begin, and how many there are. @param {Part} part */
function spanOf({ data, from, to }) {
  if (DataType.isNull(data.type) || !data.valueOffsets?.length) return { begin: 0, length: 0 };
  const begin = Number(data.valueOffsets[from]);
  return { begin, length: Number(data.valueOffsets[to]) - begin };
}

/** @param {Part[]} parts @param {number} rows */
function listOf(parts, rows) {
  const offsets = new Int32Array(rows + 1);
  /** @type {Part[]} */
  const inner = [];
  let row = 0;
  let at = 0;
  for (const part of parts) {
    const { data, from, to } = part;
    const { begin, length } = spanOf(part);
    for (let i = from; i < to; i++) offsets[++row] = at + Number(data.valueOffsets[i + 1]) - begin;
    if (length) inner.push({ data: data.children[0], from: begin, to: begin + length });
    at += length;
  }
  return { offsets, inner };
}
