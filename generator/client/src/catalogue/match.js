/**
 * Many positions against a catalogue: in which HEALPix pixels each can have a match, and hence which tiles to read, in
 * portions that fit in memory. Complete like cover.js: a pixel is left out only when a circle around it misses
 * the target's own circle.
 *
 * @typedef {import('../reading/tiles.js').PixelRange} PixelRange
 * @typedef {import('../reading/tiles.js').Run} Run
 * @typedef {import('../reading/description.js').CatalogueMeta} CatalogueMeta
 * @typedef {{ target: Int32Array, order: Uint8Array, pixel: Float64Array }} Pairs parallel arrays: a target (its index in
 *   the list), and the order and number of a pixel in which it may have matches
 */
import { centre, merge, pixelRadius, span } from "./healpix.js";
import { DEGREE, SLACK, vector, vectorOf } from "./sphere.js";

/** Pixels of this order are 13 arcsec wide; finer ones would hardly separate more. */
export const FINEST = 14;
/** Side of a pixel of order 0 in radians, along the square that its face is in the HEALPix plane. */
export const SIDE = (Math.PI / 4) * Math.SQRT2;
/** More than all pixels of the finest order. */
const FACES = 12 * 4 ** FINEST;
/** The plane stretches no distance on the sky by more than this. */
export const STRETCH = 1.92;
/** Steps between two pauses in which the page can respond. */
const BREATH = 20_000;

/**
 * The order at which a target is looked up: pixels at least twice as wide as its circle, in steps of two, so that a list
 * has few orders.
 * @param {number} radius arcsec
 */
export function orderFor(radius) {
  const order = Math.floor(Math.log2(SIDE / (4 * (radius / 3600) * DEGREE)));
  return Math.max(0, Math.min(FINEST, order - (order & 1)));
}

/**
 * @param {ArrayLike<number>} ra deg @param {ArrayLike<number>} dec deg @param {ArrayLike<number>} radius arcsec
 * @param {AbortSignal} [signal]
 * @returns {Promise<{ cover: PixelRange[], pairs: Pairs }>} cover: sorted, of order 24
 */
export async function coverTargets(ra, dec, radius, signal) {
  const pairs = new PairList();
  /** @type {number[]} */
  const rest = [];
  for (let i = 0; i < ra.length; i++) {
    if (i % BREATH === BREATH - 1) await breathe(signal);
    if (!inOneFace(pairs, i, ra[i], dec[i], radius[i])) rest.push(i);
  }
  await descend(pairs, rest, ra, dec, radius, signal);
  return {
    cover: await coverOf(pairs, signal),
    pairs: {
      target: Int32Array.from(pairs.target),
      order: Uint8Array.from(pairs.order),
      pixel: Float64Array.from(pairs.pixel),
    },
  };
}

/** @param {PairList} pairs @param {AbortSignal} [signal] */
async function coverOf({ order, pixel }, signal) {
  // sorted as numbers that include the order, so that equal pairs are neighbours
  const cells = Float64Array.from(pixel);
  for (let k = 0; k < cells.length; k++) cells[k] = cells[k] + FACES * order[k];
  cells.sort();
  /** @type {PixelRange[]} */
  const ranges = [];
  for (let k = 0; k < cells.length; k++) {
    if (k % BREATH === BREATH - 1) await breathe(signal);
    if (cells[k] === cells[k - 1]) continue;
    const own = Math.floor(cells[k] / FACES);
    const [low, high] = span(own, cells[k] - own * FACES);
    const last = ranges.at(-1);
    if (last && last[1] + 1 === low) last[1] = high;
    else ranges.push([low, high]);
  }
  return merge(ranges);
}

class PairList {
  /** @type {number[]} */
  target = [];
  /** @type {number[]} */
  order = [];
  /** @type {number[]} */
  pixel = [];

  /** @param {number} target @param {number} order @param {number} pixel */
  add(target, order, pixel) {
    this.target.push(target);
    this.order.push(order);
    this.pixel.push(pixel);
  }
}

/** @param {AbortSignal} [signal] */
async function breathe(signal) {
  await new Promise((resolve) => setTimeout(resolve));
  signal?.throwIfAborted();
}

/**
 * Position of a direction in its face of the HEALPix plane.
 * @param {number} order @param {number} ra deg @param {number} dec deg
 * @returns {{ face: number, x: number, y: number }} x, y: 0 to 2^order, towards north-east and north-west
 */
export function placeInFace(order, ra, dec) {
  const nside = 2 ** order;
  const z = Math.sin(dec * DEGREE);
  const turn = (((ra / 90) % 4) + 4) % 4;
  if (Math.abs(z) <= 2 / 3) {
    const east = 0.5 + turn + 0.75 * z;
    const west = 0.5 + turn - 0.75 * z;
    const [p, m] = [Math.floor(west), Math.floor(east)];
    const face = p === m ? (p & 3) | 4 : p < m ? p & 3 : (m & 3) + 8;
    return { face, x: nside * (east - m), y: nside * (1 - (west - p)) };
  }
  const quarter = Math.min(3, Math.floor(turn));
  // from the cosine of the declination, as the sine is not precise near a pole
  const down = (Math.cos(dec * DEGREE) / Math.sqrt((1 + Math.abs(z)) / 3)) * nside;
  const [p, m] = [(turn - quarter) * down, (1 - turn + quarter) * down];
  return z > 0 ? { face: quarter, x: nside - m, y: nside - p } : { face: quarter + 8, x: p, y: m };
}

/** The pixel (NESTED) of a direction. @param {number} order up to 16 @param {number} ra deg @param {number} dec deg */
export function pixelOf(order, ra, dec) {
  const { face, x, y } = placeInFace(order, ra, dec);
  const [i, j] = [x, y].map((at) => Math.max(0, Math.min(2 ** order - 1, Math.floor(at))));
  return face * 4 ** order + spread(i) + 2 * spread(j);
}

/**
 * Pairs of a target whose circle is within one face: there the pixels are squares, and a square contains the circle.
 * @param {PairList} pairs @param {number} target @param {number} ra @param {number} dec @param {number} radius
 * @returns {boolean} false where the circle may reach another face
 */
function inOneFace(pairs, target, ra, dec, radius) {
  const order = orderFor(radius);
  const nside = 2 ** order;
  const reach = (STRETCH * ((radius / 3600) * DEGREE + SLACK) * nside) / SIDE;
  const { face, x, y } = placeInFace(order, ra, dec);
  if (x - reach < 0 || y - reach < 0 || x + reach >= nside || y + reach >= nside) return false;
  const base = face * 4 ** order;
  for (let i = Math.floor(x - reach); i <= x + reach; i++)
    for (let j = Math.floor(y - reach); j <= y + reach; j++)
      pairs.add(target, order, base + spread(i) + 2 * spread(j));
  return true;
}

/** The bits of a number below 65536 with a gap after each. @param {number} n */
export function spread(n) {
  n = (n | (n << 8)) & 0x00ff00ff;
  n = (n | (n << 4)) & 0x0f0f0f0f;
  n = (n | (n << 2)) & 0x33333333;
  return (n | (n << 1)) & 0x55555555;
}

/**
 * Pairs of any targets, descending from the twelve base pixels.
 * @param {PairList} pairs @param {number[]} targets
 * @param {ArrayLike<number>} ra @param {ArrayLike<number>} dec @param {ArrayLike<number>} radius @param {AbortSignal} [signal]
 */
async function descend(pairs, targets, ra, dec, radius, signal) {
  if (!targets.length) return;
  const known = targets.map((target) => ({
    target,
    place: vectorOf(ra[target], dec[target]),
    reach: chord((radius[target] / 3600) * DEGREE + SLACK),
    order: orderFor(radius[target]),
  }));
  const sizes = Array.from({ length: FINEST + 1 }, (_, order) => chord(pixelRadius(order)));
  const open = Array.from({ length: 12 }, (_, face) => ({
    face,
    x: 0,
    y: 0,
    pixel: face,
    order: 0,
    among: known,
  }));
  let seen = 0;
  for (let cell = open.pop(); cell; cell = open.pop()) {
    if (++seen % BREATH === 0) await breathe(signal);
    const { face, x, y, pixel, order } = cell;
    const middle = vector(centre(order, face, x, y));
    const touching = cell.among.filter(({ place, reach }) => {
      const away = (place[0] - middle[0]) ** 2 + (place[1] - middle[1]) ** 2 + (place[2] - middle[2]) ** 2;
      // The sum of two chords is longer than the chord of both angles together, so no pixel is dropped too early.
      return away <= (reach + sizes[order]) ** 2;
    });
    for (const one of touching) if (one.order === order) pairs.add(one.target, order, pixel);
    const among = touching.filter((one) => one.order > order);
    if (!among.length) continue;
    for (let k = 0; k < 4; k++)
      open.push({
        face,
        x: 2 * x + (k & 1),
        y: 2 * y + (k >> 1),
        pixel: 4 * pixel + k,
        order: order + 1,
        among,
      });
  }
}

/** @param {number} angle radians */
const chord = (angle) => 2 * Math.sin(Math.min(angle, Math.PI) / 2);

/**
 * Runs in portions of at most `most` bytes of tiles; tiles that share a pixel stay together.
 * @param {CatalogueMeta} meta @param {Run[]} runs @param {number} most
 * @returns {Run[][]}
 */
export function portions(meta, runs, most) {
  /** @type {Run[][]} */
  const found = [];
  let size = Infinity;
  for (const { partition, first, last } of runs) {
    const { tiles } = meta.partitions[partition];
    for (let from = first; from <= last;) {
      let to = from;
      while (to < last && tiles[to][4] !== null && tiles[to][4] === tiles[to + 1][3]) to++;
      const bytes = tiles[to][0] + tiles[to][1] - tiles[from][0];
      if (size + bytes > most) {
        found.push([]);
        size = 0;
      }
      size += bytes;
      const portion = /** @type {Run[]} */ (found.at(-1));
      const before = portion.at(-1);
      if (before && before.partition === partition && before.last === from - 1) before.last = to;
      else portion.push({ partition, first: from, last: to });
      from = to + 1;
    }
  }
  return found;
}
