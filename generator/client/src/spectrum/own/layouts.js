/**
 * Spectra in FITS files of the reader's, recognized by their content: tables of pixels or of arrays, the images of DESI and
 * WEAVE, LAMOST's image of several rows, and images with wavelengths in the header.
 *
 * @typedef {import("./fits-file.js").Hdu} Hdu
 * @typedef {import("./fits-file.js").Column} Column
 * @typedef {import("../data/part.js").Part} Part
 * @typedef {object} Read
 * @property {Part[]} parts
 * @property {number} rows spectra in the file
 * @property {string} layout
 * @property {{name: string, value: string} | null} id
 * @property {Record<string, any>} facts
 * @property {string} wavelength_unit @property {string} flux_unit
 */
import { Refused } from "../../search/grammar.js";
import { t } from "../../shared/strings.js";
import { factsOf, idOf } from "./facts.js";
import { lamostImage, lines, weave } from "./images.js";
import { ARRAYS, UNITS } from "./names.js";
import { floats, newPart, take, unitOf } from "./parts.js";

/** Columns whose values distinguish rows that are one spectrum: the segments of COS, the orders of STIS. */
const PIECES = ["SEGMENT", "SPORDER", "ORDER"];
/** Columns with the number of pixels that are used of a cell. */
const USED = ["N_ALONGDISP", "NELEM"];
const SDSS = "1e-17 erg / (s cm2 Angstrom)";

/** @param {Hdu[]} hdus @param {number} [row] of the spectra in the file @returns {Promise<Read>} throws Refused */
export async function readSpectrum(hdus, row = 0) {
  const found =
    (await desi(hdus, row)) ??
    (await weave(hdus, row)) ??
    (await tables(hdus, row)) ??
    (await lamostImage(hdus)) ??
    (await lines(hdus, row));
  if (!found?.parts.length) throw new Refused(nothing(hdus));
  const { parts, about, rows, layout, units } = found;
  const facts = await factsOf(hdus, about);
  return { parts, rows, layout, id: await idOf(hdus, about), facts: { ...facts, layout }, ...units };
}

/** Why there is no spectrum. @param {Hdu[]} hdus */
function nothing(hdus) {
  if (hdus.some(({ isPacked }) => isPacked))
    return t("The images of this file are compressed by fpack: unpack it with funpack.");
  const names = hdus.map(({ name, columns }) =>
    columns.size ? `${name || "table"} (${[...columns.keys()].slice(0, 6).join(", ")})` : name,
  );
  return t("No spectrum was recognized in this file. It has: {names}.", {
    names: names.filter(Boolean).slice(0, 8).join("; ") || t("no extensions"),
  });
}

/** The column of an array, by its name or else by what the file says it is. @param {Hdu} hdu @param {string} array */
export function columnOf({ columns }, array) {
  for (const name of ARRAYS[array]) {
    const column = columns.get(name);
    if (column) return column;
  }
  const [utype, ucd] = MEANINGS[array] ?? [];
  if (!utype) return undefined;
  return [...columns.values()].find((one) => one.utype.endsWith(utype) || (!one.utype && ucd.test(one.ucd)));
}

const MEANINGS = /** @type {Record<string, [string, RegExp]>} */ ({
  wavelength: ["spectralaxis.value", /^em\.wl(;|$)/],
  flux: ["fluxaxis.value", /^phot\.flux\.density(;|$)/],
  error: ["fluxaxis.accuracy.staterror", /^stat\.error;phot\.flux/],
});

/** Whether a table has spectra. @param {Hdu} hdu */
const hasSpectra = (hdu) =>
  hdu.isTable &&
  hdu.rows > 0 &&
  columnOf(hdu, "flux") &&
  (columnOf(hdu, "wavelength") || columnOf(hdu, "loglam"));

/** @param {Column} column */
const isArray = ({ count, inner }) => count > 1 || inner !== "";

/** @param {Hdu[]} hdus @param {number} row */
async function tables(hdus, row) {
  const some = hdus.filter(hasSpectra);
  if (!some.length) return null;
  const [first] = some;
  const flux = /** @type {Column} */ (columnOf(first, "flux"));
  const sdss = Boolean(columnOf(first, "loglam") && first.columns.has("IVAR") && !isArray(flux));
  const units = {
    wavelength_unit: tableUnit(first),
    flux_unit: flux.unit || (sdss ? SDSS : ""),
  };
  const piece = PIECES.find((name) => first.columns.has(name));
  if (isArray(flux) && first.rows > 1 && !piece) {
    // Each row is a spectrum.
    const part = await tablePart(first, row, "");
    return { parts: [part], rows: first.rows, layout: "table", units, about: [{ hdu: first, row }] };
  }
  /** @type {Part[]} */
  const parts = [];
  for (const hdu of some) {
    const count = isArray(/** @type {Column} */ (columnOf(hdu, "flux"))) ? hdu.rows : 1;
    for (let k = 0; k < count; k++) {
      const arm = piece && hdu.columns.has(piece) ? await hdu.fact(piece, k) : "";
      const part = await tablePart(hdu, k, arm === null ? "" : String(arm));
      place(part, hdu, some, sdss);
      if (tableUnit(hdu) !== units.wavelength_unit) convert(part, tableUnit(hdu), units.wavelength_unit);
      parts.push(part);
    }
  }
  parts.sort((a, b) => order(a).localeCompare(order(b)));
  const second = sdss ? hdus.find(({ number, isTable, rows }) => number === 2 && isTable && rows) : undefined;
  const about = [...(second ? [{ hdu: second, row: 0 }] : []), { hdu: first, row: 0 }];
  return { parts, rows: 1, layout: layoutOf(hdus, first, sdss), units, about };
}

/** Sums before exposures, these by time. @param {Part} part */
const order = ({ kind, arm, exposure }) => (kind === "coadd" ? "0" : `1 ${exposure} ${arm}`);

/** Names as builds have them, so that the same masks are explained. @param {Hdu[]} hdus @param {Hdu} first @param {boolean} sdss */
function layoutOf([primary], first, sdss) {
  if (/^COADD_|^[A-Z]-\d/.test(first.name)) return "lamost-mrs";
  if (first.columns.has("ANDMASK")) return "lamost-lrs";
  return sdss
    ? "sdss-spec"
    : [primary.text("TELESCOP"), primary.text("INSTRUME"), "table"].filter(Boolean).join(" ");
}

/** @param {Hdu} hdu */
function tableUnit(hdu) {
  const column = columnOf(hdu, "wavelength");
  return column && !/^log/i.test(column.unit) ? unitOf(column.unit) : "Angstrom";
}

/** The metres of each unit. */
const METRES = /** @type {Record<string, number>} */ ({ Angstrom: 1e-10, nm: 1e-9, um: 1e-6, m: 1 });

/** @param {Part} part @param {string} from @param {string} to */
function convert(part, from, to) {
  part.wavelength = part.wavelength.map((w) => (w * METRES[from]) / METRES[to]);
  part.stored = part.wavelength;
  part.scale = "linear";
}

/** A part from a table: of all rows, or of the arrays in one. @param {Hdu} hdu @param {number} row @param {string} arm */
async function tablePart(hdu, row, arm) {
  const flux = /** @type {Column} */ (columnOf(hdu, "flux"));
  const arrays = isArray(flux);
  const read = (/** @type {Column} */ column) => (arrays ? hdu.cell(column, row) : hdu.column(column));
  const direct = columnOf(hdu, "wavelength");
  const column = /** @type {Column} */ (direct ?? columnOf(hdu, "loglam"));
  const used = arrays ? await usedOf(hdu, row) : Infinity;
  const part = newPart({
    wavelength: floats(await read(column)).slice(0, used),
    flux: floats(await read(flux)).slice(0, used),
    log: !direct || /^log/i.test(column.unit),
    arm,
  });
  for (const name of Object.keys(ARRAYS)) {
    if (["wavelength", "loglam", "flux"].includes(name)) continue;
    const other = columnOf(hdu, name);
    if (!other || other === flux || other === column || (arrays && !isArray(other))) continue;
    take(part, name, (await read(other)).slice(0, used));
  }
  return part;
}

/** @param {Hdu} hdu @param {number} row */
async function usedOf(hdu, row) {
  for (const name of USED) {
    const count = hdu.columns.has(name) ? Number(await hdu.fact(name, row)) : 0;
    if (count > 0) return count;
  }
  return Infinity;
}

/** Arm and exposure of a part, from the name of its extension. @param {Part} part @param {Hdu} hdu @param {Hdu[]} all @param {boolean} sdss */
function place(part, hdu, all, sdss) {
  const [, arm] = /^COADD_([A-Z])$/.exec(hdu.name) ?? [];
  const [, lamost, when] = /^([A-Z])-(\d.*)$/.exec(hdu.name) ?? [];
  const [, camera, frame] = /^([BR])\d?-?(\d{8})/.exec(hdu.name) ?? [];
  if (arm) part.arm = arm;
  else if (sdss && hdu.number > 2) {
    Object.assign(part, {
      kind: "single",
      arm: camera ?? "",
      exposure: frame ?? hdu.name.replace(/^MJD_EXP_/, ""),
    });
  } else if (lamost) Object.assign(part, { kind: "single", arm: lamost, exposure: when });
  else if (all.length > 1 && hdu.name !== "COADD")
    part.arm = [hdu.text("SLTNAME") || hdu.name, hdu.numberOf("EXTVER"), part.arm].filter(Boolean).join(" ");
}

/** @param {Hdu[]} hdus @param {number} row */
async function desi(hdus, row) {
  const named = new Map(hdus.map((hdu) => [hdu.name, hdu]));
  const fibermap = named.get("FIBERMAP");
  const arms = ["B", "R", "Z", "BRZ"].filter(
    (arm) => named.has(`${arm}_WAVELENGTH`) && named.has(`${arm}_FLUX`),
  );
  if (!fibermap?.isTable || !arms.length) return null;
  const image = (/** @type {string} */ name) => /** @type {Hdu} */ (named.get(name));
  const exposure = await fibermap.fact("EXPID", row);
  const parts = [];
  for (const arm of arms) {
    const part = newPart({
      wavelength: floats(await image(`${arm}_WAVELENGTH`).line()),
      flux: floats(await image(`${arm}_FLUX`).line(row)),
      arm,
    });
    if (exposure !== null) Object.assign(part, { kind: "single", exposure: String(exposure) });
    for (const name of ["ivar", "model", "mask"]) {
      const hdu = named.get(`${arm}_${name.toUpperCase()}`);
      if (hdu?.shape.length) take(part, name, await hdu.line(row));
    }
    parts.push(part);
  }
  const units = {
    wavelength_unit: UNITS[image(`${arms[0]}_WAVELENGTH`).text("BUNIT").toLowerCase()] ?? "Angstrom",
    flux_unit: SDSS,
  };
  return { parts, rows: fibermap.rows, layout: "desi-coadd", units, about: [{ hdu: fibermap, row }] };
}
