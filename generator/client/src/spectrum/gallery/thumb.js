/** A small picture of a spectrum: its data, and how it is drawn. */
import { curvesOf, panelsOf } from "../object/overlay.js";
import { summarize } from "../object/spectrum-summary.js";
import { lowerBound } from "../numbers/pixels.js";
import { tickText, ticks } from "../numbers/ticks.js";
import { canvasPen } from "../viewer/pen.js";

/**
 * @typedef {import("../data/part.js").Spectrum} Spectrum
 * @typedef {import("../viewer/ink.js").Inks} Inks
 * @typedef {object} Pane one arm, or all of a spectrum without a gap
 * @property {[number, number]} x wavelengths, Å, vacuum @property {[number, number]} y
 * @property {Float32Array} low of each column of the picture, NaN: nothing @property {Float32Array} high
 * @typedef {{panes: Pane[], words: string}} Thumb
 */

/** Columns of data that are kept: enough for a small picture on a high-resolution screen. */
export const COLUMNS = 320;
/** Quantiles of the columns below and above which nothing is drawn. */
const CLIP = 0.01;
const GAP = 6;

/** @param {Spectrum} spectrum @param {number} [columns] @returns {Thumb} */
export function thumbOf(spectrum, columns = COLUMNS) {
  const { kind, snr } = summarize(spectrum, null, {});
  const groups = panelsOf(curvesOf([spectrum], [""]));
  const width = Math.max(1, Math.floor(columns / (groups.length || 1)));
  const panes = groups.map((curves) => {
    const first = Math.min(...curves.map(({ xs }) => xs[0]));
    const last = Math.max(...curves.map(({ xs }) => xs[xs.length - 1]));
    const low = new Float32Array(width).fill(NaN);
    const high = new Float32Array(width).fill(NaN);
    for (const { xs, ys } of curves) {
      for (let i = lowerBound(xs, first); i < xs.length; i++) {
        const k = Math.min(width - 1, Math.floor(((xs[i] - first) / (last - first || 1)) * width));
        if (!Number.isFinite(ys[i])) continue;
        if (!(low[k] <= ys[i])) low[k] = ys[i];
        if (!(high[k] >= ys[i])) high[k] = ys[i];
      }
    }
    return { x: /** @type {[number, number]} */ ([first, last]), y: rangeOf(low, high), low, high };
  });
  return { panes, words: [kind, snr].filter(Boolean).join(" · ") };
}

/** @param {Float32Array} low @param {Float32Array} high @returns {[number, number]} */
function rangeOf(low, high) {
  const [down, up] = [low, high].map((values) => values.filter((value) => Number.isFinite(value)).sort());
  if (!down.length) return [0, 1];
  const cut = Math.floor(down.length * CLIP);
  const [bottom, top] = [down[cut], up[up.length - 1 - cut]];
  const room = (top - bottom || Math.abs(top) || 1) * 0.08;
  return [bottom - room, top + room];
}

/**
 * @param {CanvasRenderingContext2D} context @param {{width: number, height: number, scale: number}} size scale: of letters and lines
 * @param {Thumb} thumb @param {Inks} inks @param {string} [title] above it, for a picture that stands alone
 */
export function drawThumb(context, { width, height, scale }, thumb, inks, title = "") {
  const pen = canvasPen(context);
  pen.rect(0, 0, width, height, { colour: inks.surface });
  const letters = 10 * scale;
  const [top, foot] = [title ? letters * 2.6 : 2 * scale, letters * 1.6];
  const room = width / (thumb.panes.length || 1);
  if (title) pen.text(letters, letters * 1.3, title, { colour: inks.ink, size: letters * 1.25 });
  thumb.panes.forEach(({ x, y, low, high }, k) => {
    const box = {
      x: room * k + (k ? (GAP * scale) / 2 : 0),
      y: top,
      width: room - GAP * scale,
      height: height - top - foot,
    };
    if (!k) box.x += (GAP * scale) / 2;
    const at = (/** @type {number} */ value) => box.y + box.height * (1 - (value - y[0]) / (y[1] - y[0]));
    const { at: marks, step } = ticks(x[0], x[1], Math.max(3, box.width / (letters * 6)));
    for (const mark of marks) {
      const place = box.x + ((mark - x[0]) / (x[1] - x[0] || 1)) * box.width;
      pen.rect(place, box.y, scale / 2, box.height, { colour: inks["chart-grid"] });
      const text = tickText(mark, step);
      const half = (text.length * letters) / 3.4;
      if (place - half > box.x && place + half < box.x + box.width)
        pen.text(place, height - foot / 2, text, {
          colour: inks["ink-soft"],
          size: letters,
          anchor: "middle",
        });
    }
    pen.clip(box.x, box.y, box.width, box.height, () =>
      pen.path((way) => follow(way, low, high, box, at), { colour: inks["chart-1"], width: scale }),
    );
    if (k) pen.rect(room * k, box.y, scale, box.height, { colour: inks.line });
  });
}

/**
 * Draw the range of each column, down and up.
 * @param {import("../viewer/pen.js").Way} way @param {Float32Array} low @param {Float32Array} high
 * @param {{x: number, width: number}} box @param {(value: number) => number} at
 */
function follow(way, low, high, box, at) {
  let open = false;
  for (let k = 0; k < low.length; k++) {
    if (Number.isNaN(low[k])) {
      open = false;
      continue;
    }
    const x = box.x + ((k + 0.5) / low.length) * box.width;
    const ends = k % 2 ? [high[k], low[k]] : [low[k], high[k]];
    for (const end of ends) {
      if (open) way.lineTo(x, at(end));
      else way.moveTo(x, at(end));
      open = true;
    }
  }
}
