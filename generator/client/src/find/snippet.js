/** The part of a text around a hit. */

const AROUND = 60;

/**
 * Where terms occur in a text. Pairs of Chinese characters overlap, so every position is tested.
 * @param {string} text
 * @param {string[]} terms
 * @returns {[from: number, to: number][]} in order, disjoint
 */
function places(text, terms) {
  const plain = text.toLowerCase();
  if (plain.length !== text.length) return []; // lower case changes the length: no mark is better than a wrong one
  /** @type {[number, number][]} */
  const all = [];
  for (const term of terms) {
    for (let at = plain.indexOf(term); at >= 0; at = plain.indexOf(term, at + 1))
      all.push([at, at + term.length]);
  }
  all.sort((a, b) => a[0] - b[0]);
  /** @type {[number, number][]} */
  const merged = [];
  for (const [from, to] of all) {
    const last = merged[merged.length - 1];
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged;
}

/**
 * Split a text into hits and the text between them.
 * @param {string} text
 * @param {string[]} terms in lower case
 * @returns {{text: string, found: boolean}[]}
 */
export function highlight(text, terms) {
  const parts = [];
  let at = 0;
  for (const [from, to] of places(text, terms)) {
    if (from > at) parts.push({ text: text.slice(at, from), found: false });
    parts.push({ text: text.slice(from, to), found: true });
    at = to;
  }
  if (at < text.length) parts.push({ text: text.slice(at), found: false });
  return parts;
}

/**
 * @param {string} text
 * @param {string[]} terms
 */
export function snippet(text, terms) {
  const at = places(text, terms)[0]?.[0] ?? 0;
  let from = Math.max(0, at - AROUND);
  const to = Math.min(text.length, at + 3 * AROUND);
  // Start with a whole word where words are separated by spaces.
  const space = from ? text.slice(from, at).search(/\s/) : -1;
  if (space >= 0) from += space + 1;
  return `${from ? "…" : ""}${text.slice(from, to)}${to < text.length ? "…" : ""}`;
}
