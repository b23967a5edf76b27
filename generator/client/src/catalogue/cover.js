/**
 * Which HEALPix pixels (NESTED) a region of the sky touches. Complete by construction: a pixel is left out only when
 * a circle around all of it misses the region, so a cover may have a pixel too many but never one too few.
 *
 * @typedef {{ type: 'cone', ra: number, dec: number, radius: number }} Cone degrees, degrees, arcseconds
 * @typedef {import("../reading/scans.js").Box} Box
 * @typedef {Cone | Box | import("./polygon.js").Polygon} Region
 * @typedef {import("../reading/tiles.js").PixelRange} PixelRange
 * @typedef {import("./sphere.js").Judge} Judge
 */
import { ORDER, centre, merge, pixelRadius, span } from "./healpix.js";
import { polygonJudge, shapeOf } from "./polygon.js";
import { DEGREE, SLACK, distance, vector, vectorOf } from "./sphere.js";

/** Enough pixels to follow a region's outline; more would cost more than they save in bytes. */
const ENOUGH = 512;

/**
 * @param {Region} region
 * @returns {PixelRange[]} sorted, disjoint
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
    // Half the range of right ascension that the circle spans; the full range when the circle contains a pole.
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
