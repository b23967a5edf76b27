/** The form of a spectrum after reading. */

/**
 * @typedef {import('./rowgroup.js').Cell} Cell
 * @typedef {Float32Array | Float64Array} Floats
 * @typedef {Int32Array | BigInt64Array} Bits
 * @typedef {object} Part a whole spectrum, or an arm or an exposure of one
 * @property {string} arm "B", "R", "Z", or empty
 * @property {'coadd' | 'single'} kind
 * @property {string} exposure name of a single exposure; empty for sums
 * @property {Float64Array} wavelength linear, in the set's unit; in vacuum or air according to the spectrum's facts; may descend
 * @property {Floats} stored the wavelengths as in the file: decimal logarithms where `scale` is log10
 * @property {Floats} flux
 * @property {Record<string, Floats>} values ivar, error, sky, model, normalized, subtracted, wdisp, those that it has
 * @property {Record<string, Bits>} masks and_mask, or_mask, pix_mask, mask, those that it has
 * @property {'linear' | 'log10'} scale
 * @property {Record<string, any>} facts of this part alone
 *
 * @typedef {object} Spectrum
 * @property {bigint | string} id
 * @property {import('./set.js').SpectraSet} set
 * @property {Record<string, any>} facts from its header: layout, file, original, ra, dec, class, z, snr, vacuum …
 * @property {Part[]} parts
 */

/**
 * @param {Record<string, Cell>} row of a pack
 * @param {Floats} stored its wavelengths
 * @returns {Part}
 */
export function partOf(row, stored) {
  const { arm, kind, exposure, scale, facts, flux } = /** @type {Record<string, any>} */ (row);
  /** @type {Record<string, Floats>} */
  const values = {};
  /** @type {Record<string, Bits>} */
  const masks = {};
  for (const [name, cell] of Object.entries(row)) {
    if (name === "flux" || name === "wavelength") continue;
    if (cell instanceof Float32Array || cell instanceof Float64Array) values[name] = cell;
    if (cell instanceof Int32Array || cell instanceof BigInt64Array) masks[name] = cell;
  }
  const wavelength =
    scale === "log10" ? Float64Array.from(stored, (v) => 10 ** v) : Float64Array.from(stored);
  return {
    arm,
    kind,
    exposure,
    wavelength,
    stored,
    flux,
    values,
    masks,
    scale,
    facts: facts === null ? {} : JSON.parse(facts),
  };
}

/**
 * @param {bigint | string} id
 * @param {import('./set.js').SpectraSet} set
 * @param {Record<string, Cell>[]} rows
 * @param {Part[]} parts
 * @returns {Spectrum}
 */
export function spectrumOf(id, set, rows, parts) {
  const header = rows[0]?.header;
  return { id, set, facts: typeof header === "string" ? JSON.parse(header) : {}, parts };
}
