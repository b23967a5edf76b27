/**
 * What is read of a catalogue's partitions: their footers, what a statement will want next, and how much a statement will
 * read in all.
 */
import { mayMatch, parseFooter } from "./footers.js";
import { tileRanges } from "./tiles.js";

/**
 * @typedef {import('./bytes.js').Range} Range
 * @typedef {import('./footers.js').Constraint} Constraint
 * @typedef {import('./footers.js').Footer} Footer
 * @typedef {import('../catalogue/index.js').Catalogue} Catalogue
 * @typedef {import('./tiles.js').Run} Run
 */

/** More than this is not fetched ahead: the engine asks for it as it goes. */
export const AHEAD = 192 << 20;
/** Bytes to foresee after a first miss, and how much more boldly after each further one. */
const FIRST = 2 << 20;
const BOLDER = 8;

export class Reader {
  /** @type {Map<string, Promise<Footer>>} */
  #footers = new Map();
  /** @type {Map<string, number>} index of a partition by its path relative to the release's root */
  #partitions = new Map();
  /** @type {number[]} number of each partition's first tile, counted through all partitions */
  #firstTiles = [];
  /** @type {Set<number> | null} tiles that an index named for the search that was prepared last */
  named = null;

  /** @param {Catalogue} catalogue */
  constructor(catalogue) {
    this.catalogue = catalogue;
    let tiles = 0;
    catalogue.meta.partitions.forEach((partition, index) => {
      this.#partitions.set(catalogue.place(partition.path), index);
      this.#firstTiles.push(tiles);
      tiles += partition.tiles.length;
    });
  }

  /** @param {string} path relative to the release's root */
  #index(path) {
    return /** @type {number} */ (this.#partitions.get(path));
  }

  /** @param {number} index */
  range(index) {
    const { path, size, footer } = this.catalogue.meta.partitions[index];
    return { path: this.catalogue.place(path), offset: footer, length: size - footer };
  }

  /**
   * The footer of a partition, parsed; its bytes go to the engine as well.
   * @param {number} index
   * @returns {Promise<Footer>}
   */
  async footer(index) {
    const { path } = this.range(index);
    if (!this.#footers.has(path)) await this.load([index], {});
    return /** @type {Promise<Footer>} */ (this.#footers.get(path));
  }

  /**
   * @param {number[]} partitions
   * @param {import('./bytes.js').ReadOptions} options
   * @returns {Promise<number>} bytes fetched
   */
  async load(partitions, options) {
    const { source, engine, meta } = this.catalogue;
    const missing = partitions.map((p) => this.range(p)).filter(({ path }) => !this.#footers.has(path));
    /** @type {Map<string, Uint8Array>} */
    const parts = new Map(missing.map(({ path, length }) => [path, new Uint8Array(length)]));
    let bytes = 0;
    await source.readMany(
      missing,
      (path, offset, piece) => {
        const { footer } = meta.partitions[this.#index(path)];
        const part = parts.get(path);
        if (part && offset + piece.length > footer) {
          const from = Math.max(footer - offset, 0);
          part.set(piece.subarray(from), offset + from - footer);
        }
        bytes += piece.length;
        engine.store.put(path, offset, piece);
      },
      options,
    );
    for (const [path, part] of parts) this.#footers.set(path, Promise.resolve(parseFooter(part, path)));
    return bytes;
  }

  /**
   * Where the wanted columns of the runs' tiles lie, as far as the tiles may hold what is asked for.
   * @param {Run[]} runs
   * @param {Constraint[]} where
   * @param {Set<string> | null} columns null for all
   * @returns {Promise<{ ranges: Range[], tiles: number }>}
   */
  async wanted(runs, where, columns) {
    const { meta, place } = this.catalogue;
    /** @type {Range[]} */
    const ranges = [];
    let tiles = 0;
    for (const { partition, first, last } of runs) {
      const { path } = meta.partitions[partition];
      const footer = await this.footer(partition);
      for (const group of footer.slice(first, last + 1)) {
        if (!mayMatch(group, where)) continue;
        tiles++;
        ranges.push(...columnRanges(place(path), group, columns));
      }
    }
    return { ranges, tiles };
  }

  /**
   * Bytes that reading columns of tiles will cost; what is here already costs nothing.
   * @param {Run[]} runs
   * @param {Constraint[]} where
   * @param {Set<string> | null} columns null for all
   * @param {number} enough up to this many an upper bound will do, which needs no footers
   * @param {import('./bytes.js').ReadOptions} options
   */
  async estimate(runs, where, columns, enough, options) {
    const { meta, place, source, engine } = this.catalogue;
    if (!runs.length || columns?.size === 0) return 0;
    const whole = tileRanges(meta, runs, place);
    const [sample] = await this.footer(0);
    const size = (/** @type {Range[]} */ of) => of.reduce((sum, { length }) => sum + length, 0);
    const share =
      source.kind === "script" || !sample
        ? 1
        : size(columnRanges("", sample, columns)) / size(columnRanges("", sample, null));
    // Columns of other tiles may pack less well than those of the first.
    const bound = size(whole) * Math.min(1, 1.5 * share);
    if (bound <= enough) return bound;
    const partitions = [...new Set(runs.map(({ partition }) => partition))];
    if (size(partitions.map((p) => this.range(p))) > AHEAD / 4) return size(whole) * share;
    await this.load(partitions, options);
    return engine.store.cost((await this.wanted(runs, where, columns)).ranges);
  }

  /**
   * What a statement that missed a range will probably ask for next: all footers after a second footer (the first alone
   * tells names and types), and after a column's bytes all its columns in the tiles that follow, more of them with every
   * miss.
   * @type {import('../engine/store.js').Foresee}
   */
  foresee = async (range, statement) => {
    const { meta, place, source } = this.catalogue;
    const { partitions } = meta;
    const index = this.#index(range.path);
    if (range.offset >= partitions[index].footer) {
      if (statement.footerMisses++ === 0) return [this.range(index)];
      const footers = partitions.map((_, p) => this.range(p));
      const size = footers.reduce((sum, footer) => sum + footer.length, 0);
      return size <= AHEAD / 4 ? footers : [this.range(index)];
    }
    const missed = (/** @type {{ offset: number, length: number }} */ c) =>
      c.offset <= range.offset && range.offset < c.offset + c.length;
    const footer = await this.footer(index);
    const first = footer.findIndex((group) => [...group.values()].some(missed));
    if (first < 0) return [];
    const columns = new Set(await statement.columns());
    for (const [name, chunk] of footer[first]) if (missed(chunk)) columns.add(name);
    // A statement that reads what an index named reads nothing else.
    const named = this.named?.has(this.#firstTiles[index] + first) ? this.named : null;
    let budget = Math.min(FIRST * BOLDER ** Math.min(statement.dataMisses++, 9), AHEAD);
    /** @type {Range[]} */
    const found = [];
    for (let p = index; p < partitions.length && budget > 0; p++) {
      const { path, tiles } = partitions[p];
      if (named && !tiles.some((_, g) => named.has(this.#firstTiles[p] + g))) continue;
      const groups = await this.footer(p);
      for (let g = p === index ? first : 0; g < groups.length && budget > 0; g++) {
        if (named && !named.has(this.#firstTiles[p] + g)) continue;
        const ranges = columnRanges(place(path), groups[g], columns);
        found.push(...ranges);
        // Scripts carry tiles as wholes, whatever is wanted of them.
        budget -=
          source.kind === "script" ? tiles[g][1] : ranges.reduce((sum, { length }) => sum + length, 0);
      }
    }
    return found;
  };
}

/**
 * @param {string} path
 * @param {Map<string, import('./footers.js').ColumnChunk>} group
 * @param {Set<string> | null} columns null for all
 * @returns {Range[]}
 */
function columnRanges(path, group, columns) {
  return [...group]
    .filter(([name]) => !columns || columns.has(name))
    .map(([, { offset, length }]) => ({ path, offset, length }));
}
