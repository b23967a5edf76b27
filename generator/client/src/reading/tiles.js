/** From a region and columns to tiles, from tiles to the fewest bytes and to SQL that reads only those. */
import { literal, quoteName } from "../engine/quoting.js";

/**
 * @typedef {import('./description.js').CatalogueMeta} CatalogueMeta
 * @typedef {[low: number, high: number]} PixelRange order-24 pixels, inclusive
 * @typedef {import('./bytes.js').Range} Range
 * @typedef {{ partition: number, first: number, last: number }} Run neighbouring tiles of one partition, inclusive
 */

/** More parts than this in one statement cost more than the bytes between them. */
const MOST_RUNS = 48;
const ROW = "file_row_number";

/**
 * Tiles that hold any pixel of the cover, as runs.
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
 * Tiles that are known to hold what is wanted, as runs.
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
 * Whether tiles can be told to DuckDB by the numbers of their rows: not where it would refuse, as a column has the name
 * by which these are known; nor where so many columns are wanted that it reads row groups whole before it tests them.
 * @param {CatalogueMeta} meta
 * @param {string[] | null} columns null for all
 */
export function canNumber(meta, columns) {
  const taken = meta.columns.some(({ name }) => name.toLowerCase() === ROW);
  return !taken && columns !== null && columns.length + 1 < 0.9 * (meta.columns.length + 1);
}

/**
 * @param {PixelRange[]} cover
 * @param {number} low
 * @param {number} high
 */
function touches(cover, low, high) {
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
 * A run is told to DuckDB by its pixels; a neighbour that begins with the run's last pixel would be read as well, so it
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
 * The runs as far as the first so many rows.
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

/**
 * SQL to stand in FROM: the rows of the runs.
 * @param {CatalogueMeta} meta
 * @param {Run[]} runs
 * @param {(path: string) => string} address of a partition in SQL
 * @param {boolean} [pixels] with the pixel column
 */
export function relation(meta, runs, address, pixels = false) {
  if (!runs.length) return `(${emptySelect(meta)})`;
  // Whole partitions, or no pixels to tell them apart by: one scan. Else a scan for each run, as row groups between two
  // runs would be read along in a common one.
  const whole = meta.partitions.every(({ tiles }, partition) => {
    const own = runs.filter((run) => run.partition === partition);
    return !own.length || (own.length === 1 && own[0].first === 0 && own[0].last === tiles.length - 1);
  });
  if (whole || !meta.position) {
    const partitions = [...new Set(runs.map((run) => run.partition))];
    return `(${scan(
      meta,
      partitions.map((p) => address(meta.partitions[p].path)),
      pixels,
    )})`;
  }
  const parts = runs.map(({ partition, first, last }) => {
    const { path, tiles } = meta.partitions[partition];
    const low = BigInt(/** @type {number} */ (tiles[first][3])) << 10n;
    const high = ((BigInt(/** @type {number} */ (tiles[last][4])) + 1n) << 10n) - 1n;
    return `${scan(meta, [address(path)], pixels)} WHERE _healpix_29 BETWEEN ${low} AND ${high}`;
  });
  return `(${parts.join(" UNION ALL ")})`;
}

/** Each file is a part of the statement, and a statement of more parts than this would be slower than reading more. */
const MOST_FILES = 400;

/**
 * SQL to stand in FROM: the rows of many scattered tiles. They are told to DuckDB by the numbers of their rows, of which
 * one scan of a file may name any number of stretches; by pixels it would read all that lies between them. LIMIT keeps
 * other tests out of the scan, which would make it read the tested columns of every tile.
 * @param {CatalogueMeta} meta
 * @param {Run[]} runs
 * @param {(path: string) => string} address of a partition in SQL
 */
export function scattered(meta, runs, address) {
  const partitions = [...new Set(runs.map((run) => run.partition))];
  if (!runs.length) return relation(meta, runs, address);
  // DuckDB's numbers of rows are a column beside the catalogue's, which may have its name.
  if (partitions.length > MOST_FILES || meta.columns.some(({ name }) => name.toLowerCase() === ROW))
    return `(${scan(
      meta,
      partitions.map((p) => address(meta.partitions[p].path)),
    )})`;
  const parts = partitions.map((partition) => {
    const { path, tiles, rows } = meta.partitions[partition];
    const starts = [0];
    for (const [, , count] of tiles) starts.push(/** @type {number} */ (starts.at(-1)) + count);
    const stretches = runs
      .filter((run) => run.partition === partition)
      .map(({ first, last }) => [starts[first], starts[last + 1] - 1]);
    if (stretches.length === 1 && stretches[0][1] - stretches[0][0] === rows - 1)
      return scan(meta, [address(path)]);
    const among = stretches.map(([low, high]) => `${ROW} BETWEEN ${low} AND ${high}`).join(" OR ");
    return `${scan(meta, [address(path)], false, true)} WHERE ${among}`;
  });
  return `(${parts.join(" UNION ALL ")} LIMIT ${Number.MAX_SAFE_INTEGER})`;
}

/**
 * @param {CatalogueMeta} meta
 * @param {string[]} addresses
 * @param {boolean} [pixels] with the pixel column
 * @param {boolean} [numbered] rows can be named by their number in the file
 */
export function scan(meta, addresses, pixels = false, numbered = false) {
  const hidden = [...(meta.position && !pixels ? ["_healpix_29"] : []), ...(numbered ? [ROW] : [])].join(
    ", ",
  );
  const files = addresses.map(literal).join(", ");
  // Folder names hold "=", which DuckDB would otherwise read as columns.
  const options = `hive_partitioning = false${numbered ? `, ${ROW} = true` : ""}`;
  return `SELECT *${hidden && ` EXCLUDE (${hidden})`} FROM read_parquet([${files}], ${options})`;
}

const TYPES = /** @type {Record<string, string>} */ ({
  boolean: "BOOLEAN",
  byte: "TINYINT",
  short: "SMALLINT",
  int: "INTEGER",
  long: "BIGINT",
  float: "FLOAT",
  double: "DOUBLE",
  char: "VARCHAR",
  string: "VARCHAR",
  unicode: "VARCHAR",
  text: "VARCHAR",
  binary: "BLOB",
  timestamp: "TIMESTAMP",
});

/**
 * A relation of no rows with the catalogue's columns and types.
 * @param {CatalogueMeta} meta
 */
export function emptySelect(meta) {
  const columns = meta.columns.map(({ name, datatype, arraysize }) => {
    const type = TYPES[datatype] ?? "VARCHAR";
    const many =
      arraysize !== null &&
      arraysize !== undefined &&
      arraysize !== "1" &&
      type !== "VARCHAR" &&
      type !== "BLOB";
    return `NULL::${type}${many ? "[]" : ""} AS ${quoteName(name)}`;
  });
  return `SELECT ${columns.join(", ") || "NULL AS empty"} WHERE false`;
}

/**
 * Bytes of the runs' tiles, whole.
 * @param {CatalogueMeta} meta
 * @param {Run[]} runs
 * @param {(path: string) => string} place path relative to the release's root
 * @returns {Range[]}
 */
export function tileRanges(meta, runs, place) {
  return runs.map(({ partition, first, last }) => {
    const { path, tiles } = meta.partitions[partition];
    const offset = tiles[first][0];
    return { path: place(path), offset, length: tiles[last][0] + tiles[last][1] - offset };
  });
}

/** @param {Run[]} runs */
export const countTiles = (runs) => runs.reduce((sum, { first, last }) => sum + last - first + 1, 0);
