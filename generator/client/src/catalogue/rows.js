/** Rows of a catalogue by id or by position, read in the page without the query engine. */
import { parquetMetadata, parquetRead } from "hyparquet";
import { readWhole } from "../reading/bytes.js";
import { placeOf } from "../reading/footers.js";
import { EngineError, notParquet, throwIfAborted } from "../shared/errors.js";
import { compressors, parsers } from "../reading/hyparquet.js";
import { dateText, decimalText, format, shortest, stampText } from "../shared/value-text.js";
import { shared } from "../shared/once.js";
import { openFiles } from "./files.js";
import { cover } from "./cover.js";
import { DEGREE } from "./sphere.js";
import { IdLookup } from "../reading/id-index.js";
import { runsAmong, runsOf } from "../reading/tiles.js";

/**
 * @typedef {import('./files.js').Page} Page
 * @typedef {import('./files.js').CatalogueFiles} CatalogueFiles
 * @typedef {import('../reading/description.js').CatalogueMeta} CatalogueMeta
 * @typedef {import('../reading/description.js').ColumnMeta} ColumnMeta
 * @typedef {import('../reading/tiles.js').Run} Run
 * @typedef {import('../reading/id-index.js').Id} Id
 * @typedef {bigint | number | string | boolean | null} Value whole numbers of 64 bits are BigInt
 * @typedef {{ catalogue: string, values: Map<string, Value>, columns: ColumnMeta[] }} Row
 * @typedef {{ signal?: AbortSignal }} Options
 * @typedef {Record<string, ArrayLike<any>>} Columns values of a tile by column, or of some rows of it
 */

/** Tiles read at once for the places found by a column of ids. */
const TOGETHER = 24;

/** @type {WeakMap<CatalogueFiles, { lookup: IdLookup, footers: Map<number, Promise<any>> }>} */
const known = new WeakMap();

/** @param {CatalogueFiles} files */
function memory(files) {
  const found = known.get(files) ?? { lookup: new IdLookup(files.meta), footers: new Map() };
  known.set(files, found);
  return found;
}

/** Columns by which `rowsById` finds rows. @param {CatalogueMeta} meta */
export const indexed = (meta) => (meta.ids ?? []).map(({ column }) => column);

/**
 * The rows whose column has one of these values. No rows for values that mean "missing".
 * @param {Page} page
 * @param {string} catalogue
 * @param {string} column one that has an index
 * @param {Id[]} ids
 * @param {Options} [options]
 * @returns {Promise<Row[]>} in the order of the catalogue
 */
export async function rowsById(page, catalogue, column, ids, options = {}) {
  const files = await openFiles(catalogue, page);
  const { meta } = files;
  if (!indexed(meta).includes(column))
    throw new EngineError(`The catalogue ${catalogue} has no index of ${column}`);
  if (!ids.length) return [];
  const tiles = await memory(files).lookup.tiles([{ column, values: ids }], Infinity, (ranges) =>
    readWhole(
      files.indexSource,
      ranges.map((range) => ({ ...range, path: files.place(range.path) })),
      { ...options, gap: 4 << 10 },
    ),
  );
  if (!tiles) return [];
  const wanted = new Set(ids.map(String));
  const rows = await pick(files, runsAmong(meta, null, tiles, true), [column], options, (columns, at) =>
    wanted.has(String(columns[column][at])) ? true : null,
  );
  return rows.map(({ row }) => row);
}

/**
 * The rows around a position.
 * @param {Page} page
 * @param {string} catalogue
 * @param {number} ra degrees
 * @param {number} dec degrees
 * @param {number} arcsec
 * @param {Options} [options]
 * @returns {Promise<{ row: Row, separation: number }[]>} nearest first; separation in arcsec
 */
export async function rowsNear(page, catalogue, ra, dec, arcsec, options = {}) {
  const files = await openFiles(catalogue, page);
  const { position } = files.meta;
  if (!position) return [];
  const [eastOf, northOf] = [position.ra, position.dec].map((name) => {
    const column = /** @type {ColumnMeta} */ (files.meta.columns.find((one) => one.name === name));
    return (/** @type {any} */ value) => Number(plain(value, column) ?? NaN);
  });
  const runs = runsOf(files.meta, cover({ type: "cone", ra, dec, radius: arcsec }));
  const found = await pick(files, runs, [position.ra, position.dec], options, (columns, at) => {
    const [east, north] = [eastOf(columns[position.ra][at]), northOf(columns[position.dec][at])];
    const apart = separation(east, north, ra, dec);
    return apart <= arcsec ? apart : null;
  });
  return found
    .map(({ row, data }) => ({ row, separation: data }))
    .sort((a, b) => a.separation - b.separation);
}

/**
 * Angle between two positions in arcsec, by the same operations as in the SQL (search/conditions.js), so that both agree at the border.
 * @param {number} ra1 @param {number} dec1 @param {number} ra2 @param {number} dec2 degrees
 */
export function separation(ra1, dec1, ra2, dec2) {
  const [d1, d2, turn] = [dec1 * DEGREE, dec2 * DEGREE, ra2 * DEGREE - ra1 * DEGREE];
  const across = Math.cos(d2) * Math.sin(turn);
  const along = Math.cos(d1) * Math.sin(d2) - Math.sin(d1) * Math.cos(d2) * Math.cos(turn);
  const towards = Math.sin(d1) * Math.sin(d2) + Math.cos(d1) * Math.cos(d2) * Math.cos(turn);
  return (Math.atan2(Math.sqrt(across * across + along * along), towards) / DEGREE) * 3600;
}

/**
 * Rows of some tiles that meet a condition.
 * @template T
 * @param {CatalogueFiles} files
 * @param {Run[]} runs
 * @param {string[]} tested columns that the test reads
 * @param {Options} options
 * @param {(columns: Columns, at: number) => T | null} test returns the data of a row to keep, null for other rows
 * @returns {Promise<{ row: Row, data: T }[]>}
 */
async function pick(files, runs, tested, { signal }, test) {
  /** @type {{ row: Row, data: T }[]} */
  const found = [];
  const tiles = runs.flatMap(({ partition, first, last }) =>
    Array.from({ length: last - first + 1 }, (_, k) => ({ partition, first: first + k, last: first + k })),
  );
  for (let from = 0; from < tiles.length; from += TOGETHER) {
    const some = tiles.slice(from, from + TOGETHER);
    const whole = await readTiles(files, some, signal);
    for (const [k, tile] of some.entries()) {
      throwIfAborted(signal);
      const read = (/** @type {string[] | undefined} */ columns, /** @type {[number, number]} */ ...rows) =>
        decode(files, tile, whole[k], columns, rows);
      const rows = files.meta.partitions[tile.partition].tiles[tile.first][2];
      const columns = await read(tested, 0, rows);
      /** @type {[at: number, data: T][]} */
      const hits = [];
      for (let at = 0; at < rows; at++) {
        const data = test(columns, at);
        if (data !== null) hits.push([at, data]);
      }
      if (!hits.length) continue;
      const start = hits[0][0];
      const all = await read(undefined, start, hits[hits.length - 1][0] + 1);
      for (const [at, data] of hits) found.push({ row: rowOf(files.meta, all, at - start), data });
    }
  }
  return found;
}

/**
 * @typedef {{ metadata: any, parts: { offset: number, bytes: Uint8Array<ArrayBuffer> }[] }} TileBytes metadata: of the file; parts: with
 *   all column chunks of the tile
 */

/**
 * The bytes of tiles and the footers of their files; both at once where a tile is one range.
 * @param {CatalogueFiles} files
 * @param {Run[]} tiles each a run of one
 * @param {AbortSignal} [signal]
 * @returns {Promise<TileBytes[]>}
 */
async function readTiles(files, tiles, signal) {
  const { meta, place } = files;
  const metadata = Promise.all(tiles.map(({ partition }) => footer(files, partition)));
  /** @type {import("../reading/bytes.js").Range[][]} */
  const lists = await Promise.all(
    tiles.map(async ({ partition, first }, k) => {
      const { path, tiles, by_columns } = meta.partitions[partition];
      const [start, size] = tiles[first];
      const ranges = by_columns
        ? (await metadata)[k].row_groups[first].columns.map((/** @type {any} */ one) =>
            placeOf(one.meta_data),
          )
        : [{ offset: start, length: size }];
      return ranges.map((/** @type {{ offset: number, length: number }} */ range) => ({
        path: place(path),
        ...range,
      }));
    }),
  );
  const [bytes, known] = await Promise.all([readWhole(files.source, lists.flat(), { signal }), metadata]);
  let next = 0;
  return lists.map((ranges, k) => ({
    metadata: known[k],
    parts: ranges.map(({ offset }) => ({ offset, bytes: bytes[next++] })),
  }));
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

/**
 * @param {CatalogueFiles} files
 * @param {number} partition
 * @returns {Promise<any>} metadata of the file
 */
function footer(files, partition) {
  return shared(memory(files).footers, partition, async () => {
    const { path, size, footer: offset } = files.meta.partitions[partition];
    const range = { path: files.place(path), offset, length: size - offset };
    const [bytes] = await readWhole(files.source, [range]);
    try {
      return unscaled(parquetMetadata(bytes, { geoparquet: false }));
    } catch (cause) {
      throw damaged(files.place(path), cause);
    }
  });
}

/**
 * @param {CatalogueFiles} files
 * @param {Run} tile
 * @param {TileBytes} read
 * @param {string[] | undefined} columns all where left out
 * @param {number[]} rows first and end, in the tile
 * @returns {Promise<Columns>}
 */
async function decode({ meta, place }, { partition, first }, { metadata, parts }, columns, [from, to]) {
  const { path, size } = meta.partitions[partition];
  /** @type {Columns} */
  const found = Object.create(null); // a column may be called __proto__
  try {
    await parquetRead({
      file: {
        byteLength: size,
        slice: (start, end) => sliceOf(parts, start, end ?? size),
      },
      metadata: { ...metadata, row_groups: [metadata.row_groups[first]] },
      columns: columns ?? meta.columns.map(({ name }) => name),
      rowStart: from,
      rowEnd: to,
      compressors,
      utf8: false,
      parsers: PARSERS,
      onComplete: (rows) => {
        const names = columns ?? meta.columns.map(({ name }) => name);
        names.forEach((name, k) => (found[name] = rows.map((row) => row[k])));
      },
    });
  } catch (cause) {
    throw damaged(place(path), cause);
  }
  return found;
}

/** Times as exact text: JavaScript's dates have a precision of milliseconds. */
const PARSERS = {
  ...parsers,
  dateFromDays: (/** @type {number} */ days) => dateText(BigInt(days)),
  timestampFromMilliseconds: (/** @type {bigint} */ ticks) => stampText(ticks, 3),
  timestampFromMicroseconds: (/** @type {bigint} */ ticks) => stampText(ticks, 6),
  timestampFromNanoseconds: (/** @type {bigint} */ ticks) => stampText(ticks, 9),
};

/**
 * @param {CatalogueMeta} meta
 * @param {Columns} columns
 * @param {number} at
 * @returns {Row}
 */
function rowOf(meta, columns, at) {
  const values = meta.columns.map(
    (column) => /** @type {[string, Value]} */ ([column.name, plain(columns[column.name][at], column)]),
  );
  return { catalogue: meta.name, values: new Map(values), columns: meta.columns };
}

/** @param {any} value as hyparquet gives it @param {ColumnMeta} column @returns {Value} */
function plain(value, { datatype, scale }) {
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

/** @param {string} path @param {unknown} cause */
const damaged = (path, cause) => notParquet(path, cause);
