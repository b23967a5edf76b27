/**
 * Targets as tables of the query engine: the list's own columns, and the positions (or identifiers) to compare.
 *
 * @typedef {import("../../search/targets/roles.js").Targets} Targets
 */
import { nameForms } from "../../search/designations.js";
import { Float64, Int64, Table, Utf8, makeData, makeVector } from "apache-arrow";

/**
 * The list's own columns under other names, of the targets alone, with `n`, their place in the list from 0.
 * @param {Targets} targets @param {string[]} names of the columns, in order
 */
export function listTable({ table, rows }, names) {
  /** @type {Record<string, import("apache-arrow").Vector>} */
  const columns = { n: makeVector(Int32Array.from(rows, (_, i) => i)) };
  table.columns.forEach((column, k) => {
    const { values, nulls } = column;
    const bitmap = nulls ? new Uint8Array(Math.ceil(rows.length / 64) * 8) : undefined;
    let missing = 0;
    if (nulls && bitmap) {
      rows.forEach((row, i) => {
        if (nulls[row]) missing++;
        else bitmap[i >> 3] |= 1 << (i & 7);
      });
    }
    const shape = { length: rows.length, nullCount: missing, nullBitmap: bitmap };
    if (values instanceof Float64Array) {
      const data = Float64Array.from(rows, (row) => values[row]);
      columns[names[k]] = makeVector(makeData({ type: new Float64(), data, ...shape }));
    } else if (values instanceof BigInt64Array) {
      const data = new BigInt64Array(rows.length);
      rows.forEach((row, i) => (data[i] = values[row]));
      columns[names[k]] = makeVector(makeData({ type: new Int64(), data, ...shape }));
    } else {
      const texts = /** @type {string[]} */ (values);
      columns[names[k]] = textVector(Array.from(rows, (row) => texts[row]));
    }
  });
  return new Table(columns);
}

/**
 * Positions to look at: a row for each pixel in which a target may have matches.
 * @param {Targets} targets @param {Float64Array} radius arcsec, of each @param {import("../../catalogue/match.js").Pairs} pairs
 */
export function placeTable({ ra, dec }, radius, { target, order, pixel }) {
  const of = (/** @type {Float64Array} */ values) => makeVector(Float64Array.from(target, (i) => values[i]));
  return new Table({
    n: makeVector(target),
    level: makeVector(Int32Array.from(order)),
    pixel: makeVector(BigInt64Array.from(pixel, BigInt)),
    ra: of(/** @type {Float64Array} */ (ra)),
    dec: of(/** @type {Float64Array} */ (dec)),
    radius: of(radius),
  });
}

/** Identifiers to look for: a text in all forms that it may have. @param {Targets} targets */
export function idTable({ ids }) {
  if (ids && !Array.isArray(ids))
    return new Table({
      n: makeVector(Int32Array.from(/** @type {ArrayLike<any>} */ (ids), (_, i) => i)),
      id: makeVector(/** @type {BigInt64Array} */ (ids).slice()),
    });
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
  return new Table({ n: makeVector(Int32Array.from(numbers)), id: textVector(texts) });
}

/** Arrow's own builder of texts creates functions from text, which the page's policy forbids. @param {string[]} texts */
function textVector(texts) {
  const encoder = new TextEncoder();
  const valueOffsets = new Int32Array(texts.length + 1);
  let data = new Uint8Array(1 << 16);
  texts.forEach((text, i) => {
    const at = valueOffsets[i];
    const bytes = encoder.encode(text.replaceAll("\0", ""));
    if (at + bytes.length > data.length) {
      const more = new Uint8Array(2 * (at + bytes.length));
      more.set(data);
      data = more;
    }
    data.set(bytes, at);
    valueOffsets[i + 1] = at + bytes.length;
  });
  return makeVector(makeData({ type: new Utf8(), length: texts.length, nullCount: 0, valueOffsets, data }));
}
