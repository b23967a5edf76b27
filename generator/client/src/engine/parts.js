/**
 * The bytes of a statement that reads more than fits in memory: brought while it runs and waits for them, and dropped behind it as the
 * least recently used.
 */

/**
 * @typedef {import('./store.js').Range} Range
 * @typedef {import('./store.js').Store} Store
 * @typedef {{ ranges: Range[], order: number[], next: number, bytes: number }} Sequence order: of the ranges by path and offset; next: the one
 *   after those brought last; bytes: how many are brought at a time
 */

/** Bytes brought at first, and at most: twice as many each time the statement reads on where the last ones ended. */
const FIRST = 512 << 10;
const MOST = 16 << 20;
/** Of a range that was not expected: DuckDB reads ahead, so that its length says little. */
const LEAST = 16 << 10;

export class Parts {
  /** Why bytes could not be brought. @type {unknown} */
  failure = null;
  /** @type {Sequence[]} */
  #sequences = [];
  #total = 0;
  #before;

  /**
   * @param {Store} store
   * @param {Range[][]} expected each in the order in which the statement may read it
   * @param {import('./store.js').Missing} statement whose plan is known
   * @param {import('./store.js').ReadOptions} options
   */
  constructor(store, expected, statement, options) {
    this.store = store;
    this.statement = statement;
    this.options = options;
    this.#before = store.counts.bytes;
    for (const ranges of expected) this.expect(ranges);
  }

  /** @param {Range[]} ranges */
  expect(ranges) {
    const order = [...ranges.keys()].sort((a, b) => compared(ranges[a], ranges[b]));
    this.#sequences.push({ ranges, order, next: 0, bytes: FIRST / 2 });
    this.#total += ranges.reduce((sum, { length }) => sum + length, 0);
  }

  /**
   * Bring the range for which the statement waits, and what it will read next.
   * @param {Range} range
   * @returns {Promise<boolean>} false where that failed
   */
  bring = async (range) => {
    const { path, offset } = range;
    const wanted = [{ path, offset, length: Math.min(range.length, LEAST) }];
    const before = this.store.counts.bytes - this.#before;
    const onProgress = (/** @type {number} */ loaded) =>
      this.options.onProgress?.(Math.min(before + loaded, this.#total), this.#total);
    try {
      const more = this.#following(range) ?? among(await this.#foresee(range), 0, this.#most);
      await this.store.ensure([...wanted, ...more], { ...this.options, onProgress });
      return true;
    } catch (error) {
      this.failure = error;
      return false;
    }
  };

  get #most() {
    return Math.min(MOST, this.store.limit / 4);
  }

  /** What is expected after a range. @param {Range} range */
  #following(range) {
    const found = this.#sequences.flatMap((sequence) => {
      const at = place(sequence, range);
      return at < 0 ? [] : [{ sequence, at }];
    });
    const one = found.find(({ sequence, at }) => at === sequence.next) ?? found[0];
    if (!one) return null;
    const { sequence, at } = one;
    sequence.bytes = at === sequence.next ? Math.min(2 * sequence.bytes, this.#most) : FIRST;
    const ranges = among(sequence.ranges, at, sequence.bytes);
    sequence.next = at + ranges.length;
    return ranges;
  }

  /** @param {Range} range */
  async #foresee(range) {
    return (await this.store.file(range.path)?.foresee?.(range, this.statement)) ?? [];
  }
}

/** @param {Range} a @param {Range} b */
const compared = (a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.offset - b.offset);

/**
 * Ranges from one on, up to so many bytes; one at least.
 * @param {Range[]} ranges @param {number} from @param {number} bytes
 */
function among(ranges, from, bytes) {
  let end = from;
  for (let left = bytes; end < ranges.length && (end === from || left >= ranges[end].length); end++)
    left -= ranges[end].length;
  return ranges.slice(from, end);
}

/** Index of the range that contains another's first byte; -1 for none. @param {Sequence} sequence @param {Range} range */
function place({ ranges, order }, range) {
  let low = 0;
  let high = order.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compared(ranges[order[middle]], range) <= 0) low = middle + 1;
    else high = middle;
  }
  const found = low ? ranges[order[low - 1]] : null;
  const inside = found?.path === range.path && range.offset < found.offset + found.length;
  return inside ? order[low - 1] : -1;
}
