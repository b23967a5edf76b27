/** Names of objects as people copy them: with the name of a catalogue before them or without, in any letters, with blanks about. */

/** Where numbers and designations stand alone elsewhere, what is written before them. @type {[RegExp, string[]][]} */
const CATALOGUES = [
  [/^J\d/, ["LAMOST", "SDSS", "2MASS"]],
  [/^\d{15,}$/, ["Gaia DR3", "Gaia DR2"]],
];

/** A name without the catalogue's before it. @param {string} text */
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

/** What a name may be called in a column of names; as written first. @param {string} text @returns {string[]} */
export function nameForms(text) {
  const bare = bareName(text);
  const upper = bare.toUpperCase();
  const known = CATALOGUES.flatMap(([pattern, names]) => (pattern.test(upper) ? names : []));
  return [...new Set([text, text.trim(), bare, upper, ...known.map((name) => `${name} ${upper}`)])].filter(
    Boolean,
  );
}
