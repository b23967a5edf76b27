/** The spectra of an object over one another: content of the plot's panels. */
import { isGood, lowerBound, median, pixelsOf } from "../numbers/pixels.js";
import { Axis } from "../numbers/wavelengths.js";

/**
 * @typedef {import("../data/part.js").Spectrum} Spectrum
 * @typedef {import("../viewer/paint.js").Scene} Scene
 * @typedef {import("../viewer/paint.js").Colour} Colour
 * @typedef {[number, number]} Range
 * @typedef {{scaled: boolean, apart: boolean}} How scaled: to the median; apart: each above the previous one
 * @typedef {object} Curve a sum of one arm
 * @property {number} of index of its spectrum @property {string} arm @property {string} label @property {Colour} colour
 * @property {Float64Array} xs @property {Float64Array} ys @property {number} level its median
 * @property {Float64Array | null} variance @property {Record<string, Float64Array>} masks
 */

/** Å per unit of wavelength in files. */
const UNITS = /** @type {Record<string, number>} */ ({ nm: 10, um: 1e4, m: 1e10 });
const COLOURS = /** @type {Colour[]} */ (["chart-1", "chart-2", "chart-3", "chart-4", "chart-5", "chart-6"]);
/** As a share of the whole range: arms with a wider gap between them have panels of their own. */
const APART = 0.02;
/** Quantiles of the pixels in view, beyond which values are taken as glitches. */
const CLIP = 0.004;
/** A spectrum takes at most this many times the usual height. */
const NOISY = 3;

/** @param {number} index of a spectrum */
export const colourOf = (index) => COLOURS[index % COLOURS.length];

/**
 * The sums of some spectra, or the parts that there are where a spectrum has no sum.
 * @param {Spectrum[]} spectra @param {string[]} labels
 * @returns {Curve[]} wavelengths in vacuum, Å
 */
export function curvesOf(spectra, labels) {
  return spectra.flatMap(({ parts, facts, set }, of) => {
    const sums = parts.filter(({ kind }) => kind === "coadd");
    const medium = facts.vacuum === false ? "air" : "vacuum";
    const showing = /** @type {const} */ ({ medium: "vacuum", frame: "observed", unit: "A", z: 0 });
    const axis = new Axis(medium, showing, UNITS[set.about.wavelength_unit] ?? 1);
    return (sums.length ? sums : parts).map((part) => {
      const pixels = pixelsOf(part);
      const ys = pixels.flux.map((value, i) => (isGood(pixels, i) ? value : NaN));
      const level = Math.abs(median(ys.filter((value) => Number.isFinite(value)))) || 1;
      const xs = pixels.wavelength.map((value) => axis.show(value));
      const variance = pixels.error && pixels.error.map((error) => error ** 2);
      return {
        ...{ of, arm: part.arm, label: labels[of], colour: colourOf(of), xs, ys, level },
        ...{ variance, masks: pixels.masks },
      };
    });
  });
}

/**
 * Groups of curves for one panel each: those whose wavelengths touch.
 * @param {Curve[]} curves @returns {Curve[][]} from blue to red
 */
export function panelsOf(curves) {
  const seen = curves.filter(({ xs }) => xs.length > 0).sort((a, b) => a.xs[0] - b.xs[0]);
  const end = (/** @type {Curve} */ { xs }) => xs[xs.length - 1];
  const reach = Math.max(...seen.map(end)) - (seen[0]?.xs[0] ?? 0);
  /** @type {Curve[][]} */
  const panels = [];
  let last = -Infinity;
  for (const curve of seen) {
    if (curve.xs[0] - last > APART * reach) panels.push([]);
    panels[panels.length - 1].push(curve);
    last = Math.max(last, end(curve));
  }
  return panels;
}

/**
 * @param {Curve[]} curves of one panel @param {How} how @param {Range | null} view wavelengths, all where null
 * @param {Range | null} fixed fluxes in view, fitted where null
 * @param {{across: string, up: string}} titles
 * @param {number | null} [rest] a line at this flux, and bands of errors, for curves that are computed
 * @returns {Scene}
 */
export function sceneOf(curves, { scaled, apart }, view, fixed, { across, up }, rest = null) {
  const order = [...new Set(curves.map(({ of }) => of))].sort((a, b) => a - b);
  const own = curves.map(({ ys, level }) => (scaled ? ys.map((value) => value / level) : ys));
  const whole = /** @type {Range} */ ([
    Math.min(...curves.map(({ xs }) => xs[0])),
    Math.max(...curves.map(({ xs }) => xs[xs.length - 1])),
  ]);
  const x = view ?? whole;
  const found = curves.map(({ xs }, k) => rangeOf(xs, own[k], x));
  const usual = median(found.flatMap((range) => (range ? [range[1] - range[0]] : [])));
  // A noisy spectrum must not flatten the others.
  const ranges = found.map((range) => range && within(range, NOISY * usual));
  const step = apart && usual > 0 ? usual : 0;
  const shift = curves.map(({ of }) => step * (order.length - 1 - order.indexOf(of)));
  const lows = ranges.flatMap((range, k) => (range ? [range[0] + shift[k]] : []));
  const highs = ranges.flatMap((range, k) => (range ? [range[1] + shift[k]] : []));
  const [low, high] = lows.length ? [Math.min(...lows), Math.max(...highs)] : [0, 1];
  const room = (high - low || Math.abs(high) || 1) * 0.06;
  return {
    whole,
    x,
    y: fixed ?? [low - room, high + room],
    fixed: fixed !== null,
    ...{ shades: [], marks: [], measures: [] },
    bands: rest === null ? [] : curves.flatMap((curve) => bandOf(curve)),
    curves: [
      ...curves.map(({ xs, colour, label }, k) => ({
        xs,
        ys: shift[k] ? own[k].map((value) => value + shift[k]) : own[k],
        ...{ colour, label, width: 1.1, alpha: 0.9, steps: true },
      })),
      ...(rest === null ? [] : [lineAt(rest, whole)]),
    ],
    title: [...new Set(curves.map(({ arm }) => arm))].filter(Boolean).join(" "),
    ...{ across, up },
  };
}

/** @param {Curve} curve @returns {Scene["bands"]} */
function bandOf({ xs, ys, variance, colour }) {
  return variance ? [{ xs, ys, errors: variance.map(Math.sqrt), colour }] : [];
}

/** @param {number} level @param {Range} whole @returns {Scene["curves"][number]} */
const lineAt = (level, whole) => ({
  ...{ xs: whole, ys: [level, level], colour: "ink-soft", dash: [4, 4], label: "" },
});

/** The middle of a range, at most as wide as `most`. @param {Range} range @param {number} most @returns {Range} */
function within([low, high], most) {
  const middle = (low + high) / 2;
  return high - low > most ? [middle - most / 2, middle + most / 2] : [low, high];
}

/** The range that contains nearly all fluxes in view. @param {Float64Array} xs @param {Float64Array} ys @param {Range} x @returns {Range | null} */
function rangeOf(xs, ys, [first, last]) {
  const seen = ys.slice(lowerBound(xs, first), lowerBound(xs, last) + 1).filter((y) => Number.isFinite(y));
  if (!seen.length) return null;
  seen.sort();
  const cut = Math.floor(seen.length * CLIP);
  return [seen[cut], seen[seen.length - 1 - cut]];
}
