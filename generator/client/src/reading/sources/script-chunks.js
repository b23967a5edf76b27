/** Bytes carried by scripts: the data of a page opened from disk. */
import { inParallel } from "../bytes.js";
import { damaged, missing, throwIfAborted, unreadable } from "../../shared/errors.js";
import { fromScript } from "../scripts.js";

/**
 * @typedef {import('../bytes.js').Range} Range
 * @typedef {{ index: number, offset: number, length: number }} Chunk
 */

/** Chunks are decoded bytes of several tiles; the last few are kept, as neighbours are often needed next. */
const KEPT = 64 << 20;
const PARALLEL = 4;

/** The scripts of one catalogue or set of spectra, decoded. */
export class Scripts {
  /** @type {Map<string, Uint8Array<ArrayBuffer>>} */
  #decoded = new Map();
  #size = 0;

  /**
   * @param {string} owner as named in `drportal.chunk`; its folder is data/<owner>/
   * @param {string} root address of the release, ending in "/"
   */
  constructor(owner, root) {
    this.owner = owner;
    this.root = root;
  }

  /** @param {string} file */
  has(file) {
    return this.#decoded.has(file);
  }

  /**
   * @param {string} file name below chunks/
   * @param {string | number} key as in the script
   * @param {{ length?: number, keep?: boolean, signal?: AbortSignal }} [options] length: bytes that it must have
   * @returns {Promise<Uint8Array<ArrayBuffer>>}
   */
  async load(file, key, { length, keep = true, signal } = {}) {
    const known = this.#decoded.get(file);
    if (known) return known;
    const path = `data/${this.owner}/chunks/${file}`;
    /** @type {Uint8Array<ArrayBuffer>} */
    const bytes = await fromScript(this.root + path, `chunk ${this.owner} ${key}`, signal).catch((cause) => {
      throw cause.name === "AbortError" ? cause : unreadable(path, missing(), cause);
    });
    if (length !== undefined && bytes.length !== length) throw unreadable(path, damaged());
    if (!keep || this.#decoded.has(file)) return bytes;
    this.#decoded.set(file, bytes);
    this.#size += bytes.length;
    for (const [old, kept] of this.#decoded) {
      if (this.#size <= KEPT || old === file) break;
      this.#decoded.delete(old);
      this.#size -= kept.length;
    }
    return bytes;
  }
}

export class ScriptChunks {
  kind = /** @type {const} */ ("script");
  misses = 60;

  /**
   * @param {string} catalogue
   * @param {string} root address of the release, ending in "/"
   * @param {Map<string, Chunk[]>} files path relative to the release's root -> its chunks in order
   * @param {boolean} whole deliver whole chunks, where all of them fit in memory anyway
   */
  constructor(catalogue, root, files, whole) {
    this.scripts = new Scripts(catalogue, root);
    this.files = files;
    this.whole = whole;
  }

  url() {
    return null;
  }

  /** Scripts are read whole, whichever bytes are needed. @param {Range[]} ranges */
  cost(ranges) {
    const chunks = new Set(ranges.flatMap((range) => this.#chunks(range)));
    let bytes = 0;
    for (const { index, length } of chunks) if (!this.scripts.has(fileOf(index))) bytes += length;
    return bytes;
  }

  /**
   * @param {Range[]} ranges
   * @param {import('../bytes.js').Deliver} deliver
   * @param {import('../bytes.js').ReadOptions} [options]
   */
  async readMany(ranges, deliver, { signal, onProgress } = {}) {
    /** @type {Map<number, { path: string, chunk: Chunk, ranges: Range[] }>} */
    const jobs = new Map();
    for (const range of ranges) {
      for (const chunk of this.#chunks(range)) {
        const job = jobs.get(chunk.index) ?? { path: range.path, chunk, ranges: [] };
        job.ranges.push(range);
        jobs.set(chunk.index, job);
      }
    }
    const total = [...jobs.values()].reduce((sum, job) => sum + job.chunk.length, 0);
    let loaded = 0;
    await inParallel([...jobs.values()], PARALLEL, async ({ path, chunk, ranges }) => {
      throwIfAborted(signal);
      const bytes = await this.#load(chunk, signal);
      const wanted = this.whole ? [chunk] : ranges;
      for (const { offset, length } of wanted) {
        const from = Math.max(offset, chunk.offset);
        const to = Math.min(offset + length, chunk.offset + chunk.length);
        deliver(path, [{ offset: from, bytes: bytes.slice(from - chunk.offset, to - chunk.offset) }]);
      }
      onProgress?.((loaded += chunk.length), total);
    });
  }

  /** @param {Range} range */
  #chunks({ path, offset, length }) {
    const chunks = this.files.get(path) ?? [];
    let low = 0;
    let high = chunks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (chunks[middle].offset + chunks[middle].length <= offset) low = middle + 1;
      else high = middle;
    }
    let end = low;
    while (end < chunks.length && chunks[end].offset < offset + length) end++;
    return chunks.slice(low, end);
  }

  /**
   * @param {Chunk} chunk
   * @param {AbortSignal} [signal]
   */
  #load({ index, length }, signal) {
    return this.scripts.load(fileOf(index), index, { length, keep: !this.whole, signal });
  }
}

/** @param {number} index */
const fileOf = (index) => `${String(index).padStart(4, "0")}.js`;
