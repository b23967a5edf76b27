/**
 * Exact values. Arrow's own accessors round or unscale some: here 64-bit integers are BigInt, decimals, dates
 * and times exact text, 32-bit floats the shortest number that stands for them (0.1, not 0.10000000149011612).
 */
import { DataType, TimeUnit, makeVector } from "apache-arrow";
import { EngineError } from "../shared/errors.js";
import { dateText, decimal, floorDiv, shortest, stampText, timeText } from "../shared/value-text.js";

/**
 * Return a function that reads one row of a batch.
 * @param {import('apache-arrow').RecordBatch} batch
 * @returns {(row: number) => any[]}
 */
export function batchReader(batch) {
  const readers = batch.data.children.map((data) => reader(data));
  return (row) => readers.map((read) => read(row));
}

/**
 * Return a function that reads one value of a column.
 * @param {any} data Arrow `Data`
 * @returns {(index: number) => any}
 */
export function reader(data) {
  const read = plainReader(data);
  return data.nullCount > 0 ? (i) => (data.getValid(i) ? read(i) : null) : read;
}

/**
 * @param {any} data
 * @returns {(index: number) => any}
 */
function plainReader(data) {
  const { type, values } = data;
  if (DataType.isInt(type)) return (i) => values[i];
  if (DataType.isFloat(type)) {
    if (type.precision === 1) return (i) => shortest(values[i]);
    return type.precision === 2 ? (i) => values[i] : viaVector(data);
  }
  if (DataType.isDecimal(type))
    return (i) => decimal(values, i * (type.bitWidth / 32), type.bitWidth / 32, type.scale);
  if (DataType.isUtf8(type) || DataType.isLargeUtf8(type)) return textReader(data);
  if (DataType.isDate(type))
    return type.unit === 0
      ? (i) => dateText(BigInt(values[i]))
      : (i) => dateText(floorDiv(wide(values, i), 86400000n));
  if (DataType.isTimestamp(type)) {
    const digits = DIGITS[type.unit];
    return (i) => stampText(wide(values, i), digits, type.timezone ? "Z" : "");
  }
  if (DataType.isTime(type)) {
    const digits = DIGITS[type.unit];
    return (i) => timeText(type.bitWidth === 64 ? wide(values, i) : BigInt(values[i]), digits);
  }
  if (DataType.isDictionary(type)) {
    const words = (data.dictionary?.data ?? []).map((/** @type {any} */ d) => ({
      read: reader(d),
      length: d.length,
    }));
    return (i) => {
      let at = Number(values[i]);
      for (const { read, length } of words) {
        if (at < length) return read(at);
        at -= length;
      }
      // DuckDB sends the words of an ENUM only with complete results, not with batches.
      throw new EngineError("Columns of type ENUM cannot be shown; cast them to VARCHAR", { kind: "sql" });
    };
  }
  if (DataType.isList(type) || DataType.isMap(type)) {
    const read = reader(data.children[0]);
    return (i) => range(Number(data.valueOffsets[i]), Number(data.valueOffsets[i + 1]), read);
  }
  if (DataType.isFixedSizeList(type)) {
    const read = reader(data.children[0]);
    return (i) => range((data.offset + i) * type.listSize, (data.offset + i + 1) * type.listSize, read);
  }
  if (DataType.isStruct(type)) {
    const names = type.children.map((/** @type {any} */ c) => c.name);
    const readers = data.children.map((/** @type {any} */ c) => reader(c));
    return (i) =>
      Object.fromEntries(
        names.map((/** @type {string} */ name, /** @type {number} */ k) => [name, readers[k](i)]),
      );
  }
  if (DataType.isNull(type)) return () => null;
  return viaVector(data);
}

const utf8 = new TextDecoder();

/** @param {any} data */
function textReader({ values, valueOffsets }) {
  return (/** @type {number} */ i) => {
    const from = Number(valueOffsets[i]);
    const to = Number(valueOffsets[i + 1]);
    let out = "";
    for (let k = from; k < to; k++) {
      // Short plain text is by far the most common, and faster this way than through a decoder.
      if (values[k] > 127 || to - from > 32) return utf8.decode(values.subarray(from, to));
      out += String.fromCharCode(values[k]);
    }
    return out;
  };
}

/** @param {any} data */
function viaVector(data) {
  const vector = makeVector(data);
  return (/** @type {number} */ i) => vector.get(i);
}

/**
 * @param {number} from
 * @param {number} to
 * @param {(index: number) => any} read
 */
function range(from, to, read) {
  const out = new Array(to - from);
  for (let i = from; i < to; i++) out[i - from] = read(i);
  return out;
}

const DIGITS = /** @type {Record<number, number>} */ ({
  [TimeUnit.SECOND]: 0,
  [TimeUnit.MILLISECOND]: 3,
  [TimeUnit.MICROSECOND]: 6,
  [TimeUnit.NANOSECOND]: 9,
});

/**
 * A 64-bit integer, from BigInts or from pairs of 32-bit numbers.
 * @param {any} values
 * @param {number} i
 * @returns {bigint}
 */
function wide(values, i) {
  if (typeof values[0] === "bigint") return values[i];
  return (BigInt(values[2 * i + 1] | 0) << 32n) | BigInt(values[2 * i] >>> 0);
}
