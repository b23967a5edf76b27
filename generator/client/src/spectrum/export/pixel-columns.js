/** The pixels of a spectrum's part as columns, for every format that a spectrum is written in. */
import { inverseSquare } from "./units.js";

/**
 * @typedef {import("../data/part.js").Part} Part
 * @typedef {import("../data/part.js").Spectrum} Spectrum
 * @typedef {Float32Array | Float64Array | Int32Array | BigInt64Array} Values
 * @typedef {{release: string, cite: string, date: string}} About release: its id; date: ISO 8601
 * @typedef {import("../../results/export/votable.js").Field & {values: Values}} PixelColumn type: as the engine names it
 */

const TYPES = /** @type {[Function, string][]} */ ([
  [Float32Array, "FLOAT"],
  [Float64Array, "DOUBLE"],
  [Int32Array, "INTEGER"],
  [BigInt64Array, "BIGINT"],
]);

/** What has the unit of the flux. */
const LIKE_FLUX = new Set(["flux", "error", "sky", "model", "subtracted"]);

/**
 * Wavelength, flux, then what else the part has; numbers in the precision of the file.
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
    // Beside what is computed from them, the very numbers of the file.
    ...(logs ? [column("loglam", part.stored)] : []),
    column("flux", part.flux),
    ...Object.entries(part.values).map(([name, values]) => column(name, values)),
    ...Object.entries(part.masks).map(([name, values]) => column(name, values)),
  ];
}

/** What tells a part from the others of its spectrum: `R`, `B 84420148`, or "". @param {Part} part */
export const partLabel = ({ arm, exposure }) => [arm, exposure].filter(Boolean).join(" ");

/** What a pack says of the original file, which no other file should. */
const OF_THE_FILE = new Set(["original", "sha256", "bytes"]);

/**
 * Facts of a header in one flat list: `snr: {g: 10}` becomes `snr_g`.
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
