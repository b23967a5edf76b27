/** Which texts of strings*.html each script has: pages in other languages contain the translations of their own alone. */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ONE, ONE_IN_ALL } from "./src/shared/strings.js";

/** Names the forms of texts for one: that says nothing about who uses them. */
const FORMS = "src/shared/strings.js";

/** @param {string} templates folder of the theme @returns {string[]} */
export function listedTexts(templates) {
  const files = readdirSync(templates).filter((name) => /^strings.*\.html$/.test(name));
  const text = files.map((name) => readFileSync(join(templates, name), "utf8")).join("");
  return [...text.matchAll(/_\(\s*("(?:[^"\\]|\\.)*")/g)].map(([, literal]) => JSON.parse(literal));
}

/**
 * @param {string} folder of the client @param {string[]} listed @param {Record<string, Iterable<string>>} scripts modules of each script, by its name
 * @returns {Record<string, string[]>} the texts by script; a text that is in no module, because it comes with data, is in none
 */
export function textsOf(folder, listed, scripts) {
  /** @type {Map<string, Set<string>>} */
  const known = new Map();
  const of = (/** @type {string} */ module) => {
    const code = readFileSync(join(folder, module), "utf8");
    const has = (/** @type {string} */ text) =>
      [JSON.stringify(text), `'${text}'`, `\`${text}\``].some((literal) => code.includes(literal));
    const found = new Set(listed.filter(has));
    for (const text of [...found]) for (const one of [ONE[text], ONE_IN_ALL[text]]) if (one) found.add(one);
    known.set(module, found);
    return found;
  };
  return Object.fromEntries(
    Object.entries(scripts).map(([name, modules]) => {
      const own = [...new Set(modules)].filter((module) => module.startsWith("src/") && module !== FORMS);
      const used = new Set(own.flatMap((module) => [...(known.get(module) ?? of(module))]));
      return [name, listed.filter((text) => used.has(text))];
    }),
  );
}
