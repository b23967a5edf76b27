/**
 * The observations of an object, by date: each row of a catalogue with its spectrum, and spectra without a row.
 *
 * @typedef {import("./find-object.js").Found} Found
 * @typedef {import("./find-object.js").Facts} Facts
 * @typedef {import("./spectra-order.js").Listed} Listed
 * @typedef {object} Observation
 * @property {string} id @property {string} catalogue "" where there is no row
 * @property {string} arm @property {import("./spectrum-summary.js").Summary} summary
 * @property {Found | null} found its row
 * @property {number | null} of place of its spectrum in the list, and in the plot
 * @property {Listed | null} spectrum of the row, or that another row with this id has
 * @property {boolean} listed in the table: there may be many rows
 */
import { summarize } from "./spectrum-summary.js";

/** Most rows listed of one catalogue; a search shows the others. */
export const MOST = 60;

/**
 * @param {Found[]} found rows, in the order of the catalogues @param {Listed[]} spectra by date
 * @param {Record<string, Facts>} objects @returns {Observation[]}
 */
export function observationsOf(found, spectra, objects) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  const few = new Set();
  for (const { row } of found) {
    counts.set(row.catalogue, (counts.get(row.catalogue) ?? 0) + 1);
    if (Number(counts.get(row.catalogue)) <= MOST) few.add(row);
  }
  const byRow = new Map(found.map((one) => [one.row, one]));
  const withSpectrum = new Set(spectra.map(({ row }) => row));
  const byId = new Map(spectra.map((one) => [`${one.set.id.toLowerCase()}\n${one.spectrum.id}`, one]));
  const seen = spectra.map((spectrum, of) => {
    const mine = (spectrum.row && byRow.get(spectrum.row)) ?? null;
    const catalogue = mine?.row.catalogue ?? "";
    const arm = (mine && armOf(mine)) ?? armsOf(spectrum);
    return {
      id: String(spectrum.spectrum.id),
      catalogue,
      arm,
      ...{ summary: spectrum.summary, found: mine, of, spectrum, listed: true },
    };
  });
  const others = found.flatMap((one) => {
    const { row } = one;
    if (withSpectrum.has(row)) return [];
    const roles = objects[row.catalogue]?.roles ?? {};
    const nothing = /** @type {any} */ ({ facts: {}, parts: [] });
    const id = String(row.values.get(roles.id ?? row.columns[0].name) ?? "");
    const ids = row.columns.map(({ name }) => byId.get(`${name.toLowerCase()}\n${row.values.get(name)}`));
    const spectrum = ids.find((own) => own) ?? null;
    const known = spectrum?.summary;
    const summary = summarize(nothing, row, roles);
    // The header of its spectrum says when a row was observed that does not.
    const dated =
      summary.day < Infinity || !known ? summary : { ...summary, day: known.day, date: known.date };
    return {
      id,
      catalogue: row.catalogue,
      arm: armOf(one) ?? "",
      ...{ summary: dated, found: one, of: null, spectrum, listed: few.has(row) },
    };
  });
  const order = Object.keys(objects);
  const rank = (/** @type {Observation} */ { catalogue }) =>
    catalogue ? order.indexOf(catalogue) : order.length;
  return [...seen, ...others].sort(
    (a, b) =>
      inOrder(a.summary.day, b.summary.day) ||
      compare(a.id, b.id) ||
      rank(a) - rank(b) ||
      compare(a.arm, b.arm),
  );
}

/** @param {number} a @param {number} b which may both be infinite */
const inOrder = (a, b) => (a === b ? 0 : a - b);

/** @param {string} a @param {string} b */
const compare = (a, b) => a.length - b.length || (a < b ? -1 : Number(a > b));

/** Of a row that is of one arm. @param {Found} found */
function armOf({ row }) {
  const column = row.columns.find(({ name }) => /^(band|arm|camera)$/i.test(name));
  const value = column && row.values.get(column.name);
  return typeof value === "string" && value && !column.missing.includes(value) ? value : null;
}

/** @param {Listed} spectrum */
function armsOf({ spectrum: { parts } }) {
  return [...new Set(parts.map(({ arm }) => arm))].filter(Boolean).sort().join(" ");
}
