/**
 * Which bytes of a set of spectra are read: from the places of spectra in its index to ranges in the set's folder. None of
 * this reads anything: `spectrum/data/set.js` does, through a source.
 *
 * @typedef {import('./bytes.js').Range} Range
 * @typedef {Range & { chunk: { number: number, at: number } }} PackRange chunk: the script in which these bytes begin, and the position in it
 * @typedef {import('../formats.d.ts').Spectra} About
 * @typedef {{ id: bigint | string, pack: number, offset: number, bytes: number, more: number, chunk: number, at: number }} Place
 */

/** Index files up to this size are read whole: their footer and their page together. */
const SMALL = 64 << 10;
/** Two pages of the index, or two spectra, at most this many bytes apart are read as one. */
export const INDEX_GAP = 4 << 10;
export const SPECTRA_GAP = 64 << 10;
/** Bytes read at once of many spectra. */
const BATCH = 1 << 20;
/** The header of nearly every spectrum fits within this many first bytes. */
export const HEADER = 4 << 10;

/** @param {number} pack */
export function packPath(pack) {
  const folder = String(Math.floor(pack / 1000)).padStart(3, "0");
  return `packs/${folder}/${String(pack).padStart(6, "0")}.parquet`;
}

/**
 * The bytes of a spectrum.
 * @param {Place} place
 * @param {boolean} singles its single exposures too, which follow its sums
 * @returns {PackRange}
 */
export function spectrumRange({ pack, offset, bytes, more, chunk, at }, singles) {
  const length = bytes + (singles ? more : 0);
  return { path: packPath(pack), offset, length, chunk: { number: chunk, at } };
}

/**
 * The first bytes of a spectrum, which contain its header.
 * @param {Place} place
 * @param {number} most
 */
export function headerRange(place, most) {
  const range = spectrumRange(place, false);
  return { ...range, length: Math.min(range.length, most) };
}

/**
 * The spectra that are read together, in the order in which they are on the disk.
 * @param {Place[]} places
 * @param {boolean} singles
 * @returns {Place[][]}
 */
export function batchesOf(places, singles) {
  const sorted = places.toSorted((a, b) => a.pack - b.pack || a.offset - b.offset);
  /** @type {Place[][]} */
  const batches = [];
  let total = Infinity;
  for (const place of sorted) {
    const { length } = spectrumRange(place, singles);
    if (total + length > BATCH) {
      batches.push([]);
      total = 0;
    }
    batches[batches.length - 1].push(place);
    total += length;
  }
  return batches;
}

/**
 * The ranges to read for some bytes of the index: small files whole, which then serve every other query.
 * @param {About['index']} index
 * @param {Range[]} ranges
 * @returns {{ range: Range, whole: boolean }[]} what is read for each of the ranges
 */
export function indexReads(index, ranges) {
  const sizes = new Map(index.map(({ path, size }) => [path, size]));
  return ranges.map((range) => {
    const size = Number(sizes.get(range.path));
    const whole = size <= SMALL;
    return { range: whole ? { path: range.path, offset: 0, length: size } : range, whole };
  });
}

/**
 * The bytes of a wavelength grid that spectra share.
 * @param {About['grids']} grids
 * @param {number} number
 * @returns {Range | null} null where there is no such grid
 */
export function gridRange(grids, number) {
  const place = grids?.grids[number];
  return grids && place ? { path: grids.path, offset: place.offset, length: place.bytes } : null;
}
