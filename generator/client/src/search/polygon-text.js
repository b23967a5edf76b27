/**
 * Polygons in the notation of readers and in SQL.
 *
 * @typedef {import("../catalogue/polygon.js").Polygon} Polygon
 */
import { FEWEST, MOST, shapeOf } from "../catalogue/polygon.js";
import { t } from "../shared/strings.js";
import { Refused } from "./grammar.js";
import { parseDec, parsePosition, parseRa } from "./position.js";
import { quoteName } from "./literals.js";

/** @param {string} text `ra,dec,ra,dec,…` in degrees @returns {Polygon} throws Refused */
export function parsePolygon(text) {
  const parts = text.split(",");
  if (parts.length % 2) throw new Refused(t("Write a polygon as ra,dec,ra,dec,… in degrees."));
  /** @type {number[]} */
  const points = [];
  for (let i = 0; i < parts.length; i += 2) points.push(parseRa(parts[i]), parseDec(parts[i + 1]));
  return makePolygon(points);
}

/** @param {string} text a corner a line, as positions are written; or all in one line as in an address @returns {Polygon} throws Refused */
export function readPolygon(text) {
  const lines = text.split(/[\n;]+/).flatMap((line) => line.trim() || []);
  if (lines.length === 1) {
    const inside = lines[0].replace(/^polygon\s*(?:icrs\s*)?\(?|\)$/gi, "").trim();
    const numbers = inside.split(/\s*,\s*|\s+/);
    if (numbers.length >= 2 * FEWEST && numbers.every((part) => /^[+-]?[\d.]+$/.test(part)))
      return parsePolygon(numbers.join(","));
  }
  const points = lines.flatMap((line, i) => {
    try {
      const place = parsePosition(line.replace(/[,\s]+$/, ""));
      if (!place) throw new Refused(t("“{text}” is not a position.", { text: line }));
      return [place.ra, place.dec];
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      throw new Refused(t("Line {line}: {message}", { line: i + 1, message: error.message }));
    }
  });
  return makePolygon(points);
}

/** The inverse of readPolygon. @param {Polygon} polygon */
export function writeCorners({ points }) {
  return points.flatMap((ra, i) => (i % 2 ? [] : `${ra} ${points[i + 1]}`)).join("\n");
}

/** @param {number[]} all @returns {Polygon} throws Refused */
export function makePolygon(all) {
  /** @type {number[]} */
  const points = [];
  const same = (/** @type {number} */ i, /** @type {number} */ j) =>
    points[i] % 360 === points[j] % 360 && points[i + 1] === points[j + 1];
  for (let i = 0; i < all.length; i += 2) {
    points.push(all[i], all[i + 1]);
    // a corner given twice, one after the other, is one corner
    if (points.length > 2 && same(points.length - 4, points.length - 2)) points.length -= 2;
  }
  if (points.length > 2 && same(0, points.length - 2)) points.length -= 2;
  const count = points.length / 2;
  if (count < FEWEST) throw new Refused(t("A polygon has at least {n} corners.", { n: FEWEST }));
  if (count > MOST) throw new Refused(t("A polygon has at most {n} corners.", { n: MOST }));
  const shape = shapeOf(points);
  if (shape === "wide") throw new Refused(t("The polygon must fit into less than half of the sky."));
  if (shape === "flat") throw new Refused(t("The corners of the polygon lie on one line."));
  if (Array.isArray(shape)) {
    const [a, b] = shape;
    const next = (/** @type {number} */ k) => (k % count) + 1;
    throw new Refused(
      t("The polygon crosses itself: its side from corner {a} to {b} meets the one from {c} to {d}.", {
        a,
        b: next(a),
        c: b,
        d: next(b),
      }),
    );
  }
  return { type: "polygon", points };
}

/**
 * The rows inside. The vector of a row is computed once and passed to a function, as up to 200 sides need it.
 * @param {{ra: string, dec: string}} position columns @param {Polygon} polygon
 */
export function polygonCondition(position, { points }) {
  const shape = shapeOf(points);
  if (typeof shape === "string" || Array.isArray(shape)) return "FALSE";
  const [ra, dec] = [`radians(${quoteName(position.ra)})`, `radians(${quoteName(position.dec)})`];
  const along = (/** @type {number[]} */ [x, y, z]) => `(${double(x)}*v.x+${double(y)}*v.y+${double(z)}*v.z)`;
  const crossed = shape.sides.map(({ plane, from, to, side }) => {
    const [west, east] = side > 0 ? [from, to] : [to, from];
    const beyond = `${along(plane)} ${side > 0 ? "<" : ">"} 0`;
    return `(${along(shape.across[east])} >= 0 AND ${along(shape.across[west])} < 0 AND ${beyond})::INT`;
  });
  const near = `${along(shape.centre)} >= ${double(Math.cos(shape.radius) - 1e-12)}`;
  const vector = `{'x': cos(${dec}) * cos(${ra}), 'y': cos(${dec}) * sin(${ra}), 'z': sin(${dec})}`;
  return `list_transform([${vector}], lambda v: ${near} AND (${crossed.join(" + ")}) % 2 = 1)[1]`;
}

/** A number with an exponent, which DuckDB reads as a DOUBLE; without it would be a DECIMAL. @param {number} value */
const double = (value) => value.toExponential();
