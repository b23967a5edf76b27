/** Results of the engine as columns of numbers: never a row as an object. */

/**
 * @typedef {Int32Array | Float32Array | Float64Array} Numbers
 * @typedef {"int" | "float" | "double"} Kind
 */

const ARRAYS = { int: Int32Array, float: Float32Array, double: Float64Array };

/**
 * @param {import("../../engine/engine.js").Engine} engine @param {string} sql without NULL in any column
 * @param {Kind[]} kinds of its columns @param {AbortSignal} [signal]
 * @returns {Promise<any[]>} a typed array for each column
 */
export async function readColumns(engine, sql, kinds, signal) {
  const { batches } = await engine.query(sql, { signal });
  /** @type {any[][]} */
  const parts = [];
  let rows = 0;
  for await (const batch of batches) {
    // copied: the next batch may use the same memory
    parts.push(batch.data.children.map((/** @type {any} */ child) => child.values.slice(0, batch.numRows)));
    rows += batch.numRows;
  }
  return kinds.map((kind, column) => {
    const all = new ARRAYS[kind](rows);
    let at = 0;
    for (const part of parts) {
      all.set(part[column], at);
      at += part[column].length;
    }
    return all;
  });
}

/** @param {string} base64 a bit for each pixel, the first in the lowest bit @returns {(pixel: number) => boolean} */
export function coverOf(base64) {
  const bytes = atob(base64);
  return (pixel) => Boolean((bytes.charCodeAt(pixel >> 3) >> (pixel & 7)) & 1);
}

/** Whether a place is inside a closed line. @param {[number, number][]} line @param {number} u @param {number} v */
export function within(line, u, v) {
  let inside = false;
  for (let i = 0, k = line.length - 1; i < line.length; k = i++) {
    const [[ax, ay], [bx, by]] = [line[i], line[k]];
    if (ay > v !== by > v && u < ((bx - ax) * (v - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}
