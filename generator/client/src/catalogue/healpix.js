/**
 * Which HEALPix pixels (NESTED) a region of the sky touches. Complete by construction: a pixel is left out only when
 * a circle around all of it misses the region, so a cover may hold a pixel too many but never one too few.
 *
 * @typedef {{ type: 'cone', ra: number, dec: number, radius: number }} Cone degrees, degrees, arcseconds
 * @typedef {{ type: 'box', ra_min: number, ra_max: number, dec_min: number, dec_max: number }} Box degrees; ra_min > ra_max runs through 0
 * @typedef {Cone | Box | import("./polygon.js").Polygon} Region
 * @typedef {[low: number, high: number]} PixelRange order-24 pixels, inclusive
 * @typedef {{ z: number, s: number, phi: number }} Place sine and cosine of the declination (`s` by itself, as `z` says
 *   nothing near a pole), right ascension in radians
 * @typedef {(place: Place, radius: number) => 'outside' | 'partly' | 'inside'} Judge of a circle on the sky
 */
import { polygonJudge, shapeOf } from "./polygon.js";

export const ORDER = 24;
export const DEGREE = Math.PI / 180;
/** Enough pixels to follow a region's outline; more would cost more than the bytes they save. */
const ENOUGH = 512;
/** Slack in radians for what doubles round away (about 0.02 milliarcseconds). */
export const SLACK = 1e-10;

/**
 * @param {Region} region
 * @returns {PixelRange[]} sorted, apart from each other
 */
export function cover(region) {
  const judge = judgeOf(region);
  /** @type {PixelRange[]} */
  const found = [];
  let open = Array.from({ length: 12 }, (_, face) => ({ face, x: 0, y: 0, pixel: face }));
  for (let order = 0; open.length; order++) {
    const radius = pixelRadius(order);
    const partly = [];
    for (const cell of open) {
      const verdict = judge(centre(order, cell.face, cell.x, cell.y), radius);
      if (verdict === "inside") found.push(span(order, cell.pixel));
      else if (verdict === "partly") partly.push(cell);
    }
    if (order === ORDER || found.length + 4 * partly.length > ENOUGH) {
      found.push(...partly.map((cell) => span(order, cell.pixel)));
      break;
    }
    open = partly.flatMap(({ face, x, y, pixel }) =>
      [0, 1, 2, 3].map((k) => ({ face, x: 2 * x + (k & 1), y: 2 * y + (k >> 1), pixel: 4 * pixel + k })),
    );
  }
  return merge(found);
}

/** @param {Region} region @returns {Judge} */
function judgeOf(region) {
  if (region.type === "cone") return coneJudge(region);
  if (region.type === "box") return boxJudge(region);
  const shape = shapeOf(region.points);
  return typeof shape === "object" && "sides" in shape ? polygonJudge(shape) : () => "partly";
}

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
 * Radius in radians of a circle around a pixel's centre that holds the whole pixel, whichever pixel of the order it is.
 * @param {number} order
 */
export function pixelRadius(order) {
  const nside = 2 ** order;
  // The longest pixels are those where the belt meets a cap, at the corner that four faces share.
  const phi = Math.PI / (4 * nside);
  const corner = 2 / 3;
  const middle = 1 - (1 - 1 / nside) ** 2 / 3;
  const place = (/** @type {number} */ z, /** @type {number} */ a) =>
    vector({ z, s: Math.sqrt((1 - z) * (1 + z)), phi: a });
  return 1.02 * distance(place(corner, phi), place(middle, 0));
}

/**
 * @param {Place} place
 * @returns {[number, number, number]}
 */
export function vector({ z, s, phi }) {
  return [s * Math.cos(phi), s * Math.sin(phi), z];
}

/**
 * Angle between unit vectors, exact for small angles too.
 * @param {[number, number, number]} a
 * @param {[number, number, number]} b
 */
function distance(a, b) {
  const cross = Math.hypot(a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]);
  return Math.atan2(cross, a[0] * b[0] + a[1] * b[1] + a[2] * b[2]);
}

/**
 * @param {Cone} cone
 * @returns {Judge}
 */
function coneJudge({ ra, dec, radius }) {
  const axis = vectorOf(ra, dec);
  const reach = (radius / 3600) * DEGREE + SLACK;
  return (place, size) => {
    const away = distance(axis, vector(place));
    if (away > reach + size) return "outside";
    return away + size <= reach ? "inside" : "partly";
  };
}

/**
 * @param {number} ra
 * @param {number} dec
 * @returns {[number, number, number]}
 */
export function vectorOf(ra, dec) {
  const [a, d] = [ra * DEGREE, dec * DEGREE];
  return [Math.cos(d) * Math.cos(a), Math.cos(d) * Math.sin(a), Math.sin(d)];
}

/**
 * @param {Box} box
 * @returns {Judge}
 */
function boxJudge({ ra_min, ra_max, dec_min, dec_max }) {
  const low = dec_min * DEGREE - SLACK;
  const high = dec_max * DEGREE + SLACK;
  const turn = 2 * Math.PI;
  const full = Math.abs(ra_max - ra_min) >= 360;
  const width = full ? turn : wrap((ra_max - ra_min) * DEGREE, turn);
  const middle = ra_min * DEGREE + width / 2;
  return ({ z, s, phi }, size) => {
    const dec = Math.atan2(z, s);
    if (dec + size < low || dec - size > high) return "outside";
    const within = dec - size >= low && dec + size <= high;
    if (full) return within ? "inside" : "partly";
    // Half the stretch of right ascension that the circle spans; all of it when the circle holds a pole.
    if (Math.abs(dec) + size >= Math.PI / 2) return "partly";
    const half = Math.asin(Math.min(1, Math.sin(size) / Math.cos(dec)));
    const away = Math.abs(wrap(phi - middle + turn / 2, turn) - turn / 2);
    if (away > width / 2 + half + SLACK) return "outside";
    return within && away + half <= width / 2 ? "inside" : "partly";
  };
}

/**
 * @param {number} value
 * @param {number} turn
 */
const wrap = (value, turn) => ((value % turn) + turn) % turn;
