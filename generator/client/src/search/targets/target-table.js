/**
 * A list of targets after reading: its columns, the line of each row, and what could not be read. Columns are collected
 * as text and become typed arrays where every value allows it, so that a long list takes little memory.
 *
 * @typedef {{line: number, message: string}} Problem line from 1; a row of a binary file where the table's `unit` says so
 * @typedef {{name: string, unit?: string, ucd?: string}} Head
 */
import { t } from "../../shared/strings.js";
import { Refused } from "../grammar.js";

/** More rows than this are not read. */
export const MOST_ROWS = 2_000_000;
/** Most problems that are listed; the others are counted. */
const MOST_PROBLEMS = 1000;
/** Work done between two pauses in which the page can respond, in milliseconds. */
const BREATH = 25;

const WHOLE = /^-?(?:0|[1-9]\d{0,18})$/;
const REAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?$/;
const NOTHING = /^(?:|nan|null|none|--|n\/a)$/i;
const INT64 = 2n ** 63n;

/** One column: text, or numbers with a mask of missing ones. */
export class TargetColumn {
  /**
   * @param {Head} head
   * @param {"whole" | "real" | "text"} kind
   * @param {BigInt64Array | Float64Array | string[]} values
   * @param {Uint8Array | null} nulls 1 where a number is missing
   */
  constructor(head, kind, values, nulls = null) {
    this.name = head.name;
    this.unit = head.unit ?? "";
    this.ucd = head.ucd ?? "";
    this.kind = kind;
    this.values = values;
    this.nulls = nulls;
  }

  /** @param {number} row */
  text(row) {
    return this.nulls?.[row] ? "" : String(this.values[row] ?? "");
  }
}

export class TargetTable {
  /**
   * @param {string} format as shown to the reader
   * @param {TargetColumn[]} columns
   * @param {Uint32Array} lines line of each row, from 1
   * @param {Problems} problems
   * @param {boolean} named whether the list itself names its columns
   */
  constructor(format, columns, lines, problems, named) {
    this.format = format;
    this.columns = columns;
    this.lines = lines;
    this.problems = problems;
    this.named = named;
    this.rows = lines.length;
  }
}

/** What could not be read: all problems are counted, the first ones kept. */
export class Problems {
  count = 0;
  /** @type {Problem[]} */
  first = [];

  /** @param {number} line @param {string} message */
  add(line, message) {
    this.count++;
    if (this.first.length < MOST_PROBLEMS) this.first.push({ line, message });
  }
}

export class TableBuilder {
  problems = new Problems();
  /** @type {number[]} */
  #lines = [];
  /** @type {string[][]} */
  #columns;

  /** @param {string} format @param {Head[]} heads @param {boolean} named */
  constructor(format, heads, named) {
    this.format = format;
    this.heads = heads;
    this.named = named;
    this.#columns = heads.map(() => []);
  }

  get rows() {
    return this.#lines.length;
  }

  /** @param {string[]} cells as many as heads; a missing one is empty @param {number} line */
  add(cells, line) {
    if (this.rows >= MOST_ROWS)
      throw new Refused(t("The list is too long: at most {n} targets.", { n: MOST_ROWS }));
    for (let i = 0; i < this.#columns.length; i++) this.#columns[i].push(cells[i] ?? "");
    this.#lines.push(line);
  }

  /** @returns {Promise<TargetTable>} the builder is empty afterwards */
  async finish() {
    const breath = new Breath();
    const columns = [];
    for (let i = 0; i < this.heads.length; i++) {
      columns.push(await typed(this.heads[i], this.#columns[i], breath));
      this.#columns[i] = [];
    }
    return new TargetTable(this.format, columns, Uint32Array.from(this.#lines), this.problems, this.named);
  }
}

/**
 * @param {Head} head @param {string[]} texts @param {Breath} breath
 * @returns {Promise<TargetColumn>}
 */
async function typed(head, texts, breath) {
  const n = texts.length;
  const nulls = new Uint8Array(n);
  let kind = /** @type {"whole" | "real" | "text"} */ ("whole");
  let any = false;
  for (let i = 0; i < n && kind !== "text"; i++) {
    if (breath.due(i)) await breath.take();
    const text = texts[i];
    if (NOTHING.test(text)) nulls[i] = 1;
    else {
      any = true;
      if (kind === "whole" && !(WHOLE.test(text) && fits(text)) && text !== "-0")
        kind = REAL.test(text) ? "real" : "text";
      else if (kind === "real" && !REAL.test(text)) kind = "text";
      // a number with more digits than a double has is a name
      if (kind === "real" && /^\d{17,}$/.test(text)) kind = "text";
    }
  }
  if (kind === "text" || !any) return new TargetColumn(head, "text", texts);
  const values = kind === "whole" ? new BigInt64Array(n) : new Float64Array(n);
  for (let i = 0; i < n; i++) {
    if (breath.due(i)) await breath.take();
    if (nulls[i]) continue;
    if (values instanceof BigInt64Array) values[i] = BigInt(texts[i]);
    else {
      values[i] = Number(texts[i]);
      // whole numbers before the first fraction must not be rounded
      if (/^-?\d+$/.test(texts[i]) && !Number.isSafeInteger(values[i]))
        return new TargetColumn(head, "text", texts);
    }
  }
  return new TargetColumn(head, kind, values, nulls.includes(1) ? nulls : null);
}

/** @param {string} text */
function fits(text) {
  if (text.length < 18) return true;
  const value = BigInt(text);
  return value < INT64 && value >= -INT64;
}

/** Lets the page respond to the reader between pieces of long work. */
export class Breath {
  #last = performance.now();

  /** @param {AbortSignal} [signal] */
  constructor(signal) {
    this.signal = signal;
  }

  /** @param {number} i the work's own counter; looks at the clock every 1024 */
  due(i) {
    return (i & 1023) === 0 && performance.now() - this.#last > BREATH;
  }

  async take() {
    await new Promise((resolve) => setTimeout(resolve));
    this.signal?.throwIfAborted();
    this.#last = performance.now();
  }
}

/** Distinct names, none empty. @param {Head[]} heads */
export function apart(heads) {
  const seen = new Set();
  return heads.map((head, i) => {
    const plain = head.name.trim() || t("column {n}", { n: String(i + 1) });
    let name = plain;
    for (let k = 2; seen.has(name.toLowerCase()); k++) name = `${plain}_${k}`;
    seen.add(name.toLowerCase());
    return { ...head, name };
  });
}
