/**
 * Targets as tables of the query engine: the list's own columns, and the positions (or identifiers) to compare.
 *
 * @typedef {import("../../search/targets/roles.js").Targets} Targets
 * @typedef {Record<string, import("../../engine/arrow-tables.js").Column>} Columns
 */
import { nameForms } from "../../search/designations.js";

/**
 * The list's own columns under other names, of the targets alone, with `n`, their place in the list from 0.
 * @param {Targets} targets @param {string[]} names of the columns, in order
 * @returns {Columns}
 */
export function listTable({ table, rows }, names) {
  /** @type {Columns} */
  const columns = { n: { values: Int32Array.from(rows, (_, i) => i) } };
  table.columns.forEach(({ values, nulls }, k) => {
    const isNull =
      nulls && !Array.isArray(values) ? (/** @type {number} */ i) => Boolean(nulls[rows[i]]) : undefined;
    columns[names[k]] = { values: chosen(values, rows), isNull };
  });
  return columns;
}

/** @param {Float64Array | BigInt64Array | string[]} values @param {Targets["rows"]} rows */
function chosen(values, rows) {
  if (values instanceof Float64Array) return Float64Array.from(rows, (row) => values[row]);
  if (!(values instanceof BigInt64Array)) return Array.from(rows, (row) => values[row]);
  const whole = new BigInt64Array(rows.length);
  rows.forEach((row, i) => (whole[i] = values[row]));
  return whole;
}

/**
 * Positions to look at: a row for each pixel in which a target may have matches.
 * @param {Targets} targets @param {Float64Array} radius arcsec, of each @param {import("../../catalogue/match.js").Pairs} pairs
 * @returns {Columns}
 */
export function placeTable({ ra, dec }, radius, { target, order, pixel }) {
  const of = (/** @type {Float64Array} */ values) => ({
    values: Float64Array.from(target, (i) => values[i]),
  });
  return {
    n: { values: target },
    level: { values: Int32Array.from(order) },
    pixel: { values: BigInt64Array.from(pixel, BigInt) },
    ra: of(/** @type {Float64Array} */ (ra)),
    dec: of(/** @type {Float64Array} */ (dec)),
    radius: of(radius),
  };
}

/** Identifiers to look for: a text in all forms that it may have. @param {Targets} targets @returns {Columns} */
export function idTable({ ids }) {
  if (ids && !Array.isArray(ids))
    return {
      n: { values: Int32Array.from(/** @type {ArrayLike<any>} */ (ids), (_, i) => i) },
      id: { values: /** @type {BigInt64Array} */ (ids).slice() },
    };
  /** @type {number[]} */
  const numbers = [];
  /** @type {string[]} */
  const texts = [];
  for (const [i, id] of /** @type {string[]} */ (ids).entries()) {
    for (const form of nameForms(id)) {
      numbers.push(i);
      texts.push(form);
    }
  }
  return { n: { values: Int32Array.from(numbers) }, id: { values: texts } };
}
