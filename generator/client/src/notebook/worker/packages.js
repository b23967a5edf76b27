/** Which packages a start loads: those that the cells need. The others follow when Python has nothing to do, or a cell needs them. */

/** @typedef {Record<string, { imports: string[] }>} Lock packages of Pyodide's lock file */

/** Of code that may import what it does not name. */
const HIDDEN = /\b(?:exec|eval|__import__|importlib)\b|pandas/;

/**
 * @param {string[]} packages that are shipped @param {Lock} lock @param {string} text of the cells
 * @returns {string[]} those that the text needs, without what they depend on
 */
export function neededBy(packages, lock, text) {
  if (HIDDEN.test(text)) return packages;
  // drportal makes tables of astropy where it is there
  const asked = text.includes("drportal") ? `${text} numpy astropy` : text;
  return packages.filter((name) => lock[name.toLowerCase()]?.imports.some((one) => asked.includes(one)));
}
