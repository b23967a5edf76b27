/**
 * Byte ranges of one file, sorted and never overlapping. The worker keeps the bytes in them; the page keeps the same
 * list without bytes, to know what the worker has.
 * @typedef {{ offset: number, length: number, bytes: Uint8Array | null, used: number }} Segment
 */

export class Ranges {
  constructor() {
    /** @type {Segment[]} */
    this.segments = [];
  }

  /**
   * Index of the first segment that ends after `offset`.
   * @param {number} offset
   */
  #first(offset) {
    let low = 0;
    let high = this.segments.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const { offset: start, length } = this.segments[middle];
      if (start + length <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /**
   * Segments that touch [offset, offset + length).
   * @param {number} offset
   * @param {number} length
   */
  within(offset, length) {
    const found = [];
    for (
      let i = this.#first(offset);
      i < this.segments.length && this.segments[i].offset < offset + length;
      i++
    ) {
      found.push(this.segments[i]);
    }
    return found;
  }

  /**
   * Parts of [offset, offset + length) that are in no segment.
   * @param {number} offset
   * @param {number} length
   * @returns {{ offset: number, length: number }[]}
   */
  gaps(offset, length) {
    const end = offset + length;
    const found = [];
    let at = offset;
    for (const segment of this.within(offset, length)) {
      if (segment.offset > at) found.push({ offset: at, length: segment.offset - at });
      at = segment.offset + segment.length;
    }
    if (at < end) found.push({ offset: at, length: end - at });
    return found;
  }

  /**
   * Add a range; bytes that are already there stay as they are.
   * @param {number} offset
   * @param {number} length
   * @param {Uint8Array | null} bytes
   * @param {number} [used]
   * @returns {number} bytes that were new
   */
  add(offset, length, bytes, used = 0) {
    let fresh = 0;
    for (const gap of this.gaps(offset, length)) {
      const part = bytes && bytes.subarray(gap.offset - offset, gap.offset - offset + gap.length);
      this.segments.splice(this.#first(gap.offset), 0, { ...gap, bytes: part, used });
      fresh += gap.length;
    }
    return fresh;
  }

  /**
   * The bytes from `offset` on that are in one segment, at most `length`: not a copy.
   * @param {number} offset
   * @param {number} length
   * @returns {Uint8Array | null} null where there are none
   */
  view(offset, length) {
    const segment = this.segments[this.#first(offset)];
    if (!segment?.bytes || segment.offset > offset) return null;
    return segment.bytes.subarray(offset - segment.offset, offset - segment.offset + length);
  }

  /**
   * Drop [offset, offset + length); a segment that reaches beyond it keeps a copy of its rest.
   * @param {number} offset
   * @param {number} length
   */
  drop(offset, length) {
    for (const segment of this.within(offset, length)) {
      this.segments.splice(this.segments.indexOf(segment), 1);
      const end = segment.offset + segment.length;
      for (const [from, to] of [
        [segment.offset, offset],
        [offset + length, end],
      ]) {
        if (to <= from) continue;
        const rest = segment.bytes && segment.bytes.slice(from - segment.offset, to - segment.offset);
        this.add(from, to - from, rest, segment.used);
      }
    }
  }
}
