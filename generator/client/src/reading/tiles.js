/** From a cover of the sky, or the numbers of tiles from an index, to runs of tiles and their bytes. */

/**
 * @typedef {import('./description.js').CatalogueMeta} CatalogueMeta
 * @typedef {[low: number, high: number]} PixelRange order-24 pixels, inclusive
 * @typedef {import('./bytes.js').Range} Range
 * @typedef {{ partition: number, first: number, last: number }} Run neighbouring tiles of one partition, inclusive
 */

/** Up to this many bytes tiles are fetched whole; above, footers show which columns of them are needed. */
export const WHOLE = 12 << 20;
/** More parts than this in one statement cost more than the bytes between them. */
const MOST_RUNS = 48;

/**
 * Tiles that contain any pixel of the cover, as runs.
 * @param {CatalogueMeta} meta
 * @param {PixelRange[] | null} cover null for everything
 * @returns {Run[]} in order of partition and tile
 */
export function runsOf(meta, cover) {
  /** @type {Run[]} */
  const runs = [];
  meta.partitions.forEach(({ tiles }, partition) => {
    for (let tile = 0; tile < tiles.length; tile++) {
      const [, , , low, high] = tiles[tile];
      if (cover && low !== null && high !== null && !touches(cover, low, high)) continue;
      const last = runs.at(-1);
      if (last && last.partition === partition && last.last === tile - 1) last.last = tile;
      else runs.push({ partition, first: tile, last: tile });
    }
  });
  return fewer(widened(meta, runs));
}

/**
 * Tiles that are known to contain the wanted rows, as runs.
 * @param {CatalogueMeta} meta
 * @param {PixelRange[] | null} cover
 * @param {Set<number>} wanted numbers of tiles, counted through all partitions
 * @param {boolean} numbered for `scattered`, else for `relation`
 * @returns {Run[]} those of them that the cover touches
 */
export function runsAmong(meta, cover, wanted, numbered) {
  /** @type {Run[]} */
  const runs = [];
  let number = 0;
  meta.partitions.forEach(({ tiles }, partition) => {
    for (let tile = 0; tile < tiles.length; tile++) {
      const [, , , low, high] = tiles[tile];
      if (!wanted.has(number++)) continue;
      if (cover && low !== null && high !== null && !touches(cover, low, high)) continue;
      runs.push({ partition, first: tile, last: tile });
    }
  });
  const apart = joined(runs, 0);
  return numbered ? apart : fewer(widened(meta, apart));
}

/**
 * Whether a cover contains any of these pixels.
 * @param {PixelRange[]} cover
 * @param {number} low
 * @param {number} high
 */
export function touches(cover, low, high) {
  let from = 0;
  let to = cover.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (cover[middle][1] < low) from = middle + 1;
    else to = middle;
  }
  return from < cover.length && cover[from][0] <= high;
}

/**
 * A run is selected in DuckDB by its pixels; a neighbour that begins with the run's last pixel would be read as well, so it
 * belongs to the run.
 * @param {CatalogueMeta} meta
 * @param {Run[]} runs
 */
function widened(meta, runs) {
  for (const run of runs) {
    const { tiles } = meta.partitions[run.partition];
    while (run.first > 0 && tiles[run.first][3] !== null && tiles[run.first - 1][4] === tiles[run.first][3])
      run.first--;
    while (
      run.last + 1 < tiles.length &&
      tiles[run.last][4] !== null &&
      tiles[run.last + 1][3] === tiles[run.last][4]
    )
      run.last++;
  }
  return joined(runs, 0);
}

/**
 * @param {Run[]} runs
 * @param {number} gap most tiles between two runs to be joined
 */
function joined(runs, gap) {
  /** @type {Run[]} */
  const out = [];
  for (const run of runs) {
    const last = out.at(-1);
    if (last && last.partition === run.partition && run.first - last.last - 1 <= gap)
      last.last = Math.max(last.last, run.last);
    else out.push({ ...run });
  }
  return out;
}

/**
 * The part of the runs with the first `rows` rows.
 * @param {CatalogueMeta} meta
 * @param {Run[]} runs
 * @param {number | null} rows null for all
 */
export function firstRows(meta, runs, rows) {
  if (rows === null) return runs;
  /** @type {Run[]} */
  const out = [];
  let left = rows;
  for (const { partition, first, last } of runs) {
    if (left <= 0) break;
    let end = first - 1;
    while (end < last && left > 0) left -= meta.partitions[partition].tiles[++end][2];
    out.push({ partition, first, last: end });
  }
  return out;
}

/** @param {Run[]} runs */
function fewer(runs) {
  const partitions = new Set(runs.map((run) => run.partition)).size;
  for (let gap = 1; runs.length > MOST_RUNS && runs.length > partitions; gap *= 2) runs = joined(runs, gap);
  return runs;
}

/** A Parquet file begins with so many bytes that are not rows. */
const MAGIC = 4;

/**
 * Ranges that contain the runs' tiles: those themselves, or all rows of a file that has one column after the other.
 * @param {CatalogueMeta} meta
 * @param {Run[]} runs in order
 * @param {(path: string) => string} place path relative to the release's root
 * @returns {Range[]}
 */
export function tileRanges(meta, runs, place) {
  return runs.flatMap((run, i) => {
    const { path, footer, by_columns } = meta.partitions[run.partition];
    if (!by_columns)
      return [
        {
          path: place(path),
          offset: meta.partitions[run.partition].tiles[run.first][0],
          length: bytesOf(meta, run),
        },
      ];
    if (runs[i - 1]?.partition === run.partition) return [];
    return [{ path: place(path), offset: MAGIC, length: footer - MAGIC }];
  });
}

/** @param {CatalogueMeta} meta @param {Run} run */
function bytesOf(meta, { partition, first, last }) {
  const { tiles } = meta.partitions[partition];
  return tiles[last][0] + tiles[last][1] - tiles[first][0];
}

/** Bytes of the runs' tiles, wherever they are in their files. @param {CatalogueMeta} meta @param {Run[]} runs */
export const tileBytes = (meta, runs) => runs.reduce((sum, run) => sum + bytesOf(meta, run), 0);

/** @param {Run[]} runs */
export const countTiles = (runs) => runs.reduce((sum, { first, last }) => sum + last - first + 1, 0);
