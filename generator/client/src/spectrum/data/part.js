/** What a spectrum is once it is read. */

/**
 * @typedef {import('./rowgroup.js').Cell} Cell
 * @typedef {Float32Array | Float64Array} Floats
 * @typedef {Int32Array | BigInt64Array} Bits
 * @typedef {object} Part a whole spectrum, or an arm or an exposure of one
 * @property {string} arm "B", "R", "Z", or empty
 * @property {'coadd' | 'single'} kind
 * @property {string} exposure which one a single exposure is; empty for sums
 * @property {Float64Array} wavelength linear, in the set's unit; vacuum or air as the spectrum's facts say; may descend
 * @property {Floats} stored the wavelengths as the file has them: where `scale` is log10, their decimal logarithms
 * @property {Floats} flux
 * @property {Record<string, Floats>} values ivar, error, sky, model, normalized, subtracted, wdisp, as far as it has them
 * @property {Record<string, Bits>} masks and_mask, or_mask, pix_mask, mask, as far as it has them
 * @property {'linear' | 'log10'} scale
 * @property {Record<string, any>} facts of this part alone
 *
 * @typedef {object} Spectrum
 * @property {bigint | string} id
 * @property {import('./set.js').SpectraSet} set
 * @property {Record<string, any>} facts what its header tells: layout, file, original, ra, dec, class, z, snr, vacuum …
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
