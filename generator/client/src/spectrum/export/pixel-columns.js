/** The pixels of a spectrum's part as columns, for every file format. */
import { inverseSquare } from "./units.js";

/**
 * @typedef {import("../data/part.js").Part} Part
 * @typedef {import("../data/part.js").Spectrum} Spectrum
 * @typedef {Float32Array | Float64Array | Int32Array | BigInt64Array} Values
 * @typedef {{release: string, cite: string, date: string}} About release: its id; date: ISO 8601
 * @typedef {import("../../results/export/votable.js").Field & {values: Values}} PixelColumn type: as named by the engine
 */

const TYPES = /** @type {[Function, string][]} */ ([
  [Float32Array, "FLOAT"],
  [Float64Array, "DOUBLE"],
  [Int32Array, "INTEGER"],
  [BigInt64Array, "BIGINT"],
]);

/** Values with the unit of the flux. */
const LIKE_FLUX = new Set(["flux", "error", "sky", "model", "subtracted"]);

/**
 * Wavelength, flux, then the other values of the part; numbers in the precision of the file.
 * @param {Part} part @param {Spectrum["set"]["about"]} about the description of its set
 * @returns {PixelColumn[]}
 */
export function pixelColumns(part, about) {
  const { wavelength_unit: wave, flux_unit: flux } = about;
  const units = (/** @type {string} */ name) =>
    LIKE_FLUX.has(name) ? flux : name === "ivar" ? inverseSquare(flux) : "";
  const column = (/** @type {string} */ name, /** @type {Values} */ values, unit = units(name)) => ({
    name,
    type: TYPES.find(([kind]) => values instanceof kind)?.[1] ?? "DOUBLE",
    unit,
    values,
  });
  const logs = part.scale === "log10";
  return [
    column("wavelength", logs ? part.wavelength : part.stored, wave),
    // In addition to values computed from them, the exact numbers of the file.
    ...(logs ? [column("loglam", part.stored)] : []),
    column("flux", part.flux),
    ...Object.entries(part.values).map(([name, values]) => column(name, values)),
    ...Object.entries(part.masks).map(([name, values]) => column(name, values)),
  ];
}

/** Label that distinguishes a part within its spectrum: `R`, `B 84420148`, or "". @param {Part} part */
export const partLabel = ({ arm, exposure }) => [arm, exposure].filter(Boolean).join(" ");

/** Facts of a pack about the original file, which other files must not repeat. */
const OF_THE_FILE = new Set(["original", "sha256", "bytes"]);

/**
 * Facts of a header as one flat list: `snr: {g: 10}` becomes `snr_g`.
 * @param {Record<string, any>} facts
 * @returns {[name: string, value: string | number | bigint | boolean][]}
 */
export function flatFacts(facts) {
  return Object.entries(facts).flatMap(([name, value]) => {
    if (OF_THE_FILE.has(name)) return [];
    if (value !== null && typeof value === "object")
      return flatFacts(value).map(([inner, one]) => /** @type {[string, any]} */ ([`${name}_${inner}`, one]));
    return ["string", "number", "bigint", "boolean"].includes(typeof value) ? [[name, value]] : [];
  });
}
