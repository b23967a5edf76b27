/**
 * Names of objects with their positions, as the list of drportal and those of the release have them, and the search in them.
 *
 * @typedef {object} Named
 * @property {string[]} names the best known first
 * @property {number} ra deg, ICRS
 * @property {number} dec deg
 * @property {string} source where the position is from
 */
import { beginnings, keyOf } from "./normal.js";

/** Most names whose beginnings agree that are compared, and that are suggested. */
const [COMPARED, SUGGESTED] = [4000, 8];
const GREEK = "αβγδεζηθικλμνξοπρστυφχψω";
const SHORT =
  "Alp Bet Gam Del Eps Zet Eta The Iot Kap Lam Mu Nu Xi Omi Pi Rho Sig Tau Ups Phi Chi Psi Ome".split(" ");
/** Digits of a Bayer designation; 0 is none. */
const ABOVE = ["", ..."¹²³⁴⁵⁶⁷⁸⁹"];
export const OPENNGC = "OpenNGC";
export const BRIGHT = "Bright Star Catalogue";

/** @param {string} text of a list: fields separated by tabs; lines with # are comments */
const rows = (text) =>
  text.split("\n").flatMap((line) => (line && !line.startsWith("#") ? [line.split("\t")] : []));

/**
 * The objects of the lists in client/names, in the order in which they are suggested.
 * @param {string} text openngc.tsv, stars.tsv and common.tsv, separated by form feeds
 * @returns {Named[]}
 */
export function readObjects(text) {
  const [openngc, stars, common] = text.split("\f");
  /** @type {Named[]} */
  const objects = rows(openngc).map(([ra, dec, names]) => ({
    names: names.split("|"),
    ra: Number(ra),
    dec: Number(dec),
    source: OPENNGC,
  }));
  const bright = rows(stars).map(readStar);
  /** @type {Map<string, Named>} */
  const known = new Map();
  for (const one of [...objects, ...bright])
    for (const name of one.names) if (!known.has(keyOf(name))) known.set(keyOf(name), one);
  /** @type {Named[]} */
  const more = [];
  for (const [first, second, names] of rows(common)) {
    if (names)
      more.push({ names: names.split("|"), ra: Number(first), dec: Number(second), source: "drportal" });
    else {
      const one = known.get(keyOf(first));
      const has = new Set(one?.names.map(keyOf));
      one?.names.push(...second.split("|").filter((name) => !has.has(keyOf(name))));
    }
  }
  const interleaved = objects.flatMap((one, i) => (i < bright.length ? [one, bright[i]] : [one]));
  return [...interleaved.slice(0, 400), ...more, ...interleaved.slice(400)];
}

/** @param {string[]} row of stars.tsv @returns {Named} */
function readStar([ra, dec, hr, hd, hip, designation, proper]) {
  const names = proper ? [proper] : [];
  const found = /^(\d+)? ?(?:([A-Z][a-z]{1,2})(\d?) )?([A-Z]\w\w)$/.exec(designation);
  if (found) {
    const [, flamsteed, bayer, index, constellation] = found;
    if (bayer) names.push(`${GREEK[SHORT.indexOf(bayer)]}${ABOVE[Number(index)] ?? ""} ${constellation}`);
    if (flamsteed) names.push(`${flamsteed} ${constellation}`);
  }
  names.push(`HR ${hr}`);
  if (hd) names.push(`HD ${hd}`);
  if (hip) names.push(`HIP ${hip}`);
  return { names, ra: Number(ra), dec: Number(dec), source: BRIGHT };
}

/** Keys by which an object is found. @param {string} name @returns {string[]} */
function keysOf(name) {
  const keys = [keyOf(name)];
  if (/\d$/.test(name)) return keys;
  // α1 Cen is found as α Cen, the Crab Nebula as Crab, and suggested for any of its words
  const [, letter, constellation] = /^([α-ω])[¹²³⁴-⁹] (\w+)$/u.exec(name) ?? [];
  if (letter) keys.push(keyOf(`${letter} ${constellation}`));
  if (/^\p{L}[^\d]*\s/u.test(name)) {
    const words = name.split(/\s+/);
    if (/^(?:nebula|galaxy|cluster)$/i.test(words.at(-1) ?? ""))
      keys.push(keyOf(words.slice(0, -1).join(" ")));
    for (let i = 1; i < words.length; i++) keys.push(keyOf(words.slice(i).join(" ")));
  }
  return keys;
}

export class Names {
  /** @type {Named[]} */
  #objects = [];
  /** The first object of a key. @type {Map<string, number>} */
  #exact = new Map();
  /** @type {[string, number][] | null} */
  #sorted = null;

  /** @param {Named[]} objects those that are there already have priority */
  add(objects) {
    for (const one of objects) {
      const at = this.#objects.push(one) - 1;
      for (const name of one.names)
        for (const key of keysOf(name)) if (key && !this.#exact.has(key)) this.#exact.set(key, at);
    }
    this.#sorted = null;
  }

  /** @param {string} name @returns {Named | null} */
  find(name) {
    return this.#objects[this.#exact.get(keyOf(name)) ?? -1] ?? null;
  }

  /** @param {string} text as far as it is typed @returns {Named[]} the object that has this name first, then the best known */
  suggest(text) {
    this.#sorted ??= [...this.#exact].sort(([one], [other]) => (one < other ? -1 : 1));
    const found = new Set();
    for (const beginning of beginnings(text)) {
      let at = first(this.#sorted, beginning);
      for (let n = 0; n < COMPARED && this.#sorted[at]?.[0].startsWith(beginning); n++)
        found.add(this.#sorted[at++][1]);
    }
    const exact = this.#exact.get(keyOf(text));
    const best = [...found].sort(
      (one, other) => Number(other === exact) - Number(one === exact) || one - other,
    );
    return best.slice(0, SUGGESTED).map((i) => this.#objects[i]);
  }
}

/** The place of the first key that is not below another one. @param {[string, number][]} sorted @param {string} key */
function first(sorted, key) {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle][0] < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The names of an object for readers of a language: the one that was meant first, Chinese ones where it is or they are Chinese.
 * @param {Named} object @param {string} typed @param {string} language
 */
export function shownNames({ names }, typed, language) {
  const han = (/** @type {string} */ text) => /\p{Script=Han}/u.test(text);
  const key = keyOf(typed);
  const begun = beginnings(typed);
  const hits = (/** @type {string} */ name) =>
    keysOf(name).includes(key)
      ? 2
      : Number(keysOf(name).some((one) => begun.some((start) => one.startsWith(start))));
  const chinese = language.startsWith("zh") || han(typed);
  return names
    .filter((name) => chinese || !han(name))
    .sort((one, other) => hits(other) - hits(one) || (chinese ? Number(han(other)) - Number(han(one)) : 0))
    .slice(0, 4);
}
