/** A statement as a row of tokens, with the brackets around each, and changes to its text. */
import { tokens } from "./statements.js";

/** @typedef {{from: number, to: number, text: string}} Edit */

export const NAME = /^[\p{L}_][\p{L}\p{N}_]*$|^"/u;
export const SETS = ["UNION", "EXCEPT", "INTERSECT", "MINUS"];

/** @param {string} text @param {Edit[]} edits */
export function apply(text, edits) {
  let out = text;
  for (const { from, to, text: put } of edits.toSorted(
    (one, other) => other.from - one.from || other.to - one.to,
  ))
    out = out.slice(0, from) + put + out.slice(to);
  return out;
}

export class Reader {
  /** @param {string} sql */
  constructor(sql) {
    this.sql = sql;
    this.all = [...tokens(sql)];
    let depth = 0;
    /** Brackets around each token. */
    this.depths = this.all.map(({ text }) => (text === "(" ? depth++ : text === ")" ? --depth : depth));
  }

  /** @param {number} i */
  text(i) {
    return this.all[i]?.text ?? "";
  }

  /** @param {number} i */
  word(i) {
    return this.text(i).toUpperCase();
  }

  /** @param {number} i */
  from(i) {
    return this.all[i]?.from ?? this.sql.length;
  }

  /** End of a token. @param {number} i */
  end(i) {
    return this.from(i) + this.text(i).length;
  }

  /** The bracket that closes the one at i; -1 where there is none. @param {number} i */
  close(i) {
    return this.all.findIndex(({ text }, k) => k > i && text === ")" && this.depths[k] === this.depths[i]);
  }

  /** The tokens between brackets, split at commas. @param {number} open @returns {[number, number][] | null} first and last token */
  parts(open) {
    const close = this.close(open);
    if (this.text(open) !== "(" || close < 0) return null;
    /** @type {[number, number][]} */
    const parts = [];
    let first = open + 1;
    for (let i = open + 1; i <= close; i++) {
      if (i !== close && !(this.text(i) === "," && this.depths[i] === this.depths[open] + 1)) continue;
      parts.push([first, i - 1]);
      first = i + 1;
    }
    return parts;
  }

  /** @param {[number, number]} part */
  source([first, last]) {
    return this.sql.slice(this.from(first), this.end(last));
  }

  /** The first token after i that does not belong to the SELECT of i. @param {number} i @param {string[]} [words] that end it too */
  scopeEnd(i, words = []) {
    const depth = this.depths[i];
    for (let k = i + 1; k < this.all.length; k++) {
      if (this.depths[k] < depth || (this.text(k) === ")" && this.depths[k] === depth - 1)) return k;
      if (this.depths[k] === depth && [...SETS, ...words].includes(this.word(k))) return k;
    }
    return this.all.length;
  }

  /** The SELECT that token i belongs to. @param {number} i */
  select(i) {
    for (let k = i; k >= 0; k--) if (this.depths[k] === this.depths[i] && this.word(k) === "SELECT") return k;
    return -1;
  }
}
