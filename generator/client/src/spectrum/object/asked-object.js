/**
 * The object requested in the address: `?designation=…`, another column of ids, or `?position=ra,dec`; and `&radius=`.
 *
 * @typedef {object} Asked
 * @property {string | null} column of ids; null for a position
 * @property {string} value
 * @property {{ra: number, dec: number} | null} position degrees
 * @property {number} radius arcsec
 * @property {string | null} set of spectra whose catalogue is used, where several number their rows in the same way
 */
import { Refused } from "../../search/grammar.js";
import { parsePlace, readRadius as readWithUnit } from "../../search/position.js";
import { t } from "../../shared/strings.js";

/** Arcsec. */
export const RADIUS = 3;
export const WIDEST = 600;
/** Parameters of the page or of the list that the reader came from. */
const OTHERS = ["theme", "list", "back", "around", "against"];

/**
 * @param {string} search of the address
 * @param {string[]} identifiers columns that may be used
 * @returns {Asked | null} null where no object is requested; throws Refused
 */
export function readAsked(search, identifiers) {
  /** @type {Map<string, string>} */
  const found = new Map();
  for (const part of search.replace(/^\?/, "").split("&").filter(Boolean)) {
    const [name, value = ""] = part.split(/=(.*)/s).map(decode);
    if (OTHERS.includes(name)) continue;
    if (found.has(name)) throw new Refused(t("{name} is given twice.", { name }), name);
    found.set(name, value);
  }
  const radius = found.has("radius") ? readRadius(found.get("radius") ?? "") : RADIUS;
  const set = found.get("set") ?? null;
  found.delete("radius");
  found.delete("set");
  const [one, another] = found;
  if (!one) return null;
  if (another)
    throw new Refused(t("Give {one} or {other}, not both.", { one: one[0], other: another[0] }), one[0]);
  return { ...asked(one[0], one[1], radius, identifiers), set };
}

/**
 * @param {string} name @param {string} value @param {number} radius @param {string[]} identifiers
 * @returns {Asked} throws Refused
 */
export function asked(name, value, radius, identifiers) {
  const text = value.trim();
  if (name === "position") {
    const place = text ? placeOf(text, name) : null;
    if (!place) throw new Refused(t("“{text}” is not a position.", { text }), name);
    const { ra, dec } = place;
    const own = place.radius && place.radius <= WIDEST ? place.radius : radius;
    return { column: null, value: text, position: { ra, dec }, radius: own, set: null };
  }
  const same = (/** @type {string} */ other) => other.toLowerCase() === name.toLowerCase();
  const column = identifiers.includes(name) ? name : identifiers.find(same);
  if (!column)
    throw new Refused(
      t("Objects are not found by {name}, but by {list} or position.", {
        name,
        list: identifiers.join(", "),
      }),
      name,
    );
  if (!text) throw new Refused(t("{name} is empty.", { name: column }), column);
  return { column, value: text, position: null, radius, set: null };
}

/**
 * What a text is meant to be, where the reader does not say it: a designation, a number, otherwise a position or a name.
 * @param {string} text @param {string[]} identifiers @returns {string} a column, or "position"
 */
export function meant(text, identifiers) {
  const column = (/** @type {RegExp} */ pattern) => identifiers.find((name) => pattern.test(name));
  const plain = text.trim();
  if (/(^|\s)J\s*\d{6}(\.\d+)?\s*[+−-]\s*\d{6}/i.test(plain))
    return column(/designation|^desig$/i) ?? "position";
  const gaia = column(/gaia|^source_id$/i);
  if (gaia && /^(gaia\s*(e?dr\d)?\s*)?\d{17,19}$/i.test(plain)) return gaia;
  if (/^[A-Z]\d{8,}$/i.test(plain)) return column(/^uid$/i) ?? "position";
  const numbered = identifiers.find(
    (name) => !/designation|^desig$|^g?[up]id$|gp_id|gaia|^source_id$/i.test(name),
  );
  return numbered && /^([a-z]+\s*[=:]?\s*)?\d{3,}$/i.test(plain) && bareId(plain, identifiers)
    ? numbered
    : "position";
}

/** Whether a text is a number alone or after the name of a column, not a name such as HD 48915. @param {string} text @param {string[]} identifiers */
function bareId(text, identifiers) {
  const [, word] = /^([a-z]*)/i.exec(text) ?? [];
  return !word || identifiers.some((name) => name.toLowerCase() === word.toLowerCase());
}

/** @param {string} text @param {string} name of the parameter */
function placeOf(text, name) {
  try {
    return parsePlace(text);
  } catch (error) {
    throw error instanceof Refused ? new Refused(error.message, name) : error;
  }
}

/** @param {string} text in arcsec, unless it has a unit */
export function readRadius(text) {
  const radius = readWithUnit(text, "arcsec");
  if (!(radius > 0 && radius <= WIDEST))
    throw new Refused(t("The radius must be more than 0 and at most {n} arcsec.", { n: WIDEST }), "radius");
  return radius;
}

/** The address of a request. @param {Asked} asked */
export function addressOf({ column, value, radius }) {
  // Commas, colons and plus signs are left unescaped in a query; designations contain plus signs.
  const plain = encodeURIComponent(value).replace(/%2C/g, ",").replace(/%3A/g, ":").replace(/%2B/g, "+");
  const wide = radius === RADIUS ? "" : `&radius=${radius}`;
  return `object.html?${encodeURIComponent(column ?? "position")}=${plain}${wide}`;
}

/** @param {string} text */
function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
