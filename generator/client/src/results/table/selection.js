/**
 * Rows of the result that the reader marked: one set, shared by all parts that show it. A row is its number among those found.
 * Kept as bits: a million rows are 125 kB, and marking all of them takes no time.
 */
import { ROW } from "../query/hits.js";

/** More ranges of neighbouring rows than this are passed to the engine as a table, not as SQL text. */
const FEW = 400;
const SCHEMA = "_drportal";

/** @typedef {{column: string, low: number, high: number}} Range both ends included */

export class Selection extends EventTarget {
  /** Ranges of columns that all marked rows, and no others of the rows shown, are in; null where marks were made otherwise. @type {Range[] | null} */
  ranges = null;
  #bits = new Uint32Array(32);
  #size = 0;

  get size() {
    return this.#size;
  }

  /** @param {number} row */
  has(row) {
    return ((this.#bits[row >>> 5] ?? 0) & (1 << (row & 31))) !== 0;
  }

  /** @returns {Generator<number>} in ascending order */
  *[Symbol.iterator]() {
    for (let word = 0; word < this.#bits.length; word++) {
      for (let bits = this.#bits[word]; bits; bits &= bits - 1)
        yield word * 32 + 31 - Math.clz32(bits & -bits);
    }
  }

  /** @param {number} row @param {boolean} on */
  #put(row, on) {
    const [word, bit] = [row >>> 5, 1 << (row & 31)];
    if (word >= this.#bits.length) {
      if (!on) return;
      const larger = new Uint32Array(Math.max(word + 1, this.#bits.length * 2));
      larger.set(this.#bits);
      this.#bits = larger;
    }
    if (((this.#bits[word] & bit) !== 0) === on) return;
    this.#bits[word] ^= bit;
    this.#size += on ? 1 : -1;
  }

  #empty() {
    this.#bits = new Uint32Array(32);
    this.#size = 0;
  }

  /** Mark these rows and no others. @param {Iterable<number>} rows @param {Range[] | null} [ranges] that describe them */
  set(rows, ranges = null) {
    const wanted = rows === this ? [...this] : rows;
    this.#empty();
    for (const row of wanted) this.#put(row, true);
    this.#notify(ranges);
  }

  /** @param {Iterable<number>} rows */
  add(rows) {
    for (const row of rows) this.#put(row, true);
    this.#notify();
  }

  /** @param {Iterable<number>} rows */
  remove(rows) {
    for (const row of rows) this.#put(row, false);
    this.#notify();
  }

  /** @param {number} row */
  toggle(row) {
    this.invert([row]);
  }

  /** Invert the marks of these rows. @param {Iterable<number>} rows */
  invert(rows) {
    for (const row of rows) this.#put(row, !this.has(row));
    this.#notify();
  }

  clear() {
    if (!this.#size) return;
    this.#empty();
    this.#notify();
  }

  /** @param {Range[] | null} [ranges] */
  #notify(ranges = null) {
    this.ranges = ranges;
    this.dispatchEvent(new Event("change"));
  }

  /** Ranges of neighbouring rows, both ends included. @returns {Generator<[number, number]>} */
  *stretches() {
    let [first, last] = [-1, -2];
    for (const row of this) {
      if (row === last + 1) {
        last = row;
        continue;
      }
      if (first >= 0) yield [first, last];
      first = last = row;
    }
    if (first >= 0) yield [first, last];
  }

  /**
   * SQL condition for the rows marked now, whatever is marked later.
   * @param {import("../../engine/engine.js").Engine} engine
   * @param {string} [name] of the table that keeps them where they are many; the same name is used again
   * @returns {Promise<string>} "" where none is marked
   */
  async condition(engine, name = "marked") {
    if (!this.#size) return "";
    const stretches = [...this.stretches()];
    if (stretches.length <= FEW) {
      const single = stretches.filter(([first, last]) => first === last).map(([row]) => row);
      const longer = stretches.filter(([first, last]) => first < last);
      const any = longer.map(([first, last]) => `${ROW} BETWEEN ${first} AND ${last}`);
      if (single.length) any.push(`${ROW} IN (${single.join(", ")})`);
      return `(${any.join(" OR ")})`;
    }
    const rows = Int32Array.from(this);
    await engine.rows(`CREATE SCHEMA IF NOT EXISTS "${SCHEMA}"`);
    await engine.rows(`DROP TABLE IF EXISTS "${SCHEMA}"."${name}"`);
    await engine.insert(SCHEMA, name, { row: { values: rows } });
    return `${ROW} IN (SELECT "row" FROM "${SCHEMA}"."${name}")`;
  }
}
