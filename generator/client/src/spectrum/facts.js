/** Information on a spectrum beyond its pixels: the header's facts, and its rows in the catalogues. */
import { indexed, rowsById, separation } from "../catalogue/rows.js";
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
    ["redshift", "z", "zbest"].filter((name) => pure.has(name)),
  );
  if (typeof z === "number" && isRedshift(z)) return z;
  const rv = valueOf(row, ["rv", "rv_br1", "rv_b1", "rv_br0", "rv_b0", "rv_r1", "rv_r0", "vrad"]);
  return typeof rv === "number" && Math.abs(rv) < 5000 ? rv / C : null;
}

/** @param {unknown} z @returns {z is number} */
export const isRedshift = (z) => typeof z === "number" && Number.isFinite(z) && z > -0.99 && z < 30;

/**
 * The rows that the catalogues of the release have of a spectrum, catalogue by catalogue. One that cannot be read is reported and
 * skipped. A row elsewhere on the sky has the same number by chance, and is left out.
 * @param {any} page @param {string} column @param {import("./data/set.js").Spectrum} spectrum
 * @param {{signal: AbortSignal, onRows: (rows: Row[]) => void, onProblem: (message: string) => void}} options
 */
export async function findRows(page, column, { id, facts }, { signal, onRows, onProblem }) {
  await Promise.all(
    page.catalogues.map(async (/** @type {{name: string}} */ { name }) => {
      try {
        const { meta } = await openFiles(name, page);
        const wanted = indexed(meta).find((one) => one.toLowerCase() === column.toLowerCase());
        if (!wanted) return;
        const { ra, dec } = facts;
        const rows = (await rowsById(page, name, wanted, [id], { signal })).filter(({ values }) => {
          if (!meta.position || typeof ra !== "number" || typeof dec !== "number") return true;
          const place = [values.get(meta.position.ra), values.get(meta.position.dec)].map(Number);
          return !(separation(place[0], place[1], ra, dec) > ELSEWHERE);
        });
        if (rows.length && !signal.aborted) onRows(rows);
      } catch (error) {
        if (!signal.aborted) onProblem(/** @type {Error} */ (error).message);
      }
    }),
  );
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

/** @param {Row[]} rows of one catalogue @param {string} title of it */
export function rowFacts(rows, title) {
  const shown = rows[0].columns.filter(({ name }) => rows.some((row) => valueOf(row, [name]) !== null));
  const of = (/** @type {Row} */ row, /** @type {string} */ name) => format(row.values.get(name));
  if (rows.length === 1) {
    const [row] = rows;
    const pairs = shown.map(({ name, unit, description }) =>
      fact(name, of(row, name), { unit: unit ?? "", about: description ?? "" }),
    );
    return group(title, pairs, false, note(rows));
  }
  const table = document.createElement("table");
  table.className = "table row-table";
  for (const { name, unit, description } of shown) {
    const line = table.insertRow();
    const head = document.createElement("th");
    head.setAttribute("scope", "row");
    head.textContent = unit ? `${name} (${unit})` : name;
    head.title = description ?? "";
    line.append(head);
    for (const row of rows) line.insertCell().textContent = of(row, name);
  }
  const scroll = document.createElement("div");
  scroll.className = "table-scroll";
  scroll.tabIndex = 0;
  scroll.setAttribute("role", "region");
  scroll.setAttribute("aria-label", title);
  scroll.append(table);
  const count = t("{n} rows", { n: rows.length });
  const details = group(title, [], false, [count, note(rows)].filter(Boolean).join(" · "));
  details.lastChild?.replaceWith(scroll);
  return details;
}
