/**
 * Tiles next to tiles: where a row of one catalogue has been read, which pixels may have rows of another one near it.
 *
 * @typedef {import('../reading/tiles.js').PixelRange} PixelRange
 * @typedef {import('../reading/tiles.js').Run} Run
 * @typedef {import('../reading/description.js').CatalogueMeta} CatalogueMeta
 */
import { ORDER, merge, span } from "./healpix.js";
import { orderFor, spread } from "./match.js";

/** The face beyond an edge or a corner, for each direction (3 for y + 3, x + 1) and face; -1 where three faces meet. */
export const BEYOND = [
  [8, 9, 10, 11, -1, -1, -1, -1, 10, 11, 8, 9],
  [5, 6, 7, 4, 8, 9, 10, 11, 9, 10, 11, 8],
  [-1, -1, -1, -1, 5, 6, 7, 4, -1, -1, -1, -1],
  [4, 5, 6, 7, 11, 8, 9, 10, 11, 8, 9, 10],
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
  [1, 2, 3, 0, 0, 1, 2, 3, 5, 6, 7, 4],
  [-1, -1, -1, -1, 7, 4, 5, 6, -1, -1, -1, -1],
  [3, 0, 1, 2, 3, 0, 1, 2, 4, 5, 6, 7],
  [2, 3, 0, 1, -1, -1, -1, -1, 0, 1, 2, 3],
];
/** How the plane of that face is turned, in the north, at the equator, in the south: bit 0 mirrors x, bit 1 y, bit 2 exchanges them. */
export const TURNED = [
  [0, 0, 3],
  [0, 0, 6],
  [0, 0, 0],
  [0, 0, 5],
  [0, 0, 0],
  [5, 0, 0],
  [0, 0, 0],
  [6, 0, 0],
  [3, 0, 0],
];

/** Pixels of this order are 14 arcmin wide; finer ones would hardly exclude more tiles. */
const FINE = 8;
/** More pixels than this take longer than they save. */
const MANY = 100_000;

/**
 * The pixel at a place next to a face, or in it.
 * @param {number} order @param {number} face @param {number} x @param {number} y each from -1 to 2^order
 * @returns {number | null} null where three faces meet and there is no fourth
 */
export function pixelBeside(order, face, x, y) {
  const nside = 2 ** order;
  const over = (/** @type {number} */ at) => (at < 0 ? 0 : at < nside ? 1 : 2);
  const to = over(x) + 3 * over(y);
  const beyond = BEYOND[to][face];
  if (beyond < 0) return null;
  const turned = TURNED[to][face >> 2];
  let [i, j] = [(x + nside) % nside, (y + nside) % nside];
  if (turned & 1) i = nside - 1 - i;
  if (turned & 2) j = nside - 1 - j;
  if (turned & 4) [i, j] = [j, i];
  return beyond * 4 ** order + spread(i) + 2 * spread(j);
}

/** Every second bit of a number, from the lowest. @param {number} n */
function gathered(n) {
  n &= 0x55555555;
  n = (n | (n >> 1)) & 0x33333333;
  n = (n | (n >> 2)) & 0x0f0f0f0f;
  n = (n | (n >> 4)) & 0x00ff00ff;
  return (n | (n >> 8)) & 0x0000ffff;
}

/**
 * Pixels in which a position may be that is within the radius of a row of these tiles.
 * @param {CatalogueMeta} meta @param {Run[]} runs @param {number} radius arcsec
 * @returns {PixelRange[] | null} sorted, disjoint; null for everywhere
 */
export function besideRuns(meta, runs, radius) {
  /** @type {PixelRange[]} */
  const own = [];
  for (const { partition, first, last } of runs)
    for (const [, , , low, high] of meta.partitions[partition].tiles.slice(first, last + 1)) {
      if (low === null || high === null) return null;
      own.push([low, high]);
    }
  const merged = merge(own);
  for (let order = Math.min(FINE, orderFor(radius)); order >= 0; order--) {
    const size = 4 ** (ORDER - order);
    const ends = merged.map(([low, high]) => [Math.floor(low / size), Math.floor(high / size)]);
    if (order > 0 && ends.reduce((sum, [low, high]) => sum + high - low + 1, 0) > MANY) continue;
    /** @type {Set<number>} */
    const found = new Set();
    for (const [low, high] of ends)
      for (let pixel = low; pixel <= high; pixel++) addAround(found, order, pixel);
    return merge([...found].map((pixel) => span(order, pixel)));
  }
  return null;
}

/** Sphere in arcsec squared, and the number of pixels of order 24. */
const SKY = 4 * Math.PI * (180 / Math.PI) ** 2 * 3600 ** 2;
const PIXELS = 12 * 4 ** ORDER;

/**
 * About how many pairs a match makes, as if the rows of each tile were spread evenly over its pixels.
 * @param {CatalogueMeta} one @param {CatalogueMeta} other @param {number} radius arcsec
 */
export function likelyPairs(one, other, radius) {
  const all = other.partitions
    .flatMap(({ tiles }) => tiles)
    .filter(([, , , low]) => low !== null)
    .toSorted((a, b) => Number(a[3]) - Number(b[3]));
  const circle = Math.PI * radius ** 2;
  let pairs = 0;
  let from = 0;
  for (const [, , rows, low, high] of one.partitions.flatMap(({ tiles }) => tiles)) {
    if (low === null || high === null) continue;
    while (from > 0 && Number(all[from - 1]?.[4]) >= low) from--;
    while (from < all.length && Number(all[from][4]) < low) from++;
    for (let k = from; k < all.length && Number(all[k][3]) <= high; k++) {
      const [, , count, first, last] = all[k].map(Number);
      const common = Math.min(high, last) - Math.max(low, first) + 1;
      const area = (SKY / PIXELS) * (last - first + 1);
      pairs += rows * (common / (high - low + 1)) * count * Math.min(1, circle / area);
    }
  }
  return Math.round(pairs);
}

/** @param {Set<number>} found @param {number} order @param {number} pixel */
function addAround(found, order, pixel) {
  const face = Math.floor(pixel / 4 ** order);
  const within = pixel - face * 4 ** order;
  const [x, y] = [gathered(within), gathered(within >> 1)];
  for (let i = x - 1; i <= x + 1; i++)
    for (let j = y - 1; j <= y + 1; j++) {
      const beside = pixelBeside(order, face, i, j);
      if (beside !== null) found.add(beside);
    }
}
