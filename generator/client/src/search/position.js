/**
 * Positions in the notations of readers: decimal degrees, sexagesimal, or an IAU designation.
 *
 * @typedef {{type: "cone", ra: number, dec: number, radius: number}} Cone ra, dec in deg; radius in arcsec
 * @typedef {{type: "box", ra_min: number, ra_max: number, dec_min: number, dec_max: number}} Box deg; ra_min > ra_max wraps through 0
 * @typedef {Cone | Box | import("../catalogue/polygon.js").Polygon} Region
 */
import { t } from "../shared/strings.js";
import { Refused } from "./grammar.js";
import { halfWidth, readNumber } from "./literals.js";

const MARKS = /[hdms°:'"′″’”\s]+/gi;
/** A prefix of coordinates that names their system. */
export const LABELS =
  /\b(?:ra|r\.a\.|dec|de|decl|raj2000|dej2000|j2000(?:\.0)?|icrs|fk5)\b\s*[:=]?|[αδ]\s*[:=]?|赤经\s*[:=]?|赤纬\s*[:=]?/giu;
/** A name of an object: a word, or text with which no coordinate begins. */
const NAMED = /^(?:[\p{L}*][\p{L}\d.*[\]-]*(?:[ _-]|\d|$)|\d\w*[\p{L}][\w]*\s+[JB]?\d)/u;
const PAIR = /^(.+?)(?:\s*,\s*|\s+(?=[+-])|(?<=[\dhmsd°'"′″])(?=[+-]))(.+)$/i;
/** Fractions of seconds are written with a point or, as in 2MASS, without. */
const NAME =
  /^(?:[A-Za-z0-9 ._-]*?J\s*)?(\d{2})(\d{2})(\d{2})(?:\.?(\d+))?\s*([+-])(\d{2})(\d{2})(\d{2})(?:\.?(\d+))?$/i;

const GALACTIC =
  /^(?:G|gal(?:actic)?)\s*(\d+(?:\.\d*)?)\s*,?\s*([+-]?\s*\d+(?:\.\d*)?)$|^(?:glon|l)\s*[:=]?\s*(\d+(?:\.\d*)?)[\s°d,;]*(?:glat|b)\s*[:=]?\s*([+-]?\s*\d+(?:\.\d*)?)\s*[°d]?$/i;
/** Directions of the galactic axes in ICRS as in astropy: defined in FK4, transformed by way of FK5. */
const GALACTIC_AXES = [
  [-0.05487565771259218, -0.8734370519556162, -0.4838350736167156],
  [0.49410943719272665, -0.4448297212232957, 0.7469821839866677],
  [-0.8676661375596585, -0.19807633727300056, 0.45598381368730206],
];

/** Units of a radius, in arcsec. @type {Record<string, number>} */
export const RADIUS_UNITS = { arcsec: 1, arcmin: 60, deg: 3600 };
/** Default radius of a cone in arcsec, which the form shows in grey. */
export const CONE_RADIUS = 60;
/** Longest text of a position with a radius. */
const LONGEST = 200;
/** A radius after a position: with the unit as a word, since ' and " may end a sexagesimal position too. */
const WITH_RADIUS =
  /^(.*?\S)[\s,;]+(?:r(?:adius)?\s*[=:]?\s*)?((?:\d+\.?\d*|\.\d+)\s*(?:deg\w*|arcmin\w*|arcsec\w*))$/i;

/**
 * Both coordinates from one text, or null where it has only one.
 * @param {string} text @returns {{ra: number, dec: number} | null} deg; throws Refused
 */
export function parsePosition(text) {
  const clean = tidy(text);
  const name = NAME.exec(clean);
  if (name) {
    const [, h, m, s, part = "0", sign, d, arcmin, arcsec, rest = "0"] = name;
    return {
      ra: inRange(sexagesimal([h, m, `${s}.${part}`], text) * 15, 0, 360, text),
      dec:
        inRange(sexagesimal([d, arcmin, `${arcsec}.${rest}`], text), 0, 90, text) * (sign === "-" ? -1 : 1),
    };
  }
  const galactic = GALACTIC.exec(clean);
  if (galactic) {
    const [l, b] = [galactic[1] ?? galactic[3], (galactic[2] ?? galactic[4]).replace(/\s/g, "")].map(Number);
    if (l > 360 || Math.abs(b) > 90)
      throw new Refused(t("“{text}” is not a position.", { text: text.trim() }));
    return fromGalactic(l, b);
  }
  const labelled = clean.search(LABELS) >= 0;
  if (labelled || /^[([].*[)\]]$|[;/|]/.test(clean)) {
    const bare = clean
      .replace(LABELS, " ")
      .replace(/\(\s*\)/g, " ")
      .replace(/^\s*[([]|[)\]]\s*$/g, "")
      .replace(/\s*[;/|]\s*/g, ",")
      .replace(/^[\s,]+|[\s,]+$/g, "");
    if (bare !== clean && /\d/.test(bare)) return parsePosition(bare);
  }
  const spelled = /^[A-Za-z0-9._-]*?\s*J\s*(?=\d\d[\s:]\d\d)(.*)$/.exec(clean);
  if (spelled) return parsePosition(spelled[1]);
  const pair = PAIR.exec(clean);
  if (pair) return { ra: parseRa(pair[1]), dec: parseDec(pair[2]) };
  const words = clean.replace(/\s+(?=deg)/gi, "").split(/\s+/);
  if (words.length === 2) return { ra: parseRa(words[0]), dec: parseDec(words[1]) };
  if (words.length === 6)
    return { ra: parseRa(words.slice(0, 3).join(" ")), dec: parseDec(words.slice(3).join(" ")) };
  return null;
}

/** Complete coordinates, so that what follows is a radius: decimals, and all parts of sexagesimal ones. */
const WHOLE = /^[+-]?(?:\d+\.\d*[°d]?|\d+:\d+:[\d.]+|\d+[hd°]\d+[m'′][\d.]+[s"″]?)$/i;

/**
 * A position, perhaps with a radius after it: `150.1, 2.2, 60`, `10:00:24 +02:12 2 arcmin`.
 * @param {string} text @returns {{ra: number, dec: number, radius?: number} | null} deg, arcsec; null where it is one coordinate alone
 */
export function parsePlace(text) {
  try {
    const place = readPlace(text);
    if (place || !NAMED.test(tidy(text))) return place;
  } catch (error) {
    if (!(error instanceof Refused) || !NAMED.test(tidy(text))) throw error;
  }
  throw new Refused(
    t(
      "“{name}” is neither a position nor a name in the lists of this page. Examples: 10.6847 +41.2690 · 00:42:44 +41:16:09 · M 31 · NGC 224 · Vega · HD 48915",
      { name: text.trim() },
    ),
  );
}

/**
 * A position in the two boxes of a form: all of it in one of them, or a designation or galactic position split over both.
 * @param {string} ra @param {string} dec
 * @returns {{ra: number, dec: number, radius?: number} | null} null where each has a coordinate of its own
 */
export function parseBoxes(ra, dec) {
  const [first, second] = [tidy(ra), tidy(dec)];
  if (second && /(?:J|^)\s*\d{6,8}(?:\.\d*)?$/i.test(first))
    return parsePlace(`${first}${/^[+-]/.test(second) ? "" : "+"}${second}`);
  if (second && /^(?:g|gal\w*|glon|l)\s*[:=]?\s*\d/i.test(first)) return parsePlace(`${first} ${second}`);
  if (first) return parsePlace(ra);
  const place = second ? parsePlace(dec) : null;
  if (!place) throw new Refused(t("Write a right ascension."));
  return place;
}

/** A radius that is named: `ra=150.1 dec=2.2 radius=60`. */
const NAMED_RADIUS = /^(.*?\S)[\s,;]+r(?:ad(?:ius)?)?\s*[=:]\s*((?:\d+\.?\d*|\.\d+)\s*\S*)$/i;
/** All of it in brackets, or as a circle of ADQL, whose radius is in degrees. */
const BRACKETS = /^(?:[([{]\s*([^()[\]{}]*)[)\]}]|circle\s*\(\s*(?:'[^']*'\s*,)?\s*([^()]*)\))$/i;

/** @param {string} text @returns {{ra: number, dec: number, radius?: number} | null} */
function readPlace(text) {
  const [, inside, circle] = BRACKETS.exec(tidy(text)) ?? [];
  if (circle) return readPlace(/^[^,]+,[^,]+,[^,]+$/.test(circle) ? `${circle} deg` : circle);
  if (inside) return readPlace(inside);
  const [, before, size] = (text.length < LONGEST && NAMED_RADIUS.exec(tidy(text))) || [];
  const labelled = before ? parsePosition(before) : null;
  if (labelled) return { ...labelled, radius: readRadius(size, "arcsec") };
  const [ra, dec, more, ...rest] = tidy(text).split(/[\s,;]+/);
  if (more && !rest.length && WHOLE.test(ra) && WHOLE.test(dec))
    return {
      ra: parseRa(ra),
      dec: parseDec(dec),
      radius: readRadius(more.replace(/^r(?:adius)?[=:]?(?=[\d.])/i, ""), "arcsec"),
    };
  const parts = halfWidth(text).split(",");
  if (parts.length === 3) {
    const place = parsePosition(parts.slice(0, 2).join(","));
    return place && { ...place, ...(parts[2].trim() ? { radius: readRadius(parts[2], "arcsec") } : {}) };
  }
  const named = text.length < LONGEST ? WITH_RADIUS.exec(halfWidth(text).trim()) : null;
  if (!named) return parsePosition(text);
  try {
    // the unit may also be that of the declination: 150.1 deg 2.2 deg
    const place = parsePosition(text);
    if (place) return place;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
  }
  const place = parsePosition(named[1]);
  return place && { ...place, radius: readRadius(named[2], "arcsec") };
}

/**
 * Whether a right ascension, alone or before a declination, may be meant in hours: it has no unit and is read as degrees.
 * @param {string} text
 */
export function looksLikeHours(text) {
  const [ra, ...rest] = text.trim().split(/\s*,\s*|\s+/);
  const alone = rest.length === 0 || (rest.length === 1 && /^[+-]?[\d.]+$/.test(rest[0]));
  return alone && /^(?:1?\d|2[0-3])(?:\.\d+)?$/.test(ra) && Number(ra) > 0;
}

/** @param {string} text hours when sexagesimal, degrees when decimal @returns {number} deg in 0..360 */
export function parseRa(text) {
  const value = angle(tidy(text), 15, text);
  if (value < 0 || value > 360)
    throw new Refused(t("“{text}”: right ascension runs from 0 to 360 degrees.", { text: text.trim() }));
  return value;
}

/** @param {string} text @returns {number} deg in -90..90 */
export function parseDec(text) {
  const value = angle(tidy(text), 1, text);
  if (value < -90 || value > 90)
    throw new Refused(t("“{text}”: declination runs from -90 to 90 degrees.", { text: text.trim() }));
  return value;
}

/** @param {string} text @param {string} [unit] of RADIUS_UNITS @param {number} [most] arcsec @returns {number} arcsec */
export function parseRadius(text, unit = "arcsec", most = 648000) {
  const value = readNumber(text) * RADIUS_UNITS[unit];
  if (value <= 0) throw new Refused(t("The radius must be more than 0."));
  if (value > most) throw new Refused(t("The radius is at most 180 degrees."));
  return unit === "arcsec" ? value : Number(value.toPrecision(15));
}

/**
 * A radius as written in a form: with a unit of its own, or in the unit chosen next to it.
 * @param {string} text @param {string} unit of RADIUS_UNITS
 * @param {number} [most] arcsec; Infinity where the caller has a limit of its own @returns {number} arcsec
 */
export function readRadius(text, unit, most) {
  const clean = halfWidth(text)
    .trim()
    .replace(/(?<=^\d{1,3}),(?=\d{3}(?!\d))/, "");
  const found =
    /^(.*?\d\.?)\s*(?:(deg|degs|degrees?|°|º|d|度)|(arc ?mins?|arc ?minutes?|am|'|′|’|‘|角分)|(arc ?secs?|arc ?seconds?|as|"|″|”|“|''|′′|角秒)|(mas))?$/i.exec(
      clean,
    );
  if (!found || !/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(found[1].replace("\u2212", "-")))
    throw new Refused(
      t("“{text}” is not a radius. Examples: 60 · 5' · 0.1 deg · 30 arcsec", { text: text.trim() }),
    );
  const [, number, degrees, minutes, seconds, milli] = found;
  const own = degrees ? "deg" : minutes ? "arcmin" : seconds ? "arcsec" : unit;
  const value = number.replace(/\.$/, "");
  return milli
    ? Number((parseRadius(value, "arcsec") / 1000).toPrecision(15))
    : parseRadius(value, own, most);
}

/** @param {number} l deg @param {number} b deg @returns {{ra: number, dec: number}} deg, ICRS */
export function fromGalactic(l, b) {
  const [lon, lat] = [(l * Math.PI) / 180, (b * Math.PI) / 180];
  const from = [Math.cos(lat) * Math.cos(lon), Math.cos(lat) * Math.sin(lon), Math.sin(lat)];
  const [x, y, z] = [0, 1, 2].map((k) => from.reduce((sum, part, i) => sum + part * GALACTIC_AXES[i][k], 0));
  const turn = (Math.atan2(y, x) * 180) / Math.PI;
  return {
    ra: Number(((turn + 360) % 360).toFixed(9)),
    dec: Number(((Math.atan2(z, Math.hypot(x, y)) * 180) / Math.PI).toFixed(9)),
  };
}

/** @param {string} text @param {number} scale degrees in one unit of a sexagesimal value @param {string} original */
function angle(text, scale, original) {
  if (scale === 15 && /^\d+(\.\d+)?\s*h$/i.test(text)) return readNumber(text.replace(/\s*h$/i, "")) * 15;
  if (/^[+-]?\d+(\.\d+)?\s*(°|d|deg)?$/i.test(text)) return readNumber(text.replace(/\s*(°|d|deg)$/i, ""));
  const parts = text.replace(/^[+-]/, "").replace(MARKS, " ").trim().split(" ");
  if (/[h:\s°d′']/i.test(text) && parts.length >= 2 && parts.length <= 3) {
    const hours = scale === 15 && !/[°d]/i.test(text);
    return (text.startsWith("-") ? -1 : 1) * sexagesimal(parts, original) * (hours ? 15 : 1);
  }
  return readNumber(text);
}

/** @param {number} value @param {number} low @param {number} high @param {string} text */
function inRange(value, low, high, text) {
  if (value < low || value > high) throw new Refused(t("“{text}” is not a position.", { text: text.trim() }));
  return value;
}

/** @param {string[]} parts @param {string} original */
function sexagesimal(parts, original) {
  const refused = () => new Refused(t("“{text}” is not a position.", { text: original.trim() }));
  parts.forEach((part, i) => {
    if (!(i === parts.length - 1 ? /^\d+(\.\d*)?$/ : /^\d+$/).test(part)) throw refused();
  });
  const [first, minutes, seconds = 0] = parts.map(Number);
  if (minutes >= 60 || seconds >= 60) throw refused();
  return first + minutes / 60 + seconds / 3600;
}

/** @param {string} text */
function tidy(text) {
  return halfWidth(text)
    .trim()
    .replace(/[\u2212\u2013]/g, "-")
    .replace(/\u00a0/g, " ");
}

/** @param {string} text `ra,dec,radius` in deg, deg, arcsec; the radius may be left out or have a unit @returns {Cone} */
export function parseCone(text) {
  const place = parsePlace(text);
  if (!place) throw new Refused(t("Write a cone as ra,dec,radius in degrees, degrees and arcsec."));
  return { type: "cone", ra: place.ra, dec: place.dec, radius: place.radius ?? CONE_RADIUS };
}

/**
 * The default radius, in the unit chosen next to it: shown in grey.
 * @param {number} radius arcsec @param {string} unit of RADIUS_UNITS
 */
export function greyRadius(radius, unit) {
  return String(Number((radius / RADIUS_UNITS[unit]).toPrecision(6)));
}

/** @param {string} text `ra_min,ra_max,dec_min,dec_max` in deg @returns {Box} */
export function parseBox(text) {
  const parts = text.split(",");
  if (parts.length !== 4) throw new Refused(t("Write a box as ra_min,ra_max,dec_min,dec_max in degrees."));
  return makeBox(parseRa(parts[0]), parseRa(parts[1]), parseDec(parts[2]), parseDec(parts[3]));
}

/** @param {number} ra_min @param {number} ra_max @param {number} dec_min @param {number} dec_max @returns {Box} */
export function makeBox(ra_min, ra_max, dec_min, dec_max) {
  if (dec_min > dec_max) throw new Refused(t("The lower declination is above the upper one."));
  return { type: "box", ra_min, ra_max, dec_min, dec_max };
}

/** @param {Region} region @returns {string} as in permalinks */
export function writeRegion(region) {
  if (region.type === "polygon") return region.points.join(",");
  return region.type === "cone"
    ? [region.ra, region.dec, region.radius].join(",")
    : [region.ra_min, region.ra_max, region.dec_min, region.dec_max].join(",");
}
