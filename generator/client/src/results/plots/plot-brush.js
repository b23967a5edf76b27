/** Marking the rows of a plot: inside a line while it is drawn, in a bar or a cell, in ranges. The marks are those of all plots and the table. */
import { readRanges } from "./mark-ranges.js";

/** @typedef {[number, number]} Place pixels of the stage */

export class Brush {
  /** Marks before the line that is being drawn. @type {{rows: Int32Array, ranges: import("../table/selection.js").Range[] | null} | null} */
  #before = null;
  #frame = 0;

  /** @param {import("./plot-card.js").PlotCard} card */
  constructor(card) {
    this.card = card;
  }

  /** Mark what is inside a line, again and again until the last; null: it was given up. @param {Place[] | null} line @param {boolean} further @param {boolean} last */
  draw(line, further, last) {
    const { plot } = this.card;
    const { selection } = this.card.shared.host.view;
    const before = (this.#before ??= { rows: Int32Array.from(selection), ranges: selection.ranges });
    cancelAnimationFrame(this.#frame);
    if (last) this.#before = null;
    if (!line) return selection.set(before.rows, before.ranges);
    if (!plot) return;
    const set = (/** @type {Int32Array} */ rows) => {
      const more = further && before.rows.length > 0;
      selection.set(more ? [...before.rows, ...rows] : rows, more ? null : plot.rangesOf(line));
    };
    if (last) this.card.shared.work([this.card], async () => set(await plot.rowsIn(line)));
    // rows that are not here are marked at the end
    else if (plot.rows)
      this.#frame = requestAnimationFrame(() => {
        const rows = plot === this.card.plot ? plot.rowsInside(line) : null;
        if (rows) set(rows);
      });
  }

  /** Mark the rows in the ranges that the reader wrote. */
  ranges() {
    const { plot } = this.card;
    const ranges = plot && readRanges(this.card.element, plot);
    if (!ranges) return;
    const { p, q } = plot.question;
    const said = [p, q].flatMap((term, i) => {
      const [low, high] = ranges[i];
      return term && (low > -Infinity || high < Infinity) ? [{ column: term.column.name, low, high }] : [];
    });
    const plain = said.every(({ low, high }) => low <= high);
    const { selection } = this.card.shared.host.view;
    this.card.shared.work([this.card], async () =>
      selection.set(await plot.rowsBetween(...ranges), plain && said.length ? said : null),
    );
  }

  /** Mark the rows of a bar or a cell. @param {Place} at @param {import("./paint-plot.js").Box} box */
  bin([x, y], box) {
    const { plot } = this.card;
    if (!plot) return;
    const { across = 1, down = 1 } = plot.cells?.grid ?? {};
    const { left, right } = plot.window;
    const wide = plot.bars ? Math.abs((plot.bars.step / (right - left)) * box.width) : box.width / across;
    const high = box.height / down;
    const [a, b, c, d] = [x - wide * 0.499, x + wide * 0.499, y - high * 0.499, y + high * 0.499];
    const line = /** @type {Place[]} */ ([
      [a, c],
      [b, c],
      [b, d],
      [a, d],
    ]);
    const { selection } = this.card.shared.host.view;
    this.card.shared.work([this.card], async () => selection.add(await plot.rowsIn(line)));
  }
}
