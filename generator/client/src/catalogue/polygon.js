/**
 * Spherical polygons with great-circle sides, convex or not, anywhere on the sky. The inside of one that fits in less than
 * half of the sky is the part within the cap around all its corners.
 *
 * A place is inside if the arc from it to a place known to be outside crosses an odd number of sides. Only the signs of
 * determinants are used, which need no angles and have no special cases at the poles or at right ascension 0.
 *
 * @typedef {import("./sphere.js").Vector} Vector
 * @typedef {{ type: 'polygon', points: number[] }} Polygon ra, dec, ra, dec, … in degrees
 * @typedef {{ plane: Vector, from: number, to: number, side: number }} Side
 *   plane: normal of the side's great circle; from, to: its corners; side: sign of the determinant for the place outside
 * @typedef {{ corners: Vector[], centre: Vector, radius: number, across: Vector[], sides: Side[] }} Shape
 *   centre and radius (rad) of a cap that contains it; across: for each corner the plane through it and the place outside
 */
import { SLACK, vector, vectorOf } from "./sphere.js";

export const FEWEST = 3;
export const MOST = 200;
/** The widest cap around a polygon, in radians: beyond it, inside and outside could not be distinguished reliably. */
const WIDEST = (89 * Math.PI) / 180;
const ROUNDS = 4000;
/** Lines closer than this, in radians, count as one. */
const STRAIGHT = 1e-13;

/**
 * @param {number[]} points
 * @returns {Shape | "wide" | "flat" | [number, number]} "wide": not within half of the sky; "flat": without area; two
 *   numbers: the corners, from 1, at which two sides begin that cross or touch
 */
export function shapeOf(points) {
  const corners = Array.from({ length: points.length / 2 }, (_, i) =>
    vectorOf(points[2 * i], points[2 * i + 1]),
  );
  const { centre, radius } = capAround(corners);
  if (radius > WIDEST) return "wide";
  const flat = flatten(corners, centre);
  const area = flat.reduce((sum, [x, y], i) => {
    const [u, v] = flat[(i + 1) % flat.length];
    return sum + x * v - u * y;
  }, 0);
  const width = Math.tan(radius);
  const crossing = findCrossing(flat);
  if (crossing) return crossing;
  if (Math.abs(area) < 1e-12 * width * width) return "flat";
  const outside = aside(centre);
  const sides = corners.map((corner, from) => {
    const to = (from + 1) % corners.length;
    const plane = cross(corner, corners[to]);
    return { plane, from, to, side: dot(plane, outside) < 0 ? -1 : 1 };
  });
  return { corners, centre, radius, across: corners.map((corner) => cross(corner, outside)), sides };
}

/** Whether a place is inside. @param {Shape} shape @param {Vector} place */
export function isInside({ centre, radius, across, sides }, place) {
  if (angle(centre, place) > radius + SLACK) return false;
  let odd = false;
  for (const { plane, from, to, side } of sides) {
    const [a, b] = [dot(across[from], place) >= 0, dot(across[to], place) >= 0];
    if (a !== b && b === side > 0 && dot(plane, place) * side < 0) odd = !odd;
  }
  return odd;
}

/**
 * Classifies circles, as covers need it.
 * @param {Shape} shape
 * @returns {import("./sphere.js").Judge}
 */
export function polygonJudge(shape) {
  return (place, size) => {
    const here = vector(place);
    if (angle(shape.centre, here) > shape.radius + size + SLACK) return "outside";
    const reach = size + SLACK;
    if (shape.sides.some((side) => near(shape, side, here, reach))) return "partly";
    return isInside(shape, here) ? "inside" : "outside";
  };
}

/** Whether a place is at most `reach` from a side. @param {Shape} shape @param {Side} side @param {Vector} place @param {number} reach rad */
function near({ corners }, { plane, from, to }, place, reach) {
  const length = Math.hypot(...plane);
  const off = length ? Math.abs(dot(plane, place)) / length : 0;
  if (off > Math.sin(Math.min(reach, Math.PI / 2))) return false;
  const [a, b] = [corners[from], corners[to]];
  if (angle(a, place) <= reach || angle(b, place) <= reach) return true;
  // the foot of the perpendicular from the place is between the corners
  return dot(cross(plane, a), place) >= 0 && dot(cross(b, plane), place) >= 0;
}

/**
 * A cap around all corners, found by moving its centre in ever smaller steps towards the farthest one.
 * @param {Vector[]} corners
 */
function capAround(corners) {
  let centre = unit(/** @type {Vector} */ ([0, 1, 2].map((k) => corners.reduce((sum, c) => sum + c[k], 0))));
  let best = { centre, radius: farthest(centre, corners).away };
  for (let round = 2; round < ROUNDS; round++) {
    const { corner, away } = farthest(centre, corners);
    if (away < best.radius) best = { centre, radius: away };
    centre = unit(/** @type {Vector} */ (centre.map((c, k) => c + (corner[k] - c) / round)));
  }
  return best;
}

/** @param {Vector} centre @param {Vector[]} corners */
function farthest(centre, corners) {
  let [corner, most] = [corners[0], -1];
  for (const one of corners) {
    // cosines are not precise for corners close together
    const chord = (one[0] - centre[0]) ** 2 + (one[1] - centre[1]) ** 2 + (one[2] - centre[2]) ** 2;
    if (chord > most) [corner, most] = [one, chord];
  }
  return { corner, away: angle(centre, corner) };
}

/** The corners in the gnomonic projection around the centre, where great circles are straight. @param {Vector[]} corners @param {Vector} centre */
function flatten(corners, centre) {
  const east = aside(centre);
  const north = cross(centre, east);
  return corners.map((corner) => {
    const depth = dot(corner, centre);
    return [dot(corner, east) / depth, dot(corner, north) / depth];
  });
}

/** @param {number[][]} flat @returns {[number, number] | null} corners, from 1, at which the two sides begin that meet */
function findCrossing(flat) {
  const n = flat.length;
  /** @typedef {number[]} Point */
  const turn = (/** @type {Point} */ a, /** @type {Point} */ b, /** @type {Point} */ c) => {
    const [u, v] = [b, c].map((end) => [end[0] - a[0], end[1] - a[1]]);
    const off = u[0] * v[1] - u[1] * v[0];
    return Math.abs(off) <= STRAIGHT * Math.hypot(...u) * Math.hypot(...v) ? 0 : Math.sign(off);
  };
  const between = (/** @type {Point} */ a, /** @type {Point} */ b, /** @type {Point} */ c) => {
    const [u, v] = [b, c].map((end) => [end[0] - a[0], end[1] - a[1]]);
    const along = u[0] * v[0] + u[1] * v[1];
    return along >= 0 && along <= u[0] * u[0] + u[1] * u[1];
  };
  for (let i = 0; i < n; i++) {
    const [a, b] = [flat[i], flat[(i + 1) % n]];
    for (let j = i + 1; j < n; j++) {
      const [c, d] = [flat[j], flat[(j + 1) % n]];
      if (j === i + 1 || (i === 0 && j === n - 1)) {
        // neighbours share a corner; they meet elsewhere only if one runs back over the other
        const [far, middle, back] = j === i + 1 ? [a, b, d] : [b, a, c];
        const [u, v] = [far, back].map((end) => [end[0] - middle[0], end[1] - middle[1]]);
        const ahead = u[0] * v[0] + u[1] * v[1] > 0;
        if (n > 3 && ahead && turn(middle, far, back) === 0) return [i + 1, j + 1];
        continue;
      }
      const [p, q, r, s] = [turn(a, b, c), turn(a, b, d), turn(c, d, a), turn(c, d, b)];
      const meet =
        (p !== q && r !== s && p * q <= 0 && r * s <= 0) ||
        (p === 0 && between(a, b, c)) ||
        (q === 0 && between(a, b, d)) ||
        (r === 0 && between(c, d, a)) ||
        (s === 0 && between(c, d, b));
      if (meet) return [i + 1, j + 1];
    }
  }
  return null;
}

/** A direction perpendicular to another. @param {Vector} axis @returns {Vector} */
function aside(axis) {
  const least = [0, 1, 2].reduce((k, i) => (Math.abs(axis[i]) < Math.abs(axis[k]) ? i : k), 0);
  return unit(cross(axis, /** @type {Vector} */ ([0, 1, 2].map((k) => Number(k === least)))));
}

/** Cross product, precise for vectors close together too. @param {Vector} a @param {Vector} b @returns {Vector} */
function cross(a, b) {
  const [d, s] = [a.map((x, k) => x - b[k]), a.map((x, k) => (x + b[k]) / 2)];
  return [d[1] * s[2] - d[2] * s[1], d[2] * s[0] - d[0] * s[2], d[0] * s[1] - d[1] * s[0]];
}

/** @param {Vector} a @param {Vector} b */
const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

/** @param {Vector} a @param {Vector} b rad */
const angle = (a, b) => Math.atan2(Math.hypot(...cross(a, b)), dot(a, b));

/** @param {Vector} v @returns {Vector} */
function unit(v) {
  const length = Math.hypot(...v);
  return length ? [v[0] / length, v[1] / length, v[2] / length] : [0, 0, 1];
}
