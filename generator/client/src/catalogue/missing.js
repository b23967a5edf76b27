/**
 * Values by which a survey says "nothing" (-9999, "Non"): declared for a column, and kept in the files as they are. The
 * same SQL replaces them by NULL wherever they must not count: in the view for free SQL, in computed columns, in recipes.
 */
import { literal, quoteName } from "../engine/quoting.js";

/**
 * @typedef {object} Declared a column
 * @property {string} name
 * @property {string} datatype Felis name
 * @property {string | null} [arraysize]
 * @property {number | null} [scale] of decimals: digits after the point; 9 for timestamps in nanoseconds
 * @property {(number | string)[] | null} [missing] values that mean "nothing"
 * @property {(number | string)[] | null} [marked] those of them that occur in the column; all where they were not counted
 */

const WHOLE = ["byte", "short", "int", "long"];
const TEXT = ["char", "string", "unicode", "text"];
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/**
 * A value as an SQL literal of the column's type; null where the column cannot have it: a pattern such as "*" may declare
 * numbers for columns of text.
 * @param {Declared} column @param {number | string} value
 */
function typed(column, value) {
  const text = String(value);
  if (TEXT.includes(column.datatype)) return text.includes("\0") ? null : literal(text.toWellFormed());
  if (WHOLE.includes(column.datatype)) {
    if (!/^[+-]?\d+$/.test(text)) return null;
    return `CAST('${text}' AS ${BigInt(text) < 2n ** 63n ? "BIGINT" : "UBIGINT"})`;
  }
  const { scale } = column;
  if (column.datatype === "timestamp") {
    const year = Number(/^(\d{4,6})-\d\d-\d\d[ T\d:.]*$/.exec(text)?.[1] ?? NaN);
    // timestamps in nanoseconds range from 1677 to 2262
    if (Number.isNaN(year) || (scale === 9 && (year < 1678 || year > 2261))) return null;
    return `CAST('${text}' AS ${scale === 9 ? "TIMESTAMP_NS" : "TIMESTAMP"})`;
  }
  const [, whole, fraction = ""] = /^([+-]?\d+)(?:\.(\d*))?$/.exec(text) ?? [];
  if (whole && scale != null && fraction.length <= scale) {
    const digits = scale ? `.${fraction.padEnd(scale, "0")}` : "";
    return `CAST('${whole}${digits}' AS DECIMAL(38,${scale}))`;
  }
  if (!["float", "double"].includes(column.datatype) || !NUMBER.test(text)) return null;
  return `CAST('${text}' AS ${column.datatype.toUpperCase()})`;
}

/**
 * The missing values declared for a column, as SQL literals.
 * @param {Declared} column @returns {string[]}
 */
export const sentinels = (column) => (column.missing ?? []).flatMap((value) => typed(column, value) ?? []);

/**
 * SQL for a column's value, NULL where it is missing; of an array, with NULL for each such element.
 * @param {Declared} column @returns {string | null} null where the column has none of these values
 */
export function presentValue(column) {
  const listed = sentinels({ ...column, missing: column.marked ?? column.missing }).join(", ");
  const name = quoteName(column.name);
  if (!listed) return null;
  // `unwrapped` of reading/duckdb-plan.js recognizes this form and removes it
  const or = (/** @type {string} */ value) => `CASE WHEN ${value} IN (${listed}) THEN NULL ELSE ${value} END`;
  return column.arraysize == null ? or(name) : `[${or("_v")} FOR _v IN ${name}]`;
}

/**
 * The view of a catalogue whose missing values are NULL.
 * @param {string} name @param {string} stored the view of the stored values @param {Declared[]} columns
 */
export const presentView = (name, stored, columns) =>
  `VIEW ${quoteName(name)} AS SELECT *${replaced(columns)} FROM ${quoteName(stored)}`;

/**
 * SQL after an asterisk: columns whose missing values are NULL.
 * @param {Declared[]} columns
 */
export function replaced(columns) {
  const values = columns.flatMap((column) => {
    const value = presentValue(column);
    return value ? [`${value} AS ${quoteName(column.name)}`] : [];
  });
  return values.length ? ` REPLACE (${values.join(", ")})` : "";
}

/**
 * Conditions that all rows meet which the statements can concern, on the stored values so that DuckDB can compare them
 * with the extremes of row groups, which it does not do for the expressions of a view.
 * @param {Pick<import("../reading/scans.js").Reading, "where">[]} readings of the catalogue, all of them @param {Declared[]} columns
 * @returns {string} "" where nothing is known
 */
export function knownOfRows(readings, columns) {
  const hidden = new Map(columns.filter(presentValue).map((column) => [column.name, column]));
  const all = readings.map(({ where }) =>
    where.flatMap(({ column: name, low, high }) => {
      const column = hidden.get(name);
      return column ? [...end(column, ">=", low), ...end(column, "<=", high)] : [];
    }),
  );
  if (!all.length || all.some((one) => !one.length)) return "";
  return [...new Set(all.map((one) => `(${one.join(" AND ")})`))].join(" OR ");
}

/** @param {Declared} column @param {string} sign @param {unknown} value @returns {string[]} */
function end(column, sign, value) {
  const name = quoteName(column.name);
  if (typeof value === "bigint" && WHOLE.includes(column.datatype)) return [`${name} ${sign} ${value}`];
  if (typeof value !== "bigint" && typeof value !== "number") return [];
  const number = Number(value);
  if (!Number.isFinite(number) || !["float", "double"].includes(column.datatype)) return [];
  // decimals with more digits than a double are described as doubles too
  const beyond = (Math.abs(number) * 1e-15 || 0) * (sign === ">=" ? -1 : 1);
  const widened = column.datatype === "double" ? number + beyond : number;
  return [`${name} ${sign} CAST('${widened}' AS ${column.datatype.toUpperCase()})`];
}
