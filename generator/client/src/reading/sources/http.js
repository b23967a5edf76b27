/** Ranges over HTTP. */
import { whileHere } from "../../shared/leaving.js";
import { t } from "../../shared/strings.js";
import { aborted, broken, text, throwIfAborted, unreadable } from "../../shared/errors.js";
import { PARALLEL, coalesce, inParallel } from "../bytes.js";

/**
 * @typedef {import('../bytes.js').Range} Range
 * @typedef {import('../bytes.js').Deliver} Deliver
 * @typedef {import('../bytes.js').ReadOptions} ReadOptions
 */

/** Ranges over HTTP; a host that does not serve them is detected by its first answer, then whole files are read. */
export class HttpRanges {
  kind = /** @type {const} */ ("http");
  misses = 10;
  /** null until the host has answered */
  #ranges = /** @type {boolean | null} */ (null);

  /**
   * @param {string} base address of the release's root, ending in "/"
   * @param {(path: string) => number | undefined} size size of a file in bytes, where its description has it
   */
  constructor(base, size) {
    this.base = base;
    this.size = size;
  }

  /** @param {string} path */
  url(path) {
    return this.#ranges ? this.base + path : null;
  }

  /**
   * @param {Range[]} ranges
   * @param {Deliver} deliver
   * @param {ReadOptions} [options]
   */
  async readMany(ranges, deliver, { signal, onProgress, gap } = {}) {
    const jobs = coalesce(ranges, { gap });
    const total = jobs.reduce((sum, job) => sum + job.length, 0);
    let loaded = 0;
    const onBytes = (/** @type {number} */ bytes) => onProgress?.(Math.min((loaded += bytes), total), total);
    // Chromium lets one request at a time to an address use its cache; many parts of a file would wait for each other.
    const cache = jobs.length > PARALLEL ? "no-store" : "default";
    /** @type {Map<string, Promise<void>>} */
    const whole = new Map();
    const readWhole = (/** @type {string} */ path) => {
      if (!whole.has(path))
        whole.set(
          path,
          this.#get(
            { path, offset: 0, length: this.size(path) ?? Infinity },
            {},
            deliver,
            onBytes,
            signal,
          ).then(
            () => {},
            (error) => {
              // Nothing is known about a host that does not answer at all.
              this.#ranges = null;
              throw error;
            },
          ),
        );
      return /** @type {Promise<void>} */ (whole.get(path));
    };
    const run = async (/** @type {Range} */ job) => {
      if (this.#ranges === false) return readWhole(job.path);
      this.#ranges = await this.#get(job, { partly: true, cache }, deliver, onBytes, signal);
      if (!this.#ranges) await readWhole(job.path);
    };
    if (this.#ranges === null && jobs.length) await run(/** @type {Range} */ (jobs.shift()));
    await inParallel(jobs, PARALLEL, run);
  }

  /**
   * Chromium's cache now and then returns less of a range than the host sends. An answer of the wrong length is therefore
   * requested once more, without any cache.
   * @param {Range} range
   * @param {{ partly?: boolean, cache?: RequestCache }} how `partly`: request the range, otherwise the whole file
   * @param {Deliver} deliver
   * @param {(bytes: number) => void} onBytes
   * @param {AbortSignal} [signal]
   * @returns {Promise<boolean>} whether the bytes arrived; false when the host does not support ranges
   */
  #get(range, how, deliver, onBytes, signal) {
    let answered = false;
    const read = () => {
      answered = false;
      return this.#read(range, how, deliver, onBytes, () => (answered = true), signal);
    };
    return whileHere(read, signal).catch((error) => {
      if (signal?.aborted) throw aborted();
      if (error instanceof Misfit && how.cache !== "no-store")
        return this.#get(range, { ...how, cache: "no-store" }, deliver, onBytes, signal);
      const cut = error instanceof TypeError;
      // When a host compresses parts of files, the browser rejects the answer before the page sees it.
      if (how.partly && this.#ranges === null && !answered && cut) return false;
      throw unreadable(range.path, cut ? broken() : text(error), error);
    });
  }

  /**
   * @param {Range} range
   * @param {{ partly?: boolean, cache?: RequestCache }} how
   * @param {Deliver} deliver
   * @param {(bytes: number) => void} onBytes
   * @param {() => void} onAnswer
   * @param {AbortSignal} [signal]
   */
  async #read({ path, offset, length }, { partly = false, cache }, deliver, onBytes, onAnswer, signal) {
    const abort = new AbortController();
    const stop = () => abort.abort();
    let come = 0;
    const count = (/** @type {number} */ bytes) => {
      come += bytes;
      onBytes(bytes);
    };
    throwIfAborted(signal);
    signal?.addEventListener("abort", stop);
    try {
      const headers = partly ? { range: `bytes=${offset}-${offset + length - 1}` } : undefined;
      const answer = await fetch(this.base + path, { headers, cache, signal: abort.signal });
      onAnswer();
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      // A part of a compressed file has other bytes: from such a host only whole files can be read.
      const unfit = answer.status !== 206 || answer.headers.get("content-encoding");
      if (partly && unfit) {
        abort.abort();
        return false;
      }
      const bytes = await collect(answer, length, count);
      deliver(path, offset, bytes);
      return true;
    } catch (error) {
      abort.abort(); // the rest of an answer that is too long
      onBytes(-come); // it may be read again
      throw error;
    } finally {
      signal?.removeEventListener("abort", stop);
    }
  }
}

/** More or fewer bytes arrived than expected. */
class Misfit extends Error {}

/**
 * @param {Response} answer
 * @param {number} length Infinity where unknown
 * @param {(bytes: number) => void} onBytes
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
async function collect(answer, length, onBytes) {
  if (length === Infinity) return new Uint8Array(await answer.arrayBuffer());
  const bytes = new Uint8Array(length);
  const reader = /** @type {ReadableStream<Uint8Array>} */ (answer.body).getReader();
  let at = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    if (at + part.value.length > length) throw new Misfit(t("it is longer than it should be"));
    bytes.set(part.value, at);
    at += part.value.length;
    onBytes(part.value.length);
  }
  if (at !== length) throw new Misfit(t("it is shorter than it should be"));
  return bytes;
}
