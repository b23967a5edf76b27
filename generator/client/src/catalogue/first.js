/** Finds the tiles of a catalogue that may have the first rows in an order, by reading its columns of few tiles. */
import { columnsOfTiles, footersAhead, namesIn, partitionsOf, tilesOfRows } from "../reading/plan.js";
import { scattered } from "../reading/relation.js";
import { countTiles } from "../reading/tiles.js";
import { replaced } from "./missing.js";
import { runsOfBounded, tilesInOrder, tilesOfFirst } from "../reading/first-rows.js";

/**
 * @typedef {import('../reading/first-rows.js').Bounded} Bounded
 * @typedef {import('../reading/tiles.js').Run} Run
 * @typedef {object} First what is asked for
 * @property {import('../reading/first-rows.js').Key | null} key the column by which they are ordered first, if it is one
 * @property {string[]} order SQL: the key, and what decides between rows that are alike
 * @property {number} rows
 * @property {string[]} columns that are read of these rows
 * @property {string[]} conditions SQL, all of which must be true
 * @property {boolean} stored whether the SQL is on the values as they are stored; else missing ones are NULL
 * @property {import('../reading/footers.js').Constraint[]} where bounds that they imply
 */

/** Reading only the tiles of an answer must save so many bytes, as finding them takes statements of their own. */
const WORTH = 4 << 20;
/** Answers that are kept: the files never change. */
const REMEMBERED = 100;

export class FirstRows {
  /** @type {Map<string, Run[]>} by what was asked for */
  #known = new Map();

  /**
   * @param {Pick<import('./catalogue.js').Catalogue, "engine" | "files" | "meta" | "reader">} catalogue
   * @param {(path: string) => string} address of a partition in SQL
   * @param {import('../reading/planner.js').Numbered} numbered
   */
  constructor({ engine, files, meta, reader }, address, numbered) {
    this.engine = engine;
    this.store = engine.store;
    this.files = files;
    this.meta = meta;
    this.reader = reader;
    this.address = address;
    this.numbered = numbered;
  }

  /**
   * @param {Run[]} runs where the rows are
   * @param {boolean} everywhere whether that is the whole catalogue
   * @param {First} first
   * @param {import('../reading/bytes.js').ReadOptions} options
   * @returns {Promise<Run[] | null>} null where all tiles may have such rows, or nothing is known of them
   */
  async find(runs, everywhere, first, options) {
    const partitions = partitionsOf(runs);
    if (!footersAhead(this.files, partitions)) return null;
    await this.reader.load(partitions, options);
    const columns = new Set([...first.columns, ...this.#tested(first, first.order)]);
    const most = await this.#ranges(runs, columns, first.where);
    if (this.store.cost(most) < WORTH) return null;
    const asked = JSON.stringify([runs, first.order, first.rows, first.conditions, first.stored]);
    const known = this.#known.get(asked);
    if (known) return known;
    try {
      const found =
        (await this.#byBounds(runs, first, options)) ??
        (everywhere ? await this.#byRows(runs, first, most, options) : null);
      if (!found || countTiles(found) * 2 >= countTiles(runs)) return null;
      if (this.#known.size >= REMEMBERED) this.#known.clear();
      this.#known.set(asked, found);
      return found;
    } catch (error) {
      // A condition that cannot be read back from the plan: then all is read.
      if (options.signal?.aborted) throw error;
      return null;
    }
  }

  /** Columns in texts of SQL. @param {First} first @param {string[]} texts */
  #tested({ conditions }, texts) {
    return namesIn(this.meta, [...texts, ...conditions]);
  }

  /** @param {Run[]} runs @param {Set<string>} columns @param {First["where"]} where */
  async #ranges(runs, columns, where) {
    return (await columnsOfTiles(this.files, runs, where, columns, this.reader.footers.of)).ranges;
  }

  /** From few tiles, where bounds show that no other has one of the rows. @param {Run[]} runs @param {First} first @param {import('../reading/bytes.js').ReadOptions} options */
  async #byBounds(runs, first, options) {
    const { key, rows, where } = first;
    const { meta } = this;
    if (!key) return null;
    const tiles = await tilesInOrder(meta, runs, this.reader.footers.of, key, where);
    const left =
      tiles &&
      (await tilesOfFirst(tiles, key, rows, (some) =>
        this.#lastOf(runsOfBounded(some), key, first, options),
      ));
    return left && runsOfBounded(left);
  }

  /** The value of the last of the wanted rows in some tiles. @param {Run[]} runs @param {NonNullable<First["key"]>} key @param {First} first @param {import('../reading/bytes.js').ReadOptions} options */
  async #lastOf(runs, key, first, options) {
    const { rows, conditions, stored } = first;
    const ranges = await this.#ranges(runs, this.#tested(first, [key.value]), []);
    if (!this.store.fits(ranges)) return null;
    await this.store.ensure(ranges, options);
    const type = this.meta.columns.find(({ name }) => name === key.column)?.datatype;
    // The text of a single-precision number would be read as another double.
    const value = type === "float" ? `CAST(${key.value} AS DOUBLE)` : key.value;
    const test = [`(${key.value}) IS NOT NULL`, ...conditions].map((one) => `(${one})`).join(" AND ");
    const order = `ORDER BY _value ${key.descending ? "DESC" : "ASC"} LIMIT 1 OFFSET ${rows - 1}`;
    const from = scattered(this.meta, runs, this.address);
    const present = stored ? "" : replaced(this.meta.columns);
    const sql = `SELECT ${value} AS _value FROM (SELECT *${present} FROM ${from}) WHERE ${test} ${order}`;
    const found = await this.engine.rows(sql, { signal: options.signal });
    const last = found.rows[0]?.[0] ?? null;
    return typeof last === "number" || typeof last === "bigint" ? last : null;
  }

  /**
   * From what is tested of all tiles: the rows themselves, and the tiles that they are in.
   * @param {Run[]} runs of the whole catalogue
   * @param {First} first
   * @param {import('../reading/bytes.js').Range[]} most what is read otherwise
   * @param {import('../reading/bytes.js').ReadOptions} options
   */
  async #byRows(runs, first, most, options) {
    const { conditions, order, rows, where } = first;
    const partitions = partitionsOf(runs);
    const from = this.numbered(partitions, first.stored);
    if (!from || rows > countTiles(runs)) return null;
    const ranges = await this.#ranges(runs, this.#tested(first, order), where);
    if (this.store.cost(most) - this.store.cost(ranges) < WORTH || !this.store.fits(ranges)) return null;
    await this.store.ensure(ranges, options);
    const test = conditions.length ? ` WHERE ${conditions.map((one) => `(${one})`).join(" AND ")}` : "";
    const sql = `SELECT file_index, file_row_number FROM (${from})${test} ORDER BY ${order.join(", ")} LIMIT ${rows}`;
    const found = await this.engine.rows(sql, { signal: options.signal });
    const pairs = found.rows.map(
      ([file, row]) => /** @type {[number, number]} */ ([Number(file), Number(row)]),
    );
    const tiles = tilesOfRows(this.meta, partitions, pairs, 0);
    return [...tiles]
      .flatMap(([partition, some]) => [...some].map((tile) => ({ partition, first: tile, last: tile })))
      .sort((a, b) => a.partition - b.partition || a.first - b.first);
  }
}
