/** From one point, bar or cell of a plot to the next, by the arrow keys. */
import { mapping } from "./paint-plot.js";

/**
 * @typedef {import("./plot.js").Plot} Plot
 * @typedef {import("./paint-plot.js").Box} Box
 * @typedef {[number, number]} Place pixels of the stage
 */

/** @type {Record<string, Place>} */
export const DIRECTIONS = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Where one can stop: the points, the bars, or the cells with rows. @param {Plot} plot @param {Box} box @returns {{xs: ArrayLike<number>, ys: ArrayLike<number>}} */
export function stopsOf(plot, box) {
  if (plot.points) return plot.screen(box);
  const place = mapping(box, plot.window);
  if (plot.bars) {
    const { bins, start, step } = plot.bars;
    const bars = [...new Set(bins.k)];
    return {
      xs: bars.map((k) => place.x(start + (k + 0.5) * step)),
      ys: bars.map(() => box.y + box.height / 2),
    };
  }
  if (!plot.cells) return { xs: [], ys: [] };
  const { across, down } = plot.cells.grid;
  const cells = [...new Set(plot.cells.bins.k)];
  return {
    xs: cells.map((k) => box.x + (((k % across) + 0.5) * box.width) / across),
    ys: cells.map((k) => box.y + ((Math.floor(k / across) + 0.5) * box.height) / down),
  };
}

/**
 * The next stop in a direction: the nearest of those within 45° of it, else of those on its side. From nowhere, the one nearest to
 * the middle.
 * @param {{xs: ArrayLike<number>, ys: ArrayLike<number>}} stops @param {Box} box @param {Place | null} from @param {Place} direction
 * @returns {Place | null} null where there is none
 */
export function nextStop({ xs, ys }, box, from, [dx, dy]) {
  const [x, y] = from ?? [box.x + box.width / 2, box.y + box.height / 2];
  let [best, side] = [-1, -1];
  let [near, beside] = [Infinity, Infinity];
  for (let i = 0; i < xs.length; i++) {
    if (!(xs[i] >= box.x && xs[i] <= box.x + box.width && ys[i] >= box.y && ys[i] <= box.y + box.height))
      continue;
    const [along, off] = [(xs[i] - x) * dx + (ys[i] - y) * dy, Math.abs((xs[i] - x) * dy - (ys[i] - y) * dx)];
    const far = along * along + off * off;
    // closer than a pixel, points cannot be told apart
    if (from && along < 0.5) continue;
    if ((!from || off <= along) && far < near) [best, near] = [i, far];
    if (far < beside) [side, beside] = [i, far];
  }
  const at = best < 0 ? side : best;
  return at < 0 ? null : [xs[at], ys[at]];
}
