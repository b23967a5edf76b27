/**
 * HEALPix pixels (NESTED): their positions on the sky, and their numbers at the finest order.
 *
 * @typedef {import("../reading/tiles.js").PixelRange} PixelRange
 * @typedef {import("./sphere.js").Place} Place
 */
import { distance, vector } from "./sphere.js";

/** The order of `_healpix_29` that catalogue.json gives the ends of tiles in. */
export const ORDER = 24;

/**
 * @param {number} order
 * @param {number} pixel
 * @returns {PixelRange}
 */
export function span(order, pixel) {
  const size = 4 ** (ORDER - order);
  return [pixel * size, (pixel + 1) * size - 1];
}

/** @param {PixelRange[]} ranges */
export function merge(ranges) {
  ranges.sort((a, b) => a[0] - b[0]);
  /** @type {PixelRange[]} */
  const merged = [];
  for (const [low, high] of ranges) {
    const last = merged.at(-1);
    if (last && low <= last[1] + 1) last[1] = Math.max(last[1], high);
    else merged.push([low, high]);
  }
  return merged;
}

/**
 * Centre of a pixel, from its face and its place in the face (x to the north-east, y to the north-west).
 * @param {number} order
 * @param {number} face 0 to 11
 * @param {number} x
 * @param {number} y
 * @returns {Place}
 */
export function centre(order, face, x, y) {
  const nside = 2 ** order;
  const row = face >> 2;
  // Rings counted from the north pole, in units of the pixel grid; the face's southern corner is at 4, 5 or 6 nside / 2.
  const ring = (row + 2) * nside - x - y - 1;
  const column = [2, 0, 2][row] + 2 * (face & 3) + (row === 1 ? 0 : -1);
  const ringSize = Math.min(ring, nside, 4 * nside - ring);
  const phi = (Math.PI / 4) * (column + (x - y) / ringSize);
  if (ringSize === nside) {
    const z = (2 * (2 * nside - ring)) / (3 * nside);
    return { z, s: Math.sqrt((1 - z) * (1 + z)), phi };
  }
  const below = (ringSize * ringSize) / (3 * nside * nside);
  return { z: ring < nside ? 1 - below : below - 1, s: Math.sqrt(below * (2 - below)), phi };
}

/**
 * Radius in radians of a circle around a pixel's centre that contains the whole pixel, for every pixel of the order.
 * @param {number} order
 */
export function pixelRadius(order) {
  const nside = 2 ** order;
  // The longest pixels are where the equatorial belt meets a polar cap, at the corner that four faces share.
  const phi = Math.PI / (4 * nside);
  const corner = 2 / 3;
  const middle = 1 - (1 - 1 / nside) ** 2 / 3;
  const place = (/** @type {number} */ z, /** @type {number} */ a) =>
    vector({ z, s: Math.sqrt((1 - z) * (1 + z)), phi: a });
  return 1.02 * distance(place(corner, phi), place(middle, 0));
}
