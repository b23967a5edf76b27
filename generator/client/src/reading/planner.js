/**
 * What a statement reads of a catalogue, from DuckDB's plan of it: read before it runs, in few large requests. Of tiles whose rows a
 * statement only tests, the tested columns are read first, and the others where a row passed. Nothing here decides the result:
 * what was not foreseen the statement misses, and then it is read.
 */
import { readPlan } from "./duckdb-plan.js";
import { crossed, partitionsOf, footersAhead, columnsOfTiles, namesIn, tilesOfRows } from "./plan.js";
import { readings } from "./scans.js";
import { firstRows, runsOf } from "./tiles.js";

/**
 * @typedef {import('../engine/store.js').Task} Task
 * @typedef {import('./bytes.js').Range} Range
 * @typedef {import('./footers.js').Constraint} Constraint
 * @typedef {import('./plan.js').Files} Files
 * @typedef {import('./scans.js').Reading} Reading
 * @typedef {import('./tiles.js').Run} Run
 * @typedef {(partitions: number[], stored: boolean) => string | null} Numbered SQL after FROM: the rows of some partitions, with file_index and
 *   file_row_number; null where the catalogue has columns of these names
 */

/** A statement that ends after fewer rows probably reads little; what it reads is not known beforehand. */
const MANY = 100_000;
/** Rows are tested in blocks of 2^8. */
const BLOCK = 8;

/** Answers of additional statements that are kept: the files never change. */
const REMEMBERED = 100;

export class Planner {
  /** @type {Map<string, Map<number, Set<number>>>} tiles by the statement that found them */
  #found = new Map();
  /** @type {Run[] | null} the tiles that the view is restricted to; null for all */
  scope = null;
  /** Reading a column only where it is needed must save so many bytes, as it takes a statement of its own. */
  worth = 4 << 20;

  /**
   * @param {Files & { source: import('./bytes.js').ByteSource }} files
   * @param {import('../engine/store.js').Store} store
   * @param {import('./footer-reader.js').FooterReader} footers
   * @param {{ name: string, stored: string, numbered: Numbered }} view stored: the view whose missing values are as the survey writes them
   */
  constructor(files, store, footers, { name, stored, numbered }) {
    this.files = files;
    this.store = store;
    this.footers = footers;
    this.stored = word(stored);
    this.named = [word(name), this.stored];
    this.numbered = numbered;
  }

  get meta() {
    return this.files.meta;
  }

  /**
   * Whether a statement may read the catalogue's views. What reads its files by their addresses has been prepared.
   * @param {string} sql
   */
  mentions(sql) {
    if (sql.includes(`/${this.files.place("")}`)) return false;
    const outside = sql.replace(/'(?:[^']|'')*'/g, "''");
    return this.named.some((name) => name.test(outside));
  }

  /**
   * Read what the statement will read.
   * @param {string} text answer of EXPLAIN (FORMAT JSON)
   * @param {Planner[]} all of the catalogues that the statement may read
   * @param {Task} task
   */
  async plan(text, all, task) {
    const { meta } = this;
    const described = all.map((one) => one.meta);
    const firstly = [];
    /** @type {(() => Promise<Range[]>)[]} */
    const later = [];
    /** @type {(() => Promise<Range[]>)[]} */
    const last = [];
    for (const scan of readings(readPlan(text).scans, meta, described, task.rows)) {
      const runs = this.#runs(scan, task.rows);
      if (!runs?.length || !footersAhead(this.files, partitionsOf(runs))) continue;
      await this.footers.load(partitionsOf(runs), task.options);
      const { first, rest, find } = await this.#steps(scan, runs, task);
      firstly.push(...first);
      task.expect(first);
      task.expect(rest);
      if (!find) continue;
      // The rows of an answer are found by reading what other scans read.
      (scan.top ? last : later).push(async () => {
        const tiles = await find().catch(failed(task));
        return tiles || !scan.top ? this.#among(scan, runs, tiles) : [];
      });
    }
    if (!this.store.fits(firstly)) return task.readThrough(firstly[0].path);
    await this.store.ensure(firstly, task.options);
    for (const find of [...later, ...last]) {
      const ranges = await find();
      if (!this.store.fits(ranges)) return task.readThrough(ranges[0].path);
      await this.store.ensure(ranges, task.options);
    }
  }

  /**
   * Read what a search needs of whole partitions: where that saves much, first the columns that its condition tests, then the others
   * of the tiles in which a row meets it.
   * @param {Run[]} runs
   * @param {Constraint[]} where bounds that the condition implies
   * @param {Set<string>} columns
   * @param {string} test the condition in SQL, on the stored values
   * @param {Pick<Task, "ask" | "options">} task
   * @returns {Promise<Range[] | null>} what is left to be read; null where it saves nothing
   */
  async narrowed(runs, where, columns, test, { ask, options }) {
    const tested = namesIn(this.meta, [test]);
    const from = this.numbered(partitionsOf(runs), true);
    if (!from || !tested.size || footersAhead(this.files, partitionsOf(runs)) === null) return null;
    const of = async (/** @type {Run[]} */ some, /** @type {Set<string>} */ names) =>
      (await columnsOfTiles(this.files, some, where, names, this.footers.of)).ranges;
    const first = await of(runs, tested);
    const all = await of(runs, new Set([...columns, ...tested]));
    if (this.store.cost(all) - this.store.cost(first) < this.worth) return null;
    if (this.store.cost(first) > this.store.ceiling) return null;
    await this.store.ensure(first, options);
    const sql = `SELECT file_index, file_row_number >> ${BLOCK} FROM (${from}) WHERE ${test} GROUP BY ALL`;
    const found = await ask(sql).catch(failed({ options }));
    return found && of(runsOfTiles(tilesOfRows(this.meta, partitionsOf(runs), found, BLOCK)), columns);
  }

  /**
   * The tiles that a scan may read.
   * @param {Reading} scan
   * @param {number | null} rows of the result at most
   * @returns {Run[] | null} null where that is not known beforehand
   */
  #runs(scan, rows) {
    const all = this.scope ?? runsOf(this.meta, null);
    if (scan.limited) {
      if (scan.rows !== null) return firstRows(this.meta, all, scan.rows);
      return rows !== null && rows >= MANY && scan.conditions.length ? all : null;
    }
    if (scan.top && !scan.top.order.length) {
      const count = scan.top.rows ?? rows;
      return count === null || scan.top.conditions.length ? null : firstRows(this.meta, all, count);
    }
    return all;
  }

  /**
   * What is read first, and how to find the tiles in which the other columns are read; null where all is read first.
   * @param {Reading} scan
   * @param {Run[]} runs
   * @param {Task} task
   * @returns {Promise<{ first: Range[], rest: Range[], find: (() => Promise<Map<number, Set<number>> | null>) | null }>} rest: what the scan may
   *   read in addition
   */
  async #steps(scan, runs, task) {
    const tested = namesIn(this.meta, scan.conditions);
    const columns = new Set([...(scan.columns ?? []), ...tested]);
    const ofColumns = async (/** @type {Set<string>} */ some, /** @type {Constraint[]} */ where) =>
      (await columnsOfTiles(this.files, runs, where, some, this.footers.of)).ranges;
    const { top } = scan;
    if (top?.order.length) {
      const rest = await ofColumns(columns, scan.sure);
      return { first: [], rest, find: this.#finding(runs, top.conditions, task, top)?.find ?? null };
    }
    const first = await ofColumns(tested, scan.sure);
    // Outside of bounds that DuckDB does not compare itself no row passes, and it reads only the tested columns.
    const rest = await ofColumns(new Set([...columns].filter((name) => !tested.has(name))), scan.where);
    const saved = this.store.cost([...first, ...rest]) - this.store.cost(first);
    const finding = tested.size ? this.#finding(runs, scan.conditions, task, null) : null;
    // The same statement again reads the same tiles.
    if (finding && (finding.known || saved >= this.worth)) return { first, rest, find: finding.find };
    return { first: [...first, ...rest], rest: [], find: null };
  }

  /**
   * @param {Run[]} runs
   * @param {string[]} conditions SQL
   * @param {Task} task
   * @param {import('./duckdb-plan.js').Top | null} top
   * @returns {{ known: boolean, find: () => Promise<Map<number, Set<number>> | null> } | null} finds the tiles, by partition, with rows that
   *   meet the conditions; known: without reading anything
   */
  #finding(runs, conditions, task, top) {
    const partitions = partitionsOf(runs);
    const from = this.numbered(partitions, this.stored.test(task.sql));
    if (!from) return null;
    const where = conditions.length ? ` WHERE ${conditions.map((one) => `(${one})`).join(" AND ")}` : "";
    const end = top
      ? ` ORDER BY ${top.order.join(", ")}${top.rows === null ? "" : ` LIMIT ${top.rows}`}`
      : " GROUP BY ALL";
    const shift = top ? 0 : BLOCK;
    const sql = `SELECT file_index, file_row_number >> ${shift} FROM (${from})${where}${end}`;
    const known = this.#found.get(sql);
    const find = async () => {
      if (known) return known;
      const found = await task.ask(sql);
      const tiles = tilesOfRows(this.meta, partitions, top ? crossed(found) : found, shift);
      if (this.#found.size >= REMEMBERED) this.#found.clear();
      this.#found.set(sql, tiles);
      return tiles;
    };
    return { known: known !== undefined, find };
  }

  /**
   * Ranges of the columns of a scan in some tiles.
   * @param {Reading} scan
   * @param {Run[]} runs
   * @param {Map<number, Set<number>> | null} tiles by partition; null for all of the runs
   */
  async #among(scan, runs, tiles) {
    const columns = scan.columns && new Set(scan.columns);
    const some = tiles ? runsOfTiles(tiles) : runs;
    const { ranges } = await columnsOfTiles(this.files, some, scan.sure, columns, this.footers.of);
    return ranges;
  }
}

/** @param {Map<number, Set<number>>} tiles by partition @returns {Run[]} */
const runsOfTiles = (tiles) =>
  [...tiles].flatMap(([partition, numbers]) =>
    [...numbers].map((tile) => ({ partition, first: tile, last: tile })),
  );

/** An additional statement that fails leaves the reading to misses; one that is cancelled ends. @param {Pick<Task, "options">} task */
const failed = (task) => (/** @type {unknown} */ error) => {
  if (task.options.signal?.aborted) throw error;
  return null;
};

/** @param {string} name */
const word = (name) =>
  new RegExp(
    `(?<![\\p{L}\\p{N}_])${name.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&").replaceAll('"', '""')}(?![\\p{L}\\p{N}_])`,
    "iu",
  );
