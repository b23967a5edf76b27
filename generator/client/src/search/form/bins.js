/**
 * A column's histogram as a scale: the position of a value among the bins, the value at a position, the number of rows
 * between two. Positions are counted in bins, from 0 to their number; the first and the last bin may be wider than the others.
 *
 * @typedef {import("../../formats.d.ts").ShownHistogram} Packed four edges mean bins of equal width between the second and the last but one
 */

export class Bins {
  /** @param {Packed} packed @param {boolean} whole the column contains whole numbers */
  constructor([edges, counts], whole) {
    const n = (this.count = counts.length);
    const even = edges.length !== n + 1;
    this.counts = counts;
    this.whole = whole;
    this.edges = even
      ? Array.from({ length: n + 1 }, (_, i) => {
          if (i === 0) return edges[0];
          return i === n ? edges[3] : edges[1] + ((edges[2] - edges[1]) * (i - 1)) / (n - 2);
        })
      : edges;
    /** each bin is one whole number */
    this.single = whole && this.edges.every((edge, i) => i === 0 || edge - this.edges[i - 1] === 1);
    const width = Math.min(...this.edges.slice(1).map((edge, i) => edge - this.edges[i]));
    /** digits after the point that distinguish positions within a bin */
    this.digits = whole ? 0 : Math.min(15, Math.max(0, Math.ceil(-Math.log10(width || 1)) + 1));
  }

  /** Position of a value. @param {number} value @param {boolean} upper the upper end of a range */
  place(value, upper) {
    const { edges, count } = this;
    const at = this.single ? value + (upper ? 0.5 : -0.5) : value;
    if (!(at > edges[0])) return 0;
    if (at >= edges[count]) return count;
    let [low, high] = [0, count];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (edges[middle] <= at) low = middle;
      else high = middle;
    }
    return low + (at - edges[low]) / (edges[high] - edges[low]);
  }

  /**
   * The value at a position, with no more digits than the histogram resolves.
   * @param {number} place @param {boolean} upper
   * @returns {string} text for a field
   */
  value(place, upper) {
    const { edges, count } = this;
    const bin = Math.min(count - 1, Math.max(0, Math.floor(place)));
    const value = edges[bin] + (place - bin) * (edges[bin + 1] - edges[bin]);
    if (this.single) return String(Math.round(upper ? value - 0.5 : value + 0.5));
    if (this.whole) return String(upper ? Math.floor(value) : Math.ceil(value));
    const short = Number(value.toFixed(this.digits));
    return short === 0 ? "0" : String(short);
  }

  /** Approximate number of rows between two positions. @param {number} from @param {number} to */
  rows(from, to) {
    return Math.round(
      this.counts.reduce((sum, count, i) => {
        const part = Math.min(to, i + 1) - Math.max(from, i);
        return part > 0 ? sum + count * part : sum;
      }, 0),
    );
  }

  /**
   * The bars between two positions as an SVG path, each bin 1 wide and the tallest 1 high; of the logarithm of the counts, so
   * that a single row is visible next to a million.
   * @param {number} [from] @param {number} [to]
   */
  path(from = 0, to = this.count) {
    const most = Math.log1p(this.counts.reduce((a, b) => Math.max(a, b), 1));
    let path = "";
    for (const [i, count] of this.counts.entries()) {
      const [left, right] = [Math.max(from, i), Math.min(to, i + 1)];
      if (!count || right <= left) continue;
      const top = 1 - Math.max(0.06, Math.log1p(count) / most);
      path += `M${short(left)} 1V${short(top)}H${short(right)}V1z`;
    }
    return path;
  }
}

/** @param {number} value */
const short = (value) => String(Number(value.toFixed(3)));
