/**
 * Masks: runs of pixels that have bits set, and what the bits mean.
 *
 * @typedef {{bit: number, name: string, en?: string, [lang: string]: any}} Bit
 * @typedef {{from: number, to: number, bits: number[]}} Run wavelengths of the outer edges
 */

/** @param {number} value up to 53 bits @returns {number[]} the positions of its set bits */
export function bitsOf(value) {
  const found = [];
  // A negative number of 32 bits has its highest bit set.
  let rest = value < 0 ? value + 2 ** 32 : value;
  for (let bit = 0; rest >= 1 && bit < 53; bit++, rest = Math.floor(rest / 2))
    if (rest % 2 >= 1) found.push(bit);
  return found;
}

/**
 * @param {Float64Array} wavelength ascending @param {Float64Array} mask @returns {Run[]}
 */
export function runs(wavelength, mask) {
  /** @type {Run[]} */
  const found = [];
  const n = mask.length;
  const edge = (/** @type {number} */ i) =>
    i <= 0 || i >= n
      ? wavelength[Math.min(Math.max(i, 0), n - 1)] +
        (i <= 0 ? -0.5 : 0.5) * pixel(wavelength, i <= 0 ? 0 : n - 2)
      : (wavelength[i - 1] + wavelength[i]) / 2;
  for (let i = 0; i < n;) {
    if (!mask[i]) {
      i++;
      continue;
    }
    const start = i;
    /** @type {Set<number>} */
    const bits = new Set();
    for (; i < n && mask[i]; i++) for (const bit of bitsOf(mask[i])) bits.add(bit);
    found.push({ from: edge(start), to: edge(i), bits: [...bits].sort((a, b) => a - b) });
  }
  return found;
}

/** @param {Float64Array} wavelength @param {number} i */
const pixel = (wavelength, i) => (wavelength.length > 1 ? wavelength[i + 1] - wavelength[i] : 1);

/** How many pixels have each bit. @param {Float64Array} mask @returns {Map<number, number>} in order of the bits */
export function countBits(mask) {
  /** @type {Map<number, number>} */
  const counts = new Map();
  for (const value of mask)
    if (value) for (const bit of bitsOf(value)) counts.set(bit, (counts.get(bit) ?? 0) + 1);
  return new Map([...counts].sort(([a], [b]) => a - b));
}

/** @param {Bit[] | undefined} table @param {number} bit @param {string} lang @returns {{name: string, meaning: string}} */
export function bitName(table, bit, lang) {
  const known = table?.find((one) => one.bit === bit);
  return { name: known?.name ?? `bit ${bit}`, meaning: known?.[lang] ?? known?.en ?? "" };
}
