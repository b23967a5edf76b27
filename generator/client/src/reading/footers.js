/** What the footers of partitions contain: where each column of each tile is, and between which values. */
import { parquetMetadata } from "hyparquet";
import { notParquet } from "../shared/errors.js";

/**
 * @typedef {{ offset: number, length: number, min: any, max: any, nulls: number | null }} ColumnChunk bytes of one column in one row group
 * @typedef {Map<string, ColumnChunk>[]} Footer for each row group, its columns by their top-level name
 */

/**
 * @param {Uint8Array} bytes of the file's end, including footer and magic number
 * @param {string} path for the error
 * @returns {Footer}
 * @throws EngineError when these are not the end of a Parquet file
 */
export function parseFooter(bytes, path) {
  let metadata;
  try {
    metadata = parquetMetadata(bytes, { geoparquet: false });
  } catch (cause) {
    throw notParquet(path, cause);
  }
  // The bounds of decimals are doubles, which may differ slightly from the values.
  const decimals = new Set(
    metadata.schema.filter((element) => element.converted_type === "DECIMAL").map(({ name }) => name),
  );
  return metadata.row_groups.map((group) => {
    /** @type {Map<string, ColumnChunk>} */
    const columns = new Map();
    for (const { meta_data: about } of group.columns) {
      if (!about) continue;
      const name = about.path_in_schema[0];
      const { offset, length } = placeOf(about);
      const known = columns.get(name);
      if (known) {
        // Lists and structs are several consecutive leaves.
        const end = Math.max(known.offset + known.length, offset + length);
        known.offset = Math.min(known.offset, offset);
        known.length = end - known.offset;
        known.min = known.max = undefined;
        continue;
      }
      const stats = decimals.has(name) ? undefined : about.statistics;
      columns.set(name, {
        offset,
        length,
        min: stats?.min_value ?? stats?.min,
        max: stats?.max_value ?? stats?.max,
        nulls: stats?.null_count === undefined ? null : Number(stats.null_count),
      });
    }
    return columns;
  });
}

/**
 * A bound on one column; all constraints of a query must be met.
 * @typedef {{ column: string, low?: number | bigint | string, high?: number | bigint | string, values?: (number | bigint | string)[] }} Constraint
 *   low and high inclusive; `values`: one of these
 */

/**
 * Whether a row group may have a row that meets the constraints, judging by its statistics.
 * @param {Map<string, ColumnChunk>} group
 * @param {Constraint[]} where
 */
export function mayMatch(group, where) {
  return where.every(({ column, low, high, values }) => {
    const chunk = group.get(column);
    if (!chunk) return true;
    const { min, max } = chunk;
    if (low !== undefined && below(max, low)) return false;
    if (high !== undefined && below(high, min)) return false;
    return !values || values.length === 0 || values.some((value) => !below(max, value) && !below(value, min));
  });
}

/**
 * Whether a < b for certain; false when the two cannot be compared.
 * @param {any} a
 * @param {any} b
 */
function below(a, b) {
  const number = (/** @type {any} */ v) => typeof v === "number" || typeof v === "bigint";
  if (number(a) && number(b)) return a < b;
  return typeof a === "string" && typeof b === "string" && ascii(a) && ascii(b) && a < b;
}

/** Beyond ASCII the order of UTF-8 bytes, which the file uses, differs from JavaScript's. */
const ascii = (/** @type {string} */ s) => /^[\x20-\x7e]*$/.test(s);

/**
 * Where a column chunk is in its file.
 * @param {import("hyparquet").ColumnMetaData} about
 * @returns {{ offset: number, length: number }}
 */
export function placeOf(about) {
  const starts = [about.data_page_offset, about.dictionary_page_offset]
    .filter((n) => n !== undefined && n > 0n)
    .map(Number);
  return { offset: Math.min(...starts), length: Number(about.total_compressed_size) };
}
