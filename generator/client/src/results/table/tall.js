/**
 * Scrolling in a table taller than browsers allow an element to be (Firefox draws 17.8 million pixels, Chromium 33).
 * The element's height is limited; small movements go pixel by pixel, jumps in proportion, and in a quiet moment the scroll bar
 * is corrected. Tables that are short enough are not affected.
 */

/** Pixels. Well below the limits, since zooming multiplies them. */
export const TALLEST = 6_000_000;

export class Tall {
  /** Position in the table at the upper edge of the visible part, in pixels. */
  top = 0;
  /** The element's last scroll position. */
  at = 0;

  /** @param {number} total height of the table @param {number} view height of the visible part */
  resize(total, view) {
    this.total = Math.max(total, 0);
    this.view = view;
    this.height = Math.min(this.total, TALLEST);
    this.last = Math.max(0, this.total - view);
    this.end = Math.max(0, this.height - view);
    /** pixels of the table for each of the element */
    this.ratio = this.end > 0 ? this.last / this.end : 1;
    this.top = Math.min(this.top, this.last);
  }

  total = 0;
  view = 0;
  height = 0;
  last = 0;
  end = 0;
  ratio = 1;

  /** Follow the reader's scrolling. @param {number} at the element's scroll position */
  moved(at) {
    const by = at - this.at;
    this.at = at;
    if (this.ratio === 1) this.top = at;
    else if (Math.abs(by) > 2 * this.view) this.top = at * this.ratio;
    else if (by) this.top += by;
    this.top = Math.max(0, Math.min(this.top, this.last));
    return this.top;
  }

  /** Go to a position. @param {number} top @returns {number} what the element's scroll position must be */
  to(top) {
    this.top = Math.max(0, Math.min(top, this.last));
    return (this.at = this.place);
  }

  /** The proportional position of the scroll bar. */
  get place() {
    return this.ratio === 1 ? this.top : this.top / this.ratio;
  }

  /** Whether the element cannot scroll further though the table could, or the other way round. */
  get stuck() {
    if (this.ratio === 1) return false;
    return (
      (this.at <= 0 && this.top > 0) ||
      (this.at >= this.end - 1 && this.top < this.last) ||
      (this.top <= 0 && this.at > 0) ||
      (this.top >= this.last && this.at < this.end - 1)
    );
  }
}
