/** The order of an object's spectra. */

/**
 * @typedef {import("./find-object.js").Whole["spectra"][number] & {summary: import("./spectrum-summary.js").Summary}} Listed
 */

/** By date, and within a day by id. @param {Listed[]} spectra */
export function byDate(spectra) {
  const text = (/** @type {Listed} */ { set, spectrum }) =>
    `${set.name} ${String(spectrum.id).padStart(20, "0")}`;
  return spectra.toSorted((a, b) => a.summary.day - b.summary.day || (text(a) < text(b) ? -1 : 1));
}
