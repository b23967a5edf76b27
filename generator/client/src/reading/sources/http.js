/** Ranges over HTTP. */
import { whileHere } from "../../shared/leaving.js";
import { t } from "../../shared/strings.js";
import { aborted, broken, text, throwIfAborted, unreadable } from "../../shared/errors.js";
import { PARALLEL, batches, coalesce, inParallel, total } from "../bytes.js";
import { hostOf } from "./host.js";
import { Ranges } from "../../engine/worker/ranges.js";
import { HEADS, NotMultipart, boundaryOf, parts } from "./multipart.js";

/**
 * @typedef {import('../bytes.js').Range} Range
 * @typedef {import('../bytes.js').Batch} Batch
 * @typedef {import('../bytes.js').Deliver} Deliver
 * @typedef {import('../bytes.js').ReadOptions} ReadOptions
 * @typedef {{ deliver: Deliver, onBytes: (bytes: number) => void, signal?: AbortSignal, cache?: RequestCache,
 *   whole: Map<string, Promise<void>> }} Taking how answers are taken; whole: files that are being read whole
 */

/** Ranges in one request: Apache answers 200 at most, and servers limit the length of a request's head. */
const MOST = { ranges: 160, bytes: 4 << 20 };
/** A connection that breaks in the middle of an answer is tried again so often. */
const AGAIN = 2;
/** What a further range of a request costs in bytes. */
const FINE = 512;

/**
 * Ranges over HTTP. Where a host answers several ranges in one request, many small ones of a file are requested together. A host that
 * does not serve ranges is detected by its first answer, then whole files are read.
 */
export class HttpRanges {
  kind = /** @type {const} */ ("http");
  misses = 10;
  /** null until the host has answered */
  #ranges = /** @type {boolean | null} */ (null);

  /**
   * @param {string} base address of the release's root, ending in "/"
   * @param {(path: string) => number | undefined} size size of a file in bytes, where its description has it
   * @param {(path: string) => string} [own] the path below base, where the engine has another one
   */
  constructor(base, size, own = (path) => path) {
    this.own = own;
    this.base = base;
    this.size = size;
    this.host = hostOf(base);
  }

  /** @param {string} path */
  url(path) {
    return this.#ranges ? this.base + this.own(path) : null;
  }

  /**
   * @param {Range[]} ranges
   * @param {Deliver} deliver
   * @param {ReadOptions} [options]
   */
  async readMany(ranges, deliver, { signal, onProgress, gap } = {}) {
    const all = total(ranges);
    let loaded = 0;
    const onBytes = (/** @type {number} */ bytes) => onProgress?.(Math.min((loaded += bytes), all), all);
    const single = coalesce(ranges, { gap });
    // Chromium lets one request at a time to an address use its cache; many parts of a file would wait for each other.
    /** @type {RequestCache} */
    const cache = single.length > PARALLEL ? "no-store" : "default";
    const taking = { deliver, onBytes, signal, cache, whole: new Map() };
    let left = single;
    const together = batches(coalesce(ranges, { gap: Math.min(gap ?? FINE, FINE) }), MOST);
    if (together.length < single.length && this.#ranges !== false && this.host.several !== false)
      left = await this.#readTogether(together, taking, gap);
    await this.#readSingly(left, taking);
  }

  /**
   * Read several ranges by each request, if the host answers that.
   * @param {Batch[]} together
   * @param {Taking} taking
   * @param {number} [gap] between ranges that are read by a request each
   * @returns {Promise<Range[]>} those that it did not answer
   */
  async #readTogether(together, taking, gap) {
    const { host } = this;
    /** @type {Range[]} */
    const left = [];
    const run = async (/** @type {Batch} */ batch) => {
      if (batch.ranges.length === 1) return this.#readSingly(batch.ranges, taking);
      const read = host.several !== false && (await this.#getSeveral(batch, taking));
      if (read) this.#ranges = host.several = true;
      else left.push(...batch.ranges);
      if (read === false) host.several = false;
    };
    const jobs = [...together];
    await host.trial?.catch(() => {});
    if (host.several === null) {
      const first = jobs.findIndex((batch) => batch.ranges.length > 1);
      host.trial = run(jobs.splice(first, 1)[0]).finally(() => (host.trial = null));
      await host.trial;
      if (host.several !== true)
        return coalesce([...left, ...jobs.flatMap((batch) => batch.ranges)], { gap });
    }
    await inParallel(jobs, PARALLEL, run);
    return coalesce(left, { gap });
  }

  /**
   * @param {Range[]} ranges
   * @param {Taking} taking
   */
  async #readSingly(ranges, taking) {
    const jobs = [...ranges];
    const run = async (/** @type {Range} */ job) => {
      if (this.#ranges !== false) this.#ranges = await this.#get(job, true, taking);
      if (!this.#ranges) await this.#readWhole(job.path, taking);
    };
    if (this.#ranges === null && jobs.length) await run(/** @type {Range} */ (jobs.shift()));
    await inParallel(jobs, PARALLEL, run);
  }

  /**
   * A file that the host sends only as a whole; once for all ranges that are read together.
   * @param {string} path
   * @param {Taking} taking
   */
  #readWhole(path, taking) {
    const { whole } = taking;
    const range = { path, offset: 0, length: this.size(path) ?? Infinity };
    const reading =
      whole.get(path) ??
      this.#get(range, false, taking).then(
        () => {},
        (error) => {
          // Nothing is known about a host that does not answer at all.
          this.#ranges = null;
          throw error;
        },
      );
    whole.set(path, reading);
    return reading;
  }

  /**
   * Chromium's cache now and then returns less of a range than the host sends. An answer of the wrong length is therefore
   * requested once more, without any cache; also one that breaks off.
   * @param {Range} range
   * @param {boolean} partly request the range, otherwise the whole file
   * @param {Taking} taking
   * @param {number} [cuts] how often it broke off
   * @returns {Promise<boolean>} whether the bytes arrived; false when the host does not support ranges
   */
  #get(range, partly, taking, cuts = 0) {
    const { path, offset, length } = range;
    let answered = false;
    const take = async (/** @type {Response} */ answer, /** @type {Taking["onBytes"]} */ count) => {
      answered = true;
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      // A part of a compressed file has other bytes: from such a host only whole files can be read.
      if (partly && unfit(answer)) return false;
      taking.deliver(path, [{ offset, bytes: await collect(answer, length, count) }]);
      return true;
    };
    const read = () => {
      answered = false;
      return this.#fetch(path, partly ? `${offset}-${offset + length - 1}` : "", taking, take);
    };
    return whileHere(read, taking.signal).catch((error) => {
      if (taking.signal?.aborted) throw aborted();
      if (error instanceof Misfit && taking.cache !== "no-store")
        return this.#get(range, partly, { ...taking, cache: "no-store" });
      const cut = error instanceof TypeError;
      if (cut && answered && cuts < AGAIN)
        return this.#get(range, partly, { ...taking, cache: "no-store" }, cuts + 1);
      // When a host compresses parts of files, the browser rejects the answer before the page sees it.
      if (partly && this.#ranges === null && !answered && cut) return false;
      throw unreadable(path, cut ? broken() : text(error), error);
    });
  }

  /**
   * @param {Batch} batch
   * @param {Taking} taking
   * @returns {Promise<boolean | null>} whether the bytes arrived; false when the host does not answer several ranges, null when there is
   *   no answer
   */
  #getSeveral({ path, ranges }, taking) {
    const take = async (/** @type {Response} */ answer, /** @type {Taking["onBytes"]} */ count) => {
      const boundary = boundaryOf(answer.headers.get("content-type"));
      if (unfit(answer) || !boundary) return false;
      const most = total(ranges) + (ranges.length + 1) * HEADS;
      const found = parts(await collect(answer, most, count, true), boundary);
      const size = this.size(path);
      if (found.some((part) => size !== undefined && part.size !== size))
        throw new NotMultipart("the file has another size");
      if (!contains(found, ranges)) throw new NotMultipart("ranges are missing");
      taking.deliver(path, found);
      return true;
    };
    // Without spaces: Apache ignores a header that has some.
    const asked = ranges.map(({ offset, length }) => `${offset}-${offset + length - 1}`).join(",");
    const read = () => this.#fetch(path, asked, { ...taking, cache: "no-store" }, take);
    return whileHere(read, taking.signal).catch((error) => {
      if (taking.signal?.aborted) throw aborted();
      return error instanceof NotMultipart || error instanceof Misfit ? false : null;
    });
  }

  /**
   * @param {string} path
   * @param {string} ranges as in the header; "" for the whole file
   * @param {Taking} taking
   * @param {(answer: Response, count: Taking["onBytes"]) => Promise<boolean>} take false where the answer is not read
   */
  async #fetch(path, ranges, { onBytes, signal, cache }, take) {
    const abort = new AbortController();
    const stop = () => abort.abort();
    const headers = ranges ? { range: `bytes=${ranges}` } : undefined;
    let come = 0;
    const count = (/** @type {number} */ bytes) => {
      come += bytes;
      onBytes(bytes);
    };
    let read = false;
    throwIfAborted(signal);
    signal?.addEventListener("abort", stop);
    try {
      await this.host.ask(
        () => fetch(this.base + this.own(path), { headers, cache, signal: abort.signal }),
        async (answer) => {
          read = await take(answer, count);
        },
        signal,
      );
      return read;
    } finally {
      signal?.removeEventListener("abort", stop);
      if (!read) {
        abort.abort(); // the rest of the answer
        onBytes(-come); // it may be read again
      }
    }
  }
}

/** @param {Response} answer */
const unfit = ({ status, headers }) => status !== 206 || Boolean(headers.get("content-encoding"));

/**
 * Whether each range is in one of the parts, or in several that touch.
 * @param {{ offset: number, bytes: Uint8Array }[]} found
 * @param {Range[]} ranges of one file
 */
function contains(found, ranges) {
  const there = new Ranges();
  for (const { offset, bytes } of found) there.add(offset, bytes.length, null);
  return ranges.every(({ offset, length }) => !there.gaps(offset, length).length);
}

/** More or fewer bytes arrived than expected. */
class Misfit extends Error {}

/**
 * @param {Response} answer
 * @param {number} length Infinity where unknown
 * @param {(bytes: number) => void} onBytes
 * @param {boolean} [less] whether it may be shorter
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
async function collect(answer, length, onBytes, less = false) {
  if (length === Infinity) return new Uint8Array(await answer.arrayBuffer());
  const body = /** @type {ReadableStream<Uint8Array<ArrayBuffer>>} */ (answer.body);
  const read = into(body) ?? copied(body);
  // one byte more than expected, as a stream cannot be asked for none
  let buffer = new ArrayBuffer(length + 1);
  for (let at = 0; ;) {
    const part = await read(buffer, at);
    buffer = part.buffer;
    if (part.done) {
      if (at !== length && !less) throw new Misfit(t("it is shorter than it should be"));
      return new Uint8Array(buffer, 0, at);
    }
    at += part.count;
    onBytes(part.count);
    if (at > length) throw new Misfit(t("it is longer than it should be"));
  }
}

/** @typedef {(buffer: ArrayBuffer, at: number) => Promise<{ buffer: ArrayBuffer, count: number, done: boolean }>} Read of a stream into a buffer */

/**
 * Reads a stream without an array of its own for each part.
 * @param {ReadableStream<Uint8Array<ArrayBuffer>>} body
 * @returns {Read | null} null where the browser does not have that
 */
function into(body) {
  try {
    const reader = body.getReader({ mode: "byob" });
    return async (buffer, at) => {
      const { value, done } = await reader.read(new Uint8Array(buffer, at));
      // a cancelled stream gives nothing back
      return { buffer: value?.buffer ?? new ArrayBuffer(0), count: value?.length ?? 0, done };
    };
  } catch {
    return null;
  }
}

/** @param {ReadableStream<Uint8Array<ArrayBuffer>>} body @returns {Read} */
function copied(body) {
  const reader = body.getReader();
  return async (buffer, at) => {
    const { value, done } = await reader.read();
    const fitting = value?.subarray(0, buffer.byteLength - at) ?? new Uint8Array(0);
    new Uint8Array(buffer, at).set(fitting);
    return { buffer, count: fitting.length, done };
  };
}
