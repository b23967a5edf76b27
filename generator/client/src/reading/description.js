/** Descriptions of catalogues, as scripts so that pages opened from disk can load them too. */
import { whileHere } from "../shared/leaving.js";
import { acceptRelease } from "../shared/trusted.js";
import { fromScript, onDisk } from "./scripts.js";
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

/**
 * The description of a catalogue of another release of the portal. Scripts of other folders are accepted on disk alone.
 * @param {string} name @param {string} place path from this release's folder to that of the other one
 * @param {string} root the same as an address
 * @returns {Promise<CatalogueMeta>}
 */
export const describeBeside = (name, place, root) =>
  shared(known, `${root}${name}`, async () => {
    if (onDisk()) {
      acceptRelease(place);
      return fromScript(`${root}data/${name}/catalogue.js`, `catalogue ${name}`);
    }
    const answer = await whileHere(() => fetch(`${root}data/${name}/catalogue.json`));
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    return answer.json();
  });
