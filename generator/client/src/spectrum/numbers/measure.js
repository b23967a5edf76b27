/**
 * Measurements between two limits: equivalent width, flux, centroid, a Gaussian, signal to noise. The continuum is the straight
 * line through the flux at the limits; integrals are by the trapezoidal rule over the pixels and the two limits. Errors
 * follow from those of the pixels to first order, including those of the continuum's ends.
 *
 * @typedef {{value: number, error: number | null}} Measured error: null where the file has none
 * @typedef {object} Measurement
 * @property {number} low @property {number} high
 * @property {[number, number]} ends flux of the continuum at them
 * @property {number} pixels used
 * @property {Measured} width equivalent width, positive in absorption
 * @property {Measured} flux of the line: above the continuum
 * @property {Measured} total integral of the flux
 * @property {Measured | null} centroid
 * @property {{centre: Measured, fwhm: Measured, height: number} | null} gaussian null where none fits
 * @property {number | null} snr median of flux by error
 */
import { isGood, lowerBound, median } from "./pixels.js";

/** Full width at half maximum, in standard deviations. */
export const FWHM = 2 * Math.sqrt(2 * Math.LN2);

/**
 * @param {import("./pixels.js").Pixels} pixels @param {number} low @param {number} high limits, in the unit of the wavelengths
 * @returns {Measurement | null} null where fewer than three pixels with a value are between them
 */
export function measure(pixels, low, high) {
  const range = new Range(pixels, low, high);
  const { inside, xs, ys, es, ends } = range;
  if (inside.length < 3) return null;
  const width = range.sum(
    (y, c) => 1 - y / c,
    (_, c) => -1 / c,
    (y, c) => y / c ** 2,
  );
  const flux = range.sum(
    (y, c) => y - c,
    () => 1,
    () => -1,
  );
  const total = range.sum(
    (y) => y,
    () => 1,
    () => 0,
  );
  const moment = range.sum(
    (y, c, x) => x * (y - c),
    (_, __, x) => x,
    (_, __, x) => -x,
  );
  const centre = moment.value / flux.value;
  const slopes = moment.slopes.map((slope, i) => (slope - centre * flux.slopes[i]) / flux.value);
  return {
    low,
    high,
    ends: [ends[0], ends[1]],
    pixels: inside.length,
    width: range.measured(width),
    flux: range.measured(flux),
    total: range.measured(total),
    centroid: centre > low && centre < high ? range.measured({ value: centre, slopes }) : null,
    gaussian: fitGaussian(
      inside.map((i) => xs[i]),
      inside.map((i) => ys[i] - range.continuum(xs[i])),
      pixels.error ? inside.map((i) => es[i]) : null,
    ),
    snr: pixels.error ? median(inside.map((i) => ys[i] / es[i])) : null,
  };
}

/** @typedef {{value: number, slopes: Float64Array}} Sum over pixels, and its derivatives with respect to the flux of each */
/** @typedef {(flux: number, continuum: number, wavelength: number) => number} Term */

/** The pixels used between two limits and around them, and the continuum through the flux at the limits. */
class Range {
  /** @type {number[]} wavelengths */
  xs = [];
  /** @type {number[]} fluxes */
  ys = [];
  /** @type {number[]} errors, 0 where the file has none */
  es = [];

  /** @param {import("./pixels.js").Pixels} pixels @param {number} low @param {number} high */
  constructor(pixels, low, high) {
    const { xs, ys, es } = this;
    this.low = low;
    this.high = high;
    this.hasErrors = Boolean(pixels.error);
    const from = Math.max(0, lowerBound(pixels.wavelength, low) - 1);
    for (let i = from; i < pixels.flux.length && (i === from || pixels.wavelength[i - 1] < high); i++) {
      if (!isGood(pixels, i)) continue;
      xs.push(pixels.wavelength[i]);
      ys.push(pixels.flux[i]);
      es.push(pixels.error ? pixels.error[i] : 0);
    }
    this.inside = xs.map((_, i) => i).filter((i) => xs[i] >= low && xs[i] <= high);
    this.shares = this.inside.length ? [endAt(xs, low), endAt(xs, high)] : [];
    this.ends = this.shares.map((end) => end.reduce((sum, [i, share]) => sum + share * ys[i], 0));
    // The integral is a weighted sum; at the limits themselves the flux is the continuum.
    this.points = [low, ...this.inside.map((i) => xs[i]), high];
    const { points } = this;
    this.steps = points.map((_, k) => ((points[k + 1] ?? high) - (points[k - 1] ?? low)) / 2);
  }

  /** @param {number} x */
  continuum(x) {
    const { low, high, ends } = this;
    return (ends[0] * (high - x) + ends[1] * (x - low)) / (high - low);
  }

  /**
   * A sum over the pixels and its error from the derivatives with respect to each pixel's flux.
   * @param {Term} term @param {Term} byFlux @param {Term} byContinuum
   * @returns {Sum}
   */
  sum(term, byFlux, byContinuum) {
    const { low, high, xs, ys, inside, points, steps, shares } = this;
    const slopes = new Float64Array(xs.length);
    let value = 0;
    points.forEach((x, k) => {
      const limit = k === 0 || k === points.length - 1;
      const c = this.continuum(x);
      const y = limit ? c : ys[inside[k - 1]];
      value += steps[k] * term(y, c, x);
      const t = (x - low) / (high - low);
      const bend = steps[k] * byContinuum(y, c, x) + (limit ? steps[k] * byFlux(y, c, x) : 0);
      if (!limit) slopes[inside[k - 1]] += steps[k] * byFlux(y, c, x);
      for (const [i, share] of shares[0]) slopes[i] += bend * (1 - t) * share;
      for (const [i, share] of shares[1]) slopes[i] += bend * t * share;
    });
    return { value, slopes };
  }

  /** @param {Sum} sum @returns {Measured} */
  measured({ value, slopes }) {
    const variance = () => slopes.reduce((all, slope, i) => all + (slope * this.es[i]) ** 2, 0);
    return { value, error: this.hasErrors ? Math.sqrt(variance()) : null };
  }
}

/** The pixels from which the flux at a limit is interpolated, with their weights. @param {number[]} xs @param {number} x @returns {[number, number][]} */
function endAt(xs, x) {
  const i = lowerBound(xs, x);
  if (i === 0 || xs[i] === x) return [[i, 1]];
  if (i === xs.length) return [[i - 1, 1]];
  const share = (x - xs[i - 1]) / (xs[i] - xs[i - 1]);
  return [
    [i - 1, 1 - share],
    [i, share],
  ];
}

/**
 * Fit height, centre and width of a Gaussian by weighted least squares (Levenberg and Marquardt).
 * @param {number[]} xs @param {number[]} ys @param {number[] | null} es
 * @returns {Measurement["gaussian"]}
 */
export function fitGaussian(xs, ys, es) {
  const peak = ys.reduce((best, y, i) => (Math.abs(y) > Math.abs(ys[best]) ? i : best), 0);
  const span = xs[xs.length - 1] - xs[0];
  if (xs.length < 4 || !(span > 0)) return null;
  const middle = xs[peak];
  // Wavelengths are relative to the peak and in units of the range, so that all three parameters are of similar size.
  let best = [ys[peak], 0, 1 / 6];
  const us = xs.map((x) => (x - middle) / span);
  const weights = es ? es.map((e) => 1 / e ** 2) : us.map(() => 1);
  const look = (/** @type {number[]} */ numbers) => normalEquations(us, ys, weights, numbers);
  let now = look(best);
  let damping = 1e-3;
  for (let round = 0; round < 200 && damping < 1e12; round++) {
    const damped = now.matrix.map((row, j) => row.map((v, k) => (j === k ? v * (1 + damping) : v)));
    const step = solve(damped, now.right);
    const next = step && best.map((v, j) => v + step[j]);
    if (!next || next[2] === 0) {
      damping *= 10;
      continue;
    }
    const small = next.every((v, j) => Math.abs(v - best[j]) <= 1e-10 * (Math.abs(v) + 1e-3));
    const found = look(next);
    if (found.chi <= now.chi) [best, now, damping] = [next, found, Math.max(damping / 10, 1e-12)];
    else damping *= 10;
    if (small) break;
  }
  const [height, m, s] = best;
  const columns = [0, 1, 2].map((k) =>
    solve(
      now.matrix,
      Float64Array.from([0, 1, 2], (j) => Number(j === k)),
    ),
  );
  const fits = m > -1 && m < 1 && xs[0] < middle + m * span && middle + m * span < xs[xs.length - 1];
  if (!fits || Math.abs(s) > 1 || columns.some((c) => !c)) return null;
  const error = (/** @type {1 | 2} */ j) => {
    const variance = /** @type {Float64Array} */ (columns[j])[j];
    return es && variance > 0 ? Math.sqrt(variance) * span : null;
  };
  const spread = error(2);
  return {
    height,
    centre: { value: middle + m * span, error: error(1) },
    fwhm: { value: FWHM * Math.abs(s) * span, error: spread === null ? null : FWHM * spread },
  };
}

/**
 * The normal equations of the next step of the fit.
 * @param {number[]} us @param {number[]} ys @param {number[]} weights @param {number[]} numbers height, centre, width
 */
function normalEquations(us, ys, weights, [h, m, s]) {
  const matrix = [new Float64Array(3), new Float64Array(3), new Float64Array(3)];
  const right = new Float64Array(3);
  let chi = 0;
  us.forEach((u, i) => {
    const d = (u - m) / s;
    const g = Math.exp((-d * d) / 2);
    const slopes = [g, (h * g * d) / s, (h * g * d * d) / s];
    const rest = ys[i] - h * g;
    chi += weights[i] * rest * rest;
    for (let j = 0; j < 3; j++) {
      right[j] += weights[i] * slopes[j] * rest;
      for (let k = 0; k < 3; k++) matrix[j][k] += weights[i] * slopes[j] * slopes[k];
    }
  });
  return { matrix, right, chi };
}

/** Solve three linear equations. @param {ArrayLike<number>[]} matrix @param {ArrayLike<number>} right @returns {Float64Array | null} */
function solve(matrix, right) {
  const rows = matrix.map((row, j) => [...Array.from(row), right[j]]);
  for (let j = 0; j < 3; j++) {
    const pivot = [0, 1, 2]
      .filter((k) => k >= j)
      .sort((k, l) => Math.abs(rows[l][j]) - Math.abs(rows[k][j]))[0];
    [rows[j], rows[pivot]] = [rows[pivot], rows[j]];
    if (!(Math.abs(rows[j][j]) > 0)) return null;
    for (let k = 0; k < 3; k++) {
      if (k === j) continue;
      const share = rows[k][j] / rows[j][j];
      for (let l = j; l < 4; l++) rows[k][l] -= share * rows[j][l];
    }
  }
  const found = Float64Array.from(rows, (row, j) => row[3] / row[j]);
  return found.every(Number.isFinite) ? found : null;
}
