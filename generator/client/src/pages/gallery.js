/** The gallery of search.html and sql.html: not a page's own script, but loaded by them when the gallery is first opened. */
import { setStrings } from "../shared/strings.js";
import { Gallery } from "../spectrum/gallery/thumbnails.js";

const scope = /** @type {any} */ (globalThis);
setStrings(JSON.parse(document.getElementById("page")?.textContent ?? "{}").strings ?? {});
scope.drportal.gallery = (/** @type {import("../spectrum/gallery/gallery-choice.js").Host} */ host) =>
  new Gallery(host);
