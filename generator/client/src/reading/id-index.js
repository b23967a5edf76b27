/**
 * Which tiles contain the rows of some ids, or what else an index stores for ids: read from small Parquet files ordered by
 * id, of which only the footer and the pages (row groups) that may contain these ids are fetched.
 */
import { parquetMetadata, parquetRead } from "hyparquet";
import { notParquet } from "../shared/errors.js";
import { parsers } from "./hyparquet.js";
import { shared } from "../shared/once.js";

/**
 * @typedef {import('./footers.js').Constraint} Constraint
 * @typedef {import('./description.js').CatalogueMeta} CatalogueMeta
 * @typedef {import('./description.js').ColumnMeta} ColumnMeta
 * @typedef {import('./description.js').IdIndexMeta} IdIndexMeta
 * @typedef {import('./description.js').IndexFile} IndexFile
 * @typedef {import('./bytes.js').Range} Range
 * @typedef {bigint | string} Id
 * @typedef {[low: Id, high: Id]} Interval inclusive
 * @typedef {{ low: Id, high: Id, file: IndexFile, metadata: any, group: any, offset: number, length: number }} Page
 * @typedef {{ id: Id, columns: Record<string, ArrayLike<any>>, at: number }} Entry the columns, and its position in them
 * @typedef {(ranges: Range[]) => Promise<Uint8Array<ArrayBuffer>[]>} Read the bytes of each range; paths as in catalogue.json
 */

const TEXT = ["string", "char", "unicode", "text"];

export class IdLookup {
  #pages = new IndexPages();

  /** @param {CatalogueMeta} meta */
  constructor(meta) {
    this.meta = meta;
  }

  /**
   * Numbers of the tiles that contain all rows that the constraints can concern.
   * @param {Constraint[]} where
   * @param {number} most bytes that may be read for it; an index that needs more is not used
   * @param {Read} read
   * @returns {Promise<Set<number> | null>} numbers of tiles, counted through all partitions; null when no index answers
   */
  async tiles(where, most, read) {
    /** @type {Set<number> | null} */
    let found = null;
    for (const constraint of where) {
      const index = this.meta.ids?.find(({ column }) => column === constraint.column);
      const column = index && this.meta.columns.find(({ name }) => name === constraint.column);
      const wanted = column && intervals(constraint, column);
      if (!index || !wanted) continue;
      const entries = await this.#pages.find(index.files, wanted, most, read);
      if (!entries) continue;
      const tiles = new Set(entries.map(({ columns, at }) => Number(columns.tile[at])));
      found = found ? both(found, tiles) : tiles;
    }
    return found;
  }
}

/** Index files in order of id: footers are read once, pages when an id may be in them. */
export class IndexPages {
  /** @type {Map<string, Promise<Page[]>>} pages of a file, by its path */
  #pages = new Map();

  /**
   * @param {IndexFile[]} files in order of id
   * @param {Interval[]} wanted in order, disjoint
   * @param {number} most bytes that may be read for it
   * @param {Read} read
   * @returns {Promise<Entry[] | null>} the entries within, in order; null where more would have to be read
   */
  async find(files, wanted, most, read) {
    const whole = wanted.length > 0 && typeof wanted[0][0] === "bigint";
    const key = (/** @type {string | number} */ id) => (whole ? BigInt(id) : String(id));
    const few = files.filter(({ first, last }) => overlap(wanted, key(first), key(last)).length);
    const unknown = few.filter(({ path }) => !this.#pages.has(path));
    if (unknown.reduce((sum, { size, footer }) => sum + size - footer, 0) > most) return null;
    const ends = unknown.length ? read(unknown.map(endOf)) : Promise.resolve([]);
    ends.catch(() => {}); // thrown by the pages as well
    const load = (/** @type {IndexFile} */ file) =>
      shared(this.#pages, file.path, async () => {
        const at = unknown.indexOf(file); // -1: another query was reading it and failed
        const bytes = at < 0 ? (await read([endOf(file)]))[0] : (await ends)[at];
        return pagesOf(file, bytes, key);
      });
    const pages = (await Promise.all(few.map(load))).flat();
    const needed = pages.filter(({ low, high }) => overlap(wanted, low, high).length);
    if (needed.reduce((sum, { length }) => sum + length, 0) > most) return null;
    const bytes = await read(needed.map(({ file: { path }, offset, length }) => ({ path, offset, length })));
    /** @type {Entry[]} */
    const entries = [];
    for (let i = 0; i < needed.length; i++) {
      const page = needed[i];
      const columns = await decode(page, bytes[i]);
      const ids = columns.id;
      for (const [low, high] of overlap(wanted, page.low, page.high)) {
        for (let at = firstFrom(ids, low); at < ids.length && compare(ids[at], high) <= 0; at++)
          entries.push({ id: ids[at], columns, at });
      }
    }
    return entries;
  }
}

/** @param {IndexFile} file @returns {Range} its footer */
const endOf = ({ path, size, footer }) => ({ path, offset: footer, length: size - footer });

/**
 * The ids that a constraint needs from an index, in order and disjoint; null when the index cannot answer, as it has no
 * missing values.
 * @param {Constraint} constraint
 * @param {ColumnMeta} column
 * @returns {Interval[] | null}
 */
export function intervals({ low, high, values }, column) {
  const missing = column.missing ?? [];
  if (TEXT.includes(column.datatype)) {
    const texts = values ?? (low !== undefined && low === high ? [low] : []);
    if (!texts.length || texts.some((v) => typeof v !== "string" || missing.includes(v))) return null;
    // Characters that UTF-8 cannot encode reach SQL as U+FFFD too.
    const own = new Set(texts.map((v) => /** @type {string} */ (v).toWellFormed()));
    return [...own].sort(compare).map((v) => [v, v]);
  }
  const absent = missing.filter((v) => typeof v !== "string" || /^-?\d+$/.test(v)).map(BigInt);
  /** @type {Interval[]} */
  let wanted;
  if (values?.length) {
    if (values.some((v) => typeof v === "string")) return null;
    const numbers = values.filter((v) => typeof v === "bigint" || Number.isInteger(v)).map(BigInt);
    wanted = [...new Set(numbers)].sort(compare).map((v) => [v, v]);
  } else {
    if (typeof low === "number" && Number.isFinite(low)) low = BigInt(Math.ceil(low));
    if (typeof high === "number" && Number.isFinite(high)) high = BigInt(Math.floor(high));
    if (typeof low !== "bigint" || typeof high !== "bigint") return null;
    wanted = low <= high ? [[low, high]] : [];
  }
  return absent.some((v) => overlap(wanted, v, v).length) ? null : wanted;
}

/**
 * Compare ids: numbers by value, texts by their UTF-8 bytes, which is the order of code points and not of the
 * UTF-16 units that JavaScript compares.
 * @param {Id} a
 * @param {Id} b
 * @returns {number} below, at or above zero
 */
export function compare(a, b) {
  if (typeof a === "bigint" || typeof b === "bigint") return a < b ? -1 : a > b ? 1 : 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x === y) continue;
    // Surrogates (D800–DFFF) stand for code points above all others.
    const [high, other] = [x >= 0xd800 && x <= 0xdfff, y >= 0xd800 && y <= 0xdfff];
    return high === other ? x - y : high ? 1 : -1;
  }
  return a.length - b.length;
}

/**
 * The wanted intervals that overlap [low, high].
 * @param {Interval[]} wanted
 * @param {Id} low
 * @param {Id} high
 */
function overlap(wanted, low, high) {
  let from = 0;
  let to = wanted.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (compare(wanted[middle][1], low) < 0) from = middle + 1;
    else to = middle;
  }
  while (to < wanted.length && compare(wanted[to][0], high) <= 0) to++;
  return wanted.slice(from, to);
}

/**
 * Index of the first id that is not below `low`.
 * @param {ArrayLike<Id>} ids in order
 * @param {Id} low
 */
function firstFrom(ids, low) {
  let from = 0;
  let to = ids.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (compare(ids[middle], low) < 0) from = middle + 1;
    else to = middle;
  }
  return from;
}

/**
 * @param {Set<number>} a
 * @param {Set<number>} b
 */
const both = (a, b) => new Set([...a].filter((v) => b.has(v)));

/**
 * @param {IndexFile} file
 * @param {Uint8Array<ArrayBuffer>} bytes of its end
 * @param {(id: string | number) => Id} key
 * @returns {Page[]}
 */
function pagesOf(file, bytes, key) {
  try {
    const metadata = parquetMetadata(bytes, { geoparquet: false, parsers });
    return metadata.row_groups.map((group) => {
      const parts = group.columns.map(
        ({ meta_data }) => /** @type {NonNullable<typeof meta_data>} */ (meta_data),
      );
      const offset = Math.min(...parts.map((part) => Number(part.data_page_offset)));
      const length = parts.reduce((sum, part) => sum + Number(part.total_compressed_size), 0);
      const ends = parts[0].statistics;
      // Bounds of very long texts are not written; those of the file apply to them as well.
      const low = /** @type {Id} */ (ends?.min_value ?? key(file.first));
      const high = /** @type {Id} */ (ends?.max_value ?? key(file.last));
      return { low, high, file, metadata, group, offset, length };
    });
  } catch (cause) {
    throw damaged(file, cause);
  }
}

/**
 * @param {Page} page
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {Promise<Record<string, ArrayLike<any>>>} by the name of the column
 */
async function decode({ file, metadata, group, offset }, bytes) {
  /** @type {Record<string, any[]>} */
  const parts = {};
  try {
    await parquetRead({
      file: {
        byteLength: file.size,
        slice: (start, end) => bytes.buffer.slice(start - offset, (end ?? file.size) - offset),
      },
      metadata: { ...metadata, row_groups: [group] },
      parsers,
      onChunk: ({ columnName, columnData }) => (parts[columnName] ??= []).push(columnData),
    });
  } catch (cause) {
    throw damaged(file, cause);
  }
  const joined = Object.entries(parts).map(([name, some]) => [
    name,
    some.length === 1 ? some[0] : some.flatMap((part) => [...part]),
  ]);
  return Object.fromEntries(joined);
}

/**
 * @param {IndexFile} file
 * @param {unknown} cause
 */
const damaged = ({ path }, cause) => notParquet(path, cause);
