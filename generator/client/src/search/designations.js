/** Names of objects as people copy them: with or without the name of a catalogue, in any letter case, with additional blanks. */

/** Prefixes for numbers and designations that other catalogues write without them. @type {[RegExp, string[]][]} */
const CATALOGUES = [
  [/^J\d/, ["LAMOST", "SDSS", "2MASS"]],
  [/^\d{15,}$/, ["Gaia DR3", "Gaia DR2"]],
];

/** A name without the catalogue's prefix. @param {string} text */
export function bareName(text) {
  const clean = text.trim().replace(/\s+/g, " ");
  return /^(?=\S*\p{L})[\p{L}\d][\p{L}\d ._/-]*?[\s:#](J?\d\S*)$/iu.exec(clean)?.[1] ?? clean;
}

/**
 * The number in a name such as `Gaia DR3 4295806720` or `TIC261136679`; the text itself where there is none.
 * @param {string} text
 */
export function bareNumber(text) {
  return /^\s*\p{L}[\p{L}\d ._/-]*?[\s:#=_-]*?(\d+)\s*$/u.exec(text)?.[1] ?? text;
}

/** The forms of a name in a column of names; as written first. @param {string} text @returns {string[]} */
export function nameForms(text) {
  const bare = bareName(text);
  const upper = bare.toUpperCase();
  const known = CATALOGUES.flatMap(([pattern, names]) => (pattern.test(upper) ? names : []));
  return [...new Set([text, text.trim(), bare, upper, ...known.map((name) => `${name} ${upper}`)])].filter(
    Boolean,
  );
}
