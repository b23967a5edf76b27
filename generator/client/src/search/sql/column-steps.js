/** A step from the result of a statement to another statement: the mean of a column, its values rounded. */
import { quoteName } from "../literals.js";

/** Digits where the catalogue does not say how precise a column is. */
const USUAL = 3;

/** The statement as a table. @param {string} sql without a semicolon @returns {string} */
const table = (sql) => `(\n${sql.trim()}\n)`;

/**
 * The mean of a column, the number of its values, and of rows without one; NaN and the infinities are no values.
 * @param {string} sql @param {{name: string, type: string}} field
 */
export function averaged(sql, { name, type }) {
  const column = quoteName(name);
  const value = /^(float|double|real)/i.test(type)
    ? `CASE WHEN isfinite(${column}) THEN ${column} END`
    : column;
  return [
    `SELECT avg(${value}) AS ${quoteName(`avg_${name}`)},`,
    `  count(${value}) AS "values", count(*) - count(${value}) AS missing`,
    `FROM ${table(sql)}`,
  ].join("\n");
}

/** @param {string} sql @param {string} name of a column of numbers @param {number} digits after the point */
export function rounded(sql, name, digits) {
  const column = quoteName(name);
  return `SELECT * REPLACE (round(${column}, ${digits}) AS ${column})\nFROM ${table(sql)}`;
}

/**
 * Digits after the point with which the catalogue gives a column, or the column that a computed one is named after.
 * @param {string} name @param {{name: string, decimals?: number | null}[]} columns of the catalogues
 */
export function decimalsOf(name, columns) {
  const words = name.toLowerCase().split(/[^\p{L}\p{N}_]+|^(?:avg|mean|min|max|median|stddev)_/u);
  const same =
    columns.find((one) => one.name === name) ?? columns.find((one) => words.includes(one.name.toLowerCase()));
  return same?.decimals ?? USUAL;
}
