/**
 * Smoothing by a boxcar or a Gaussian, its width in pixels or in km/s. Pixels without a value or a weight contribute nothing to
 * their neighbours, and are filled from them.
 *
 * @typedef {object} Smoothing
 * @property {"boxcar" | "gaussian"} kind
 * @property {number} width full width of a boxcar, standard deviation of a Gaussian
 * @property {"px" | "km/s"} unit
 * @property {boolean} weighted by the inverse variance
 */
import { isGood } from "./pixels.js";
import { C } from "./wavelengths.js";

/** A Gaussian is truncated at this many standard deviations. */
const REACH = 5;
/** The widest smoothing, in pixels, and in km/s. */
export const WIDEST = { px: 1000, "km/s": 50_000 };

/**
 * @param {import("./pixels.js").Pixels} pixels @param {Smoothing} smoothing
 * @returns {{flux: Float64Array, error: Float64Array | null}} NaN where no pixel with a value is within reach
 */
export function smooth(pixels, { kind, width, unit, weighted }) {
  const { wavelength, flux, error } = pixels;
  const n = flux.length;
  const good = Uint8Array.from(flux, (_, i) => Number(isGood(pixels, i)));
  const place = unit === "px" ? Float64Array.from(flux, (_, i) => i) : velocities(wavelength);
  const reach = kind === "boxcar" ? width / 2 : width * REACH;
  // The kernel includes pixels whose middle is within it; an even boxcar has half a pixel at each end.
  const kernel =
    kind === "gaussian"
      ? (/** @type {number} */ d) => Math.exp(-((d / width) ** 2) / 2)
      : unit === "px"
        ? (/** @type {number} */ d) => Math.max(0, Math.min(1, reach + 0.5 - Math.abs(d)))
        : () => 1;
  const far = kind === "boxcar" && unit === "px" ? reach + 0.5 : reach;
  const share = unit === "px" ? null : widths(place);
  const out = new Float64Array(n).fill(NaN);
  const outError = error && new Float64Array(n).fill(NaN);
  let [first, last] = [0, 0];
  for (let i = 0; i < n; i++) {
    while (place[first] < place[i] - far) first++;
    while (last < n && place[last] <= place[i] + far) last++;
    let [sum, weight, variance] = [0, 0, 0];
    for (let j = first; j < last; j++) {
      if (!good[j]) continue;
      const size = share ? share[j] : 1;
      const k = (kernel(place[j] - place[i]) * size) / (weighted && error ? error[j] ** 2 : 1);
      sum += k * flux[j];
      weight += k;
      if (error) variance += (k * error[j]) ** 2;
    }
    if (!(weight > 0)) continue;
    out[i] = sum / weight;
    if (outError) outError[i] = Math.sqrt(variance) / weight;
  }
  return { flux: out, error: outError };
}

/** Widths of pixels: in km/s those of a linear grid differ. @param {Float64Array} places ascending */
function widths(places) {
  const last = places.length - 1;
  return places.map((_, i) => {
    const [before, after] = [Math.max(i - 1, 0), Math.min(i + 1, last)];
    return after > before ? (places[after] - places[before]) / (after - before) : 1;
  });
}

/** @param {Float64Array} wavelength */
function velocities(wavelength) {
  return wavelength.map((w) => C * Math.log(w));
}
