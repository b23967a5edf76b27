/** FITS headers: cards of 80 characters in blocks of 2880 bytes, long texts continued on further cards. */
import { asciiText } from "./escape.js";

export const BLOCK = 2880;

/**
 * @param {string} key at most 8 characters
 * @param {string | number | bigint | boolean} value text is made ASCII
 * @returns {string} one card, or several for a long text
 */
export function card(key, value) {
  const head = `${key.padEnd(8)}= `;
  if (typeof value !== "string") {
    const text = typeof value === "boolean" ? (value ? "T" : "F") : String(value).toUpperCase();
    return (head + text.padStart(20)).padEnd(80);
  }
  const [first, ...rest] = pieces(asciiText(value).trimEnd());
  const text = rest.length ? `'${first}&'` : `'${first.padEnd(8)}'`;
  const more = rest.map((piece, i) => `CONTINUE  '${piece}${i < rest.length - 1 ? "&" : ""}'`.padEnd(80));
  return [(head + text).padEnd(80), ...more].join("");
}

/** Pieces that fit into a card with the continuation character; a doubled quotation mark is not split. @param {string} text */
function pieces(text) {
  const escaped = text.replaceAll("'", "''");
  if (escaped.length <= 68) return [escaped];
  return escaped.match(/(?:''|[^']){1,33}/g)?.reduce(join, [""]) ?? [""];
}

/** @param {string[]} all @param {string} part */
function join(all, part) {
  if (all[all.length - 1].length + part.length <= 67) all[all.length - 1] += part;
  else all.push(part);
  return all;
}

/** @param {string} text */
export function comment(text) {
  return (asciiText(text).match(/.{1,70}/g) ?? []).map((line) => `COMMENT   ${line}`.padEnd(80)).join("");
}

/** @param {string[]} cards */
export function header(cards) {
  const text = `${cards.join("")}${"END".padEnd(80)}`;
  return text.padEnd(Math.ceil(text.length / BLOCK) * BLOCK);
}
