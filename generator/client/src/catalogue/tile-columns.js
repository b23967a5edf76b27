/** Columns of single tiles, read and decoded in the page without the query engine. */
import { parquetMetadata, parquetRead } from "hyparquet";
import { readWhole } from "../reading/bytes.js";
import { readFooters } from "../reading/footer-reader.js";
import { placeOf } from "../reading/footers.js";
import { notParquet } from "../shared/errors.js";
import { compressors, parsers } from "../reading/hyparquet.js";
import { dateText, decimalText, format, shortest, stampText } from "../shared/value-text.js";
import { shared } from "../shared/once.js";

/**
 * @typedef {import('./files.js').CatalogueFiles} CatalogueFiles
 * @typedef {import('../reading/description.js').CatalogueMeta} CatalogueMeta
 * @typedef {import('../reading/description.js').ColumnMeta} ColumnMeta
 * @typedef {{ partition: number, tile: number }} Place of a tile
 * @typedef {import('./rows.js').Value} Value
 * @typedef {Record<string, ArrayLike<any>>} Columns values of a tile by column, or of some rows of it
 * @typedef {object} TileBytes
 * @property {Place} place
 * @property {any} metadata of the file
 * @property {string[]} columns those of which the bytes are there
 * @property {{ offset: number, bytes: Uint8Array<ArrayBuffer> }[]} parts
 */

/** @type {WeakMap<CatalogueFiles, Map<number, Promise<any>>>} */
const footers = new WeakMap();

/** Number of rows of a tile. @param {CatalogueMeta} meta @param {Place} place */
export const rowsIn = ({ partitions }, { partition, tile }) => partitions[partition].tiles[tile][2];

/**
 * The bytes of columns of tiles; those of a tile are in one range, or in a range for each column.
 * @param {CatalogueFiles} files
 * @param {Place[]} places
 * @param {string[]} columns
 * @param {AbortSignal} [signal]
 * @returns {Promise<TileBytes[]>}
 */
export async function readColumns(files, places, columns, signal) {
  const metadata = await footersOf(files, [...new Set(places.map(({ partition }) => partition))], signal);
  /** @type {import("../reading/bytes.js").Range[][]} */
  const lists = places.map(({ partition, tile }) => {
    const path = files.place(files.meta.partitions[partition].path);
    const chunks = metadata
      .get(partition)
      .row_groups[tile].columns.map((/** @type {any} */ one) => one.meta_data);
    return chunks
      .filter((/** @type {any} */ chunk) => columns.includes(chunk.path_in_schema[0]))
      .map((/** @type {any} */ chunk) => ({ path, ...placeOf(chunk) }));
  });
  const bytes = await readWhole(files.source, lists.flat(), { signal });
  let next = 0;
  return lists.map((ranges, k) => ({
    place: places[k],
    metadata: metadata.get(places[k].partition),
    columns,
    parts: ranges.map(({ offset }) => ({ offset, bytes: bytes[next++] })),
  }));
}

/**
 * Metadata of the files of partitions, each read once.
 * @param {CatalogueFiles} files
 * @param {number[]} partitions
 * @param {AbortSignal} [signal]
 * @returns {Promise<Map<number, any>>} by partition
 */
async function footersOf(files, partitions, signal) {
  const known = footers.get(files) ?? new Map();
  footers.set(files, known);
  const unknown = partitions.filter((one) => !known.has(one));
  const read = readFooters(files, unknown, { signal });
  read.catch(() => {}); // thrown by each of them as well
  const load = async (/** @type {number} */ partition) => {
    const at = unknown.indexOf(partition); // -1: another question was reading it and failed
    const [{ bytes }] = at < 0 ? await readFooters(files, [partition], { signal }) : [(await read)[at]];
    try {
      return unscaled(parquetMetadata(bytes, { geoparquet: false }));
    } catch (cause) {
      throw damaged(files, partition, cause);
    }
  };
  const found = partitions.map((one) => shared(known, one, () => load(one)));
  const all = await Promise.all(found);
  return new Map(partitions.map((one, k) => [one, all[k]]));
}

/**
 * @param {CatalogueFiles} files
 * @param {TileBytes} read
 * @param {number} from first row, in the tile
 * @param {number} to row after the last
 * @returns {Promise<Columns>}
 */
export async function decode(files, { place, metadata, parts, columns }, from, to) {
  /** @type {Columns} */
  const found = Object.create(null); // a column may be called __proto__
  if (!columns.length) return found;
  const { size } = files.meta.partitions[place.partition];
  try {
    await parquetRead({
      file: {
        byteLength: size,
        slice: (start, end) => sliceOf(parts, start, end ?? size),
      },
      metadata: { ...metadata, row_groups: [metadata.row_groups[place.tile]] },
      columns,
      rowStart: from,
      rowEnd: to,
      compressors,
      utf8: false,
      parsers: PARSERS,
      onComplete: (rows) => columns.forEach((name, k) => (found[name] = rows.map((row) => row[k]))),
    });
  } catch (cause) {
    throw damaged(files, place.partition, cause);
  }
  return found;
}

/**
 * Bytes of a file between two offsets. Where no part has them they are zero: hyparquet requests gaps between columns too, and does
 * not look at them.
 * @param {TileBytes["parts"]} parts @param {number} start @param {number} end
 */
function sliceOf(parts, start, end) {
  const found = new Uint8Array(end - start);
  for (const { offset, bytes } of parts) {
    const [from, to] = [Math.max(offset, start), Math.min(offset + bytes.length, end)];
    if (from < to) found.set(bytes.subarray(from - offset, to - offset), from - start);
  }
  return found.buffer;
}

/** Times as exact text: JavaScript's dates have a precision of milliseconds. */
const PARSERS = {
  ...parsers,
  dateFromDays: (/** @type {number} */ days) => dateText(BigInt(days)),
  timestampFromMilliseconds: (/** @type {bigint} */ ticks) => stampText(ticks, 3),
  timestampFromMicroseconds: (/** @type {bigint} */ ticks) => stampText(ticks, 6),
  timestampFromNanoseconds: (/** @type {bigint} */ ticks) => stampText(ticks, 9),
};

/** A value as pages show it. @param {any} value as hyparquet gives it @param {ColumnMeta} column @returns {Value} */
export function plain(value, { datatype, scale }) {
  const one = (/** @type {any} */ cell) => {
    if (cell === null || cell === undefined) return null;
    // timestamps have a scale too
    if (scale !== undefined && datatype === "double") return decimalText(integer(cell), scale);
    if (typeof cell === "number" && datatype === "float") return shortest(cell);
    return typeof cell === "number" && datatype === "long" ? BigInt(cell) : cell;
  };
  const found = Array.isArray(value) ? value.map(one) : one(value);
  return found !== null && typeof found === "object" ? format(found) : found;
}

/** The digits of a decimal. @param {number | bigint | Uint8Array} value bytes: big-endian */
function integer(value) {
  if (!(value instanceof Uint8Array)) return BigInt(value);
  return BigInt.asIntN(8 * value.length, BigInt(`0x${format(value) || "0"}`));
}

/**
 * The same metadata without the mark of decimals, which hyparquet would convert to doubles.
 * @param {any} metadata of a Parquet file
 */
function unscaled(metadata) {
  const plainly = (/** @type {any} */ element) =>
    element.converted_type === "DECIMAL" || element.logical_type?.type === "DECIMAL"
      ? { ...element, converted_type: undefined, logical_type: undefined }
      : element;
  return { ...metadata, schema: metadata.schema.map(plainly) };
}

/** @param {CatalogueFiles} files @param {number} partition @param {unknown} cause */
const damaged = ({ meta, place }, partition, cause) =>
  notParquet(place(meta.partitions[partition].path), cause);
