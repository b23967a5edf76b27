/** Reads the bytes of a catalogue that `plan.js` selects into the engine's memory, from the source that carries its files. */
import { readWhole, total } from "./bytes.js";
import { scannedColumns } from "./duckdb-plan.js";
import { FooterReader } from "./footer-reader.js";
import { IdLookup } from "./id-index.js";
import {
  FINE_GAP,
  afterColumn,
  afterFooter,
  columnsOfTiles,
  footersAhead,
  guess,
  indexAllowance,
  isFew,
  partitionsOf,
  wholeTiles,
} from "./plan.js";
import { isWhole } from "./relation.js";
import { countTiles } from "./tiles.js";

/**
 * @typedef {import('../engine/store.js').Store} Store
 * @typedef {import('./bytes.js').ByteSource} ByteSource
 * @typedef {import('./bytes.js').ReadOptions} ReadOptions
 * @typedef {import('./footers.js').Constraint} Constraint
 * @typedef {import('./plan.js').Files & { source: ByteSource, indexSource: ByteSource }} Files source: of the partitions, may be replaced
 *   later
 * @typedef {import('./tiles.js').Run} Run
 * @typedef {object} Wanted of some tiles
 * @property {Constraint[]} where
 * @property {string[] | null} columns null for all
 * @property {boolean} named the tiles come from an index
 * @property {boolean} numbered the statement names rows by their number, else by `_healpix_29`
 * @property {(where: Constraint[], columns: Set<string>) => Promise<import('./bytes.js').Range[] | null>} [narrow] reads the columns that the
 *   statement tests and returns what it needs of the others; null where it needs all of them
 * @property {(bytes: number) => Promise<void>} [confirm] called with how many bytes will be read, before they are; throws when
 *   they must not be
 */

export class Reader {
  /** @type {Map<string, number>} index of a partition by its path relative to the release's root */
  #partitions;
  /** @type {Set<number> | null} tiles from the index for the search prepared last */
  #named = null;
  #lookup;

  /**
   * @param {Files} files
   * @param {Store} store what the engine has in memory
   */
  constructor(files, store) {
    this.files = files;
    this.store = store;
    this.footers = new FooterReader(files, (path, offset, bytes, read) =>
      store.put(path, offset, bytes, undefined, read),
    );
    this.#lookup = new IdLookup(files.meta);
    this.#partitions = new Map(files.meta.partitions.map(({ path }, index) => [files.place(path), index]));
  }

  /** @param {string} path relative to the release's root */
  #index(path) {
    return /** @type {number} */ (this.#partitions.get(path));
  }

  /**
   * @param {number[]} partitions
   * @param {ReadOptions} options
   * @returns {Promise<number>} bytes fetched
   */
  load(partitions, options) {
    return this.footers.load(partitions, options);
  }

  /**
   * Look up in the indexes which tiles the constraints select.
   * @param {Constraint[]} where
   * @param {Run[]} runs tiles that would be read without an index
   * @param {ReadOptions} options
   * @returns {Promise<{ tiles: Set<number> | null, bytes: number }>} tiles by number, null when no index answers; bytes
   *   read for it
   */
  async lookUp(where, runs, options) {
    const { place, indexSource } = this.files;
    let bytes = 0;
    const tiles = await this.#lookup.tiles(where, indexAllowance(this.files, runs), async (ranges) => {
      const placed = ranges.map((range) => ({ ...range, path: place(range.path) }));
      bytes += total(placed);
      return readWhole(indexSource, placed, { ...options, gap: FINE_GAP });
    });
    this.#named = tiles;
    return { tiles, bytes };
  }

  /**
   * Read what a statement needs of these tiles into the engine's memory; where that is very much, only the footers.
   * @param {Run[]} runs
   * @param {Wanted} wanted
   * @param {ReadOptions} options
   * @returns {Promise<{ tiles: number, bytes: number }>} tiles that may have matching rows; bytes fetched
   */
  async bring(runs, { where, columns, named, numbered, confirm, narrow }, options) {
    const few = isFew(runs, { named, columns, kind: this.files.source.kind });
    const whole = few ? null : wholeTiles(this.files, runs);
    if (whole) return { tiles: countTiles(runs), bytes: await this.store.ensure(whole, options) };
    // Pixels are compared only where a tile is not taken whole, which DuckDB decides from the column itself.
    const entire = isWhole(this.files.meta, runs);
    const needed = columns && new Set(numbered || entire ? columns : [...columns, "_healpix_29"]);
    const { counts } = this.store;
    const before = counts.bytes;
    await this.load(partitionsOf(runs), options);
    const { ranges, tiles } = await columnsOfTiles(this.files, runs, where, needed, this.footers.of);
    await confirm?.(this.store.cost(ranges));
    const left = (entire && needed && (await narrow?.(where, needed))) || ranges;
    if (this.store.cost(left) <= this.store.ceiling)
      await this.store.ensure(left, few ? { ...options, gap: FINE_GAP } : options);
    return { tiles, bytes: counts.bytes - before };
  }

  /**
   * Bytes that reading columns of tiles will cost; what is in memory already costs nothing.
   * @param {Run[]} runs
   * @param {Constraint[]} where
   * @param {Set<string> | null} columns null for all
   * @param {number} enough up to this many an upper bound suffices, which needs no footers
   * @param {ReadOptions} options
   */
  async estimate(runs, where, columns, enough, options) {
    if (!runs.length || columns?.size === 0) return 0;
    const [sample] = await this.footers.of(0);
    const { likely, most } = guess(this.files, runs, columns, { kind: this.files.source.kind, sample });
    if (most <= enough) return most;
    const partitions = partitionsOf(runs);
    if (!footersAhead(this.files, partitions)) return likely;
    await this.load(partitions, options);
    return this.store.cost((await columnsOfTiles(this.files, runs, where, columns, this.footers.of)).ranges);
  }

  /**
   * The ranges that a statement will probably read after one that it missed.
   * @type {import('../engine/store.js').Foresee}
   */
  foresee = async ({ path, offset }, statement) => {
    const { meta, source } = this.files;
    const partition = this.#index(path);
    if (offset >= meta.partitions[partition].footer)
      return afterFooter(this.files, partition, statement.footerMisses++);
    const columns = scannedColumns(await statement.explain());
    const about = { columns, misses: statement.dataMisses, named: this.#named, kind: source.kind };
    const ranges = await afterColumn(this.files, { partition, offset }, about, this.footers.of);
    if (ranges.length) statement.dataMisses++;
    return ranges;
  };
}
