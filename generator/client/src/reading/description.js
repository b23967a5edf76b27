/** Descriptions of catalogues, as scripts so that pages opened from disk can load them too. */
import { fromScript } from "./scripts.js";
import { shared } from "../shared/once.js";

/**
 * @typedef {import('../formats.d.ts').CatalogueColumn} ColumnMeta
 * @typedef {import('../formats.d.ts').Tile} Tile
 * @typedef {import('../formats.d.ts').Partition} Partition
 * @typedef {import('../formats.d.ts').IdIndexFile} IndexFile
 * @typedef {import('../formats.d.ts').IdIndex} IdIndexMeta
 * @typedef {import('../formats.d.ts').Catalogue} CatalogueMeta
 */

/** @type {Map<string, Promise<CatalogueMeta>>} */
const known = new Map();

/**
 * The description of a catalogue; loaded once per page.
 * @param {string} name
 * @param {string} src address of its catalogue.js
 * @returns {Promise<CatalogueMeta>}
 */
export const describe = (name, src) => shared(known, src, () => fromScript(src, `catalogue ${name}`));
