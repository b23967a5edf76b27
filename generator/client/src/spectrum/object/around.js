/**
 * What lies around an object: the release's own rows, and the objects of other catalogues that they are matched with.
 * Pure: from rows to places on a chart.
 *
 * @typedef {import("../../catalogue/rows.js").Row} Row
 * @typedef {{ra: number, dec: number}} Place degrees
 * @typedef {import("../../formats.d.ts").ObjectFacts} Facts of a catalogue, from the page
 * @typedef {import("../../formats.d.ts").ObjectMatch} Match
 * @typedef {object} Neighbour
 * @property {string} catalogue of the release
 * @property {Match | null} match the other catalogue; null for the release's own rows
 * @property {Place} place of the object; where it is not known, that of the own row
 * @property {number | null} ring arcsec: the object is somewhere on a circle around `place`
 * @property {number} east arcsec from the centre, in the tangent plane
 * @property {number} north
 * @property {number} apart arcsec from the centre; of a circle, from the own row
 * @property {number | null} angle position angle in degrees, from north through east; null at the centre itself and for circles
 * @property {{east: number, north: number} | null} motion mas/yr
 * @property {number | null} magnitude
 * @property {{column: string, value: string}} id of the row
 * @property {number} rows how many have this place
 */
import { separation } from "../../catalogue/rows.js";
import { numberOf } from "../../shared/value-text.js";

const RADIAN = Math.PI / 180;
/** Years: in longer times motions are not straight. */
const LONGEST = 10000;
/** Arcsec: nearer than this there is no direction. */
const SAME = 1e-4;

/**
 * Where a place is, seen from another.
 * @param {Place} centre @param {Place} place
 * @returns {{east: number, north: number, apart: number, angle: number | null}} arcsec and degrees
 */
export function seenFrom(centre, place) {
  const [d0, d1, turn] = [centre.dec, place.dec, place.ra - centre.ra].map((value) => value * RADIAN);
  const across = Math.cos(d1) * Math.sin(turn);
  const up = Math.cos(d0) * Math.sin(d1) - Math.sin(d0) * Math.cos(d1) * Math.cos(turn);
  const ahead = Math.sin(d0) * Math.sin(d1) + Math.cos(d0) * Math.cos(d1) * Math.cos(turn);
  const apart = separation(centre.ra, centre.dec, place.ra, place.dec);
  const angle = apart < SAME ? null : (((Math.atan2(across, up) / RADIAN) % 360) + 360) % 360;
  const arcsec = 3600 / RADIAN / ahead;
  return { east: across * arcsec, north: up * arcsec, apart, angle };
}

/** The columns that `neighbours` reads of a catalogue. @param {Facts} facts */
export function columnsOf({ roles, motion, magnitude, matches }) {
  const names = [roles.ra, roles.dec, roles.id, roles.designation, ...(motion ?? []), magnitude];
  for (const { columns, magnitude: other } of matches)
    names.push(columns.separation, ...(columns.position ?? []), ...(columns.motion ?? []), other);
  return [.../** @type {Set<string>} */ (new Set(names.filter(Boolean)))];
}

/**
 * @param {Row[]} rows of any catalogues
 * @param {Record<string, Facts>} objects
 * @param {(row: Row) => Place | null} placeOf
 * @param {Place} centre
 * @returns {Neighbour[]} the nearest first; rows at one place are one
 */
export function neighbours(rows, objects, placeOf, centre) {
  /** @type {Map<string, Neighbour>} */
  const found = new Map();
  for (const row of rows) {
    const place = placeOf(row);
    const facts = objects[row.catalogue];
    if (!place || !facts) continue;
    for (const one of [ownOf(row, facts, place, centre), ...matchedOf(row, facts, place, centre)]) {
      const key = [one.catalogue, one.match?.name, one.ring, one.place.ra, one.place.dec].join(" ");
      const known = found.get(key);
      if (known) known.rows++;
      else found.set(key, one);
    }
  }
  return [...found.values()].sort((a, b) => a.apart - b.apart);
}

/** @param {Row} row @param {Facts} facts @param {Place} place @param {Place} centre @returns {Neighbour} */
function ownOf(row, facts, place, centre) {
  const column = facts.roles.id ?? row.columns[0].name;
  return {
    catalogue: row.catalogue,
    match: null,
    place,
    ring: null,
    ...seenFrom(centre, place),
    motion: motionOf(row, facts.motion),
    magnitude: magnitudeOf(row, facts.magnitude),
    id: { column, value: String(row.values.get(column) ?? "") },
    rows: 1,
  };
}

/** @param {Row} row @param {Facts} facts @param {Place} own @param {Place} centre @returns {Neighbour[]} */
function matchedOf(row, facts, own, centre) {
  return facts.matches.flatMap((match) => {
    const apart = known(row, match.columns.separation);
    if (apart === null) return [];
    const [ra, dec] = (match.columns.position ?? []).map((name) => known(row, name));
    const exact = ra !== undefined && ra !== null && dec !== null;
    const place = exact ? { ra, dec } : own;
    return [
      {
        ...ownOf(row, facts, place, centre),
        match,
        ...(exact ? { ring: null } : { ring: apart, apart, angle: null }),
        motion: motionOf(row, match.columns.motion),
        magnitude: magnitudeOf(row, match.magnitude),
      },
    ];
  });
}

/** A number that is not one of the column's values for "nothing". @param {Row} row @param {string | null} name */
function known({ values, columns }, name) {
  if (name === null) return null;
  const value = values.get(name) ?? null;
  const missing = columns.find((column) => column.name === name)?.missing ?? [];
  const number = value === null ? null : numberOf(value);
  return number === null || !Number.isFinite(Number(number)) || missing.map(String).includes(String(value))
    ? null
    : Number(number);
}

/** @param {Row} row @param {[string, string] | null} pair */
function motionOf(row, pair) {
  const [east, north] = (pair ?? []).map((name) => known(row, name));
  return east === undefined || east === null || north === null ? null : { east, north };
}

/** Magnitudes outside of this are marks. @param {Row} row @param {string | null} name */
function magnitudeOf(row, name) {
  const value = known(row, name);
  return value !== null && value > -30 && value < 40 ? value : null;
}

/**
 * The length of a scale bar: 1, 2 or 5 times a power of ten arcsec, or whole minutes, about a quarter of the field.
 * @param {number} radius arcsec
 */
export function barOf(radius) {
  const lengths = [1, 2, 5, 10, 20, 30, 60, 120, 180, 300];
  return lengths.findLast((length) => length <= radius * 0.55) ?? lengths[0];
}

/**
 * The years for which proper motions are drawn: 1, 2 or 5 times a power of ten, so that the longest arrow stays within a third of the field.
 * @param {Neighbour[]} found @param {number} radius arcsec
 * @returns {number | null} null where nothing moves
 */
export function yearsOf(found, radius) {
  const fastest = Math.max(
    0,
    ...found.map(({ motion }) => (motion ? Math.hypot(motion.east, motion.north) : 0)),
  );
  if (!fastest) return null;
  const most = ((radius / 3) * 1000) / fastest;
  const power = 10 ** Math.floor(Math.log10(most));
  const years = power * (most >= 5 * power ? 5 : most >= 2 * power ? 2 : 1);
  return Math.min(Math.max(years, 1), LONGEST);
}
