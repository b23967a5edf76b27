/** The footers of a catalogue's files, parsed, and passed to the engine, which needs them too. */
import { unreadable, damaged } from "../shared/errors.js";
import { unpacked } from "../shared/unpack.js";
import { readWhole } from "./bytes.js";
import { parseFooter } from "./footers.js";
import { footerRange, packedFooters } from "./plan.js";

/**
 * @typedef {import('./footers.js').Footer} Footer
 * @typedef {import('./bytes.js').ReadOptions} ReadOptions
 */

export class FooterReader {
  /** @type {Map<number, { parsed: Footer, bytes: Uint8Array<ArrayBuffer>, packed: boolean }>} bytes: as they were read */
  #known = new Map();

  /**
   * @param {import('./reader.js').Files} files
   * @param {Pick<import('../engine/store.js').Store, "put" | "cost">} store what the engine has in memory
   */
  constructor(files, store) {
    this.files = files;
    this.store = store;
  }

  /**
   * The footer of a partition, parsed.
   * @param {number} partition
   * @returns {Promise<Footer>}
   */
  of = async (partition) => {
    if (!this.#known.has(partition)) await this.load([partition], {});
    return /** @type {{ parsed: Footer }} */ (this.#known.get(partition)).parsed;
  };

  /**
   * Read footers that are not known yet. Those that the engine no longer has it gets again.
   * @param {number[]} partitions
   * @param {ReadOptions} options
   * @returns {Promise<number>} bytes fetched
   */
  async load(partitions, options) {
    const unknown = partitions.filter((partition) => !this.#known.has(partition));
    const found = await readFooters(this.files, unknown, options);
    for (const [i, { bytes, stored, packed }] of found.entries()) {
      const parsed = parseFooter(bytes, footerRange(this.files, unknown[i]).path);
      this.#known.set(unknown[i], { parsed, bytes: stored.slice(), packed });
      this.#put(unknown[i], bytes, stored.length);
    }
    for (const partition of partitions) await this.#again(partition);
    return found.reduce((sum, { stored }) => sum + stored.length, 0);
  }

  /** @param {number} partition @param {Uint8Array<ArrayBuffer>} bytes @param {number} read bytes that were read for them */
  #put(partition, bytes, read) {
    const { path, offset } = footerRange(this.files, partition);
    this.store.put(path, [{ offset, bytes }], undefined, read);
  }

  /** @param {number} partition */
  async #again(partition) {
    const known = this.#known.get(partition);
    const range = footerRange(this.files, partition);
    if (!known || !this.store.cost([range])) return;
    this.#put(partition, known.packed ? await inflated(known.bytes, range.path) : known.bytes.slice(), 0);
  }
}

/**
 * The ends of the files of partitions.
 * @param {import('./reader.js').Files} files
 * @param {number[]} partitions
 * @param {ReadOptions} options
 * @returns {Promise<{ bytes: Uint8Array<ArrayBuffer>, stored: Uint8Array<ArrayBuffer>, packed: boolean }[]>} stored: the bytes that were
 *   read for it, the same unless packed
 */
export async function readFooters(files, partitions, options) {
  // The picked files may lack the file with all of them.
  const places = files.source.kind === "picked" ? null : packedFooters(files, partitions);
  const own = partitions.map((partition) => footerRange(files, partition));
  const ranges = places ?? own;
  const read = ranges.length ? await readWhole(files.source, ranges, options) : [];
  return Promise.all(
    read.map(async (stored, i) => {
      const bytes = places ? await inflated(stored, ranges[i].path) : stored;
      if (bytes.length !== own[i].length) throw unreadable(ranges[i].path, damaged());
      return { bytes, stored, packed: places !== null };
    }),
  );
}

/**
 * @param {Uint8Array<ArrayBuffer>} packed by zlib
 * @param {string} path for the error
 */
async function inflated(packed, path) {
  try {
    const take = async (/** @type {Response} */ answer) => new Uint8Array(await answer.arrayBuffer());
    return await unpacked(new Blob([packed]).stream(), take, undefined, "deflate");
  } catch (cause) {
    throw unreadable(path, damaged(cause), cause);
  }
}
