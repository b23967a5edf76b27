/** What headers and tables of a FITS file say of a spectrum. */
import { FACTS, IDS } from "./names.js";

/**
 * @typedef {import("./fits-file.js").Hdu} Hdu
 * @typedef {{hdu: Hdu, row: number}} Place a row of a table, or a header
 */

/** The value of a keyword or column: from the rows of tables first, then from headers. @param {Hdu[]} hdus @param {Place[]} about @param {string} name */
async function valueOf([primary], about, name) {
  for (const { hdu, row } of about) {
    const value = await hdu.fact(name, row);
    if (value !== null && value !== "") return value;
  }
  for (const { header } of [...about.map(({ hdu }) => hdu), primary]) {
    const value = header.get(name);
    if (value !== undefined && value !== "" && !Number.isNaN(value)) return value;
  }
  return null;
}

/** @param {Hdu[]} hdus @param {Place[]} about @returns {Promise<Record<string, any>>} */
export async function factsOf(hdus, about) {
  /** @type {Record<string, any>} */
  const facts = {};
  for (const [fact, names] of Object.entries(FACTS))
    for (const name of names) {
      const value = await valueOf(hdus, about, name);
      if (value === null) continue;
      facts[fact] = value;
      break;
    }
  /** @type {Record<string, number>} */
  const ratios = {};
  for (const band of "ugriz")
    for (const word of ["SN_", "SNR"]) {
      const value = await valueOf(hdus, about, word + band.toUpperCase());
      if (typeof value === "number") ratios[band] = value;
    }
  if (Object.keys(ratios).length) facts.snr = ratios;
  const vacuum = await vacuumOf(hdus, about);
  return vacuum === null ? facts : { ...facts, vacuum };
}

/** Whether wavelengths are in vacuum; null if the file does not say. @param {Hdu[]} hdus @param {Place[]} about */
async function vacuumOf(hdus, about) {
  const declared = await valueOf(hdus, about, "VACUUM");
  if (typeof declared === "boolean") return declared;
  const word = String((await valueOf(hdus, about, "AIRORVAC")) ?? "").toLowerCase();
  if (word === "air" || word === "vac") return word === "vac";
  const kind = String((await valueOf(hdus, about, "CTYPE1")) ?? "").toUpperCase();
  if (about.some(({ hdu }) => hdu.columns.has("WAVE_AIR") && !hdu.columns.has("WAVE"))) return false;
  return kind.startsWith("AWAV") ? false : kind.startsWith("WAVE") ? true : null;
}

/** @param {Hdu[]} hdus @param {Place[]} about */
export async function idOf(hdus, about) {
  for (const [name, key] of IDS) {
    const value = await valueOf(hdus, about, key);
    if (value !== null && String(value) !== "0") return { name, value: String(value) };
  }
  return null;
}
