/**
 * Spectra combined on one grid: the difference and the ratio of two, the mean of several weighted by inverse variances.
 *
 * A spectrum on another grid is resampled: a pixel of the new grid has the mean of the pixels that it overlaps, weighted by the
 * overlap in wavelength. Variances follow from these weights, the bits of masks are joined. A new pixel has no value where
 * one of the pixels that it overlaps has no weight, or where they do not cover it.
 *
 * @typedef {object} Samples one arm of a spectrum
 * @property {string} arm
 * @property {Float64Array} xs wavelengths, ascending
 * @property {Float64Array} ys NaN in pixels that are not used
 * @property {Float64Array | null} variance null where the file has no errors
 * @property {Record<string, Float64Array>} masks bits as numbers
 *
 * @typedef {Samples & {resampled: boolean, pixel: number, weighted: boolean}} Combined
 *   resampled: whether one of the spectra was on another grid; pixel: the usual width of its pixels; weighted: by inverse variances
 */
import { lowerBound, median } from "./pixels.js";

/** Overlaps of less than this share of the smaller pixel come from the rounding of wavelengths. */
export const SLACK = 0.01;
/** Share of a pixel that must be covered. */
const COVERED = 1 - 2.5 * SLACK;
/** Widths of pixels that differ by less are alike. */
const ALIKE = 0.01;
const WORD = 2 ** 32;

/** The borders between pixels, one more than there are pixels. @param {Float64Array} xs at least two */
export function bordersOf(xs) {
  const n = xs.length;
  const borders = new Float64Array(n + 1);
  for (let i = 1; i < n; i++) borders[i] = (xs[i - 1] + xs[i]) / 2;
  borders[0] = xs[0] - (borders[1] - xs[0]);
  borders[n] = xs[n - 1] + (xs[n - 1] - borders[n - 1]);
  return borders;
}

/** All bits of two masks, each of up to 53. @param {number} a @param {number} b */
function joined(a, b) {
  const [one, other] = [a, b].map((value) => (value < 0 ? value + WORD : value));
  return ((one | other) >>> 0) + ((one / WORD) | 0 | ((other / WORD) | 0)) * WORD;
}

/** @param {Samples} source @param {Float64Array} xs ascending @returns {Samples} */
export function resample(source, xs) {
  if (alike(source.xs, xs)) return source;
  const empty = (/** @type {number} */ value) => new Float64Array(xs.length).fill(value);
  const ys = empty(NaN);
  const variance = source.variance && empty(NaN);
  const masks = Object.fromEntries(Object.keys(source.masks).map((name) => [name, empty(0)]));
  const out = { arm: source.arm, xs, ys, variance, masks };
  if (source.xs.length < 2 || xs.length < 2) return out;
  const [from, to] = [bordersOf(source.xs), bordersOf(xs)];
  let first = 0;
  for (let j = 0; j < xs.length; j++) {
    const [low, high] = [to[j], to[j + 1]];
    while (first < source.xs.length && from[first + 1] <= low) first++;
    let [covered, sum, squares] = [0, 0, 0];
    for (let i = first; i < source.xs.length && from[i] < high; i++) {
      const share = Math.min(high, from[i + 1]) - Math.max(low, from[i]);
      if (share < SLACK * Math.min(high - low, from[i + 1] - from[i])) continue;
      covered += share;
      sum += share * source.ys[i];
      if (source.variance) squares += share ** 2 * source.variance[i];
      for (const [name, mask] of Object.entries(source.masks))
        masks[name][j] = joined(masks[name][j], mask[i]);
    }
    if (covered < COVERED * (high - low)) continue;
    ys[j] = sum / covered;
    if (variance) variance[j] = squares / covered ** 2;
  }
  return out;
}

/** @param {Float64Array} one @param {Float64Array} other */
const alike = (one, other) =>
  one === other || (one.length === other.length && one.every((x, i) => x === other[i]));

/** The usual width of pixels between two wavelengths. @param {Float64Array} xs @param {number} low @param {number} high */
function pixelWidth(xs, low, high) {
  const [first, last] = [lowerBound(xs, low), lowerBound(xs, high)];
  const [from, to] = last - first > 1 ? [first, last] : [0, xs.length];
  return median(Array.from({ length: to - from - 1 }, (_, i) => xs[from + i + 1] - xs[from + i]));
}

/** The wavelengths that all of them have; empty where low >= high. @param {Samples[]} several */
const shared = (several) => ({
  low: Math.max(...several.map(({ xs }) => xs[0])),
  high: Math.min(...several.map(({ xs }) => xs[xs.length - 1])),
});

/** The one with the widest pixels, the first of those that are alike. @param {Samples[]} several */
function coarsest(several) {
  const { low, high } = shared(several);
  const widths = several.map(({ xs }) => pixelWidth(xs, low, high));
  const widest = Math.max(...widths);
  const at = widths.findIndex((width) => width >= widest * (1 - ALIKE));
  return { samples: several[at], pixel: widths[at] };
}

/**
 * Arms of two spectra that can be compared: those of the same name, otherwise all that overlap.
 * @template {Samples} T @param {T[]} one @param {T[]} other @returns {[T, T][]}
 */
export function pairsOf(one, other) {
  return one.flatMap((a) => {
    const near = other.filter((b) => {
      const { low, high } = shared([a, b]);
      return high > low;
    });
    const same = near.filter(({ arm }) => arm === a.arm);
    return (same.length ? same : near).map((b) => /** @type {[T, T]} */ ([a, b]));
  });
}

/**
 * @param {Samples} one @param {Samples} other that overlap @param {"difference" | "ratio"} how one - other, or one / other
 * @returns {Combined} where both have a value, on the coarser of the two grids
 */
export function compare(one, other, how) {
  const { low, high } = shared([one, other]);
  const { samples, pixel } = coarsest([one, other]);
  const xs = samples.xs.subarray(lowerBound(samples.xs, low), lowerBound(samples.xs, high * (1 + 1e-12)));
  const [a, b] = [one, other].map((own) => resample(own, xs));
  const ratio = how === "ratio";
  const ys = xs.map((_, i) => {
    const value = ratio ? a.ys[i] / b.ys[i] : a.ys[i] - b.ys[i];
    return Number.isFinite(value) ? value : NaN;
  });
  const [va, vb] = [a.variance, b.variance];
  const variance =
    va && vb
      ? xs.map((_, i) => {
          const sum = ratio ? va[i] / b.ys[i] ** 2 + (a.ys[i] ** 2 * vb[i]) / b.ys[i] ** 4 : va[i] + vb[i];
          return Number.isFinite(ys[i]) && Number.isFinite(sum) ? sum : NaN;
        })
      : null;
  const resampled = [one, other].some(({ xs: own }) => !isPart(own, xs));
  return {
    arm: one.arm || other.arm,
    xs,
    ys,
    variance,
    masks: joinMasks([a, b]),
    resampled,
    pixel,
    weighted: false,
  };
}

/** Whether the pixels of a grid are pixels of another one, but for rounding. @param {Float64Array} whole @param {Float64Array} part */
function isPart(whole, part) {
  if (part.length < 2) return true;
  const start = lowerBound(whole, part[0] - (part[1] - part[0]) / 2);
  return part.every((x, i) => Math.abs(whole[start + i] - x) < SLACK * (part[1] - part[0]));
}

/** @param {Samples[]} several on one grid @param {(k: number, i: number) => boolean} [counts] whether a pixel of one is used */
function joinMasks(several, counts = () => true) {
  /** @type {Record<string, Float64Array>} */
  const masks = {};
  several.forEach(({ xs, masks: own }, k) => {
    for (const [name, mask] of Object.entries(own)) {
      masks[name] ??= new Float64Array(xs.length);
      for (let i = 0; i < xs.length; i++) if (counts(k, i)) masks[name][i] = joined(masks[name][i], mask[i]);
    }
  });
  return masks;
}

/**
 * The mean of several spectra of one arm, weighted by inverse variances, on the coarsest of their grids. Pixels without weight are left out of
 * it, with the bits of their masks. Spectra without errors are left out; where none has errors, all weigh the same.
 * @param {Samples[]} several at least one @returns {Combined & {of: number[]}} of: places of those that were used
 */
export function coadd(several) {
  const weighted = several.some(({ variance }) => variance);
  const of = several.flatMap(({ variance }, k) => (variance || !weighted ? [k] : []));
  const used = of.map((k) => several[k]);
  const { samples, pixel } = coarsest(used);
  const { xs } = samples;
  const own = used.map((one) => resample(one, xs));
  const weight = (/** @type {number} */ k, /** @type {number} */ i) => {
    const { ys, variance } = own[k];
    const known = Number.isFinite(ys[i]) && (!variance || variance[i] > 0);
    return known ? 1 / (variance?.[i] ?? 1) : 0;
  };
  const total = xs.map((_, i) => own.reduce((sum, __, k) => sum + weight(k, i), 0));
  const ys = xs.map((_, i) => {
    const sum = own.reduce((all, one, k) => (weight(k, i) ? all + weight(k, i) * one.ys[i] : all), 0);
    return total[i] > 0 ? sum / total[i] : NaN;
  });
  const variance = weighted ? total.map((sum) => (sum > 0 ? 1 / sum : NaN)) : null;
  const masks = joinMasks(own, (k, i) => weight(k, i) > 0);
  const resampled = used.some((one) => one !== samples && !isNested(one.xs, xs));
  return { arm: samples.arm, xs, ys, variance, masks, resampled, pixel, weighted, of };
}

/** Whether two grids have the same pixels where they overlap. @param {Float64Array} one @param {Float64Array} other */
function isNested(one, other) {
  const [low, high] = [Math.max(one[0], other[0]), Math.min(one[one.length - 1], other[other.length - 1])];
  const seen = other.subarray(lowerBound(other, low), lowerBound(other, high));
  return isPart(one, seen);
}

/**
 * Arms of several spectra that can be summed: those of one name that overlap with the first of them, two or more.
 * @template {Samples & {of: number}} T of: number of its spectrum @param {T[]} all @returns {T[][]}
 */
export function stacksOf(all) {
  const arms = [...new Set(all.map(({ arm }) => arm))];
  return arms.flatMap((arm) => {
    const own = all.filter((one) => one.arm === arm);
    const near = own.filter((one) => {
      const { low, high } = shared([own[0], one]);
      return high > low;
    });
    return new Set(near.map(({ of }) => of)).size > 1 ? [near] : [];
  });
}
