/**
 * Ranges of files: joined so that few requests suffice, read in parallel, and split again.
 *
 * @typedef {import('../engine/store.js').Range} Range
 * @typedef {import('../engine/store.js').ReadOptions} ReadOptions
 * @typedef {import('../engine/store.js').Deliver} Deliver
 * @typedef {import('../engine/store.js').ByteSource & { kind: 'http' | 'script' | 'picked' | 'sealed' }} ByteSource
 */

/** About what a request costs in bytes: a gap of up to so many is read rather than requested around. */
export const GAP = 64 << 10;
const LARGEST = 4 << 20;
/** Of all bytes wanted, at most this share is read in addition to fill gaps: chunks of columns that are not wanted are as small as a gap. */
const WASTE = 0.25;
/** Browsers open six connections to a host of HTTP/1.1, and many streams in one of HTTP/2, and queue requests themselves. */
export const PARALLEL = 16;

/** @param {Range} a @param {Range} b */
const order = (a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.offset - b.offset);

/**
 * Join ranges of a file where that is worth the bytes between them: the smallest gaps first, none larger than `gap`, and all of
 * them together a small share of what is wanted.
 * @param {Range[]} ranges
 * @param {{ gap?: number, largest?: number, waste?: number }} [limits] bytes; waste: in gaps, as a share of what is wanted
 * @returns {Range[]} sorted by path and offset, disjoint, none longer than `largest`
 */
export function coalesce(ranges, { gap = GAP, largest = LARGEST, waste = WASTE } = {}) {
  const apart = disjoint(ranges);
  const widest = waste === Infinity ? gap : widestGap(apart, gap, waste);
  /** @type {Range[]} */
  const joined = [];
  for (const range of apart) {
    const last = joined.at(-1);
    const end = range.offset + range.length;
    if (
      last &&
      last.path === range.path &&
      range.offset <= last.offset + last.length + widest &&
      end - last.offset <= largest
    )
      last.length = end - last.offset;
    else joined.push({ ...range });
  }
  return joined.flatMap((range) => pieces(range, largest));
}

/**
 * The same bytes in ranges that neither overlap nor touch.
 * @param {Range[]} ranges
 * @returns {Range[]} sorted by path and offset
 */
function disjoint(ranges) {
  /** @type {Range[]} */
  const found = [];
  for (const range of ranges.filter(({ length }) => length > 0).sort(order)) {
    const last = found.at(-1);
    if (last && last.path === range.path && range.offset <= last.offset + last.length)
      last.length = Math.max(last.length, range.offset + range.length - last.offset);
    else found.push({ ...range });
  }
  return found;
}

/**
 * @param {Range[]} ranges sorted and disjoint
 * @param {number} most
 * @param {number} waste
 * @returns {number} the widest gap that is filled
 */
function widestGap(ranges, most, waste) {
  /** @type {number[]} */
  const gaps = [];
  for (let i = 1; i < ranges.length; i++) {
    const [before, after] = [ranges[i - 1], ranges[i]];
    const gap = after.offset - before.offset - before.length;
    if (before.path === after.path && gap <= most) gaps.push(gap);
  }
  gaps.sort((a, b) => a - b);
  let left = Math.max(total(ranges) * waste, most);
  let widest = 0;
  for (let i = 0; i < gaps.length;) {
    // Gaps of about the same width are filled together, or none of them.
    let end = i;
    let sum = 0;
    while (end < gaps.length && gaps[end] <= Math.max(gaps[i] * 1.25, gaps[i] + 64)) sum += gaps[end++];
    if (sum > left) break;
    left -= sum;
    widest = gaps[end - 1];
    i = end;
  }
  return widest;
}

/**
 * Ranges of one file that are read by one request, as many as hosts accept.
 * @typedef {{ path: string, ranges: Range[] }} Batch
 */

/**
 * @param {Range[]} ranges sorted by path and offset
 * @param {{ ranges: number, bytes: number }} most in a batch
 * @returns {Batch[]}
 */
export function batches(ranges, most) {
  /** @type {Batch[]} */
  const found = [];
  let bytes = 0;
  for (const range of ranges) {
    const last = found.at(-1);
    if (
      last &&
      last.path === range.path &&
      last.ranges.length < most.ranges &&
      bytes + range.length <= most.bytes
    ) {
      last.ranges.push(range);
      bytes += range.length;
    } else {
      found.push({ path: range.path, ranges: [range] });
      bytes = range.length;
    }
  }
  return found;
}

/**
 * @param {Range} range
 * @param {number} largest
 */
function pieces({ path, offset, length }, largest) {
  if (length <= largest) return [{ path, offset, length }];
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
  /** @type {Deliver} */
  const deliver = (path, pieces) => {
    for (const { offset: at, bytes: piece } of pieces)
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
