/** The part of a text around what was found in it. */

const AROUND = 60;

/** @param {string[]} terms */
function pattern(terms) {
  const words = [...terms]
    .sort((a, b) => b.length - a.length)
    .map((term) => term.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return words.length ? new RegExp(words.join("|"), "giu") : null;
}

/**
 * Split a text into what was found and what stands between.
 * @param {string} text
 * @param {string[]} terms
 * @returns {{text: string, found: boolean}[]}
 */
export function highlight(text, terms) {
  const found = pattern(terms);
  if (!found) return [{ text, found: false }];
  const parts = [];
  let at = 0;
  for (const match of text.matchAll(found)) {
    const previous = parts[parts.length - 1];
    if (match.index > at) parts.push({ text: text.slice(at, match.index), found: false });
    else if (previous?.found) {
      previous.text += match[0];
      at = match.index + match[0].length;
      continue;
    }
    parts.push({ text: match[0], found: true });
    at = match.index + match[0].length;
  }
  if (at < text.length) parts.push({ text: text.slice(at), found: false });
  return parts;
}

/**
 * @param {string} text
 * @param {string[]} terms
 */
export function snippet(text, terms) {
  const at = Math.max(0, pattern(terms)?.exec(text)?.index ?? 0);
  let from = Math.max(0, at - AROUND);
  const to = Math.min(text.length, at + 3 * AROUND);
  // Begin with a whole word where words are separated by spaces.
  const space = from ? text.slice(from, at).search(/\s/) : -1;
  if (space >= 0) from += space + 1;
  return `${from ? "…" : ""}${text.slice(from, to)}${to < text.length ? "…" : ""}`;
}
