/** The notebook in the browser's storage, and in the address where it is short. */
import { readNotebook, writeNotebook } from "./ipynb.js";

/** Characters of an address that every browser and most mail programs take. */
export const MOST_IN_ADDRESS = 4000;

/** @param {string} key */
export function stored(key) {
  try {
    const text = localStorage.getItem(key);
    return text ? readNotebook(text) : null;
  } catch {
    return null;
  }
}

/**
 * @param {string} key @param {import("./ipynb.js").Notebook} notebook
 * @returns {boolean} whether it could be kept, at least without its outputs
 */
export function store(key, notebook) {
  const bare = { ...notebook, cells: notebook.cells.map((cell) => ({ ...cell, outputs: [] })) };
  for (const one of [notebook, bare]) {
    try {
      localStorage.setItem(key, writeNotebook(one));
      return true;
    } catch {
      // full, or not allowed
    }
  }
  return false;
}

/**
 * The cells as a parameter of the address: JSON of [kind, source] pairs, kind being "c" or "m".
 * @param {import("./ipynb.js").Cell[]} cells @returns {string | null} null where it would be too long
 */
export function toAddress(cells) {
  const short = cells
    .filter(({ kind }) => kind !== "raw")
    .map(({ kind, source }) => [kind[0], source.toWellFormed()]);
  const text = `cells=${encodeURIComponent(JSON.stringify(short)).replace(/%(2C|3A)/g, decodeURIComponent)}`;
  return text.length > MOST_IN_ADDRESS ? null : text;
}

/** @param {string} query of an address @returns {{ kind: "code" | "markdown", source: string }[] | null} */
export function fromAddress(query) {
  const text = new URLSearchParams(query).get("cells");
  if (!text) return null;
  try {
    const all = JSON.parse(text);
    if (!Array.isArray(all)) return null;
    return all.flatMap((/** @type {any} */ one) =>
      Array.isArray(one) && typeof one[1] === "string"
        ? [
            {
              kind: one[0] === "m" ? /** @type {const} */ ("markdown") : /** @type {const} */ ("code"),
              source: one[1],
            },
          ]
        : [],
    );
  } catch {
    return null;
  }
}
