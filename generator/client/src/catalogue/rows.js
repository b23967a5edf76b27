/** Rows of a catalogue by id or by position, read in the page without the query engine. */
import { readWhole } from "../reading/bytes.js";
import { EngineError, throwIfAborted } from "../shared/errors.js";
import { openFiles } from "./files.js";
import { cover } from "./cover.js";
import { DEGREE } from "./sphere.js";
import { decode, plain, readColumns, rowsIn } from "./tile-columns.js";
import { IdLookup } from "../reading/id-index.js";
import { runsAmong, runsOf, touches } from "../reading/tiles.js";

/**
 * @typedef {import('./files.js').Page} Page
 * @typedef {import('./files.js').CatalogueFiles} CatalogueFiles
 * @typedef {import('../reading/description.js').CatalogueMeta} CatalogueMeta
 * @typedef {import('../reading/description.js').ColumnMeta} ColumnMeta
 * @typedef {import('../reading/tiles.js').Run} Run
 * @typedef {import('../reading/tiles.js').PixelRange} PixelRange
 * @typedef {import('../reading/id-index.js').Id} Id
 * @typedef {bigint | number | string | boolean | null} Value whole numbers of 64 bits are BigInt
 * @typedef {{ catalogue: string, values: Map<string, Value>, columns: ColumnMeta[] }} Row values: of the columns that were read
 * @typedef {object} Options
 * @property {AbortSignal} [signal]
 * @property {string[]} [columns] to read of the rows, all where left out; `complete` reads the others
 * @property {{ ra: number, dec: number, radius: number }} [near] degrees, arcsec: about where the rows are, if they are wanted. Then a
 *   catalogue with positions is not asked for its index.
 * @typedef {import('./tile-columns.js').Columns} Columns
 * @typedef {import('./tile-columns.js').Place} Place
 */

/** Tiles read at once for the places found by a column of ids. */
const TOGETHER = 24;

/** @type {WeakMap<CatalogueFiles, IdLookup>} */
const lookups = new WeakMap();

/** Where rows were read. @type {WeakMap<Row, { files: CatalogueFiles, place: Place, at: number }>} */
const origins = new WeakMap();

/** The column of pixels of order 29, which files have beside those of the catalogue. */
const PIXEL = "_healpix_29";
/** From such a pixel to that of a cover. */
const COARSER = 10n;

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
  const wanted = new Set(ids.map(String));
  const isWanted = (/** @type {Columns} */ columns, /** @type {number} */ at) =>
    wanted.has(String(columns[column][at])) ? true : null;
  const around = meta.position && options.near ? cover({ type: "cone", ...options.near }) : null;
  const runs = around ? runsOf(meta, around) : await runsOfIds(files, column, ids, options);
  const rows = await pick(files, runs, [column], options, isWanted, around);
  return rows.map(({ row }) => row);
}

/**
 * The tiles that contain ids, by the index.
 * @param {CatalogueFiles} files
 * @param {string} column
 * @param {Id[]} values
 * @param {Options} options
 */
async function runsOfIds(files, column, values, { signal }) {
  const lookup = lookups.get(files) ?? new IdLookup(files.meta);
  lookups.set(files, lookup);
  const tiles = await lookup.tiles([{ column, values }], Infinity, (ranges) =>
    readWhole(
      files.indexSource,
      ranges.map((range) => ({ ...range, path: files.place(range.path) })),
      { signal, gap: 4 << 10 },
    ),
  );
  return tiles ? runsAmong(files.meta, null, tiles, true) : [];
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
 * Rows of some tiles that meet a condition. The columns of the test are read first, others only of tiles that have such rows.
 * @template T
 * @param {CatalogueFiles} files
 * @param {Run[]} runs
 * @param {string[]} tested columns that the test reads
 * @param {Options} options
 * @param {(columns: Columns, at: number) => T | null} test returns the data of a row to keep, null for other rows
 * @param {PixelRange[] | null} [around] rows in other pixels are left out
 * @returns {Promise<{ row: Row, data: T }[]>}
 */
async function pick(files, runs, tested, { signal, columns }, test, around = null) {
  /** @type {{ row: Row, data: T }[]} */
  const found = [];
  const { meta } = files;
  const left = (columns ?? meta.columns.map(({ name }) => name)).filter((name) => !tested.includes(name));
  const others = around ? [...left, PIXEL] : left;
  const tiles = runs.flatMap(({ partition, first, last }) =>
    Array.from({ length: last - first + 1 }, (_, k) => ({ partition, tile: first + k })),
  );
  for (let from = 0; from < tiles.length; from += TOGETHER) {
    // A script brings whole columns of many tiles: it is not loaded twice.
    const whole = files.source.kind === "script";
    const some = tiles.slice(from, from + TOGETHER);
    const first = await readColumns(files, some, whole ? [...tested, ...others] : tested, signal);
    const kept = [];
    for (const read of first) {
      throwIfAborted(signal);
      const rows = rowsIn(meta, read.place);
      const values = await decode(files, { ...read, columns: tested }, 0, rows);
      /** @type {[at: number, data: T][]} */
      const hits = [];
      for (let at = 0; at < rows; at++) {
        const data = test(values, at);
        if (data !== null) hits.push([at, data]);
      }
      if (hits.length) kept.push({ read, hits });
    }
    const places = kept.map(({ read }) => read.place);
    const second = whole ? [] : await readColumns(files, places, others, signal);
    for (const [k, { read, hits }] of kept.entries()) {
      const parts = [...read.parts, ...(second[k]?.parts ?? [])];
      const start = hits[0][0];
      const both = { ...read, parts, columns: [...tested, ...others] };
      const all = await decode(files, both, start, hits[hits.length - 1][0] + 1);
      for (const [at, data] of hits) {
        const pixel = Number(around ? all[PIXEL][at - start] >> COARSER : 0n);
        if (around && !touches(around, pixel, pixel)) continue;
        const row = { catalogue: meta.name, values: valuesOf(meta, all, at - start), columns: meta.columns };
        origins.set(row, { files, place: read.place, at });
        found.push({ row, data });
      }
    }
  }
  return found;
}

/**
 * Read the columns of rows that were not asked for.
 * @param {Row[]} rows of one catalogue, in its order, all read by the same call
 * @param {Options} [options]
 */
export async function complete(rows, { signal } = {}) {
  /** @type {Map<Place, { row: Row, files: CatalogueFiles, at: number }[]>} */
  const byTile = new Map();
  for (const row of rows) {
    const origin = origins.get(row);
    if (origin) byTile.set(origin.place, [...(byTile.get(origin.place) ?? []), { row, ...origin }]);
  }
  for (const [place, some] of byTile) {
    const [{ row: first, files }] = some;
    const left = files.meta.columns.map(({ name }) => name).filter((name) => !first.values.has(name));
    const [read] = await readColumns(files, [place], left, signal);
    const begin = some[0].at;
    const columns = await decode(files, read, begin, some[some.length - 1].at + 1);
    for (const { row, at } of some) row.values = valuesOf(files.meta, columns, at - begin, row.values);
  }
}

/**
 * Values of a row in the order of the catalogue's columns.
 * @param {CatalogueMeta} meta
 * @param {Columns} columns those that were read
 * @param {number} at
 * @param {Map<string, Value>} [known] values of others
 * @returns {Map<string, Value>}
 */
function valuesOf(meta, columns, at, known = new Map()) {
  /** @type {Map<string, Value>} */
  const found = new Map();
  for (const column of meta.columns) {
    const { name } = column;
    if (name in columns) found.set(name, plain(columns[name][at], column));
    else if (known.has(name)) found.set(name, /** @type {Value} */ (known.get(name)));
  }
  return found;
}
