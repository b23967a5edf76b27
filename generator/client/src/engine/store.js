/**
 * The bytes of each file that the worker keeps, and when it drops them: least recently used first, but none that
 * a running statement uses.
 */
import { EngineError } from "../shared/errors.js";
import { Ranges } from "./worker/ranges.js";

/**
 * The source from which the engine reads; it knows nothing else about where bytes are.
 * @typedef {{ path: string, offset: number, length: number }} Range path relative to the release's root
 * @typedef {{ signal?: AbortSignal, onProgress?: (loaded: number, total: number) => void, gap?: number }} ReadOptions
 *   gap: two ranges at most this many bytes apart are read as one
 * @typedef {{ offset: number, bytes: Uint8Array<ArrayBuffer> }} Part of a file
 * @typedef {(path: string, parts: Part[]) => void} Deliver the parts may be views of one buffer, which belongs to the receiver afterwards
 * @typedef {object} ByteSource
 * @property {(path: string) => string | null} url address where the worker may read ranges by itself, or null
 * @property {number} misses how often a statement may miss bytes of it before the worker reads by itself, or the statement is
 *   abandoned
 * @property {(ranges: Range[]) => number} [cost] bytes read for these ranges, where they are more than asked for
 * @property {(ranges: Range[], deliver: Deliver, options?: ReadOptions) => Promise<void>} readMany delivers at least
 *   the requested bytes, in pieces that it chooses
 *
 * @typedef {{ footerMisses: number, dataMisses: number, explain: () => Promise<string | null> }} Missing of the statement that missed: how
 *   often so far, and DuckDB's plan of it as JSON, null where there is none
 * @typedef {(range: Range, statement: Missing) => Promise<Range[]>} Foresee what else a statement will read, given a range
 *   that it missed
 *
 * @typedef {object} Task a statement before it runs
 * @property {string} sql
 * @property {number | null} rows of the result at most, where that is known
 * @property {ReadOptions} options
 * @property {(sql: string) => Promise<[number, number][]>} ask another statement, of two columns of numbers, whose bytes are in memory
 * @property {(ranges: Range[]) => void} expect ranges in the order in which the statement may read them, one after another
 * @property {(path: string) => Promise<void>} readThrough the statement reads more than fits: bring it while it runs; path: of one of its files
 *
 * @typedef {object} Planner reads what a statement will read
 * @property {(sql: string) => boolean} mentions
 * @property {(plan: string, all: any[], task: Task) => Promise<void>} plan plan: DuckDB's, as JSON; all: planners of the statement
 *
 * @typedef {{ path: string, size: number, source: ByteSource, foresee?: Foresee, planner?: Planner }} DataFile
 * @typedef {(order: object, transfer?: Transferable[]) => void} Post
 */

/**
 * Bytes of files that are kept for the worker, and the most that a running statement may need at the same time. The engine's own memory, and
 * the page, need as much again.
 * @param {number | undefined} gigabytes of the reader's computer, as browsers round them: 0.25 to 8; undefined where they do not say
 */
export function roomFor(gigabytes = 4) {
  const limit = Math.min(Math.max(gigabytes, 1), 8) * (64 << 20);
  return { limit, ceiling: Math.max(2 * limit, 256 << 20) };
}

export class Store {
  /** @type {Map<string, { file: DataFile, ranges: Ranges, url: string | null }>} */
  #files = new Map();
  /** Orders given before the first worker has started. @type {Parameters<Post>[] | null} */
  #waiting = [];
  /** @type {Post | null} */
  #post = (...order) => void this.#waiting?.push(order);
  /** @type {Set<number>} ticks at which the running statements began */
  #running = new Set();
  #tick = 0;
  #kept = 0;
  /** @type {((range: Range) => Promise<boolean>) | undefined} */
  #bring;

  /**
   * @param {number} limit bytes to keep when nothing else is pinned
   * @param {number} ceiling bytes that what running statements read beforehand may not exceed
   */
  constructor(limit, ceiling) {
    this.limit = limit;
    this.ceiling = ceiling;
    /** Bytes read from sources since the page was opened, and number of requests; for tests and benchmarks. */
    this.counts = { bytes: 0, misses: 0, reads: 0 };
  }

  /**
   * Called when a worker has started: it has no bytes yet, but gets those that came before the first one.
   * @param {Post | null} post
   */
  attach(post) {
    this.#post = post;
    const waiting = this.#waiting;
    if (post && waiting) {
      this.#waiting = null;
      for (const order of waiting) post(...order);
      return;
    }
    this.#kept = 0;
    for (const entry of this.#files.values()) {
      entry.ranges = new Ranges();
      this.#announce(entry);
    }
  }

  /** @param {DataFile} file */
  add(file) {
    const known = this.#files.get(file.path);
    if (known) {
      known.file = file;
      known.url = file.source.url(file.path);
      return;
    }
    const entry = { file, ranges: new Ranges(), url: file.source.url(file.path) };
    this.#files.set(file.path, entry);
    this.#announce(entry);
  }

  /** @param {{ file: DataFile, url: string | null }} entry */
  #announce({ file, url }) {
    this.#post?.({ drportal: "file", path: file.path, size: file.size, url });
  }

  /** @param {string} path */
  file(path) {
    return this.#files.get(path)?.file;
  }

  /** Those who plan what is read of the files, once each. */
  get planners() {
    return [...new Set([...this.#files.values()].flatMap(({ file }) => file.planner ?? []))];
  }

  paths() {
    return [...this.#files.keys()];
  }

  /** Ranges used from now on stay until `end` is called with the returned value. */
  begin() {
    this.#running.add(++this.#tick);
    return this.#tick;
  }

  /** @param {number} tick */
  end(tick) {
    this.#running.delete(tick);
    this.#makeRoom();
  }

  /**
   * The parts of these ranges that are not in memory.
   * @param {Range[]} ranges
   * @param {number} [used] tick to note for them as the time of use
   */
  #absent(ranges, used) {
    /** @type {Map<ByteSource, Range[]>} */
    const wanted = new Map();
    let missing = 0;
    for (const { path, offset, length } of ranges) {
      const entry = this.#files.get(path);
      if (!entry)
        throw new EngineError(`The data could not be read: ${path} is not part of a catalogue`, {
          kind: "bytes",
        });
      if (used) for (const segment of entry.ranges.within(offset, length)) segment.used = used;
      const gaps = entry.ranges.gaps(offset, length);
      if (!gaps.length) continue;
      const list = wanted.get(entry.file.source) ?? [];
      for (const gap of gaps) list.push({ path, ...gap });
      missing += gaps.reduce((sum, gap) => sum + gap.length, 0);
      wanted.set(entry.file.source, list);
    }
    return { wanted, missing };
  }

  /**
   * Bytes that would have to be read to have these ranges in memory.
   * @param {Range[]} ranges
   */
  cost(ranges) {
    const { wanted, missing } = this.#absent(ranges);
    let more = 0;
    for (const [source, list] of wanted)
      if (source.cost) more += source.cost(list) - list.reduce((sum, { length }) => sum + length, 0);
    return missing + more;
  }

  /**
   * Bring ranges into the worker's memory.
   * @param {Range[]} ranges
   * @param {ReadOptions} [options]
   * @returns {Promise<number>} bytes that had to be read
   */
  async ensure(ranges, options) {
    const used = ++this.#tick;
    if (!this.fits(ranges)) throw tooMuch();
    const { wanted, missing } = this.#absent(ranges, used);
    this.#running.add(used);
    try {
      await Promise.all(
        [...wanted].map(([source, list]) =>
          source.readMany(list, (path, parts) => this.put(path, parts, used), options),
        ),
      );
    } finally {
      this.#running.delete(used);
    }
    return missing;
  }

  /**
   * Pass bytes to the worker; their buffers belong to the worker afterwards.
   * @param {string} path
   * @param {Part[]} parts
   * @param {number} [used]
   * @param {number} [read] bytes that were read for them
   */
  put(path, parts, used = ++this.#tick, read = parts.reduce((sum, { bytes }) => sum + bytes.length, 0)) {
    const entry = this.#files.get(path);
    if (!entry) return;
    this.counts.bytes += read;
    this.counts.reads++;
    for (const { offset, bytes } of parts) this.#kept += entry.ranges.add(offset, bytes.length, null, used);
    const buffers = [...new Set(parts.map(({ bytes }) => bytes.buffer))];
    this.#post?.({ drportal: "put", path, parts }, buffers);
    this.#makeRoom();
  }

  /**
   * What the worker says: it has read a range by itself, or a statement waits for one.
   * @param {Range & { drportal: string }} message
   */
  async heard({ drportal, ...range }) {
    if (drportal === "read") return this.#note(range);
    const brought = await this.#bring?.(range);
    this.#post?.({ drportal: "go", brought: Boolean(brought) });
  }

  /** @param {Range} range */
  #note({ path, offset, length }) {
    const entry = this.#files.get(path);
    if (!entry) return;
    this.counts.bytes += length;
    this.counts.reads++;
    // A statement that needs more than fits reads it in parts: what it has just used goes first.
    const used = this.#kept + length > this.limit ? 0 : ++this.#tick;
    this.#kept += entry.ranges.add(offset, length, null, used);
    this.#makeRoom();
  }

  /**
   * Let statements wait for missing ranges, or, where the browser cannot suspend them, let the worker read these from the host by itself, where
   * the host is known to serve ranges.
   * @param {boolean} on
   * @param {(range: Range) => Promise<boolean>} [bring] brings a range for which a statement waits; false where it cannot
   */
  readThrough(on, bring) {
    this.#bring = bring;
    for (const entry of on ? this.#files.values() : []) {
      const url = entry.file.source.url(entry.file.path);
      if (url === entry.url) continue;
      entry.url = url;
      this.#post?.({ drportal: "url", path: entry.file.path, url });
    }
    this.#post?.({ drportal: "readThrough", on, served: Boolean(bring) });
  }

  /** Drop what has not been used for the longest time, but nothing that a running statement uses. */
  #makeRoom() {
    if (this.#kept <= this.limit) return;
    const oldest = Math.min(...this.#running, Infinity);
    const candidates = [...this.#files.values()]
      .flatMap(({ file, ranges }) =>
        ranges.segments
          .filter((s) => s.used < oldest)
          .map((segment) => ({ path: file.path, ranges, segment })),
      )
      .sort((a, b) => a.segment.used - b.segment.used);
    for (const {
      path,
      ranges,
      segment: { offset, length },
    } of candidates) {
      if (this.#kept <= this.limit) return;
      ranges.drop(offset, length);
      this.#kept -= length;
      this.#post?.({ drportal: "drop", path, offset, length });
    }
  }

  get kept() {
    return this.#kept;
  }

  /**
   * Whether these ranges fit in memory beside what running statements use.
   * @param {Range[]} ranges
   */
  fits(ranges) {
    const oldest = Math.min(...this.#running, Infinity);
    let used = 0;
    for (const {
      ranges: { segments },
    } of this.#files.values())
      // prettier-ignore
      for (const segment of segments) if (segment.used >= oldest) used += segment.length;
    return used + this.cost(ranges) <= this.ceiling;
  }
}

export const tooMuch = () =>
  new EngineError("This query reads more data than fits in memory; narrow the region or name fewer columns", {
    kind: "memory",
  });
