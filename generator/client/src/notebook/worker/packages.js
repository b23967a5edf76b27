/** Which packages cells need. Those of the first cell are loaded at the start, the others when Python has nothing to do, or a cell needs them. */

/** @typedef {Record<string, { imports: string[], depends?: string[] }>} Lock packages of Pyodide's lock file */

/** Of code that may import what it does not name. */
const HIDDEN = /\b(?:exec|eval|__import__|importlib)\b|pandas/;

/**
 * @param {string[]} packages that are shipped @param {Lock} lock
 * @param {string} text of cells
 * @returns {string[]} those that the text needs, without what they depend on
 */
export function neededBy(packages, lock, text) {
  if (HIDDEN.test(text)) return packages;
  // drportal makes tables of astropy where it is there
  const asked = text.includes("drportal") ? `${text} numpy astropy` : text;
  return packages.filter((name) => lock[name.toLowerCase()]?.imports.some((one) => asked.includes(one)));
}

/**
 * The same with what they depend on.
 * @param {string[]} packages @param {Lock} lock @param {string} text @returns {string[]}
 */
export function wholeOf(packages, lock, text) {
  const wanted = new Set(neededBy(packages, lock, text).map((name) => name.toLowerCase()));
  // a set goes on with what is added to it meanwhile
  for (const name of wanted) for (const one of lock[name]?.depends ?? []) wanted.add(one.toLowerCase());
  return packages.filter((name) => wanted.has(name.toLowerCase()));
}
