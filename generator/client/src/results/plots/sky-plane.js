/**
 * Projections of the sky, in JavaScript and, with the same formulas, in SQL: Hammer's for all of it, Lambert's zenithal
 * equal-area one (FITS: ZEA) for a part. Both work on vectors, without angles. East is to the left.
 *
 * @typedef {"equatorial" | "galactic"} Frame
 * @typedef {object} SkyView
 * @property {Frame} frame
 * @property {number} lon centre, degrees, in the frame
 * @property {number} lat
 * @property {number} radius degrees; WHOLE is all the sky
 *
 * @typedef {[number, number, number]} Vector
 */
export const WHOLE = 180;
/** Beyond this the whole sky is shown. */
export const WIDEST = 70;
const DEGREE = Math.PI / 180;
const ROOT2 = Math.SQRT2;

/** Galactic from equatorial (ICRS): rows are the galactic axes. Hipparcos catalogue, vol. 1, section 1.5.3. */
const GALACTIC = /** @type {Vector[]} */ ([
  [-0.0548755604162154, -0.873437090234885, -0.4838350155487132],
  [0.4941094278755837, -0.4448296299600112, 0.7469822444972189],
  [-0.8676661490190047, -0.1980763734312015, 0.4559837761750669],
]);

/** @param {number} lon @param {number} lat degrees @returns {Vector} */
export function toVector(lon, lat) {
  const c = Math.cos(lat * DEGREE);
  return [c * Math.cos(lon * DEGREE), c * Math.sin(lon * DEGREE), Math.sin(lat * DEGREE)];
}

/** @param {Vector} vector @returns {[lon: number, lat: number]} degrees */
export function toAngles([x, y, z]) {
  return [(((Math.atan2(y, x) / DEGREE) % 360) + 360) % 360, Math.atan2(z, Math.hypot(x, y)) / DEGREE];
}

/** A vector of the frame in equatorial coordinates. @param {Frame} frame @param {Vector} v @returns {Vector} */
export function fromFrame(frame, v) {
  if (frame === "equatorial") return v;
  return /** @type {Vector} */ (
    [0, 1, 2].map((i) => GALACTIC.reduce((sum, row, k) => sum + row[i] * v[k], 0))
  );
}

/** @param {Frame} frame @param {Vector} v @returns {Vector} */
export function intoFrame(frame, v) {
  if (frame === "equatorial") return v;
  return /** @type {Vector} */ (GALACTIC.map((row) => row[0] * v[0] + row[1] * v[1] + row[2] * v[2]));
}

export class SkyPlane {
  /** @param {SkyView} view */
  constructor(view) {
    this.view = view;
    this.whole = view.radius > WIDEST;
    const lon = view.lon * DEGREE;
    const lat = this.whole ? 0 : view.lat * DEGREE;
    const [sl, cl, sb, cb] = [Math.sin(lon), Math.cos(lon), Math.sin(lat), Math.cos(lat)];
    /** Unit vectors to the centre, and to the east and to the north of it; equatorial. */
    this.axes = /** @type {Vector[]} */ ([
      [cb * cl, cb * sl, sb],
      [-sl, cl, 0],
      [-sb * cl, -sb * sl, cb],
    ]).map((v) => fromFrame(view.frame, v));
    this.half = this.whole ? ROOT2 : 2 * Math.sin((view.radius * DEGREE) / 2);
  }

  /** @param {Vector} p equatorial @returns {[number, number]} NaN where the projection is undefined */
  ofVector([x, y, z]) {
    const [c, e, n] = this.axes.map((a) => a[0] * x + a[1] * y + a[2] * z);
    if (!this.whole) {
      if (c < -0.9) return [NaN, NaN];
      const k = Math.sqrt(2 / (1 + c));
      return [-k * e, k * n];
    }
    const r = Math.hypot(c, e);
    const w = Math.sqrt(1 + Math.sqrt(Math.max(0, r * (r + c)) / 2));
    return [(-Math.sign(e) * 2 * ROOT2 * Math.sqrt(Math.max(0, r * (r - c)) / 2)) / w, (ROOT2 * n) / w];
  }

  /** @param {number} ra @param {number} dec degrees */
  of(ra, dec) {
    return this.ofVector(toVector(ra, dec));
  }

  /** A position in the frame. @param {number} lon @param {number} lat degrees */
  ofFrame(lon, lat) {
    return this.ofVector(fromFrame(this.view.frame, toVector(lon, lat)));
  }

  /** @param {number} u @param {number} v @returns {Vector | null} equatorial; null off the sky */
  back(u, v) {
    let c, e, n;
    if (!this.whole) {
      const square = u * u + v * v;
      if (square >= 4) return null;
      const k = Math.sqrt(1 - square / 4);
      [c, e, n] = [1 - square / 2, -u * k, v * k];
    } else {
      if ((u * u) / 8 + (v * v) / 2 > 1) return null;
      const z = Math.sqrt(1 - (u * u) / 16 - (v * v) / 4);
      const lon = 2 * Math.atan2(-z * u, 2 * (2 * z * z - 1));
      n = z * v;
      const r = Math.sqrt(Math.max(0, 1 - n * n));
      [c, e] = [r * Math.cos(lon), r * Math.sin(lon)];
    }
    const [a, b, d] = this.axes;
    return [c * a[0] + e * b[0] + n * d[0], c * a[1] + e * b[1] + n * d[1], c * a[2] + e * b[2] + n * d[2]];
  }

  /** @param {number} u @param {number} v @returns {[lon: number, lat: number] | null} of the frame, degrees */
  backToFrame(u, v) {
    const place = this.back(u, v);
    return place && toAngles(intoFrame(this.view.frame, place));
  }

  /**
   * Many positions at once. @param {ArrayLike<number>} ra @param {ArrayLike<number>} dec degrees
   * @returns {{u: Float64Array, v: Float64Array}}
   */
  all(ra, dec) {
    const u = new Float64Array(ra.length);
    const v = new Float64Array(ra.length);
    const [[a0, a1, a2], [b0, b1, b2], [c0, c1, c2]] = this.axes;
    for (let i = 0; i < ra.length; i++) {
      const cd = Math.cos(dec[i] * DEGREE);
      const [x, y, z] = [
        cd * Math.cos(ra[i] * DEGREE),
        cd * Math.sin(ra[i] * DEGREE),
        Math.sin(dec[i] * DEGREE),
      ];
      const c = a0 * x + a1 * y + a2 * z;
      const e = b0 * x + b1 * y + b2 * z;
      const n = c0 * x + c1 * y + c2 * z;
      if (!this.whole) {
        const k = c < -0.9 ? NaN : Math.sqrt(2 / (1 + c));
        u[i] = -k * e;
        v[i] = k * n;
      } else {
        const r = Math.sqrt(c * c + e * e);
        const w = Math.sqrt(1 + Math.sqrt(Math.max(0, r * (r + c)) / 2));
        const s = (2 * ROOT2 * Math.sqrt(Math.max(0, r * (r - c)) / 2)) / w;
        u[i] = e > 0 ? -s : s;
        v[i] = (ROOT2 * n) / w;
      }
    }
    return { u, v };
  }

  /**
   * The same in SQL: selects u and v from a source of columns `p` and `q` (degrees), with the other columns named.
   * @param {string} source SQL after FROM @param {string[]} others columns to pass on
   */
  sql(source, others) {
    const rest = others.map((name) => `, ${name}`).join("");
    const vector = `SELECT cos(radians(q)) * cos(radians(p)) AS x, cos(radians(q)) * sin(radians(p)) AS y, sin(radians(q)) AS z${rest} FROM ${source}`;
    const dot = (/** @type {Vector} */ a) =>
      `${number(a[0])} * x + ${number(a[1])} * y + ${number(a[2])} * z`;
    const [c, e, n] = this.axes.map(dot);
    const turned = `SELECT ${c} AS c0, ${e} AS e0, ${n} AS n0${rest} FROM (${vector})`;
    if (!this.whole) {
      const near = `SELECT *, sqrt(2 / (1 + c0)) AS k0 FROM (${turned}) WHERE c0 > -0.9`;
      return `SELECT -k0 * e0 AS u, k0 * n0 AS v${rest} FROM (${near})`;
    }
    const radius = `SELECT *, sqrt(c0 * c0 + e0 * e0) AS r0 FROM (${turned})`;
    const weight = `SELECT *, sqrt(1 + sqrt(greatest(0, r0 * (r0 + c0)) / 2)) AS w0 FROM (${radius})`;
    return `SELECT (CASE WHEN e0 > 0 THEN -1 ELSE 1 END) * ${2 * ROOT2} * sqrt(greatest(0, r0 * (r0 - c0)) / 2) / w0 AS u, ${ROOT2} * n0 / w0 AS v${rest} FROM (${weight})`;
  }
}

/** A double, as SQL reads digits as a decimal. @param {number} value */
function number(value) {
  return `(${value.toExponential()})`;
}
