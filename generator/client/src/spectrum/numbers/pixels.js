/**
 * Arrays of a part of a spectrum in ascending wavelengths, with the errors of the pixels.
 *
 * @typedef {import("../data/set.js").Part} Part
 * @typedef {object} Pixels
 * @property {Float64Array} wavelength as in the file, ascending
 * @property {Float64Array} flux
 * @property {Float64Array | null} error NaN where the file gives the pixel no weight; null where it has no errors
 * @property {Record<string, Float64Array>} values sky, model, normalized … those that there are
 * @property {Record<string, Float64Array>} masks bits as numbers: masks have fewer bits than doubles hold
 */

/** @param {Part} part @returns {Pixels} */
export function pixelsOf(part) {
  const n = part.flux.length;
  const down = n > 1 && part.wavelength[0] > part.wavelength[n - 1];
  const ordered = (/** @type {ArrayLike<number | bigint>} */ array) => {
    const out = new Float64Array(n);
    for (let i = 0; i < n; i++) out[i] = Number(array[down ? n - 1 - i : i]);
    return out;
  };
  const each = (/** @type {Record<string, ArrayLike<number | bigint>>} */ arrays) =>
    Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, ordered(array)]));
  const values = each(part.values);
  return {
    wavelength: ordered(part.wavelength),
    flux: ordered(part.flux),
    error: errors(values),
    values,
    masks: each(part.masks),
  };
}

/** @param {Record<string, Float64Array>} values */
function errors({ error, ivar }) {
  if (error) return error.map((e) => (e > 0 && e < Infinity ? e : NaN));
  return ivar ? ivar.map((v) => (v > 0 && v < Infinity ? 1 / Math.sqrt(v) : NaN)) : null;
}

/** Whether a pixel is used: it has a flux, and weight where there are weights. @param {Pixels} pixels @param {number} i */
export const isGood = ({ flux, error }, i) => Number.isFinite(flux[i]) && !(error && Number.isNaN(error[i]));

/**
 * The curve of the used pixels: a gap at every other pixel, whose value in the file may be a zero as well as a spike.
 * @param {Pixels} pixels @returns {Float64Array}
 */
export const counted = (pixels) => pixels.flux.map((value, i) => (isGood(pixels, i) ? value : NaN));

/**
 * The opposite: pixels with a flux but without weight, with their neighbours on either side, so that single ones are visible.
 * @param {Pixels} pixels @returns {Float64Array}
 */
export function uncounted(pixels) {
  const { flux } = pixels;
  const without = (/** @type {number} */ i) =>
    i >= 0 && i < flux.length && Number.isFinite(flux[i]) && !isGood(pixels, i);
  return flux.map((value, i) => (without(i - 1) || without(i) || without(i + 1) ? value : NaN));
}

/** The first index whose value is not below `value`, in an ascending array. @param {ArrayLike<number>} sorted @param {number} value */
export function lowerBound(sorted, value) {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** @param {number[] | Float64Array} values finite; sorted in place */
export function median(values) {
  if (!values.length) return NaN;
  values.sort(/** @type {any} */ ((/** @type {number} */ a, /** @type {number} */ b) => a - b));
  const middle = values.length >> 1;
  return values.length % 2 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

/** Linear interpolation; NaN outside. @param {Float64Array} xs ascending @param {Float64Array} ys @param {number} x */
export function interpolate(xs, ys, x) {
  const i = lowerBound(xs, x);
  if (xs[i] === x) return ys[i];
  if (i === 0 || i === xs.length) return NaN;
  const share = (x - xs[i - 1]) / (xs[i] - xs[i - 1]);
  return ys[i - 1] * (1 - share) + ys[i] * share;
}
