/**
 * A catalogue of the release as the query engine sees it: a view of its name for free SQL, and for searches a relation
 * that reads only the bytes that are needed, fetched beforehand in a few large reads.
 */
import { address } from "../engine/addresses.js";
import { quoteName } from "../engine/quoting.js";
import { shared } from "../shared/once.js";
import { besideRuns } from "./beside.js";
import { filesBeside, openFiles } from "./files.js";
import { cover } from "./cover.js";
import { merge } from "./healpix.js";
import { knownOfRows, presentValue, presentView, replaced } from "./missing.js";
import { canNumber, emptySelect, located, relation, scan, scattered } from "../reading/relation.js";
import { countTiles, firstRows, runsAmong, runsOf } from "../reading/tiles.js";
import { footersAhead, partitionsOf, tilesOfExtremes } from "../reading/plan.js";
import { Planner } from "../reading/planner.js";
import { Reader } from "../reading/reader.js";
import { together } from "../reading/scans.js";

/**
 * @typedef {import('../engine/engine.js').Engine} Engine
 * @typedef {import('../reading/description.js').CatalogueMeta} CatalogueMeta
 * @typedef {import('../reading/footers.js').Constraint} Constraint
 * @typedef {import('../reading/scans.js').Reading} Reading
 * @typedef {import('./cover.js').Region} Region
 * @typedef {import('../reading/tiles.js').PixelRange} PixelRange
 * @typedef {import('./files.js').Page} Page
 * @typedef {{ region?: Region | null, where?: Constraint[], columns?: string[] | null, test?: string, signal?: AbortSignal,
 *   onProgress?: (loaded: number, total: number, stage: 'data') => void, confirm?: (bytes: number) => Promise<void> }} Wanted
 *   `columns`: those that the statement names anywhere, null for all; `test`: its condition in SQL; `confirm`: called with the number of bytes before
 *   they are read; throws to refuse
 * @typedef {{ relation: string, tiles: number, bytes: number }} Prepared `bytes`: bytes fetched for it
 */

/** @type {Map<string, Promise<Catalogue>>} */
const open = new Map();

/**
 * A catalogue for planned reads. Its data can be read while the engine still starts.
 * @param {Engine | Promise<Engine>} engine the description is loaded at the same time
 * @param {string} name
 * @param {Page} page
 * @returns {Promise<Catalogue>} once per page and catalogue
 */
export const openPlanned = (engine, name, page) => shared(open, name, () => openNew(engine, name, page));

/**
 * A catalogue with its views, for free SQL.
 * @type {typeof openPlanned}
 */
export async function openCatalogue(engine, name, page) {
  const catalogue = await openPlanned(engine, name, page);
  await catalogue.define();
  return catalogue;
}

/**
 * @param {Engine | Promise<Engine>} engine
 * @param {string} name
 * @param {Page} page
 */
async function openNew(engine, name, page) {
  const files = await openFiles(name, page);
  const { stored = `${name}_raw` } = page.catalogues.find((one) => one.name === name) ?? {};
  const catalogue = new Catalogue(await engine, files, stored);
  // Statements wait until the engine knows the files; an engine that does not start fails them.
  catalogue.addFiles().catch(() => {});
  return catalogue;
}

/**
 * A catalogue of another release, for planned reads.
 * @param {Engine} engine
 * @param {Parameters<typeof filesBeside>[0]} other
 * @returns {Promise<Catalogue>} once per page
 */
export const openBeside = (engine, other) =>
  shared(open, other.folder, async () => {
    const { folder } = other;
    const catalogue = new Catalogue(engine, await filesBeside(other), `${folder}_raw`, folder);
    await catalogue.addFiles();
    return catalogue;
  });

/**
 * Read data from files that the reader picked (a folder of the release) instead of from scripts.
 * @param {Iterable<File>} files with `webkitRelativePath`, e.g. from an input with `webkitdirectory`
 * @returns {Promise<string[]>} names of the opened catalogues of which every partition was found
 */
export async function usePickedFiles(files) {
  const all = [...files];
  const used = [];
  for (const catalogue of await Promise.all(open.values())) {
    if (await catalogue.usePicked(all)) used.push(catalogue.name);
  }
  return used;
}

/**
 * @param {AbortSignal} [signal]
 * @param {Wanted["onProgress"]} [onProgress]
 * @returns {import('../reading/bytes.js').ReadOptions}
 */
const reading = (signal, onProgress) => ({
  signal,
  onProgress: onProgress && ((loaded, all) => onProgress(loaded, all, "data")),
});

/** Rows that a scan reads from the beginning on; null where it may read others. @param {Reading["top"]} top */
const firstOf = (top) => (top && !top.order.length && !top.conditions.length ? top.rows : null);

/**
 * Tiles that a scan opens at most for rows that another scan has found: DuckDB looks for the number of each in each of their files.
 * @param {Reading["top"]} top @param {number} files
 */
const opened = (top, files) => (top?.rows ? top.rows * Math.min(top.rows, files) : Infinity);

export class Catalogue {
  /** @type {Map<"views", Promise<void>>} */
  #defined = new Map();

  /**
   * @param {Engine} engine
   * @param {import('./files.js').CatalogueFiles} files
   * @param {string} stored name of the view whose missing values are as the survey writes them
   * @param {string} [name] of its view, where it has another one
   */
  constructor(engine, files, stored, name = files.meta.name) {
    this.engine = engine;
    this.stored = stored;
    this.files = files;
    this.meta = files.meta;
    this.name = name;
    this.columns = files.meta.columns;
    this.place = files.place;
    this.reader = new Reader(files, engine.store);
    const view = { name: this.name, stored, numbered: this.#numbered };
    this.planner = new Planner(files, engine.store, this.reader.footers, view);
  }

  get source() {
    return this.files.source;
  }

  /** @param {string} path in the catalogue's folder */
  #address = (path) => address(this.place(path));

  /** Make the partitions known to the engine, or their source where another has been chosen. */
  addFiles() {
    return this.engine.addFiles(
      this.meta.partitions.map(({ path, size }) => ({
        path: this.place(path),
        size,
        source: this.source,
        foresee: this.reader.foresee,
        planner: this.planner,
      })),
    );
  }

  /** @param {AbortSignal} [signal] @returns {(sql: string) => Promise<[number, number][]>} rows of a statement of two columns of numbers */
  #ask = (signal) => async (sql) =>
    (await this.engine.rows(sql, { signal })).rows.map(([a, b]) => [Number(a), Number(b)]);

  /** @type {import('../reading/planner.js').Numbered} */
  #numbered = (partitions, stored) => {
    const paths = partitions.map((partition) => this.#address(this.meta.partitions[partition].path));
    const rows = located(this.meta, paths);
    const present = stored ? "" : replaced(this.columns);
    return rows && `SELECT *${present} FROM (${rows})`;
  };

  /**
   * From now on read the bytes from picked files, if they include every partition in its right size.
   * @param {File[]} files
   */
  async usePicked(files) {
    if (!this.files.usePicked(files)) return false;
    await this.addFiles();
    return true;
  }

  /** Create the views for free SQL, once. */
  define() {
    return shared(this.#defined, "views", () => this.#define());
  }

  /** Their statements read the first partition's footer for names and types. */
  async #define() {
    if (this.meta.partitions.length) await this.reader.load([0], {});
    await this.engine.define(`view ${this.stored}`, this.#view(`(${this.#everything()})`));
    await this.engine.define(`view ${this.name}`, `CREATE OR REPLACE ${this.present}`);
  }

  /** SQL that creates the view for free SQL, whose missing values are NULL. */
  get present() {
    return presentView(this.name, this.stored, this.columns);
  }

  #everything() {
    const { partitions } = this.meta;
    return partitions.length
      ? scan(
          this.meta,
          partitions.map(({ path }) => this.#address(path)),
        )
      : emptySelect(this.meta);
  }

  /** Create the view of the stored values, on which the view for free SQL is based. @param {string} relation @param {string} [where] */
  #view(relation, where = "") {
    const rows = where && ` WHERE ${where}`;
    return `CREATE OR REPLACE VIEW ${quoteName(this.stored)} AS FROM ${relation}${rows}`;
  }

  /**
   * Estimate what statements of free SQL will read of this catalogue.
   * @param {Reading[]} readings one for each scan
   * @param {number} enough up to this many bytes an upper bound suffices
   * @param {AbortSignal} [signal]
   * @param {PixelRange[] | null} [beside] where the rows are that matter
   */
  async estimate(readings, enough, signal, beside = null) {
    let bytes = 0;
    for (const { columns, where, regions, rows, top } of readings) {
      const runs = firstRows(this.meta, this.#runs(regions, beside), rows ?? firstOf(top));
      const all = await this.reader.estimate(runs, where, columns && new Set(columns), enough, { signal });
      const tiles = countTiles(runs);
      bytes += all * Math.min(1, opened(top, partitionsOf(runs).length) / tiles || 1);
    }
    return bytes;
  }

  /**
   * While a statement runs, restrict the view to the rows that the statement can concern: it then opens the partitions
   * of these regions only, and of them only the row groups that may contain such rows.
   * @template T
   * @param {Reading[]} readings one for each scan of the statement that may be of this catalogue
   * @param {() => Promise<T>} task
   * @param {AbortSignal} [signal]
   * @param {import('../reading/duckdb-plan.js').Extreme[]} [extremes] all that the statement asks for
   * @param {PixelRange[] | null} [beside] where the rows are that matter
   * @returns {Promise<T>}
   */
  async within(readings, task, signal, extremes = [], beside = null) {
    const ends = await this.#tilesOf(extremes, signal);
    if (ends) return this.#restricted(scattered(this.meta, ends, this.#address), "", ends, task, signal);
    const regions = together(readings);
    const runs = this.#runs(regions, beside);
    const where = knownOfRows(readings, this.columns);
    const everywhere = countTiles(runs) === countTiles(runsOf(this.meta, null));
    if (everywhere && !where) return task();
    if (!everywhere && runs.length) await this.reader.load(partitionsOf(runs), { signal });
    const rows = everywhere ? `(${this.#everything()})` : relation(this.meta, runs, this.#address);
    return this.#restricted(rows, where, everywhere ? null : runs, task, signal);
  }

  /**
   * @template T
   * @param {string} rows SQL after FROM
   * @param {string} where SQL
   * @param {import('../reading/tiles.js').Run[] | null} runs the tiles with these rows; null for all
   * @param {() => Promise<T>} task
   * @param {AbortSignal} [signal]
   * @returns {Promise<T>}
   */
  async #restricted(rows, where, runs, task, signal) {
    await this.engine.rows(this.#view(rows, where), { signal });
    this.planner.scope = runs;
    try {
      return await task();
    } finally {
      this.planner.scope = null;
      await this.engine.rows(this.#view(`(${this.#everything()})`));
    }
  }

  /**
   * The tiles with the least and greatest values of columns.
   * @param {import('../reading/duckdb-plan.js').Extreme[]} extremes
   * @param {AbortSignal} [signal]
   */
  async #tilesOf(extremes, signal) {
    const replaced = extremes.some(({ column }) =>
      this.columns.some((one) => one.name === column && presentValue(one)),
    );
    const all = [...this.meta.partitions.keys()];
    if (!extremes.length || replaced || !footersAhead(this.files, all)) return null;
    await this.reader.load(all, { signal });
    return tilesOfExtremes(this.meta, await Promise.all(all.map(this.reader.footers.of)), extremes);
  }

  /** @param {Region[] | null} regions null for everywhere @param {PixelRange[] | null} [beside] */
  #runs(regions, beside = null) {
    const position = this.meta.position;
    return runsOf(this.meta, regions && position ? merge(regions.flatMap(cover)) : beside);
  }

  /**
   * Where a row of another catalogue may be that is within the radius of a row read here.
   * @param {Reading[]} readings @param {number} radius arcsec
   */
  besideRows(readings, radius) {
    return besideRuns(this.meta, this.#runs(together(readings)), radius);
  }

  /**
   * Fetch the bytes that a statement will read, and return the relation to read them from.
   * @param {Wanted} wanted
   * @returns {Promise<Prepared>}
   */
  async prepare({ region = null, ...rest }) {
    const { meta } = this;
    const { where = [], columns = null, signal, onProgress } = rest;
    const covered = region && meta.position ? cover(region) : null;
    const runs = runsOf(meta, covered);
    const { tiles, bytes } = await this.reader.lookUp(where, runs, reading(signal, onProgress));
    const numbered = tiles !== null && canNumber(meta, columns);
    const prepared = await (tiles
      ? this.prepareRuns(runsAmong(meta, covered, tiles, numbered), { ...rest, named: true, numbered })
      : this.prepareRuns(runs, rest));
    return { ...prepared, bytes: prepared.bytes + bytes };
  }

  /**
   * The same for tiles that are already known.
   * @param {import('../reading/tiles.js').Run[]} runs
   * @param {Omit<Wanted, 'region'> & { pixels?: boolean, named?: boolean, numbered?: boolean }} wanted pixels: the
   *   relation has the column _healpix_29 too; named: the tiles come from an index; numbered: runs are read by row number
   * @returns {Promise<Prepared>}
   */
  async prepareRuns(runs, wanted) {
    const { where = [], columns = null, pixels = false, named = false, numbered = false } = wanted;
    const { meta } = this;
    const options = reading(wanted.signal, wanted.onProgress);
    const { test, confirm } = wanted;
    const narrow = test
      ? (/** @type {Constraint[]} */ bounds, /** @type {Set<string>} */ names) =>
          this.planner.narrowed(runs, bounds, names, test, { ask: this.#ask(options.signal), options })
      : undefined;
    const read = await this.reader.bring(runs, { where, columns, named, numbered, confirm, narrow }, options);
    const sql = numbered ? scattered(meta, runs, this.#address) : relation(meta, runs, this.#address, pixels);
    return { relation: sql, ...read };
  }
}
