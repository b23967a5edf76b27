/**
 * Which columns a plot can show, which it selects by default, and which of their values count.
 *
 * @typedef {object} PlotColumn
 * @property {string} name
 * @property {"number" | "category"} kind
 * @property {string} [type] SQL; unknown while the column has not been read
 * @property {boolean} read it is among the rows kept
 * @property {string | null} [unit]
 * @property {string | null} [ucd]
 * @property {string | null} [description]
 * @property {(number | string)[] | null} [missing] what the survey writes for “no value”
 *
 * @typedef {{ra: string, dec: string}} Position names of columns, in degrees
 */
import { literal, quoteName } from "../../engine/quoting.js";
import { isNumeric } from "../format.js";

const NUMBERS = ["byte", "short", "int", "long", "float", "double"];
const WORDS = ["char", "string", "unicode", "text", "boolean"];

/**
 * Columns of the rows kept, and those of the catalogue that were not read.
 * @param {{name: string, type: string}[]} kept
 * @param {Partial<import("../export/votable.js").Field>[]} described descriptions of shown columns
 * @param {(import("../../search/columns.js").Column)[]} catalogue
 * @returns {PlotColumn[]}
 */
export function plotColumns(kept, described, catalogue) {
  /** @type {PlotColumn[]} */
  const found = [];
  for (const { name, type } of kept) {
    const kind = isNumeric(type) ? "number" : /^(VARCHAR|BOOLEAN)$/.test(type) ? "category" : null;
    if (!kind) continue;
    const about = described.find((f) => f.name === name) ?? catalogue.find((c) => c.name === name) ?? {};
    const { unit, ucd, description, missing } = about;
    found.push({ name, type, kind, read: true, unit, ucd, description, missing });
  }
  for (const { name, datatype, arraysize, unit, ucd, description, missing } of catalogue) {
    if (found.some((c) => c.name === name) || kept.some((c) => c.name === name)) continue;
    const number = NUMBERS.includes(datatype) && (arraysize == null || arraysize === "1");
    if (!number && !WORDS.includes(datatype)) continue;
    found.push({ name, kind: number ? "number" : "category", read: false, unit, ucd, description, missing });
  }
  return found;
}

/** @param {PlotColumn[]} columns @param {Position | null} [known] @returns {Position | null} */
export function positionOf(columns, known = null) {
  const numbers = columns.filter(({ kind }) => kind === "number");
  const has = (/** @type {string} */ name) => numbers.some((c) => c.name === name);
  if (known && has(known.ra) && has(known.dec)) return known;
  const by = (/** @type {RegExp} */ ucd, /** @type {RegExp} */ name) =>
    numbers.find((c) => ucd.test(c.ucd ?? ""))?.name ?? numbers.find((c) => name.test(c.name))?.name;
  const ra = by(/^pos\.eq\.ra;meta\.main$/i, /^_?(ra|raj2000|ra_icrs|ra_deg)$/i);
  const dec = by(/^pos\.eq\.dec;meta\.main$/i, /^_?(dec|de|dej2000|dec_icrs|de_icrs|dec_deg)$/i);
  return ra && dec ? { ra, dec } : null;
}

/** @param {PlotColumn} column */
export const isMagnitude = ({ unit, ucd }) => unit === "mag" && !/error/i.test(ucd ?? "");

/** Columns to plot by default: measurements, not names, positions or dates. @param {PlotColumn[]} columns */
export function measured(columns) {
  const numbers = columns.filter(({ kind }) => kind === "number");
  const plain = numbers.filter(
    ({ ucd, type, name }) =>
      !/^(meta|pos|time)\b/i.test(ucd ?? "") &&
      !/error/i.test(ucd ?? "") &&
      !/int/i.test(type ?? "") &&
      !/^(_?(ra|dec?|raj2000|dej2000)|separation|.*id)$/i.test(name),
  );
  // those in the table first, the other numbers last
  return [...new Set([...plain.filter((c) => c.read), ...plain, ...numbers])];
}

/**
 * SQL: the value is valid: not NULL, not one that means “missing”, and finite. Never NULL itself.
 * @param {PlotColumn} column
 */
export function usable({ name, kind, type, missing }) {
  const sql = quoteName(name);
  if (kind === "category") {
    const words = type === "BOOLEAN" ? [] : (missing ?? []).map(String);
    const not = words.length ? ` AND ${sql} NOT IN (${words.map(literal).join(", ")})` : "";
    return `(${sql} IS NOT NULL${not})`;
  }
  const numbers = (missing ?? []).map(Number).filter(Number.isFinite);
  // 99.99 in single precision is not the same number as in double precision
  const cast = (/** @type {number} */ n) => (type === "FLOAT" ? `${literal(n)}::FLOAT` : literal(n));
  const not = numbers.length ? ` AND ${sql} NOT IN (${numbers.map(cast).join(", ")})` : "";
  return `(${sql} IS NOT NULL AND isfinite(${sql}::DOUBLE)${not})`;
}
