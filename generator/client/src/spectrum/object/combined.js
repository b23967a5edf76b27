/** Curves computed from those of an object's spectra: the difference or the ratio of two, the weighted mean of all that are shown. */
import { coadd, compare, pairsOf, stacksOf } from "../numbers/combine.js";
import { median } from "../numbers/pixels.js";
import { numberText } from "../numbers/ticks.js";
import { t } from "../../shared/strings.js";

/** Least signal to noise of what is compared at first. */
const CLEAR = 3;

/**
 * @typedef {import("./overlay.js").Curve} Curve
 * @typedef {"spectra" | "difference" | "ratio" | "coadd"} What
 * @typedef {object} Result
 * @property {(Curve & {pixel: number})[]} curves
 * @property {string[]} about how they were computed, a sentence each
 */

/** @param {Curve} curve divided by its median */
function scaledOf(curve) {
  const { ys, variance, level } = curve;
  return {
    ...curve,
    ys: ys.map((value) => value / level),
    variance: variance && variance.map((value) => value / level ** 2),
  };
}

/** @param {Curve[]} curves @param {number} of a spectrum @param {boolean} scaled */
const ownOf = (curves, of, scaled) =>
  curves
    .filter((curve) => curve.of === of && curve.xs.length > 1)
    .map((one) => (scaled ? scaledOf(one) : one));

/** Whether a spectrum is more than noise: its median is several times the usual error. @param {Curve} curve */
function isClear({ variance, level }) {
  const known = variance?.filter((value) => value > 0);
  return !known?.length || level > CLEAR * Math.sqrt(median(known));
}

/**
 * The two spectra that are compared at first: of those that are more than noise, the farthest from one another in the list that
 * have an arm in common.
 * @param {Curve[]} curves @param {number} count of spectra @returns {[number, number] | null} the later one first
 */
export function firstPair(curves, count) {
  for (const usable of [curves.filter(isClear), curves]) {
    for (let apart = count - 1; apart > 0; apart--) {
      for (let of = 0; of + apart < count; of++) {
        const two = [of + apart, of].map((one) => ownOf(usable, one, false));
        if (pairsOf(two[0], two[1]).some(([a, b]) => a.arm === b.arm)) return [of + apart, of];
      }
    }
  }
  return count > 1 ? [count - 1, 0] : null;
}

/**
 * @param {Curve[]} curves @param {"difference" | "ratio"} what @param {[number, number]} pair @param {string[]} labels @param {boolean} scaled
 * @returns {Result}
 */
export function compared(curves, what, [one, other], labels, scaled) {
  const pairs = pairsOf(ownOf(curves, one, scaled), ownOf(curves, other, scaled));
  const sign = what === "ratio" ? "/" : "−";
  const label = `${labels[one]} ${sign} ${labels[other]}`;
  const found = pairs.map((pair, k) => {
    const combined = compare(...pair, what);
    return { combined, curve: curveOf(combined, label, k) };
  });
  if (!found.length) return { curves: [], about: [t("These two spectra have no wavelengths in common.")] };
  const about = [
    `${label}.`,
    gridText(found.map(({ combined }) => combined)),
    t("Pixels without weight in either spectrum are left out, the bits of masks are joined."),
    found.every(({ combined }) => combined.variance)
      ? t("The band is the standard deviation from the errors of both.")
      : t("One of them has no errors, so the result has none."),
  ];
  return { curves: found.map(({ curve }) => curve), about: [...about, ...scaleText(scaled)] };
}

/** @param {Curve[]} curves those shown @param {boolean} scaled @returns {Result} */
export function summed(curves, scaled) {
  const usable = curves.filter(({ xs }) => xs.length > 1).map((one) => (scaled ? scaledOf(one) : one));
  const stacks = stacksOf(usable);
  if (!stacks.length) return { curves: [], about: [t("No two of the spectra shown have an arm in common.")] };
  const sums = stacks.map((stack) => ({ stack, sum: coadd(stack) }));
  const found = sums.map(({ stack, sum }, k) => {
    const { size } = new Set(sum.of.map((at) => stack[at].of));
    return { size, stack, sum, curve: curveOf(sum, t("Co-added"), k) };
  });
  const counts = found.map(({ size, sum }) => [sum.arm, size].filter((word) => word !== "").join(" "));
  const without = found.reduce((all, { stack, sum }) => all + stack.length - sum.of.length, 0);
  const about = [
    t("Spectra in the sum: {counts}.", { counts: counts.join(", ") }),
    found.every(({ sum }) => sum.weighted)
      ? t("Each pixel is the mean weighted by inverse variances; pixels without weight are left out.")
      : t("Each pixel is the mean with equal weights: there are no errors."),
    gridText(found.map(({ sum }) => sum)),
    t("Spectra are not shifted by their velocities."),
    ...(without ? [t("Spectra without errors are left out.")] : []),
  ];
  return { curves: found.map(({ curve }) => curve), about: [...about, ...scaleText(scaled)] };
}

/** @param {import("../numbers/combine.js").Combined} combined @param {string} label @param {number} k @returns {Curve & {pixel: number}} */
function curveOf({ arm, xs, ys, variance, masks, pixel }, label, k) {
  const colour = /** @type {const} */ (["chart-1", "chart-2", "chart-3"])[k % 3];
  return { of: 0, arm, label, colour, xs, ys, level: 1, variance, masks, pixel };
}

/** @param {import("../numbers/combine.js").Combined[]} all */
function gridText(all) {
  const widths = all.map(({ arm, pixel }) => `${arm ? `${arm} ` : ""}${numberText(pixel, 3)} Å`).join(", ");
  return all.some(({ resampled }) => resampled)
    ? t("On the coarser grid ({widths} per pixel), to which the other spectra are resampled by overlap.", {
        widths,
      })
    : t("All have the same pixels ({widths}): nothing is resampled.", { widths });
}

/** @param {boolean} scaled */
const scaleText = (scaled) =>
  scaled ? [t("Each spectrum is divided by its median first.")] : [t("Fluxes are those of the files.")];
