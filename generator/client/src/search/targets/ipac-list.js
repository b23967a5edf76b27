/**
 * Lists of targets as IPAC tables: lines after \ describe the table, lines after | give names, types, units and the word
 * for "missing" of columns, and the bars mark the position of each column in the data lines.
 */
import { t } from "../../shared/strings.js";
import { TableBuilder, apart } from "./target-table.js";

/** Whether a text begins like these tables: with a bar, and data without one. @param {string} text */
export function isIpac(text) {
  const lines = text
    .replace(/^\ufeff/, "")
    .split(/\r\n|\n|\r/)
    .filter((line) => line.trim() && !line.startsWith("\\"));
  const data = lines.find((line) => !line.startsWith("|"));
  return (
    (lines[0]?.startsWith("|") ?? false) &&
    /\|\s*$/.test(lines[0]) &&
    lines[0].length > 2 &&
    (data === undefined ? /^\\/m.test(text) : /^\s/.test(data) && !data.includes("|"))
  );
}

/** Reads such a table line by line. */
export class IpacReader {
  #number = 0;
  /** @type {string[]} */
  #head = [];
  /** @type {number[]} */
  #bars = [];
  /** @type {string[]} */
  #missing = [];
  /** @type {TableBuilder | null} */
  #table = null;

  /** @param {string} text */
  line(text) {
    this.#number++;
    if (text.startsWith("\\") || text.trim() === "") return;
    if (text.startsWith("|")) {
      if (!this.#table) this.#head.push(text);
      return;
    }
    this.#table ??= this.#begin();
    const bars = this.#bars;
    const cells = bars.slice(1).map((bar, i) => text.slice(bars[i], bar).trim());
    if (text.slice(bars.at(-1)).trim() || text.trimEnd().length <= bars[0])
      return this.#table.problems.add(this.#number, t("Its values are not aligned with the columns."));
    this.#table.add(
      cells.map((cell, i) => (cell === this.#missing[i] || cell === "null" ? "" : cell)),
      this.#number,
    );
  }

  #begin() {
    const [names, , units, missing] = this.#head;
    const bars = (this.#bars = [...names].flatMap((letter, i) => (letter === "|" ? i : [])));
    const cut = (/** @type {string | undefined} */ line) =>
      bars.slice(1).map((bar, i) => (line ?? "").slice(bars[i] + 1, bar).trim());
    this.#missing = cut(missing);
    const unit = cut(units);
    const heads = cut(names).map((name, i) => ({ name, unit: unit[i] }));
    return new TableBuilder("IPAC", apart(heads), true);
  }

  /** @returns {Promise<import("./target-table.js").TargetTable>} */
  finish() {
    return (this.#table ?? this.#begin()).finish();
  }
}
