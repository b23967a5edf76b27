/**
 * Values as they are. Arrow's own accessors round or unscale some: here 64-bit integers are BigInt, decimals, dates
 * and times exact text, 32-bit floats the shortest number that means them (0.1, not 0.10000000149011612).
 */
import { DataType, TimeUnit, makeVector } from "apache-arrow";
import { EngineError } from "./errors.js";
import { shortest } from "./text.js";

/**
 * A function that reads one row of a batch.
 * @param {import('apache-arrow').RecordBatch} batch
 * @returns {(row: number) => any[]}
 */
export function batchReader(batch) {
  const readers = batch.data.children.map((data) => reader(data));
  return (row) => readers.map((read) => read(row));
}

/**
 * A function that reads one value of a column.
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
    return (i) => stampText(wide(values, i), digits) + (type.timezone ? "Z" : "");
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
      // DuckDB sends the words of an ENUM only with whole results, not with batches.
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
 * A 64-bit integer, from BigInts or from pairs of 32 bits.
 * @param {any} values
 * @param {number} i
 * @returns {bigint}
 */
function wide(values, i) {
  if (typeof values[0] === "bigint") return values[i];
  return (BigInt(values[2 * i + 1] | 0) << 32n) | BigInt(values[2 * i] >>> 0);
}

/**
 * @param {bigint} a
 * @param {bigint} b
 */
const floorDiv = (a, b) => (a - (((a % b) + b) % b)) / b;

/**
 * @param {Uint32Array} words least significant first, two's complement
 * @param {number} at
 * @param {number} count
 * @param {number} scale digits after the point
 */
export function decimal(words, at, count, scale) {
  let value = BigInt(words[at + count - 1] | 0);
  for (let k = count - 2; k >= 0; k--) value = (value << 32n) | BigInt(words[at + k] >>> 0);
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, "0");
  const whole = digits.slice(0, digits.length - scale);
  return `${value < 0n ? "-" : ""}${whole}${scale ? `.${digits.slice(digits.length - scale)}` : ""}`;
}

/**
 * Days since 1970-01-01 as an ISO date; years beyond 0–9999 carry a sign, as ISO 8601 wants.
 * @param {bigint} days
 */
export function dateText(days) {
  const shifted = days + 719468n;
  const era = floorDiv(shifted, 146097n);
  const inEra = Number(shifted - era * 146097n);
  const yearOfEra = Math.floor(
    (inEra - Math.floor(inEra / 1460) + Math.floor(inEra / 36524) - Math.floor(inEra / 146096)) / 365,
  );
  const inYear = inEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * inYear + 2) / 153);
  const day = inYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const year = Number(era) * 400 + yearOfEra + (month <= 2 ? 1 : 0);
  const shown =
    year >= 0 && year <= 9999
      ? String(year).padStart(4, "0")
      : `${year < 0 ? "-" : "+"}${String(Math.abs(year)).padStart(6, "0")}`;
  return `${shown}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
}

/**
 * @param {bigint} ticks since midnight
 * @param {number} digits of a second in one tick
 */
export function timeText(ticks, digits) {
  const unit = 10n ** BigInt(digits);
  const seconds = Number(ticks / unit);
  const fraction = digits
    ? String(ticks % unit)
        .padStart(digits, "0")
        .replace(/0+$/, "")
    : "";
  const pair = (/** @type {number} */ n) => String(Math.floor(n)).padStart(2, "0");
  return `${pair(seconds / 3600)}:${pair((seconds / 60) % 60)}:${pair(seconds % 60)}${fraction ? `.${fraction}` : ""}`;
}

/**
 * @param {bigint} ticks since 1970-01-01T00:00:00
 * @param {number} digits
 */
export function stampText(ticks, digits) {
  if (ticks === 9223372036854775807n) return "infinity";
  if (ticks === -9223372036854775807n) return "-infinity";
  const day = 86400n * 10n ** BigInt(digits);
  const days = floorDiv(ticks, day);
  return `${dateText(days)}T${timeText(ticks - days * day, digits)}`;
}
