/**
 * A continuum by a robust running fit: at positions half a window apart a straight line is fitted to the pixels of the window,
 * near pixels with the highest weight; a cubic joins these positions. Pixels far below (absorption lines) or above
 * (emission lines, cosmic rays) are left out, and the fit is repeated until nothing changes.
 *
 * @typedef {object} Fit
 * @property {number} window in the file's unit of wavelength
 * @property {number} low clipping below the continuum, in standard deviations
 * @property {number} high clipping above it
 */
import { isGood, lowerBound, median } from "./pixels.js";

/** @type {Fit} */
export const USUAL = { window: 300, low: 1.5, high: 3 };
const ROUNDS = 12;
/** The standard deviation of a normal distribution, in units of its median absolute deviation. */
const SIGMA = 1.4826;

/**
 * @param {import("./pixels.js").Pixels} pixels @param {Fit} fit
 * @returns {Float64Array} all NaN where there are too few pixels
 */
export function fitContinuum(pixels, { window, low, high }) {
  const { wavelength, flux } = pixels;
  const n = flux.length;
  const used = Uint8Array.from(flux, (_, i) => Number(isGood(pixels, i)));
  let continuum = new Float64Array(n).fill(NaN);
  if (n < 3) return continuum;
  const span = wavelength[n - 1] - wavelength[0];
  const knots = Math.max(2, Math.min(2000, Math.round((2 * span) / window) + 1));
  const places = Float64Array.from({ length: knots }, (_, k) => wavelength[0] + (span * k) / (knots - 1));
  for (let round = 0; round < ROUNDS; round++) {
    const lines = Array.from(places, (place) =>
      lineAt(wavelength, flux, used, place, Math.max(window, span / (knots - 1))),
    );
    continuum = joined(wavelength, places, lines);
    if (!clip(pixels, continuum, window, low, high, used)) break;
  }
  return continuum;
}

/**
 * The straight line through the used pixels around a position: its value there and its slope.
 * @param {Float64Array} xs @param {Float64Array} ys @param {Uint8Array} used @param {number} at @param {number} window
 * @returns {[number, number]}
 */
function lineAt(xs, ys, used, at, window) {
  // Where clipping or bad pixels leave too few, the window is widened.
  for (let half = window / 2; ; half *= 2) {
    let [s, sx, sxx, sy, sxy, count] = [0, 0, 0, 0, 0, 0];
    const end = lowerBound(xs, at + half);
    for (let i = lowerBound(xs, at - half); i < end; i++) {
      if (!used[i]) continue;
      const d = (xs[i] - at) / half;
      const w = (1 - Math.abs(d) ** 3) ** 3;
      s += w;
      sx += w * d;
      sxx += w * d * d;
      sy += w * ys[i];
      sxy += w * d * ys[i];
      count++;
    }
    const det = s * sxx - sx * sx;
    if (count >= 8 && det > 1e-9 * s * s) {
      return [(sxx * sy - sx * sxy) / det, (s * sxy - sx * sy) / det / half];
    }
    if (half > xs[xs.length - 1] - xs[0]) return count ? [sy / s, 0] : [NaN, 0];
  }
}

/**
 * Cubic Hermite pieces through values and slopes.
 * @param {Float64Array} xs @param {Float64Array} places equidistant @param {[number, number][]} lines value and slope at each
 */
function joined(xs, places, lines) {
  const step = places[1] - places[0];
  return xs.map((x) => {
    const k = Math.min(places.length - 2, Math.max(0, Math.floor((x - places[0]) / step)));
    const [[a, rise], [b, fall]] = [lines[k], lines[k + 1]];
    const t = (x - places[k]) / step;
    const u = 1 - t;
    return (
      a * (1 + 2 * t) * u * u + rise * step * t * u * u + b * t * t * (3 - 2 * t) - fall * step * t * t * u
    );
  });
}

/**
 * Exclude or include pixels by their distance from the continuum in units of the local scatter.
 * @param {import("./pixels.js").Pixels} pixels @param {Float64Array} continuum @param {number} window
 * @param {number} low @param {number} high @param {Uint8Array} used @returns {boolean} whether any changed
 */
function clip(pixels, continuum, window, low, high, used) {
  const { wavelength, flux } = pixels;
  const n = flux.length;
  let changed = false;
  // The scatter changes along a spectrum: it is computed in blocks of one window each.
  for (let from = 0; from < n;) {
    const to = Math.max(from + 1, Math.min(n, lowerBound(wavelength, wavelength[from] + window)));
    const rest = [];
    for (let i = from; i < to; i++) if (used[i]) rest.push(Math.abs(flux[i] - continuum[i]));
    const sigma = SIGMA * median(rest);
    for (let i = from; i < to; i++) {
      const d = flux[i] - continuum[i];
      const keep = Number(isGood(pixels, i) && d >= -low * sigma && d <= high * sigma);
      if (rest.length < 8 || !(sigma > 0) || keep === used[i]) continue;
      used[i] = keep;
      changed = true;
    }
    from = to;
  }
  return changed;
}
