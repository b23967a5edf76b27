/** Parts of a spectrum from the arrays of a file. */
import { Refused } from "../../search/grammar.js";
import { t } from "../../shared/strings.js";
import { UNITS } from "./names.js";

/**
 * @typedef {import("./fits-file.js").Numbers} Numbers
 * @typedef {import("../data/part.js").Part} Part
 */

/**
 * @param {{wavelength: Float32Array | Float64Array, flux: Float32Array | Float64Array, log?: boolean, arm?: string}} arrays
 * @returns {Part} throws Refused
 */
export function newPart({ wavelength: stored, flux, log = false, arm = "" }) {
  if (!flux.length) throw new Refused(t("The spectrum has no pixels."));
  if (stored.length !== flux.length)
    throw new Refused(
      t("The numbers of fluxes ({n}) and of wavelengths ({m}) differ.", { n: flux.length, m: stored.length }),
    );
  return {
    arm,
    kind: "coadd",
    exposure: "",
    wavelength: log ? Float64Array.from(stored, (v) => 10 ** v) : Float64Array.from(stored),
    stored,
    flux,
    values: {},
    masks: {},
    scale: log ? "log10" : "linear",
    facts: {},
  };
}

/** Numbers as floats, in the precision of the file. @param {Numbers} array */
export function floats(array) {
  if (array instanceof Float32Array || array instanceof Float64Array) return array;
  return array instanceof Int32Array ? Float64Array.from(array) : Float64Array.from(array, Number);
}

/** Numbers as bits; null if they are not whole. @param {Numbers} array */
export function bits(array) {
  if (array instanceof Int32Array || array instanceof BigInt64Array) return array;
  const whole = array.every((v) => Number.isSafeInteger(v));
  if (!whole) return null;
  const small = array.every((v) => Math.abs(v) < 2 ** 31);
  return small ? Int32Array.from(array) : BigInt64Array.from(Array.from(array, BigInt));
}

/** The unit of wavelengths by the name that the viewer knows. @param {string} text @returns {string} throws Refused */
export function unitOf(text) {
  const unit = UNITS[text.trim().toLowerCase()];
  if (!unit)
    throw new Refused(t("Its wavelengths are in {unit}, which this page does not know.", { unit: text }));
  return unit;
}

/** Add an array to a part, if it has a value for each pixel. @param {Part} part @param {string} name @param {Numbers} array */
export function take(part, name, array) {
  if (array.length !== part.flux.length) return;
  if (name.endsWith("mask")) {
    const made = bits(array);
    if (made) part.masks[name] = made;
  } else if (name === "variance") {
    part.values.error ??= Float64Array.from(floats(array), Math.sqrt);
  } else part.values[name] = floats(array);
}
