/** Whether a text in a box of positions is a name, perhaps with a radius after it. */
import { Refused } from "../grammar.js";
import { halfWidth } from "../literals.js";
import { LABELS, parsePlace, readRadius } from "../position.js";

/** Longer texts are no names. */
const LONGEST = 80;
/** A radius after a name: behind a comma, as a word, or with a unit; a number alone belongs to the name. */
const RADIUS =
  /^(.*?\S)(?:\s*[,;]\s*(?:r(?:adius)?\s*[=:]?\s*)?|\s+r(?:adius)?\s*[=:]?\s*|\s+(?=[\d.]+\s*(?:deg|arc|["'″′°])))(\.?\d[^,;]*)$/i;

/**
 * @param {string} text
 * @returns {{name: string, radius?: number} | null} arcsec; null for a position, or what was meant as one
 */
export function nameIn(text) {
  const clean = halfWidth(text).trim();
  if (!/\p{L}/u.test(clean) || clean.length > LONGEST || isPlace(clean)) return null;
  const bare = clean.replace(LABELS, " ");
  if (/^[\s\d.,;:+-]/.test(bare) && !/\p{L}/u.test(bare.replace(/(?<=\d\s?)(?:deg|[hdms])(?!\p{L})/giu, "")))
    return null;
  const found = RADIUS.exec(clean);
  if (found) {
    try {
      return { name: found[1], radius: readRadius(found[2], "arcsec") };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
    }
  }
  return { name: clean };
}

/** @param {string} text */
function isPlace(text) {
  try {
    return parsePlace(text) !== null;
  } catch (error) {
    if (error instanceof Refused) return false;
    throw error;
  }
}
