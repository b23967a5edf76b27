/**
 * `near(a, b, radius)` and `nearest(a, b, radius)`: two tables matched by position, as macros of DuckDB. Both sides get the
 * HEALPix pixels of one order, and pixels are compared for equality, which DuckDB does by hashing; the separation then decides.
 *
 * Within each of the twelve faces of HEALPix the sky is a plane in which no distance is stretched by more than STRETCH, so the
 * circle around a position lies in a square around it. Where that square reaches over the edge of its face, its pixels are those of the neighbouring face.
 */
import { BEYOND, TURNED } from "../../catalogue/beside.js";
import { FINEST, SIDE, STRETCH } from "../../catalogue/match.js";
import { separationFormula } from "../conditions.js";

/** Added to every circle, in degrees: more than any rounding. */
const SLACK = 1e-9;

/** Largest radius in arcsec. */
export const WIDEST = 3600;

/** Pixels at least twice as wide as a circle. */
const ORDER = `greatest(0, least(${FINEST}, floor(log2(${SIDE} / (4 * radians(greatest(radius, 0.01) / 3600))))))`;
/** Pixels along a side of a face. The message is that of a radius which cannot be. */
const N = `CAST(CASE WHEN radius BETWEEN 0 AND ${WIDEST} THEN pow(2, ${ORDER})
  ELSE error('The radius of near and nearest is a number of arcsec from 0 to ${WIDEST}') END AS BIGINT)`;
const REACH = `(${STRETCH} * radians(radius / 3600 + ${SLACK}) * _near_side / ${SIDE})`;

/** The columns that are added to a table while it is matched. */
const AT = "_near_ra, _near_dec, _near_side";

/**
 * A table with positions that are numbers, NULL where there is none.
 * @param {string} table @param {string} ra @param {string} dec
 */
function positions(table, ra, dec) {
  const [x, y] = [`CAST(${ra} AS DOUBLE)`, `CAST(${dec} AS DOUBLE)`];
  const there = `isfinite(${x}) AND abs(${y}) <= 90`;
  return `SELECT *, CASE WHEN ${there} THEN ${x} END AS _near_ra, CASE WHEN ${there} THEN ${y} END AS _near_dec,
  ${N} AS _near_side FROM query_table(${table})`;
}

/** The face of each position, and its place there in pixels. @param {string} from */
function placed(from) {
  const quarter = "least(3, floor(_near_turn))";
  const inCap = `(_near_turn - ${quarter}) * _near_down`;
  const across = `(1 - _near_turn + ${quarter}) * _near_down`;
  return `SELECT * EXCLUDE (_near_turn, _near_z, _near_down, _near_east, _near_west),
  CAST(CASE WHEN _near_z IS NULL THEN NULL
    WHEN abs(_near_z) > 2 / 3 THEN ${quarter} + CASE WHEN _near_z > 0 THEN 0 ELSE 8 END
    WHEN floor(_near_west) = floor(_near_east) THEN floor(_near_west) % 4 + 4
    WHEN floor(_near_west) < floor(_near_east) THEN floor(_near_west) % 4
    ELSE floor(_near_east) % 4 + 8 END AS BIGINT) AS _near_face,
  _near_side * CASE WHEN abs(_near_z) <= 2 / 3 THEN _near_east - floor(_near_east)
    WHEN _near_z > 0 THEN 1 - ${across} ELSE ${inCap} END AS _near_x,
  _near_side * CASE WHEN abs(_near_z) <= 2 / 3 THEN 1 - _near_west + floor(_near_west)
    WHEN _near_z > 0 THEN 1 - ${inCap} ELSE ${across} END AS _near_y
  FROM (SELECT *, 0.5 + _near_turn + 0.75 * _near_z AS _near_east, 0.5 + _near_turn - 0.75 * _near_z AS _near_west
  FROM (SELECT *, (_near_ra / 90 % 4 + 4) % 4 AS _near_turn, sin(radians(_near_dec)) AS _near_z,
    cos(radians(_near_dec)) / sqrt((1 + abs(sin(radians(_near_dec)))) / 3) AS _near_down FROM (${from})))`;
}

/** The pixel of each position. @param {string} from */
function inPixels(from) {
  const whole = (/** @type {string} */ at) =>
    `greatest(0, least(_near_side - 1, CAST(floor(${at}) AS BIGINT)))`;
  return `SELECT * EXCLUDE (_near_face, _near_x, _near_y),
  (_near_face * _near_side + ${whole("_near_x")}) * _near_side + ${whole("_near_y")} AS _near_pixel FROM (${placed(from)})`;
}

/** The pixels that the circle around each position touches, a row for each. @param {string} from */
function aroundPixels(from) {
  const pixels = (/** @type {string} */ at) =>
    `unnest(range(CAST(floor(${at} - ${REACH}) AS BIGINT), CAST(floor(${at} + ${REACH}) AS BIGINT) + 1))`;
  const over = (/** @type {string} */ at) =>
    `CASE WHEN ${at} < 0 THEN 0 WHEN ${at} < _near_side THEN 1 ELSE 2 END`;
  const list = (/** @type {number[][]} */ table) => `[${table.flat().join(", ")}]`;
  const mirrored = (/** @type {string} */ at, /** @type {number} */ bit) =>
    `CASE WHEN _near_turned & ${bit} = 0 THEN ${at} ELSE _near_side - 1 - ${at} END`;
  const swapped = (/** @type {string} */ one, /** @type {string} */ other) =>
    `CASE WHEN _near_turned & 4 = 0 THEN ${one} ELSE ${other} END`;
  const [i, j] = [mirrored("_near_i", 1), mirrored("_near_j", 2)];
  return `SELECT * EXCLUDE (_near_face, _near_i, _near_j, _near_turned),
  (_near_face * _near_side + ${swapped(i, j)}) * _near_side + ${swapped(j, i)} AS _near_pixel
  FROM (SELECT * EXCLUDE (_near_face, _near_i, _near_j, _near_to),
    ${list(BEYOND)}[12 * _near_to + _near_face + 1] AS _near_face, ${list(TURNED)}[3 * _near_to + _near_face // 4 + 1] AS _near_turned,
    (_near_i + _near_side) % _near_side AS _near_i, (_near_j + _near_side) % _near_side AS _near_j
  FROM (SELECT *, ${over("_near_i")} + 3 * ${over("_near_j")} AS _near_to
  FROM (SELECT * EXCLUDE (_near_y), ${pixels("_near_y")} AS _near_j
  FROM (SELECT * EXCLUDE (_near_x), ${pixels("_near_x")} AS _near_i FROM (${placed(from)}))))) WHERE _near_face >= 0`;
}

const [LEFT, RIGHT] = ["l", "r"].map((side) => [`radians(${side}._near_ra)`, `radians(${side}._near_dec)`]);
const APART = separationFormula(LEFT[0], LEFT[1], RIGHT[0], RIGHT[1]);
/** With the columns of a, those of b and the separation. */
const MATCHED = `SELECT * FROM (SELECT l.* EXCLUDE (${AT}, _near_pixel), r.* EXCLUDE (${AT}, _near_pixel), ${APART} AS separation
  FROM (${aroundPixels(positions("a", "ra_a", "dec_a"))}) l
  JOIN (${inPixels(positions("b", "ra_b", "dec_b"))}) r
  ON l._near_pixel = r._near_pixel AND ${APART} <= radius)`;
/** The macro on which the others are based. */
export const PAIRS = "_near_pairs";
const COLUMNS = "a, b, radius, ra_a, dec_a, ra_b, dec_b";
const ALL = `FROM ${PAIRS}(${COLUMNS})`;
/** Those with the smallest separation for each row of a. */
const NEAREST = `WITH _near_rows AS (SELECT *, row_number() OVER () AS _near_row FROM query_table(a))
  SELECT * EXCLUDE (_near_row) FROM ${PAIRS}(_near_rows, ${COLUMNS.slice(3)})
  QUALIFY row_number() OVER (PARTITION BY _near_row ORDER BY separation) = 1`;

/** Positions in columns named ra and dec need not be named. @param {string} name @param {string} body @returns {[head: string, body: string]} */
const macro = (name, body) => [
  `${name}(a, b, radius)`,
  `TABLE (${body.replace(/ra_a, dec_a, ra_b, dec_b/g, 'ra, "dec", ra, "dec"')}), (${COLUMNS}) AS TABLE (${body})`,
];

/** Heads and bodies of the macros, in the order in which they must be created. @type {[head: string, body: string][]} */
export const NEAR = [
  [`${PAIRS}(${COLUMNS})`, `TABLE ${MATCHED}`],
  macro("near", ALL),
  macro("nearest", NEAREST),
];
