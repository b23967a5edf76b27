/** A computed curve as CSV: how it was computed in lines that begin with `#`, then a row for each pixel. */
import { csvHead, csvRows } from "../../results/export/csv.js";

/**
 * @param {import("./combined.js").What} what @param {import("./combined.js").Result} result
 * @param {{release: string, cite: string, date: string, spectra: string[]}} about spectra: those that were used
 */
export function combinedCsv(what, { curves, about: said }, { release, cite, date, spectra }) {
  const masks = [...new Set(curves.flatMap((curve) => Object.keys(curve.masks)))];
  const value = what === "coadd" ? "flux" : what;
  const head = [
    ["release", release],
    ["spectra", spectra.join(", ")],
    ...said.map((text) => ["computed", text]),
    ["units", "wavelength [Angstrom], in vacuum"],
    ["cite", cite],
    ["date", date],
  ];
  const number = (/** @type {number | undefined} */ one) =>
    one === undefined || Number.isNaN(one) ? null : one;
  const rows = curves.flatMap(({ arm, xs, ys, variance, masks: own }) =>
    Array.from(xs, (x, i) => [
      x,
      number(ys[i]),
      number(variance ? Math.sqrt(variance[i]) : NaN),
      number(variance ? 1 / variance[i] : NaN),
      ...masks.map((name) => number(own[name]?.[i])),
      arm,
    ]),
  );
  const lines = head
    .filter(([, text]) => text !== "")
    .map(([name, text]) => `# ${name}: ${text}`.replace(/\p{Cc}+/gu, " ") + "\r\n");
  const names = ["wavelength", value, "error", "ivar", ...masks, "arm"];
  return lines.join("") + csvHead(names) + csvRows(rows, []);
}
