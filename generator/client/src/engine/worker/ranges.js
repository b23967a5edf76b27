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
   * How many bytes from `offset` on are there without a gap, at most `length`.
   * @param {number} offset
   * @param {number} length
   */
  lengthFrom(offset, length) {
    const [gap] = this.gaps(offset, length);
    return gap ? gap.offset - offset : length;
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
   * A copy of the bytes of [offset, offset + length), or null when any is missing.
   * @param {number} offset
   * @param {number} length
   * @returns {ArrayBuffer | null}
   */
  copy(offset, length) {
    const parts = this.within(offset, length);
    let at = offset;
    for (const segment of parts) {
      if (segment.offset > at) return null;
      at = segment.offset + segment.length;
    }
    if (at < offset + length) return null;
    const out = new Uint8Array(length);
    for (const segment of parts) {
      const from = Math.max(offset, segment.offset);
      const to = Math.min(offset + length, segment.offset + segment.length);
      const bytes = /** @type {Uint8Array} */ (segment.bytes);
      out.set(bytes.subarray(from - segment.offset, to - segment.offset), from - offset);
    }
    return out.buffer;
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
