/** Information on a spectrum beyond its pixels: the header's facts, and its rows in the catalogues. */
import { complete, indexed, rowsById } from "../catalogue/rows.js";
import { openFiles } from "../catalogue/files.js";
import { format } from "../shared/value-text.js";
import { t } from "../shared/strings.js";
import { flatFacts } from "./export/pixel-columns.js";
import { C } from "./numbers/wavelengths.js";

/** @typedef {import("../catalogue/rows.js").Row} Row */

/** Columns whose values are shown next to a catalogue's name. */
const FIRST = [
  ...["class", "subclass", "snrg", "snrr", "teff", "logg", "feh"],
  ...["z", "rv", "rv_br1", "rv_b1", "rv_r1"],
];
/** Columns of redshifts, and of velocities from which one follows. */
const REDSHIFTS = ["redshift", "z", "zbest"];
const VELOCITIES = ["rv", "rv_br1", "rv_b1", "rv_br0", "rv_b0", "rv_r1", "rv_r0", "vrad"];
/** A row more than this many arcsec from the spectrum's own position belongs to another object. */
const ELSEWHERE = 30;

/** Readable names of facts; others are shown under their own names. @returns {Record<string, string>} */
const labels = () => ({
  ra: t("RA (deg)"),
  dec: t("Dec (deg)"),
  designation: t("Designation"),
  class: t("Class"),
  subclass: t("Subclass"),
  z: t("Redshift"),
  z_err: t("Error of the redshift"),
  snr: t("Signal to noise"),
  date: t("Date"),
  mjd: "MJD",
  lmjd: "LMJD",
  lmjm: "LMJM",
  release: t("Release"),
  simulated: t("simulated"),
  plan: t("Plan"),
  spectrograph: t("Spectrograph"),
  fibre: t("Fibre"),
  exptime: t("Exposure time (s)"),
  file: t("File"),
  layout: t("Layout"),
  vacuum: t("Wavelengths in vacuum"),
});

/** @param {Row} row @param {string[]} names @returns {any} the value of the first of these columns that has one */
export function valueOf({ values, columns }, names) {
  for (const name of names) {
    const value = values.get(name);
    const missing = columns.find((column) => column.name === name)?.missing ?? [];
    if (value !== null && value !== undefined && !missing.some((one) => String(one) === String(value)))
      return value;
  }
  return null;
}

/**
 * The redshift in a catalogue's row, or null. `z` with a unit is a coordinate or a magnitude, and a column with
 * the UCD of something else is no redshift either.
 * @param {Row} row
 */
export function redshiftOf(row) {
  const pure = new Set(
    row.columns
      .filter(({ unit, ucd }) => !unit && (!ucd || /^src\.redshift/i.test(ucd)))
      .map(({ name }) => name),
  );
  const z = valueOf(
    row,
    REDSHIFTS.filter((name) => pure.has(name)),
  );
  if (typeof z === "number" && isRedshift(z)) return z;
  const rv = valueOf(row, VELOCITIES);
  return typeof rv === "number" && Math.abs(rv) < 5000 ? rv / C : null;
}

/** @param {unknown} z @returns {z is number} */
export const isRedshift = (z) => typeof z === "number" && Number.isFinite(z) && z > -0.99 && z < 30;

/**
 * The rows that the catalogues of the release have of a spectrum, catalogue by catalogue, with the columns that are shown at first. One that
 * cannot be read is reported and skipped. A row elsewhere on the sky has the same number by chance, and is left out.
 * @param {any} page @param {string} column @param {import("./data/set.js").Spectrum} spectrum
 * @param {{signal: AbortSignal, onRows: (rows: Row[]) => void, onProblem: (message: string) => void}} options
 */
export async function findRows(page, column, { id, facts }, { signal, onRows, onProblem }) {
  const { ra, dec } = facts;
  const placed = typeof ra === "number" && typeof dec === "number";
  const near = placed ? { ra, dec, radius: ELSEWHERE } : undefined;
  await Promise.all(
    page.catalogues.map(async (/** @type {{name: string}} */ { name }) => {
      try {
        const { meta } = await openFiles(name, page);
        const wanted = indexed(meta).find((one) => one.toLowerCase() === column.toLowerCase());
        if (!wanted) return;
        const columns = firstColumns(meta, facts);
        const rows = await rowsById(page, name, wanted, [id], { signal, near, columns });
        if (rows.length && !signal.aborted) onRows(rows);
      } catch (error) {
        if (!signal.aborted) onProblem(/** @type {Error} */ (error).message);
      }
    }),
  );
}

/**
 * Columns that are read before the reader opens the facts of a catalogue: its id, the most important values that the header does not
 * have, and what the page must know of the spectrum.
 * @param {import("../catalogue/rows.js").CatalogueMeta} meta
 * @param {Record<string, any>} facts of the header
 */
function firstColumns(meta, facts) {
  const known = new Set(Object.keys(facts).flatMap((name) => (name === "snr" ? ["snrg", "snrr"] : [name])));
  const needed = isRedshift(facts.z) ? [] : [...REDSHIFTS, ...VELOCITIES];
  const names = [...FIRST.filter((name) => !known.has(name)), ...needed, ...(facts.class ? [] : ["class"])];
  return meta.columns.map(({ name }) => name).filter((name) => name === meta.id || names.includes(name));
}

/** @param {string} name @param {string} value @param {{unit?: string, about?: string}} [more] */
function fact(name, value, { unit = "", about = "" } = {}) {
  const [pair, dt, dd] = ["div", "dt", "dd"].map((tag) => document.createElement(tag));
  dt.textContent = name;
  if (about) dt.title = about;
  dd.textContent = unit ? `${value} ${unit}` : value;
  pair.append(dt, dd);
  return pair;
}

/** @param {string} title @param {HTMLElement[]} pairs @param {boolean} open @param {string} [note] */
function group(title, pairs, open, note = "") {
  const details = document.createElement("details");
  details.className = "field-group";
  details.open = open;
  const summary = document.createElement("summary");
  const words = document.createElement("span");
  words.className = "row-title";
  words.textContent = title;
  summary.append(words);
  if (note) {
    const hint = document.createElement("span");
    hint.className = "hint";
    hint.textContent = note;
    summary.append(hint);
  }
  const list = document.createElement("dl");
  list.className = "fact-list group-body";
  list.append(...pairs);
  details.append(summary, list);
  return details;
}

/** @param {Record<string, any>} facts */
export function headerFacts(facts) {
  const names = labels();
  const pairs = flatFacts(facts).map(([name, value]) => {
    const [, band] = /^snr_(.+)$/.exec(name) ?? [];
    const label = names[name] ?? (band ? `${names.snr} ${band}` : name);
    return fact(label, typeof value === "boolean" ? (value ? t("yes") : t("no")) : format(value));
  });
  return group(t("From the header"), pairs, true);
}

/** The most important values, from the first row that has each. @param {Row[]} rows */
function note(rows) {
  return FIRST.flatMap((name) => {
    const row = rows.find((one) => valueOf(one, [name]) !== null);
    const unit = row?.columns.find((column) => column.name === name)?.unit ?? "";
    return row ? [`${name} ${format(row.values.get(name))}${unit ? ` ${unit}` : ""}`] : [];
  }).join(" · ");
}

/**
 * The facts of a catalogue, closed; the columns that are not there yet are read when it is opened.
 * @param {Row[]} rows of one catalogue @param {string} title of it @param {AbortSignal} signal
 */
export function rowFacts(rows, title, signal) {
  const count = rows.length > 1 ? t("{n} rows", { n: rows.length }) : "";
  const details = group(title, [], false, [count, note(rows)].filter(Boolean).join(" · "));
  const fill = async () => {
    if (!details.open) return;
    details.removeEventListener("toggle", fill);
    /** @type {Element} */
    let content;
    try {
      await complete(rows, { signal });
      content = rows.length > 1 ? tableOf(rows, title) : listOf(rows[0]);
    } catch (error) {
      if (signal.aborted) return;
      content = document.createElement("p");
      content.className = "error-text";
      content.textContent = /** @type {Error} */ (error).message;
      details.addEventListener("toggle", fill);
    }
    details.lastChild?.replaceWith(content);
  };
  details.addEventListener("toggle", fill);
  return details;
}

/** The values of a row, without those that are missing. @param {Row} row */
function listOf(row) {
  const list = document.createElement("dl");
  list.className = "fact-list group-body";
  for (const { name, unit, description } of row.columns)
    if (valueOf(row, [name]) !== null)
      list.append(fact(name, format(row.values.get(name)), { unit: unit ?? "", about: description ?? "" }));
  return list;
}

/** A line for each column in which any row has a value. @param {Row[]} rows @param {string} title */
function tableOf(rows, title) {
  const table = document.createElement("table");
  table.className = "table row-table";
  for (const { name, unit, description } of rows[0].columns) {
    if (rows.every((row) => valueOf(row, [name]) === null)) continue;
    const line = table.insertRow();
    const head = document.createElement("th");
    head.setAttribute("scope", "row");
    head.textContent = unit ? `${name} (${unit})` : name;
    head.title = description ?? "";
    line.append(head);
    for (const row of rows) line.insertCell().textContent = format(row.values.get(name));
  }
  const scroll = document.createElement("div");
  scroll.className = "table-scroll";
  scroll.tabIndex = 0;
  scroll.setAttribute("role", "region");
  scroll.setAttribute("aria-label", title);
  scroll.append(table);
  return scroll;
}
