/** Formulas as MathML. */
import temml from "temml";

/** @param {import("./markdown.js").Formula} formula @returns {Element | null} null where it is not one, or more than one */
export function mathOf({ tex, display }) {
  const place = document.createElement("span");
  try {
    temml.render(tex, place, {
      displayMode: display,
      throwOnError: true,
      trust: false,
      maxExpand: 200,
      maxSize: [20, 2000],
    });
  } catch {
    return null;
  }
  // Commands that would make links or pictures are refused by `trust`; what is left is MathML.
  const made = place.firstElementChild;
  return made && !made.querySelector("a, img, [href], [src]") ? made : null;
}
