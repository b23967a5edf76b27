/**
 * Words of the page in the reader's language. Keys are the English text; {names} are filled in.
 * themes/default/templates/strings.html lists the keys, so that translators see them.
 */

/** @type {Record<string, string>} */
let words = {};

/** @param {Record<string, string>} strings */
export function setStrings(strings) {
  words = strings;
}

/**
 * @param {string} text English
 * @param {Record<string, string | number>} [values]
 */
export function t(text, values = {}) {
  return (words[text] ?? text).replace(/\{(\w+)\}/g, (whole, name) =>
    name in values ? String(values[name]) : whole,
  );
}
