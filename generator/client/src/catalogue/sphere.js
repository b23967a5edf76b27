/**
 * Directions on the sky as unit vectors, and angles between them.
 *
 * @typedef {[number, number, number]} Vector
 * @typedef {{ z: number, s: number, phi: number }} Place sine and cosine of the declination (both are kept, as `z` is
 *   not precise near a pole), right ascension in radians
 * @typedef {(place: Place, radius: number) => 'outside' | 'partly' | 'inside'} Judge classifies a circle on the sky
 */

export const DEGREE = Math.PI / 180;
/** Tolerance in radians for rounding errors of doubles (about 0.02 milliarcseconds). */
export const SLACK = 1e-10;

/**
 * @param {Place} place
 * @returns {Vector}
 */
export function vector({ z, s, phi }) {
  return [s * Math.cos(phi), s * Math.sin(phi), z];
}

/**
 * Angle between unit vectors, exact for small angles too.
 * @param {Vector} a
 * @param {Vector} b
 */
export function distance(a, b) {
  const cross = Math.hypot(a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]);
  return Math.atan2(cross, a[0] * b[0] + a[1] * b[1] + a[2] * b[2]);
}

/**
 * @param {number} ra
 * @param {number} dec
 * @returns {Vector}
 */
export function vectorOf(ra, dec) {
  const [a, d] = [ra * DEGREE, dec * DEGREE];
  return [Math.cos(d) * Math.cos(a), Math.cos(d) * Math.sin(a), Math.sin(d)];
}
