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
  /** @type {Map<number, Promise<Footer>>} */
  #parsed = new Map();

  /**
   * @param {import('./reader.js').Files} files
   * @param {(path: string, offset: number, bytes: Uint8Array<ArrayBuffer>, read: number) => void} put passes bytes to the engine;
   *   read: bytes that were read for them
   */
  constructor(files, put) {
    this.files = files;
    this.put = put;
  }

  /**
   * The footer of a partition, parsed.
   * @param {number} partition
   * @returns {Promise<Footer>}
   */
  of = async (partition) => {
    if (!this.#parsed.has(partition)) await this.load([partition], {});
    return /** @type {Promise<Footer>} */ (this.#parsed.get(partition));
  };

  /**
   * @param {number[]} partitions
   * @param {ReadOptions} options
   * @returns {Promise<number>} bytes fetched
   */
  async load(partitions, options) {
    const missing = partitions.filter((partition) => !this.#parsed.has(partition));
    if (!missing.length) return 0;
    const { source } = this.files;
    // The picked files may lack this one.
    const packed = source.kind === "picked" ? null : packedFooters(this.files, missing);
    const ranges = packed ?? missing.map((partition) => footerRange(this.files, partition));
    const read = await readWhole(source, ranges, options);
    let bytes = 0;
    const footers = await Promise.all(
      read.map((part, i) => {
        bytes += part.length;
        return packed ? inflated(part, ranges[i].path) : part;
      }),
    );
    for (const [i, partition] of missing.entries()) {
      const { path, offset, length } = footerRange(this.files, partition);
      if (footers[i].length !== length) throw unreadable(ranges[i].path, damaged());
      const parsed = Promise.resolve(parseFooter(footers[i], path));
      this.#parsed.set(partition, parsed);
      this.put(path, offset, footers[i], read[i].length);
    }
    return bytes;
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
