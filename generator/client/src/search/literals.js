/**
 * From a reader's input to SQL literals. Every value goes through here: numbers are read strictly, and whole numbers
 * exactly to the last of 64 bits; no input reaches SQL unquoted.
 *
 * @typedef {import("./columns.js").Column} Column
 */
import { literal, quoteName as quoted } from "../engine/quoting.js";
import { t } from "../shared/strings.js";
import { kindOf } from "./columns.js";
import { Refused } from "./grammar.js";

const NUMBER = /^([+-]?)(\d+(?:\.\d+)?|\.\d+)(?:[eE]([+-]?\d{1,4}))?$/;
const TIME = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(\.\d{1,9})?)?Z?)?)?)?$/;
const PART = /^\d{4}(?:-\d\d(?:-\d\d(?:[T ]\d\d(?::\d\d(?::\d\d)?)?)?)?)?$/;
const INT64 = 2n ** 63n;
/** Digits of a second in a column of nanoseconds, and in all other columns. */
const [NANO, MICRO] = [9, 6];
/** Range of whole seconds since 1970 for nanoseconds in 64 bits. */
const [NANO_FIRST, NANO_LAST] = [-9223372036, 9223372035];
/** Most digits of a decimal. */
const DECIMAL = 38;

/** An SQL identifier for a name, which may have been typed. @param {string} name */
export function quoteName(name) {
  if (name.includes("\0")) throw new Refused(t("A name has a character that cannot be used."));
  return quoted(name);
}

/** An SQL text literal. @param {string} text */
export function quoteText(text) {
  if (text.includes("\0")) throw new Refused(t("The text has a character that cannot be searched for."));
  return literal(text.toWellFormed());
}

/** @param {number} value a finite number, as a DOUBLE with all its digits */
export function quoteNumber(value) {
  if (!Number.isFinite(value)) throw new Refused(t("This is not a number."));
  return `CAST('${value}' AS DOUBLE)`;
}

/** A text with ASCII signs and digits in place of full-width ones. @param {string} text */
export function halfWidth(text) {
  return text
    .replace(/[\uff01-\uff5e]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0))
    .replaceAll("\u3000", " ");
}

/** @param {string} text @returns {number} throws Refused */
export function readNumber(text) {
  const trimmed = text.trim().replace(/^\u2212/, "-");
  if (!NUMBER.test(trimmed)) throw new Refused(t("“{text}” is not a number.", { text }));
  const value = Number(trimmed);
  if (!Number.isFinite(value)) throw new Refused(t("“{text}” is too large.", { text }));
  return value;
}

const INFINITE = /^([+-]?)inf(?:inity)?$/i;
const NAN = /^nan$/i;

/** @param {string} text @returns {number | null} an infinity, if the text is one */
export function readInfinity(text) {
  const found = INFINITE.exec(text.trim().replace(/^\u2212/, "-"));
  return found && (found[1] === "-" ? -Infinity : Infinity);
}

/** A number of a column that may contain infinities. @param {string} text @returns {number} throws Refused */
export const readReal = (text) => readInfinity(text) ?? readNumber(text);

/** Whether an item stands for NaN in a column of floats. @param {Column} column @param {string} text */
export const asksForNaN = (column, text) => kindOf(column) === "real" && NAN.test(text.trim());

/**
 * The whole numbers at and around a decimal: exact, without passing through floating point.
 * @param {string} text @returns {{floor: bigint, ceil: bigint}}
 */
export function readWhole(text) {
  const found = NUMBER.exec(text.trim().replace(/^\u2212/, "-"));
  if (!found) throw new Refused(t("“{text}” is not a number.", { text }));
  const [, sign, digits, exponent = "0"] = found;
  const [whole, fraction = ""] = digits.split(".");
  const shift = Number(exponent) - fraction.length;
  const all = BigInt(whole + fraction);
  if (shift > 40 && all !== 0n) throw new Refused(t("“{text}” is too large.", { text }));
  const scale = 10n ** BigInt(Math.abs(shift));
  const down = shift >= 0 ? all * scale : all / scale;
  const rest = shift >= 0 ? false : all % scale !== 0n;
  const [floor, ceil] = sign === "-" ? [rest ? -down - 1n : -down, -down] : [down, rest ? down + 1n : down];
  return { floor, ceil };
}

/**
 * A whole number of 64 bits; a datatype of "long" may be unsigned in the file.
 * @param {bigint} value @param {string} text
 */
function int64(value, text) {
  if (value >= 2n * INT64 || value < -INT64) throw new Refused(t("“{text}” is too large.", { text }));
  return `CAST('${value}' AS ${value < INT64 ? "BIGINT" : "UBIGINT"})`;
}

/**
 * The decimals of a column at and around a number, as text; the same where it is one of them.
 * @param {string} text @param {number} scale digits after the point @returns {{floor: string, ceil: string}}
 */
function readDecimal(text, scale) {
  readNumber(text);
  const [, digits, exponent = "0"] = /** @type {RegExpExecArray} */ (
    /^(.*?)(?:[eE](.*))?$/.exec(text.trim())
  );
  const found = readWhole(`${digits}e${Number(exponent) + scale}`);
  const written = (/** @type {bigint} */ value) => {
    const whole = String(value < 0n ? -value : value);
    if (whole.length > DECIMAL) throw new Refused(t("“{text}” is too large.", { text }));
    const all = whole.padStart(scale + 1, "0");
    const point = all.length - scale;
    return `CAST('${value < 0n ? "-" : ""}${all.slice(0, point)}.${all.slice(point)}' AS DECIMAL(${DECIMAL},${scale}))`;
  };
  return { floor: written(found.floor), ceil: written(found.ceil) };
}

/** @param {string} text @param {Column} column */
function real(text, column) {
  const value = readReal(text);
  const single = column.datatype === "float";
  if (single && Number.isFinite(value) && !Number.isFinite(Math.fround(value)))
    throw new Refused(t("“{text}” is too large.", { text }));
  return `CAST('${value}' AS ${single ? "FLOAT" : "DOUBLE"})`;
}

/**
 * The period that a written date or time covers: a date covers the whole day.
 * @param {string} text @param {Column} column
 * @returns {{from: string, until: string | null, cut: boolean}} SQL; `until`: the first time after it, null for a
 *   single time; `cut`: the time is later than `from`, by less than the column's precision
 */
function readTime(text, column) {
  const found = TIME.exec(text.trim());
  const refused = () => new Refused(t("“{text}” is not a date; write it as 2015-10-27.", { text }));
  if (!found) throw refused();
  const [, year, month = "01", day = "01", hour = "00", minute = "00", second = "00", part = ""] = found;
  const date = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== `${year}-${month}-${day}`)
    throw refused();
  const places = column.scale === NANO ? NANO : MICRO;
  const digits = part.slice(0, 1 + places);
  const from = moment(date, digits, column);
  const cut = /[1-9]/.test(part.slice(1 + places));
  if (found[4]) return { from, until: null, cut };
  if (found[3]) date.setUTCDate(date.getUTCDate() + 1);
  else if (found[2]) date.setUTCMonth(date.getUTCMonth() + 1);
  else date.setUTCFullYear(date.getUTCFullYear() + 1);
  return { from, until: moment(date, "", column), cut };
}

/**
 * A time as SQL. Nanoseconds range from 1677 to 2262 only: times beyond that are written as infinities.
 * @param {Date} date to the second @param {string} part of a second @param {Column} column
 */
function moment(date, part, { scale }) {
  const written = `${date.toISOString().replace(/^\+0*/, "").slice(0, -5).replace("T", " ")}${part}`;
  if (scale !== NANO) return `CAST('${written}' AS TIMESTAMP)`;
  const seconds = date.getTime() / 1000;
  const beyond = seconds < NANO_FIRST ? "-infinity" : seconds > NANO_LAST ? "infinity" : written;
  return `CAST('${beyond}' AS TIMESTAMP_NS)`;
}

/**
 * For dates kept as text: whether the text may be the beginning of longer ones, as 2020-05 is of 2020-05-17.
 * @param {Column} column @param {string} text
 */
export function isPartOfDate(column, text) {
  return column.dates === true && PART.test(text.trim());
}

/** The first text after all those that begin with this one. @param {string} text a part of a date */
function after(text) {
  return text.slice(0, -1) + String.fromCharCode(text.charCodeAt(text.length - 1) + 1);
}

/** @param {string} text */
export function truth(text) {
  const value = { true: "TRUE", 1: "TRUE", yes: "TRUE", false: "FALSE", 0: "FALSE", no: "FALSE" }[
    text.toLowerCase()
  ];
  if (!value) throw new Refused(t("“{text}” is neither true nor false.", { text }));
  return value;
}

/**
 * Condition: the column has exactly this value.
 * @param {Column} column @param {string} text @returns {{literal: string} | {sql: string}} a literal may join an IN list
 */
export function exactly(column, text) {
  switch (kindOf(column)) {
    case "whole": {
      const { floor, ceil } = readWhole(text);
      if (floor !== ceil) throw new Refused(t("“{text}” is not a whole number.", { text }));
      return { literal: int64(floor, text) };
    }
    case "real": {
      // ingest converts NaN to NULL; values computed by a statement may be either
      if (asksForNaN(column, text))
        return { sql: column.nan ? `isnan(${quoteName(column.name)})` : `${quoteName(column.name)} IS NULL` };
      if (column.scale == null || readInfinity(text) !== null) return { literal: real(text, column) };
      const { floor, ceil } = readDecimal(text, column.scale);
      return floor === ceil ? { literal: floor } : { sql: "FALSE" };
    }
    case "text": {
      if (!isPartOfDate(column, text)) return { literal: quoteText(text) };
      const [name, part] = [quoteName(column.name), text.trim()];
      return { sql: `(${name} >= ${quoteText(part)} AND ${name} < ${quoteText(after(part))})` };
    }
    case "truth":
      return { literal: truth(text) };
    case "time": {
      const { from, until, cut } = readTime(text, column);
      const name = quoteName(column.name);
      if (cut) return { sql: "FALSE" };
      return until ? { sql: `(${name} >= ${from} AND ${name} < ${until})` } : { literal: from };
    }
    default:
      throw new Refused(t("This column cannot be searched."));
  }
}

/**
 * Whole numbers and decimals are never infinite: an infinite end is open.
 * @param {Column} column @param {import("./grammar.js").Range} range
 */
function opened(column, range) {
  if (kindOf(column) !== "whole" && (kindOf(column) !== "real" || column.scale == null)) return range;
  const { low, high } = range;
  return {
    ...range,
    low: readInfinity(low) === -Infinity ? "" : low,
    high: readInfinity(high) === Infinity ? "" : high,
  };
}

/**
 * Conditions of a range; an empty end is open.
 * @param {Column} column @param {import("./grammar.js").Range} asked
 * @returns {string[]}
 */
export function between(column, asked) {
  const name = quoteName(column.name);
  const range = opened(column, asked);
  const { low, high, above = false, below = false } = range;
  const from = (/** @type {string} */ value) => low && `${name} ${above ? ">" : ">="} ${value}`;
  const to = (/** @type {string} */ value) => high && `${name} ${below ? "<" : "<="} ${value}`;
  const open = above || below;
  switch (kindOf(column)) {
    case "whole":
      return wholes(name, range);
    case "real":
      if (low && high && !ordered(readReal(low), readReal(high), open)) throw swapped(range);
      if (column.scale != null) {
        const [least, most] = [
          low && readDecimal(low, column.scale),
          high && readDecimal(high, column.scale),
        ];
        return [
          least && from(above ? least.floor : least.ceil),
          most && to(below ? most.ceil : most.floor),
        ].filter(Boolean);
      }
      return [
        low && from(real(low, column)),
        high && to(real(high, column)),
        // DuckDB has NaN above all numbers
        low && column.nan ? `NOT isnan(${name})` : "",
      ].filter(Boolean);
    case "text":
      if (low && high && !ordered(low, high, open) && (open || !low.startsWith(high))) throw swapped(range);
      return [
        above && isPartOfDate(column, low)
          ? `${name} >= ${quoteText(after(low.trim()))}`
          : low && from(quoteText(low)),
        high && !below && isPartOfDate(column, high)
          ? `${name} < ${quoteText(after(high.trim()))}`
          : high && to(quoteText(high)),
      ].filter(Boolean);
    case "time":
      return times(column, range);
    case "truth":
      throw new Refused(t("This column is true or false; it has no ranges."));
    default:
      throw new Refused(t("This column cannot be searched."));
  }
}

/** @param {string} name quoted @param {import("./grammar.js").Range} range */
function wholes(name, range) {
  const { low, high, above, below } = range;
  const [one, other] = [low ? readWhole(low) : null, high ? readWhole(high) : null];
  const from = one && (above ? one.floor + 1n : one.ceil);
  const to = other && (below ? other.ceil - 1n : other.floor);
  const open = Boolean(above || below);
  // 5.2..5.4 contains no whole number, but is not a mistake
  if (from !== null && to !== null && from > to && !ordered(readNumber(low), readNumber(high), open))
    throw swapped(range);
  return [
    ...(from === null ? [] : [`${name} >= ${int64(from, low)}`]),
    ...(to === null ? [] : [`${name} <= ${int64(to, high)}`]),
  ];
}

/** A day, month or year as an end includes all of it. @param {Column} column @param {import("./grammar.js").Range} range */
function times(column, range) {
  const { low, high, above, below } = range;
  const name = quoteName(column.name);
  const begin = low ? readTime(low, column) : null;
  const end = high ? readTime(high, column) : null;
  const open = Boolean(above || below);
  if (low && high && !ordered(low, high, open) && (open || !low.startsWith(high))) throw swapped(range);
  return [
    begin &&
      (above && begin.until
        ? `${name} >= ${begin.until}`
        : `${name} ${above || begin.cut ? ">" : ">="} ${begin.from}`),
    end &&
      (!below && end.until
        ? `${name} < ${end.until}`
        : `${name} ${below && !end.cut ? "<" : "<="} ${end.from}`),
  ].flatMap((part) => part ?? []);
}

/** @template {number | string} T @param {T} low @param {T} high @param {boolean} open an end is excluded */
const ordered = (low, high, open) => low < high || (low === high && !open);

/** @param {import("./grammar.js").Range} range */
function swapped({ low, high }) {
  return new Refused(t("The range {low}..{high} is the wrong way round.", { low, high }));
}

/**
 * Condition: the text matches, where * is any run of characters; a time is within the period before the *.
 * @param {Column} column @param {string} pattern
 */
export function like(column, pattern) {
  // 2015-03* for a column of dates, as for one of dates kept as text
  const [, part] = /^(\d{4}(?:-\d\d){0,2})-?\*+$/.exec(pattern.trim()) ?? [];
  const dated = part && kindOf(column) === "time" ? exactly(column, part) : null;
  if (dated && "sql" in dated) return dated.sql;
  if (kindOf(column) !== "text") throw new Refused(t("* works in text columns only."));
  const escaped = pattern.replace(/[\\%_]/g, "\\$&").replace(/\*+/g, "%");
  return `${quoteName(column.name)} LIKE ${quoteText(escaped)} ESCAPE '\\'`;
}
