/** The footers of a catalogue's files, parsed, and passed to the engine, which needs them too. */
import { unreadable, damaged } from "../shared/errors.js";
import { unpacked } from "../shared/unpack.js";
import { readWhole, total } from "./bytes.js";
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
    const { source } = this.files;
    const unknown = partitions.filter((partition) => !this.#known.has(partition));
    // The picked files may lack this one.
    const packed = source.kind === "picked" ? null : packedFooters(this.files, unknown);
    const ranges = packed ?? unknown.map((partition) => footerRange(this.files, partition));
    const read = ranges.length ? await readWhole(source, ranges, options) : [];
    await Promise.all(
      unknown.map(async (partition, i) => {
        const { path, length } = footerRange(this.files, partition);
        const bytes = packed ? await inflated(read[i], ranges[i].path) : read[i];
        if (bytes.length !== length) throw unreadable(ranges[i].path, damaged());
        const parsed = parseFooter(bytes, path);
        this.#known.set(partition, { parsed, bytes: read[i].slice(), packed: packed !== null });
        this.#put(partition, bytes, read[i].length);
      }),
    );
    for (const partition of partitions) await this.#again(partition);
    return total(ranges);
  }

  /** @param {number} partition @param {Uint8Array<ArrayBuffer>} bytes @param {number} read bytes that were read for them */
  #put(partition, bytes, read) {
    const { path, offset } = footerRange(this.files, partition);
    this.store.put(path, offset, bytes, undefined, read);
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
