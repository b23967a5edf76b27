/**
 * One interface for bytes of the release's files, whatever carries them.
 * @typedef {{ path: string, offset: number, length: number }} Range path relative to the release's root
 * @typedef {{ signal?: AbortSignal, onProgress?: (loaded: number, total: number) => void, gap?: number }} ReadOptions
 *   gap: most bytes between two ranges to be read along with them
 * @typedef {(path: string, offset: number, bytes: Uint8Array<ArrayBuffer>) => void} Deliver
 * @typedef {object} ByteSource
 * @property {'http' | 'script' | 'picked' | 'sealed'} kind
 * @property {(path: string) => string | null} url address where the worker may read ranges by itself, or null
 * @property {(ranges: Range[]) => number} [cost] bytes read for these ranges, where they are more than asked for
 * @property {(ranges: Range[], deliver: Deliver, options?: ReadOptions) => Promise<void>} readMany hands over at least
 *   the bytes asked for, in pieces of its own choice
 */
import { whileHere } from "../shared/leaving.js";
import { t } from "../shared/strings.js";
import { aborted, broken, text, throwIfAborted, unreadable } from "../shared/errors.js";

const GAP = 64 << 10;
const LARGEST = 4 << 20;
/** Browsers open six connections to a host of HTTP/1.1, and many streams in one of HTTP/2: the queue is theirs. */
const PARALLEL = 16;

/**
 * Join ranges of a file that lie close together, so that few requests carry them.
 * @param {Range[]} ranges
 * @param {{ gap?: number, largest?: number }} [limits] bytes
 * @returns {Range[]} sorted by path and offset, none longer than `largest`
 */
export function coalesce(ranges, { gap = GAP, largest = LARGEST } = {}) {
  const sorted = ranges
    .filter((r) => r.length > 0)
    .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.offset - b.offset));
  /** @type {Range[]} */
  const joined = [];
  for (const range of sorted) {
    const last = joined.at(-1);
    const end = range.offset + range.length;
    if (
      last &&
      last.path === range.path &&
      range.offset <= last.offset + last.length + gap &&
      Math.max(end, last.offset + last.length) - last.offset <= largest
    ) {
      last.length = Math.max(end, last.offset + last.length) - last.offset;
    } else {
      joined.push({ ...range });
    }
  }
  return joined.flatMap((range) => pieces(range, largest));
}

/**
 * @param {Range} range
 * @param {number} largest
 */
function pieces({ path, offset, length }, largest) {
  const found = [];
  for (let at = 0; at < length; at += largest)
    found.push({ path, offset: offset + at, length: Math.min(largest, length - at) });
  return found;
}

/**
 * The bytes of each range, whatever pieces the source hands over.
 * @param {ByteSource} source
 * @param {Range[]} ranges
 * @param {ReadOptions} [options]
 * @returns {Promise<Uint8Array<ArrayBuffer>[]>}
 */
export async function readWhole(source, ranges, options) {
  /** @type {Map<string, { offset: number, bytes: Uint8Array<ArrayBuffer> }[]>} */
  const parts = new Map();
  const all = ranges.map(({ path, offset, length }) => {
    const part = { offset, bytes: new Uint8Array(length) };
    parts.set(path, [...(parts.get(path) ?? []), part]);
    return part.bytes;
  });
  const deliver = (/** @type {string} */ path, /** @type {number} */ at, /** @type {Uint8Array} */ piece) => {
    for (const { offset, bytes } of parts.get(path) ?? []) {
      const from = Math.max(offset, at);
      const to = Math.min(offset + bytes.length, at + piece.length);
      if (from < to) bytes.set(piece.subarray(from - at, to - at), from - offset);
    }
  };
  await source.readMany(ranges, deliver, options);
  return all;
}

/**
 * Run jobs, a few at a time; the first failure stops the rest.
 * @template T
 * @param {T[]} jobs
 * @param {number} parallel
 * @param {(job: T) => Promise<void>} run
 */
export async function inParallel(jobs, parallel, run) {
  let next = 0;
  let failed = false;
  const lane = async () => {
    while (next < jobs.length && !failed) {
      await run(jobs[next++]).catch((error) => {
        failed = true;
        throw error;
      });
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, jobs.length) }, lane));
}

/** Ranges over HTTP; a host that does not serve them is found out by its first answer, then whole files are read. */
export class HttpRanges {
  kind = /** @type {const} */ ("http");
  /** null until the host has answered */
  #ranges = /** @type {boolean | null} */ (null);

  /**
   * @param {string} base address of the release's root, ending in "/"
   * @param {(path: string) => number | undefined} size size of a file in bytes, where its description tells it
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
    // Chromium lets one request at a time to an address use its cache; many parts of a file would queue up for it.
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
              // Nothing is known of a host that does not answer at all.
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
   * Chromium's cache now and then hands out less of a range than the host sends. So what does not fit is asked for once
   * more, past all caches.
   * @param {Range} range
   * @param {{ partly?: boolean, cache?: RequestCache }} how `partly`: ask for the range; else for the whole file
   * @param {Deliver} deliver
   * @param {(bytes: number) => void} onBytes
   * @param {AbortSignal} [signal]
   * @returns {Promise<boolean>} whether the bytes came; false when the host knows no ranges
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
      // A host that compresses even parts of files is refused by the browser before we see an answer.
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
      // A compressed part is a part of other bytes: such a host can only be read whole.
      const unfit = answer.status !== 206 || answer.headers.get("content-encoding");
      if (partly && unfit) {
        abort.abort();
        return false;
      }
      const bytes = await collect(answer, length, count);
      deliver(path, offset, bytes);
      return true;
    } catch (error) {
      abort.abort(); // of an answer that is too long, the rest
      onBytes(-come); // it may be read again
      throw error;
    } finally {
      signal?.removeEventListener("abort", stop);
    }
  }
}

/** More or fewer bytes came than there should be. */
class Misfit extends Error {}

/**
 * @param {Response} answer
 * @param {number} length Infinity where it is not known
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

/** Files that the reader has picked, read as they lie on the disk. */
export class PickedFiles {
  kind = /** @type {const} */ ("picked");

  /** @param {Map<string, File>} files by path relative to the release's root */
  constructor(files) {
    this.files = files;
  }

  url() {
    return null;
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
    await inParallel(jobs, PARALLEL, async ({ path, offset, length }) => {
      throwIfAborted(signal);
      const file = this.files.get(path);
      if (!file) throw unreadable(path, t("it is not among the picked files"));
      const bytes = new Uint8Array(await file.slice(offset, offset + length).arrayBuffer());
      if (bytes.length !== length) throw unreadable(path, t("it is shorter than it should be"));
      deliver(path, offset, bytes);
      onProgress?.((loaded += length), total);
    });
  }
}
