/**
 * The order of the rows of the result. The engine sorts once, and the outcome is kept here as four bytes a
 * row: any part of the table is then read by row numbers, and no row is sorted again.
 */

export class RowOrder {
  /** @param {Uint32Array | null} rows row numbers in order; null where number and place are the same @param {number} length */
  constructor(rows, length) {
    this.rows = rows;
    this.length = length;
  }

  /** @param {number} place from 0 */
  at(place) {
    return this.rows ? this.rows[place] : place;
  }

  /** @param {number} first @param {number} end not included @returns {number[]} */
  slice(first, end) {
    const stop = Math.min(end, this.length);
    return Array.from({ length: Math.max(0, stop - first) }, (_, i) => this.at(first + i));
  }

  /** Place of a row, -1 for none. @param {number} row */
  find(row) {
    if (this.rows) return this.rows.indexOf(row);
    return row >= 0 && row < this.length ? row : -1;
  }

  /** @returns {Generator<number>} all rows */
  *[Symbol.iterator]() {
    if (this.rows) yield* this.rows;
    else for (let row = 0; row < this.length; row++) yield row;
  }
}

/**
 * Batches of one column of unsigned whole numbers as one array.
 * @param {AsyncIterable<import("apache-arrow").RecordBatch>} batches @param {number} length at most
 */
export async function gather(batches, length) {
  const all = new Uint32Array(length);
  let at = 0;
  for await (const batch of batches) {
    const values = /** @type {Uint32Array} */ (batch.data.children[0].values);
    const part = values.subarray(0, Math.min(batch.numRows, length - at));
    all.set(part, at);
    at += part.length;
  }
  return at === length ? all : all.slice(0, at);
}
