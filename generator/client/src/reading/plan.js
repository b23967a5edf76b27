/**
 * Which bytes are read: from a query and what is known of a catalogue's files, to ranges. All such decisions
 * are here and none of them reads anything: `reader.js` does, through a source.
 *
 * @typedef {import('./bytes.js').Range} Range
 * @typedef {import('./description.js').CatalogueMeta} CatalogueMeta
 * @typedef {import('./footers.js').Constraint} Constraint
 * @typedef {import('./footers.js').Footer} Footer
 * @typedef {import('./tiles.js').Run} Run
 * @typedef {{ meta: CatalogueMeta, place: (path: string) => string }} Files place: from a path in the catalogue's folder to one
 *   relative to the release's root
 * @typedef {(partition: number) => Footer | Promise<Footer>} Footers
 */
import { GAP, coalesce, total } from "./bytes.js";
import { mayMatch } from "./footers.js";
import { WHOLE, countTiles, tileBytes, tileRanges } from "./tiles.js";

/** More bytes than this are not fetched ahead: the engine asks for them as it goes. */
export const AHEAD = 192 << 20;
/** An index is read where it costs at most this share of the bytes it may save. */
const INDEX_SHARE = 0.25;
/** When an index names at most so many tiles, only the needed columns are read, in reads of their own. */
const FEW = 8;
/** Two of these reads, or two pages of an index, at most this many bytes apart are read as one. */
export const FINE_GAP = 4 << 10;
/** Bytes to read ahead after a first miss, and the factor by which this grows with each further miss. */
const FIRST = 2 << 20;
const BOLDER = 8;
/** Columns of other tiles may compress less well than those of the first. */
const UNEVEN = 1.5;

/**
 * Columns that are named in texts of SQL.
 * @param {CatalogueMeta} meta @param {string[]} texts
 */
export function namesIn({ columns, position }, texts) {
  const words = new Set(texts.flatMap((text) => text.match(/"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_]*/gu) ?? []));
  const names = [...columns.map(({ name }) => name), ...(position ? ["_healpix_29"] : [])];
  return new Set(names.filter((name) => words.has(name) || words.has(`"${name.replaceAll('"', '""')}"`)));
}

/**
 * The tiles of some rows.
 * @param {CatalogueMeta} meta
 * @param {number[]} partitions by the index that DuckDB gives them
 * @param {[file: number, row: number][]} found row: the number of a row, or of a block of 2^shift rows
 * @param {number} shift
 * @returns {Map<number, Set<number>>} by partition
 */
export function tilesOfRows(meta, partitions, found, shift) {
  /** @type {Map<number, Set<number>>} */
  const tiles = new Map();
  /** @type {Map<number, number[]>} */
  const starts = new Map();
  for (const [file, row] of found) {
    const partition = partitions[file];
    const known = starts.get(partition) ?? startsOf(meta.partitions[partition]);
    starts.set(partition, known);
    const some = tiles.get(partition) ?? new Set();
    tiles.set(partition, some);
    const [low, high] = [row * 2 ** shift, (row + 1) * 2 ** shift - 1];
    if (low >= meta.partitions[partition].rows) continue;
    for (let tile = lastFrom(known, low); tile < known.length && known[tile] <= high; tile++) some.add(tile);
  }
  return tiles;
}

/**
 * The tiles that DuckDB opens for rows of which another scan has found the numbers: it looks in each of their files for each of
 * their numbers in any file.
 * @param {[file: number, row: number][]} found
 * @returns {[file: number, row: number][]}
 */
export const crossed = (found) => {
  const rows = new Set(found.map(([, row]) => row));
  return [...new Set(found.map(([file]) => file))].flatMap((file) =>
    [...rows].map((row) => /** @type {[number, number]} */ ([file, row])),
  );
};

/**
 * Tiles that contain the least or greatest values of columns, by the bounds in footers.
 * @param {CatalogueMeta} meta
 * @param {Footer[]} footers of all partitions
 * @param {import('./duckdb-plan.js').Extreme[]} extremes
 * @returns {Run[] | null} null where the bounds do not say
 */
export function tilesOfExtremes({ partitions, columns }, footers, extremes) {
  /** @type {Map<string, Run>} */
  const found = new Map();
  for (const { column, greatest } of extremes) {
    // Other types have bounds that are shortened, or ordered in another way.
    const type = columns.find(({ name }) => name === column);
    if (!type || type.arraysize != null || type.unsigned || !ORDERED.includes(type.datatype)) return null;
    /** @type {{ value: number | bigint, run: Run } | null} */
    let best = null;
    for (const [partition, footer] of footers.entries()) {
      for (const [tile, group] of footer.entries()) {
        const { min, max, nulls } = group.get(column) ?? {};
        const value = greatest ? max : min;
        if (value === undefined && nulls === partitions[partition].tiles[tile][2]) continue;
        if (typeof value !== "number" && typeof value !== "bigint") return null;
        if (best && (greatest ? value <= best.value : value >= best.value)) continue;
        best = { value, run: { partition, first: tile, last: tile } };
      }
    }
    if (best) found.set(`${best.run.partition} ${best.run.first}`, best.run);
  }
  const order = (/** @type {Run} */ a, /** @type {Run} */ b) =>
    a.partition - b.partition || a.first - b.first;
  return found.size ? [...found.values()].sort(order) : null;
}

/** Types whose bounds in footers are values, in their order. */
export const ORDERED = ["byte", "short", "int", "long", "float", "double"];

/** The number of the first row of each tile. @param {import('./description.js').Partition} partition */
function startsOf({ tiles }) {
  let count = 0;
  return tiles.map(([, , rows]) => (count += rows) - rows);
}

/** Index of the last start that is not above a row. @param {number[]} starts @param {number} row */
function lastFrom(starts, row) {
  let from = 0;
  let to = starts.length;
  while (to - from > 1) {
    const middle = (from + to) >> 1;
    if (starts[middle] <= row) from = middle;
    else to = middle;
  }
  return from;
}

/** @param {Run[]} runs @returns {number[]} */
export const partitionsOf = (runs) => [...new Set(runs.map(({ partition }) => partition))];

/** @param {Files} files @param {number} partition @returns {Range} */
export function footerRange({ meta, place }, partition) {
  const { path, size, footer } = meta.partitions[partition];
  return { path: place(path), offset: footer, length: size - footer };
}

/** The file with all footers, in the catalogue's folder. */
export const FOOTERS = "footers.bin";

/**
 * Where the footers of these partitions are, compressed, in the file with all of them.
 * @param {Files} files @param {number[]} partitions
 * @returns {Range[] | null} null where there is no such file
 */
export function packedFooters({ meta, place }, partitions) {
  const lengths = meta.footers ?? [];
  if (lengths.length !== meta.partitions.length) return null;
  let end = 0;
  const ends = lengths.map((length) => (end += length));
  const path = place(FOOTERS);
  return partitions.map((one) => ({ path, offset: ends[one] - lengths[one], length: lengths[one] }));
}

/**
 * Bytes that may be read of an index to find which of the runs' tiles are needed.
 * @param {Files} files @param {Run[]} runs
 */
export const indexAllowance = ({ meta }, runs) => tileBytes(meta, runs) * INDEX_SHARE;

/**
 * Whether the tiles are so few that their needed columns are best read one by one.
 * @param {Run[]} runs @param {{ named: boolean, columns: string[] | null, kind: string }} how named: the tiles come from an index; kind: of
 *   the source, as scripts carry whole tiles
 */
export const isFew = (runs, { named, columns, kind }) =>
  named && columns !== null && kind !== "script" && countTiles(runs) <= FEW;

/**
 * The whole tiles, with the footers of their files.
 * @param {Files} files @param {Run[]} runs
 * @returns {Range[] | null} null where these would be too many; also where a file has one column after the other and so many other tiles
 *   that a request for each column costs less
 */
export function wholeTiles(files, runs) {
  const { meta } = files;
  const tiles = tileRanges(meta, runs, files.place);
  if (total(tiles) > WHOLE) return null;
  for (const partition of partitionsOf(runs)) {
    const { by_columns, footer } = meta.partitions[partition];
    const own = runs.filter((run) => run.partition === partition);
    if (by_columns && footer > tileBytes(meta, own) + (meta.columns.length + 1) * own.length * GAP)
      return null;
  }
  return [...partitionsOf(runs).map((partition) => footerRange(files, partition)), ...tiles];
}

/**
 * Ranges of the needed columns in the tiles of the runs that may meet the constraints.
 * @param {Files} files @param {Run[]} runs @param {Constraint[]} where
 * @param {Set<string> | null} columns null for all
 * @param {Footers} footers
 * @returns {Promise<{ ranges: Range[], tiles: number }>}
 */
export async function columnsOfTiles({ meta, place }, runs, where, columns, footers) {
  /** @type {Range[]} */
  const ranges = [];
  let tiles = 0;
  for (const { partition, first, last } of runs) {
    const path = place(meta.partitions[partition].path);
    for (const group of (await footers(partition)).slice(first, last + 1)) {
      if (!mayMatch(group, where)) continue;
      tiles++;
      ranges.push(...columnRanges(path, group, columns));
    }
  }
  return { ranges, tiles };
}

/**
 * About how many bytes columns of the runs' tiles take, estimated from the first tile.
 * @param {Files} files @param {Run[]} runs @param {Set<string> | null} columns null for all
 * @param {{ kind: string, sample: Footer[number] | undefined }} known
 * @returns {{ likely: number, most: number }}
 */
export function guess({ meta }, runs, columns, { kind, sample }) {
  const whole = tileBytes(meta, runs);
  const mixed = kind === "script" && runs.some(({ partition }) => !meta.partitions[partition].by_columns);
  if (mixed || !sample) return { likely: whole, most: whole };
  const share = total(columnRanges("", sample, columns)) / total(columnRanges("", sample, null));
  return { likely: whole * share, most: whole * Math.min(1, UNEVEN * share) };
}

/**
 * Footers of these partitions, where it is worthwhile to read all of them before anything else.
 * @param {Files} files @param {number[]} partitions
 * @returns {Range[] | null} null where they are too large
 */
export function footersAhead(files, partitions) {
  const ranges = partitions.map((partition) => footerRange(files, partition));
  return total(ranges) > AHEAD / 4 ? null : ranges;
}

/** @param {number} misses of the statement so far @returns {number} bytes to read ahead now */
const boldness = (misses) => Math.min(FIRST * BOLDER ** Math.min(misses, 9), AHEAD);

/**
 * What a statement will read after it missed some bytes of a footer: the first footer alone gives names and types, a second
 * one means that all will be read.
 * @param {Files} files @param {number} partition @param {number} misses of footers so far
 * @returns {Range[]}
 */
export function afterFooter(files, partition, misses) {
  const all = misses > 0 && footersAhead(files, [...files.meta.partitions.keys()]);
  return all || [footerRange(files, partition)];
}

/**
 * What a statement will read after it missed some bytes of a column: all its columns in the tiles that follow, more of them
 * with every miss.
 * @param {Files} files
 * @param {{ partition: number, offset: number }} missed
 * @param {{ columns: Iterable<string>, misses: number, named: Set<number> | null, kind: string }} about misses: of data so far;
 *   named: tiles from the index for the previous search; a statement that begins in one of them reads no others
 * @param {Footers} footers
 * @returns {Promise<Range[]>} none where no column is there
 */
export async function afterColumn({ meta, place }, { partition, offset }, about, footers) {
  const within = (/** @type {Range | { offset: number, length: number }} */ chunk) =>
    chunk.offset <= offset && offset < chunk.offset + chunk.length;
  const groups = await footers(partition);
  const first = groups.findIndex((group) => [...group.values()].some(within));
  if (first < 0) return [];
  const columns = new Set(about.columns);
  for (const [name, chunk] of groups[first]) if (within(chunk)) columns.add(name);
  const numbers = firstNumbers(meta);
  const named = about.named?.has(numbers[partition] + first) ? about.named : null;
  let budget = boldness(about.misses);
  /** @type {Range[]} */
  const found = [];
  for (let p = partition; p < meta.partitions.length && budget > 0; p++) {
    const { path, tiles, by_columns } = meta.partitions[p];
    if (named && !tiles.some((_, tile) => named.has(numbers[p] + tile))) continue;
    const footer = await footers(p);
    for (let tile = p === partition ? first : 0; tile < footer.length && budget > 0; tile++) {
      if (named && !named.has(numbers[p] + tile)) continue;
      const ranges = columnRanges(place(path), footer[tile], columns);
      found.push(...ranges);
      // Scripts carry whole tiles, whichever bytes are needed, unless the file has one column after the other.
      budget -= about.kind === "script" && !by_columns ? tiles[tile][1] : total(ranges);
    }
  }
  return found;
}

/** Number of each partition's first tile, counted through all partitions. @param {CatalogueMeta} meta */
function firstNumbers({ partitions }) {
  let count = 0;
  return partitions.map(({ tiles }) => (count += tiles.length) - tiles.length);
}

/** DuckDB reads chunks of a row group that are at most so many bytes apart as one, with the bytes between them. */
const DUCKDB_GAP = 16 << 10;

/**
 * @param {string} path
 * @param {Footer[number]} group
 * @param {Set<string> | null} columns null for all
 * @returns {Range[]}
 */
function columnRanges(path, group, columns) {
  const wanted = [...group].filter(([name]) => !columns || columns.has(name));
  const ranges = wanted.map(([, { offset, length }]) => ({ path, offset, length }));
  return coalesce(ranges, { gap: DUCKDB_GAP, largest: Infinity, waste: Infinity });
}
