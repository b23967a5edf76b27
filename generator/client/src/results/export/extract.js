/**
 * The rows of a result to save: all rows that pass the filter, those that the reader marked, or those on screen.
 * They are read a group at a time, so that a million rows are never in memory at once.
 *
 * @typedef {import("../query/hits.js").Hits} Hits
 * @typedef {"all" | "marked" | "screen"} Scope
 * @typedef {{longest: number, ascii: boolean}} Length longest: characters
 */
import { throwIfAborted } from "../../shared/errors.js";
import { quoteName, quoteText } from "../../search/literals.js";
import { ROW, TABLE } from "../query/hits.js";

export class Extract {
  /** Called after each group with the number of rows read. @type {(rows: number) => void} */
  onRows = () => {};

  /**
   * @param {Hits} hits
   * @param {string} where SQL, "" for all
   * @param {string} order SQL, "" for the order in which they were found
   * @param {number} count rows
   * @param {{first: number, last: number} | null} [range] positions in that order, from 0, ends included
   * @param {AbortSignal} [signal]
   */
  constructor(hits, where, order, count, range = null, signal) {
    this.engine = hits.engine;
    this.fields = hits.fields;
    this.where = where;
    this.order = order;
    this.count = range ? range.last - range.first + 1 : count;
    this.range = range;
    this.signal = signal;
  }

  /** @param {string[]} [names] of the columns; those shown where left out */
  #select(names = this.fields.map((field) => field.name)) {
    const { where, order, range } = this;
    const part = range ? ` LIMIT ${this.count} OFFSET ${range.first}` : "";
    return (
      `SELECT ${names.map(quoteName).join(", ")} FROM ${TABLE}${where ? ` WHERE ${where}` : ""} ` +
      `ORDER BY ${order ? `${order}, ` : ""}${ROW}${part}`
    );
  }

  /** All rows in groups. @param {string[]} [names] @returns {AsyncGenerator<unknown[][]>} */
  async *rows(names) {
    for await (const rows of this.engine.rowGroups(this.#select(names), { signal: this.signal })) {
      throwIfAborted(this.signal);
      yield rows;
      if (!names) this.onRows(rows.length);
    }
  }

  /** Lengths of the texts. @returns {Promise<Map<string, Length>>} by column */
  async lengths() {
    const texts = this.fields.filter((field) => field.type === "VARCHAR").map((field) => field.name);
    if (!texts.length) return new Map();
    const asked = texts
      .map((name) => `${quoteName(name)}::VARCHAR`) // a UUID is read as text, too
      .map((name) => `max(length(${name})), coalesce(bool_and(strlen(${name}) = length(${name})), TRUE)`);
    const sql = `SELECT ${asked.join(", ")} FROM (${this.#select(texts)})`;
    const [row] = (await this.engine.rows(sql, { signal: this.signal })).rows;
    return new Map(
      texts.map((name, i) => [name, { longest: Number(row[2 * i] ?? 0), ascii: Boolean(row[2 * i + 1]) }]),
    );
  }

  /**
   * Parquet has no HUGEINT, the type of sums, and DuckDB writes a DOUBLE: decimals are written instead. It has no seconds, and DuckDB
   * fails on infinite ones: microseconds are written. Values too long for these become text.
   */
  async #selectExact() {
    const query = this.#select();
    const replaced = [];
    for (const [name, type] of (await this.engine.rows(`DESCRIBE ${query}`)).rows) {
      const exact = retyped(type, { HUGEINT: "DECIMAL(38,0)", TIMESTAMP_S: "TIMESTAMP" });
      if (exact === type) continue;
      const text = retyped(type, { HUGEINT: "VARCHAR", TIMESTAMP_S: "VARCHAR" });
      const column = quoteName(name);
      const value = /\bTIMESTAMP_S\b/.test(type) ? `CAST(${column} AS ${text})` : column;
      const same = `bool_and(TRY_CAST(${value} AS ${exact})::VARCHAR IS NOT DISTINCT FROM ${column}::VARCHAR)`;
      const [[fits]] = (await this.engine.rows(`SELECT ${same} FROM (${query})`, { signal: this.signal }))
        .rows;
      const kept = fits === false ? `CAST(${column} AS ${text})` : `CAST(${value} AS ${exact})`;
      replaced.push(`${kept} AS ${column}`);
    }
    return replaced.length ? `SELECT * REPLACE (${replaced.join(", ")}) FROM (${query})` : query;
  }

  /**
   * The same rows as a Parquet file, which the engine writes itself.
   * @param {Record<string, string>} metadata kept in the file's footer
   */
  async parquet(metadata) {
    const path = "drportal-result.parquet";
    const pairs = Object.entries(metadata).map(([key, value]) => `${quoteText(key)}: ${quoteText(value)}`);
    const options = `FORMAT parquet, COMPRESSION zstd, KV_METADATA {${pairs.join(", ")}}`;
    return this.engine.written(`COPY (${await this.#selectExact()}) TO '${path}' (${options})`, path, {
      signal: this.signal,
    });
  }
}

/** Replace types inside of a type; quoted names are left alone. @param {string} type @param {Record<string, string>} others */
const retyped = (type, others) => type.replace(/"(?:[^"]|"")*"|\w+/g, (word) => others[word] ?? word);
