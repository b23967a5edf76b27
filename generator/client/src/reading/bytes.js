/**
 * Ranges of files: joined so that few requests suffice, read in parallel, and split again.
 *
 * @typedef {import('../engine/store.js').Range} Range
 * @typedef {import('../engine/store.js').ReadOptions} ReadOptions
 * @typedef {import('../engine/store.js').Deliver} Deliver
 * @typedef {import('../engine/store.js').ByteSource & { kind: 'http' | 'script' | 'picked' | 'sealed' }} ByteSource
 */

const GAP = 64 << 10;
const LARGEST = 4 << 20;
/** Browsers open six connections to a host of HTTP/1.1, and many streams in one of HTTP/2, and queue requests themselves. */
export const PARALLEL = 16;

/**
 * Join ranges of a file that are close together, so that few requests suffice.
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
 * The bytes of each range, from the pieces that the source delivers.
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
 * Run jobs, a few at a time; the first failure stops the others.
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

/** @param {Range[]} ranges */
export const total = (ranges) => ranges.reduce((sum, { length }) => sum + length, 0);
