/**
 * The inside of a panel, painted with a pen: shaded masks, error bands, curves, lines with labels, measured ranges.
 *
 * @typedef {import("./ink.js").Colour} Colour
 * @typedef {import("./ink.js").Inks} Inks
 * @typedef {{x: number, y: number, width: number, height: number}} Box
 * @typedef {object} Curve
 * @property {ArrayLike<number>} xs ascending @property {ArrayLike<number>} ys NaN: a gap
 * @property {Colour} colour @property {number} [width] @property {number} [alpha] @property {number[]} [dash]
 * @property {number} [rank] of its trace in the panel @property {string} label
 * @property {boolean} [steps] pixels are drawn as steps where there is room
 * @typedef {{xs: ArrayLike<number>, ys: ArrayLike<number>, errors: ArrayLike<number>, colour: Colour}} Band
 * @typedef {{from: number, to: number, colour: Colour, alpha: number}} Shade
 * @typedef {object} Scene
 * @property {[number, number]} whole all wavelengths there are
 * @property {[number, number]} x range in view @property {[number, number]} y
 * @property {boolean} fixed y was set by the reader
 * @property {Shade[]} shades @property {Band[]} bands @property {Curve[]} curves
 * @property {(import("../numbers/lines.js").Mark & {colour: Colour})[]} marks
 * @property {{low: number, high: number, ends: [number, number] | null}[]} measures
 * @property {string} title the arm @property {string} across @property {string} up titles of the axes
 */
import { spread } from "../numbers/lines.js";
import { lowerBound } from "../numbers/pixels.js";

/** Height of the labels of lines above a panel. */
export const LABELS = 82;
const GAP = 13;
const LETTERS = 11;

/** Curves of the legend: one of each look, in the order of the traces. @param {Scene[]} scenes @returns {Curve[]} */
export function legendOf(scenes) {
  const curves = scenes.flatMap((scene) => scene.curves.toSorted((a, b) => (a.rank ?? 0) - (b.rank ?? 0)));
  const alike = (/** @type {Curve} */ a, /** @type {Curve} */ b) =>
    a.label === b.label && a.colour === b.colour && !a.dash === !b.dash;
  return curves.filter((a, i) => curves.findIndex((b) => alike(a, b)) === i);
}

/** @param {Box} box @param {[number, number]} x @param {[number, number]} y */
export function places(box, [x0, x1], [y0, y1]) {
  return {
    x: (/** @type {number} */ value) => box.x + ((value - x0) / (x1 - x0)) * box.width,
    y: (/** @type {number} */ value) => box.y + box.height - ((value - y0) / (y1 - y0)) * box.height,
  };
}

/** @param {import("./pen.js").Pen} pen @param {Box} box @param {Scene} scene @param {Inks} inks */
export function paintUnder(pen, box, scene, inks) {
  const at = places(box, scene.x, scene.y);
  pen.clip(box.x, box.y, box.width, box.height, () => {
    for (const { from, to, colour, alpha } of scene.shades) {
      const [left, right] = [at.x(from), at.x(to)];
      if (right < box.x || left > box.x + box.width) continue;
      // A single pixel must be visible on a whole spectrum too.
      pen.rect(left, box.y, Math.max(right - left, 1), box.height, { colour: inks[colour], alpha });
    }
    for (const { x, to, colour } of scene.marks) {
      if (to === null || to < scene.x[0] || x > scene.x[1]) continue;
      pen.rect(at.x(x), box.y, at.x(to) - at.x(x), box.height, { colour: inks[colour], alpha: 0.1 });
    }
  });
}

/** @param {import("./pen.js").Pen} pen @param {Box} box @param {Scene} scene @param {Inks} inks */
export function paintOver(pen, box, scene, inks) {
  const at = places(box, scene.x, scene.y);
  pen.clip(box.x, box.y, box.width, box.height, () => {
    for (const band of scene.bands) paintBand(pen, band, scene.x, box.width, at, inks);
    for (const curve of scene.curves) {
      const { colour, width = 1, alpha = 1, dash } = curve;
      pen.path((way) => follow(way, curve, scene.x, box.width, at), {
        colour: inks[colour],
        width,
        alpha,
        dash,
      });
    }
    for (const { low, high, ends } of scene.measures) {
      pen.rect(at.x(low), box.y, at.x(high) - at.x(low), box.height, { colour: inks.accent, alpha: 0.13 });
      if (!ends) continue;
      pen.path(
        (way) => {
          way.moveTo(at.x(low), at.y(ends[0]));
          way.lineTo(at.x(high), at.y(ends[1]));
        },
        { colour: inks.accent, width: 1.5, dash: [5, 3] },
      );
    }
  });
  paintMarks(pen, box, scene, at, inks);
}

/** The pixels in view, and one to either side. @param {ArrayLike<number>} xs @param {[number, number]} x */
function inView(xs, [low, high]) {
  return [Math.max(0, lowerBound(xs, low) - 1), Math.min(xs.length, lowerBound(xs, high) + 1)];
}

/**
 * Draw a curve. Where several pixels share one of the screen, from the lowest to the highest of them.
 * @param {import("./pen.js").Way} way @param {Curve} curve @param {[number, number]} x @param {number} width
 * @param {ReturnType<typeof places>} at
 */
function follow(way, { xs, ys, steps }, x, width, at) {
  const [first, last] = inView(xs, x);
  if (last - first > 3 * width) return followDense(way, xs, ys, first, last, at);
  const stepped = steps && last - first < width / 3;
  let open = false;
  for (let i = first; i < last; i++) {
    const y = at.y(ys[i]);
    if (!Number.isFinite(y)) {
      open = false;
      continue;
    }
    if (stepped) {
      const left = at.x(i > 0 ? (xs[i - 1] + xs[i]) / 2 : xs[i]);
      const right = at.x(i + 1 < xs.length ? (xs[i] + xs[i + 1]) / 2 : xs[i]);
      if (open) way.lineTo(left, y);
      else way.moveTo(left, y);
      way.lineTo(right, y);
    } else if (open) way.lineTo(at.x(xs[i]), y);
    else way.moveTo(at.x(xs[i]), y);
    open = true;
  }
}

/**
 * @param {import("./pen.js").Way} way @param {ArrayLike<number>} xs @param {ArrayLike<number>} ys
 * @param {number} first @param {number} last @param {ReturnType<typeof places>} at
 */
function followDense(way, xs, ys, first, last, at) {
  let open = false;
  for (let i = first; i < last;) {
    const column = Math.floor(at.x(xs[i]));
    let [low, high, end] = [Infinity, -Infinity, NaN];
    const enter = ys[i];
    for (; i < last && Math.floor(at.x(xs[i])) === column; i++) {
      if (Number.isNaN(ys[i])) continue;
      low = Math.min(low, ys[i]);
      high = Math.max(high, ys[i]);
      end = ys[i];
    }
    if (!Number.isFinite(low) || !Number.isFinite(high)) {
      open = false;
      continue;
    }
    const start = at.y(Number.isFinite(enter) ? enter : low);
    if (open) way.lineTo(column + 0.5, start);
    else way.moveTo(column + 0.5, start);
    way.lineTo(column + 0.5, at.y(low));
    way.lineTo(column + 0.5, at.y(high));
    way.lineTo(column + 0.5, at.y(end));
    open = true;
  }
}

/**
 * @param {import("./pen.js").Pen} pen @param {Band} band @param {[number, number]} x @param {number} width
 * @param {ReturnType<typeof places>} at @param {Inks} inks
 */
function paintBand(pen, band, x, width, at, inks) {
  const [first, last] = inView(band.xs, x);
  const how = last - first > width ? columns : outline;
  const draw = (/** @type {import("./pen.js").Way} */ way) => how(way, band, first, last, at);
  pen.path(draw, { colour: inks[band.colour], alpha: 0.22, fill: true });
}

/**
 * Around the pixels, along the upper edge and back along the lower one.
 * @param {import("./pen.js").Way} way @param {Band} band @param {number} first @param {number} last
 * @param {ReturnType<typeof places>} at
 */
function outline(way, { xs, ys, errors }, first, last, at) {
  for (let i = first; i < last;) {
    if (!Number.isFinite(ys[i] + errors[i])) {
      i++;
      continue;
    }
    const start = i;
    for (; i < last && Number.isFinite(ys[i] + errors[i]); i++) {
      const upper = at.y(ys[i] + errors[i]);
      if (i === start) way.moveTo(at.x(xs[i]), upper);
      else way.lineTo(at.x(xs[i]), upper);
    }
    for (let j = i - 1; j >= start; j--) way.lineTo(at.x(xs[j]), at.y(ys[j] - errors[j]));
  }
}

/**
 * A box for each column of the screen: browsers would take a second to fill thousands of steep edges.
 * @param {import("./pen.js").Way} way @param {Band} band @param {number} first @param {number} last
 * @param {ReturnType<typeof places>} at
 */
function columns(way, { xs, ys, errors }, first, last, at) {
  for (let i = first; i < last;) {
    const column = Math.floor(at.x(xs[i]));
    let [low, high] = [Infinity, -Infinity];
    for (; i < last && Math.floor(at.x(xs[i])) === column; i++) {
      if (!Number.isFinite(ys[i] + errors[i])) continue;
      low = Math.min(low, ys[i] - errors[i]);
      high = Math.max(high, ys[i] + errors[i]);
    }
    if (low > high) continue;
    const [top, bottom] = [at.y(high), at.y(low)];
    way.moveTo(column, top);
    way.lineTo(column + 1, top);
    way.lineTo(column + 1, bottom);
    way.lineTo(column, bottom);
  }
}

/**
 * @param {import("./pen.js").Pen} pen @param {Box} box @param {Scene} scene @param {ReturnType<typeof places>} at @param {Inks} inks
 */
function paintMarks(pen, box, scene, at, inks) {
  const middle = ({ x = 0, to = /** @type {number | null} */ (null) }) =>
    to === null ? x : (Math.max(x, scene.x[0]) + Math.min(to, scene.x[1])) / 2;
  const seen = scene.marks
    .filter(({ x, to }) => (to ?? x) >= scene.x[0] && x <= scene.x[1])
    .sort((a, b) => middle(a) - middle(b));
  const labels = seen.map((mark) => ({ at: at.x(middle(mark)), weight: mark.weight }));
  const found = spread(labels, GAP, box.x + 4, box.x + box.width - 4);
  seen.forEach(({ to, name, colour }, i) => {
    const [x, label] = [labels[i].at, found[i]];
    const style = { colour: inks[colour], width: 1, alpha: 0.75 };
    if (to === null)
      pen.path(
        (way) => {
          way.moveTo(x, box.y);
          way.lineTo(x, box.y + box.height);
        },
        { ...style, alpha: 0.45, dash: [2, 3] },
      );
    if (label === null) return;
    pen.path((way) => {
      way.moveTo(x, box.y);
      way.lineTo(x, box.y - 3);
      way.lineTo(label, box.y - 12);
      way.lineTo(label, box.y - 15);
    }, style);
    pen.text(label, box.y - 18, shorten(name, LETTERS), { colour: inks[colour], size: 11, turned: true });
  });
}

/** @param {string} name @param {number} letters */
function shorten(name, letters) {
  const all = [...name];
  return all.length > letters ? `${all.slice(0, letters - 1).join("")}…` : name;
}
