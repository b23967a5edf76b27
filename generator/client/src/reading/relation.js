/** SQL that reads the rows of some tiles and no others, for use after FROM. */
import { literal, quoteName } from "../engine/quoting.js";

/**
 * @typedef {import('./description.js').CatalogueMeta} CatalogueMeta
 * @typedef {import('./tiles.js').Run} Run
 */

const ROW = "file_row_number";

/**
 * Whether tiles can be selected in DuckDB by row numbers: not where it would refuse, as a column has the name of the
 * row number; nor where so many columns are wanted that it reads row groups whole before it tests them.
 * @param {CatalogueMeta} meta
 * @param {string[] | null} columns null for all
 */
export function canNumber(meta, columns) {
  const taken = meta.columns.some(({ name }) => name.toLowerCase() === ROW);
  return !taken && columns !== null && columns.length + 1 < 0.9 * (meta.columns.length + 1);
}

/**
 * Whether runs are whole partitions, or there are no pixels to distinguish tiles by.
 * @param {CatalogueMeta} meta
 * @param {Run[]} runs
 */
export const isWhole = (meta, runs) =>
  !meta.position ||
  meta.partitions.every(({ tiles }, partition) => {
    const own = runs.filter((run) => run.partition === partition);
    return !own.length || (own.length === 1 && own[0].first === 0 && own[0].last === tiles.length - 1);
  });

/**
 * SQL after FROM: the rows of the runs.
 * @param {CatalogueMeta} meta
 * @param {Run[]} runs
 * @param {(path: string) => string} address of a partition in SQL
 * @param {boolean} [pixels] with the pixel column
 */
export function relation(meta, runs, address, pixels = false) {
  if (!runs.length) return `(${emptySelect(meta)})`;
  // One scan of whole partitions. Otherwise a scan for each run, as row groups between two runs would be read too by a common one.
  if (isWhole(meta, runs)) {
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

/** Each file is a part of the statement; a statement with more parts than this would be slower than reading more bytes. */
const MOST_FILES = 400;

/**
 * SQL after FROM: the rows of many scattered tiles. They are selected in DuckDB by row numbers, of which
 * one scan of a file may have any number of ranges; by pixels it would read everything between them. LIMIT keeps
 * other conditions out of the scan, which would make it read the tested columns of every tile.
 * @param {CatalogueMeta} meta
 * @param {Run[]} runs
 * @param {(path: string) => string} address of a partition in SQL
 */
export function scattered(meta, runs, address) {
  const partitions = [...new Set(runs.map((run) => run.partition))];
  if (!runs.length) return relation(meta, runs, address);
  // DuckDB's row number is an additional column, whose name the catalogue may use too.
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
  // Folder names contain "=", which DuckDB would otherwise read as columns.
  const options = `hive_partitioning = false${numbered ? `, ${ROW} = true` : ""}`;
  return `SELECT *${hidden && ` EXCLUDE (${hidden})`} FROM read_parquet([${files}], ${options})`;
}

/**
 * SQL of the rows of files, with the number of the file and of the row in it.
 * @param {CatalogueMeta} meta
 * @param {string[]} addresses
 * @returns {string | null} null where the catalogue has columns of these names
 */
export function located({ columns }, addresses) {
  if (columns.some(({ name }) => ["file_index", ROW].includes(name.toLowerCase()))) return null;
  const files = addresses.map(literal).join(", ");
  return `SELECT file_index, ${ROW}, * FROM read_parquet([${files}], hive_partitioning = false)`;
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
 * A relation without rows, with the catalogue's columns and types.
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
