/** Shapes on the sky in statements of other archives: POINT, CIRCLE, BOX and POLYGON of ADQL, cones of other servers. */
import { t } from "../../shared/strings.js";
import { Refused } from "../grammar.js";
import { shapeOf } from "../../catalogue/polygon.js";
import { makePolygon, polygonCondition } from "../polygon-text.js";
import { Reader } from "./token-row.js";

/** @typedef {import("./token-row.js").Edit} Edit */

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
/** Functions of SDSS's server that search around a position. */
const NEARBY = /^f(?:get(?:nearby|nearest|obj)|distance)\w*$/i;

/** Translate cones and distances of ADQL. @param {Reader} r */
export function geometry(r) {
  /** @type {Edit[]} */
  const edits = [];
  for (let i = 0; i < r.all.length; i++) {
    const word = r.word(i);
    if (NEARBY.test(r.text(i)) && r.text(i + 1) === "(")
      throw advice(
        r.text(i),
        r.parts(i + 1)?.map((part) => r.source(part)),
      );
    if (/^COORD[12]$/.test(word) && r.text(i + 1) === "(") {
      const place = point(r, r.parts(i + 1)?.[0] ?? [i, i]);
      if (!place) throw advice(r.text(i));
      edits.push({ from: r.from(i), to: r.end(r.close(i + 1)), text: place[Number(word[5]) - 1] });
      continue;
    }
    if (/^Q3C_RADIAL_QUERY$/.test(word)) {
      const parts = r.parts(i + 1)?.map((part) => r.source(part));
      if (parts?.length !== 5) throw advice(r.text(i));
      const call = `cone(${[...parts.slice(0, 4), arcsec(parts[4])].join(", ")})`;
      edits.push({ from: r.from(i), to: r.end(r.close(i + 1)), text: call });
      continue;
    }
    if (word === "DISTANCE") {
      const parts = r.parts(i + 1);
      const points = parts?.length === 2 ? parts.map((part) => point(r, part)) : null;
      const four =
        parts?.length === 4
          ? parts.map((part) => r.source(part))
          : points?.every(Boolean)
            ? points.flat()
            : null;
      if (four)
        edits.push({
          from: r.from(i),
          to: r.end(r.close(i + 1)),
          text: `(separation(${four.join(", ")}) / 3600)`,
        });
      continue;
    }
    if (word !== "CONTAINS" && word !== "INTERSECTS") continue;
    const parts = r.parts(i + 1);
    if (!parts || parts.length !== 2 || !/^(?:POINT|CIRCLE|BOX|POLYGON)$/.test(r.word(parts[0][0]))) continue;
    const other = word === "INTERSECTS" ? point(r, parts[1]) : null;
    const at = point(r, parts[0]) ?? other;
    const around = at && at === other ? parts[0] : parts[1];
    const circle = at && cone(r, around);
    const corners = at && !circle ? polygon(r, around) : null;
    if (!at || !(circle || corners)) throw advice(r.text(i));
    const close = r.close(i + 1);
    let [from, to, sense] = [r.from(i), r.end(close), ""];
    if (/^[01]$/.test(r.text(i - 2)) && r.text(i - 1) === "=") [from, sense] = [r.from(i - 2), r.text(i - 2)];
    else if (r.text(close + 1) === "=" && /^[01]$/.test(r.text(close + 2)))
      [to, sense] = [r.end(close + 2), r.text(close + 2)];
    const call = circle ? `cone(${[...at, ...circle].join(", ")})` : inside(at, corners || []);
    edits.push({ from, to, text: sense === "0" ? `NOT ${call}` : call });
  }
  return edits;
}

/** @param {string} word @param {string[]} [args] of a search around a position: ra, dec, and the radius in arcmin */
const advice = (word, args = []) =>
  args.length === 3 && args.every((arg) => /^[+-]?[\d.]+(?:e[+-]?\d+)?$/i.test(arg))
    ? new Refused(
        t("{word} is not supported here: write WHERE {cone} after the catalogue; the radius is in arcsec.", {
          word,
          cone: `cone(ra, dec, ${args[0]}, ${args[1]}, ${Number((Number(args[2]) * 60).toPrecision(15))})`,
        }),
      )
    : new Refused(
        t(
          "{word} is not supported here in this form. A cone is cone(ra, dec, 150.1, 2.2, 60): degrees, and the radius in arcsec.",
          { word },
        ),
      );

/** The arguments after a coordinate system, which may be left out. @param {Reader} r @param {[number, number]} part @param {string} name */
function shape(r, [first], name) {
  if (r.word(first) !== name) return null;
  const parts = r.parts(first + 1) ?? [];
  const [head] = parts;
  const system = head && r.text(head[0]).startsWith("'") ? r.text(head[0]).slice(1, -1).trim() : null;
  if (system !== null && !/^(?:ICRS.*|)$/i.test(system))
    throw new Refused(t("Positions here are ICRS; “{system}” is not converted.", { system }));
  return system === null ? parts : parts.slice(1);
}

/** @param {Reader} r @param {[number, number]} part @returns {string[] | null} ra, dec */
function point(r, part) {
  const parts = shape(r, part, "POINT");
  return parts?.length === 2 ? parts.map((one) => r.source(one)) : null;
}

/** @param {Reader} r @param {[number, number]} part @returns {string[] | null} ra, dec, radius in arcsec */
function cone(r, part) {
  const parts = shape(r, part, "CIRCLE");
  if (!parts) return null;
  const centre =
    parts.length === 2
      ? point(r, parts[0])
      : parts.length === 3
        ? parts.slice(0, 2).map((one) => r.source(one))
        : null;
  if (!centre) return null;
  return [...centre, arcsec(r.source(parts[parts.length - 1]))];
}

/** @param {Reader} r @param {[number, number]} part @returns {number[] | null} corners of a polygon or a box, if all are numbers */
function polygon(r, part) {
  const parts = shape(r, part, "POLYGON") ?? shape(r, part, "BOX");
  if (!parts) return null;
  const given = parts.flatMap((one) => point(r, one) ?? r.source(one));
  if (!given.every((text) => NUMBER.test(text)) || given.length % 2) return null;
  const numbers = given.map(Number);
  if (r.word(part[0]) === "POLYGON") return numbers;
  const [ra, dec, width, height] = numbers;
  const [west, east, south, north] = [ra - width / 2, ra + width / 2, dec - height / 2, dec + height / 2];
  return numbers.length === 4 ? [west, south, east, south, east, north, west, north] : null;
}

/**
 * The rows inside of a polygon, and of the circle around it, by which parts of a catalogue are left out.
 * @param {string[]} at ra, dec in SQL @param {number[]} corners deg
 */
function inside([ra, dec], corners) {
  const found = makePolygon(corners.map((angle, i) => (i % 2 ? angle : ((angle % 360) + 360) % 360)));
  const bounds = shapeOf(found.points);
  if (typeof bounds === "string" || Array.isArray(bounds)) return "FALSE";
  const [x, y, z] = bounds.centre;
  const degrees = (/** @type {number} */ angle) => (angle * 180) / Math.PI;
  const centre = [degrees(Math.atan2(y, x)) + 360, degrees(Math.atan2(z, Math.hypot(x, y)))];
  const around = [centre[0] % 360, centre[1], degrees(bounds.radius) * 3600 + 1].map((one) => one.toFixed(4));
  const [east, north] = ["_ra_", "_dec_"];
  const exact = polygonCondition({ ra: east, dec: north }, found)
    .replaceAll(`"${east}"`, ra)
    .replaceAll(`"${north}"`, dec);
  return `(cone(${[ra, dec, ...around].join(", ")}) AND ${exact})`;
}

/** @param {string} radius in degrees @returns {string} in arcsec */
function arcsec(radius) {
  const number = /^\s*(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i.test(radius)
    ? Number((Number(radius) * 3600).toPrecision(15))
    : null;
  return number === null ? `(${radius}) * 3600` : String(number);
}
