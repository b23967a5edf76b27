/** Descriptions of catalogues, carried by scripts so that pages opened from disk can load them too. */
import { fromScript } from "./scripts.js";
import { shared } from "../shared/once.js";

/**
 * @typedef {{ name: string, datatype: string, unit: string | null, ucd: string | null, description: string, missing: (number | string)[], marked?: (number | string)[], arraysize: string | null, scale?: number }} ColumnMeta
 *   scale: of decimals, the digits behind the point
 * @typedef {[offset: number, length: number, rows: number, pixelMin: number | null, pixelMax: number | null]} Tile
 *   bytes, bytes, count, order-24 NESTED pixels (inclusive)
 * @typedef {{ path: string, size: number, rows: number, footer: number, tiles: Tile[] }} Partition
 * @typedef {{ path: string, size: number, footer: number, first: number | string, last: number | string }} IndexFile
 *   its first and last id; numbers beyond 2^53 as text
 * @typedef {{ column: string, rows: number, files: IndexFile[] }} IdIndexMeta files in order of id
 * @typedef {{ name: string, rows: number, position: { ra: string, dec: string } | null, id: string | null,
 *   columns: ColumnMeta[], partitions: Partition[], ids?: IdIndexMeta[],
 *   chunks: [file: number, offset: number, length: number][], bytes: number }} CatalogueMeta files of chunks are the
 *   partitions, then the files of all indexes
 */

/** @type {Map<string, Promise<CatalogueMeta>>} */
const known = new Map();

/**
 * The description of a catalogue; loaded once per page.
 * @param {string} name
 * @param {string} src address of its catalogue.js
 * @returns {Promise<CatalogueMeta>}
 */
export const describe = (name, src) => shared(known, name, () => fromScript(src, `catalogue ${name}`));
