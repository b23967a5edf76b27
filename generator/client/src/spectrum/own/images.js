/** Spectra in the images of FITS files. */
import { Refused } from "../../search/grammar.js";
import { t } from "../../shared/strings.js";
import { ARRAYS } from "./names.js";
import { floats, newPart, take, unitOf } from "./parts.js";

/** @typedef {import("./fits-file.js").Hdu} Hdu */

const USUAL = ["flux", "ivar", "wavelength", "and_mask", "or_mask"];
/** Beginnings of the words with which EXTEN0 names the rows. */
const ROWS = /** @type {[string, string][]} */ ([
  ["flux", "flux"],
  ["inv", "ivar"],
  ["subcont", "subtracted"],
  ["contsub", "subtracted"],
  ["wave", "wavelength"],
  ["and", "and_mask"],
  ["or", "or_mask"],
  ["sky", "sky"],
]);
/** Axes that are no wavelengths. */
const OTHERS = /^(FREQ|ENER|WAVN|VRAD|VOPT|ZOPT|BETA|VELO|MULT)/;

/** LAMOST low resolution up to DR7: an image of three to nine rows. @param {Hdu[]} hdus */
export async function lamostImage(hdus) {
  const hdu = hdus.find(({ shape }) => shape.length > 0);
  if (hdu?.shape.length !== 2 || hdu.shape[1] < 3 || hdu.shape[1] > 9) return null;
  const words = ["TELESCOP", "DATA_V", "ORIGIN", "AUTHOR", "DESIG"].map((key) => hdu.text(key)).join(" ");
  if (!/LAMOST/i.test(words)) return null;
  const names = namesOf(hdu) ?? USUAL;
  /** @type {Record<string, Float32Array | Float64Array>} */
  const planes = {};
  for (let row = 0; row < Math.min(names.length, hdu.shape[1]); row++)
    planes[names[row]] = floats(await hdu.line(row));
  let { wavelength } = planes;
  // In the oldest files this row is the flux minus its continuum, whatever the header says.
  if (wavelength && !wavelength.every((w, i) => (i ? w > wavelength[i - 1] : w > 0))) {
    planes.subtracted ??= wavelength;
    wavelength = /** @type {any} */ (undefined);
  }
  const log = !wavelength;
  wavelength ??= coefficients(hdu, planes.flux.length);
  const part = newPart({ wavelength, flux: planes.flux, log });
  for (const name of ["ivar", "subtracted", "sky", "and_mask", "or_mask"])
    if (planes[name]) take(part, name, planes[name]);
  const units = { wavelength_unit: "Angstrom", flux_unit: "" };
  return { parts: [part], rows: 1, layout: "lamost-lrs-image", units, about: [{ hdu, row: 0 }] };
}

/** The names of the rows in EXTEN0, if it names each. @param {Hdu} hdu */
function namesOf(hdu) {
  const words =
    hdu
      .text("EXTEN0")
      .toLowerCase()
      .replace(/\b(variance|mask)\b/g, "")
      .match(/[a-z]+/g) ?? [];
  const names = words.map((word) => ROWS.find(([start]) => word.startsWith(start))?.[1] ?? word);
  const whole =
    names.length === hdu.shape[1] && new Set(names).size === names.length && names.includes("flux");
  return whole ? names : null;
}

/** @param {Hdu} hdu @param {number} pixels */
function coefficients(hdu, pixels) {
  const [start, step] = [hdu.numberOf("COEFF0"), hdu.numberOf("COEFF1")];
  if (start === null || !step) return wavelengths(hdu, pixels).values;
  return Float64Array.from({ length: pixels }, (_, i) => start + step * i);
}

/**
 * WEAVE: for each arm an image with a row for each fibre, and a table of fibres.
 * @param {Hdu[]} hdus @param {number} row
 */
export async function weave(hdus, row) {
  const named = new Map(hdus.map((hdu) => [hdu.name, hdu]));
  const arms = hdus.flatMap(({ name, shape }) =>
    shape.length ? (/^([A-Z]+)_DATA$/.exec(name)?.slice(1) ?? []) : [],
  );
  if (!arms.length) return null;
  const parts = [];
  for (const arm of arms) {
    const hdu = /** @type {Hdu} */ (named.get(`${arm}_DATA`));
    const { values, log } = wavelengths(hdu, hdu.shape[0]);
    const part = newPart({ wavelength: values, flux: floats(await hdu.line(row)), log, arm });
    const weights = named.get(`${arm}_IVAR`);
    if (weights?.shape.length) take(part, "ivar", await weights.line(row));
    parts.push(part);
  }
  const first = /** @type {Hdu} */ (named.get(`${arms[0]}_DATA`));
  const table = named.get("FIBTABLE");
  const units = { wavelength_unit: unitOf(first.text("CUNIT1")), flux_unit: first.text("BUNIT") };
  const about = [...(table?.isTable && table.rows > row ? [{ hdu: table, row }] : []), { hdu: first, row }];
  return { parts, rows: rowsOf(first), layout: "weave", units, about };
}

/** @param {Hdu} hdu */
const rowsOf = ({ shape, isLine }) => (isLine ? 1 : shape.slice(1).reduce((product, n) => product * n, 1));

/**
 * An image whose first axis is the wavelength, or a line of pixels with others beside it.
 * @param {Hdu[]} hdus @param {number} row
 */
export async function lines(hdus, row) {
  const images = hdus.filter(({ shape }) => shape.length > 0 && shape[0] > 1);
  const named = (/** @type {string} */ array) =>
    images.find(({ name }) => ARRAYS[array].includes(name.replace(/^FLUX_(?=IVAR|ERR)/, "")));
  const flux = named("flux") ?? images[0];
  if (!flux) return null;
  const own = named("wavelength") ?? named("loglam");
  const count = flux.isLine ? Math.max(...flux.shape) : flux.shape[0];
  const direct = own && own !== flux;
  const found = direct
    ? {
        values: floats(await own.line(own.isLine ? 0 : row)),
        log: own === named("loglam") || /^log/i.test(own.text("BUNIT")),
      }
    : wavelengths(flux, count);
  const part = newPart({ wavelength: found.values, flux: floats(await flux.line(row)), log: found.log });
  for (const name of Object.keys(ARRAYS)) {
    const other = ["wavelength", "loglam", "flux"].includes(name) ? undefined : named(name);
    if (other && other !== flux && other !== own && other.shape[0] === flux.shape[0])
      take(part, name, await other.line(row));
  }
  const unit = direct ? own.text("BUNIT") : flux.text("CUNIT1");
  const units = { wavelength_unit: found.log ? "Angstrom" : unitOf(unit), flux_unit: flux.text("BUNIT") };
  return { parts: [part], rows: rowsOf(flux), layout: "image", units, about: [{ hdu: flux, row }] };
}

/**
 * Wavelengths of the header: FITS world coordinates, and the variants of IRAF.
 * @param {Hdu} hdu @param {number} pixels @returns {{values: Float64Array, log: boolean}} throws Refused
 */
export function wavelengths(hdu, pixels) {
  const kind = hdu.text("CTYPE1").toUpperCase();
  const start = hdu.numberOf("CRVAL1");
  const step = hdu.numberOf("CD1_1") ?? (hdu.numberOf("CDELT1") ?? 0) * (hdu.numberOf("PC1_1") || 1);
  if (OTHERS.test(kind) || start === null || !step)
    throw new Refused(
      t("The image has no wavelengths: neither an extension of them nor CRVAL1 with CDELT1."),
    );
  const from = hdu.numberOf("CRPIX1") ?? 0;
  const shifts = Float64Array.from({ length: pixels }, (_, i) => step * (i + 1 - from));
  if (kind === "LOG-LINEAR" || hdu.numberOf("DC-FLAG") === 1)
    return { values: shifts.map((s) => start + s), log: true };
  if (kind.slice(4) === "-LOG" && start)
    return { values: shifts.map((s) => start * Math.exp(s / start)), log: false };
  return { values: shifts.map((s) => start + s), log: false };
}
