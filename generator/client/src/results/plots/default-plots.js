/**
 * Which plots the columns of a result ask for: the Hertzsprung–Russell (Kiel) diagram of stars with the axes the way round that
 * astronomers draw it, redshifts of galaxies and quasars by class, the sky for the rest.
 *
 * @typedef {import("./plot-columns.js").PlotColumn} PlotColumn
 * @typedef {import("./plot-state.js").PlotState} PlotState
 */
import { literal, quoteName } from "../../engine/quoting.js";
import { isMagnitude, measured, usable } from "./plot-columns.js";
import { axis } from "./plot-state.js";

/** @typedef {{ucd: RegExp, name: RegExp}} Sign */
const SIGNS = /** @type {Record<string, Sign>} */ ({
  temperature: { ucd: /^phys\.temperature\.effective\b/i, name: /^(teff|t_eff|effective_temperature)/i },
  gravity: { ucd: /^phys\.gravity\b/i, name: /^log_?g(?!\w*(mass|lum|age))/i },
  metallicity: { ucd: /^phys\.abund\.(fe|z)\b/i, name: /^(feh|fe_h|m_h|mh|metallicity)/i },
  redshift: { ucd: /^src\.redshift\b/i, name: /^(z|redshift|z_?spec|zsp|z_?best)$/i },
  kind: { ucd: /^src\.class\b|^src\.sptype\b/i, name: /^(class|spectype|objtype|otype)$/i },
});
/** What surveys call objects beyond the Galaxy. */
const FAR = ["GALAXY", "QSO", "AGN", "QUASAR"];

/** The best column for a quantity; errors and flags are none. @param {PlotColumn[]} columns @param {Sign} sign @param {PlotColumn["kind"]} kind */
function find(columns, { ucd, name }, kind) {
  const beside = (/** @type {string[]} */ names) => names.every((one) => columns.some((c) => c.name === one));
  const fit = columns.filter(
    (c) =>
      c.kind === kind &&
      c.read &&
      !/stat\.(error|fit|stdev|snr)|meta\.code/i.test(c.ucd ?? "") &&
      !/(_?(err|error|flag|unc))$/i.test(c.name),
  );
  // src.class.starGalaxy and the like are numbers or finer classes: the name alone is surer
  return (
    fit.find((c) => name.test(c.name) && ucd.test(c.ucd ?? "")) ??
    fit.find((c) => ucd.test(c.ucd ?? "")) ??
    // z beside r and i is a magnitude
    fit.find((c) => name.test(c.name) && !c.ucd && !isMagnitude(c) && !(c.name === "z" && beside(["r", "i"])))
  );
}

/**
 * SQL conditions on rows that decide between stars and galaxies: the share of the rows for which each is true.
 * @param {PlotColumn[]} columns @returns {{stars: string, far: string}} "" where no column tells
 */
export function questions(columns) {
  const temperature = find(columns, SIGNS.temperature, "number");
  const gravity = find(columns, SIGNS.gravity, "number");
  const kind = find(columns, SIGNS.kind, "category");
  return {
    stars: temperature && gravity ? `${usable(temperature)} AND ${usable(gravity)}` : "",
    far: kind ? `upper(${quoteName(kind.name)}::VARCHAR) IN (${FAR.map(literal).join(", ")})` : "",
  };
}

/**
 * Plots of the columns that were read, the most telling one first. The first is shown; the others are for the plots that readers add.
 * @param {PlotColumn[]} columns @param {boolean} sky there are positions
 * @param {{stars: number, far: number}} shares of the rows with the answers to the questions; NaN where no column tells
 * @returns {PlotState[]}
 */
export function suggestedPlots(columns, sky, shares) {
  const get = (/** @type {string} */ what, /** @type {PlotColumn["kind"]} */ kind = "number") =>
    find(columns, SIGNS[what], kind)?.name ?? "";
  const [temperature, gravity, redshift] = [get("temperature"), get("gravity"), get("redshift")];
  const base = { x: axis(""), y: axis(""), colour: "", frame: /** @type {const} */ ("equatorial") };
  const back = (/** @type {string} */ name) => ({ ...axis(name), reverse: true });
  /** @type {PlotState[]} */
  const found = [];
  const [stars, metallicity] = [shares.stars >= 0.5, get("metallicity")];
  if (stars)
    found.push({ ...base, kind: "scatter", x: back(temperature), y: back(gravity), colour: metallicity });
  const far = redshift && !(shares.far < 0.5) && !stars;
  /** @type {PlotState} */
  const redshifts = { ...base, kind: "histogram", x: axis(redshift), colour: get("kind", "category") };
  if (far) found.push(redshifts);
  if (sky) found.push({ ...base, kind: "sky" });
  if (stars && metallicity) found.push({ ...base, kind: "histogram", x: axis(metallicity) });
  const [first, second] = measured(columns).filter((c) => c.read);
  if (first && second) {
    const up = { ...axis(second.name), reverse: isMagnitude(second) };
    found.push({ ...base, kind: "scatter", x: axis(first.name), y: up });
  }
  if (redshift && !far) found.push(redshifts);
  if (first) found.push({ ...base, kind: "histogram", x: axis(first.name) });
  return found;
}
