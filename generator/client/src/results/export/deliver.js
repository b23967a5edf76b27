/** Files of results and spectra go to the browser's downloads, or to the place that the reader chose. */
import { save } from "../../shared/save-file.js";

/** @typedef {{blob: Blob, name: string}} SavedFile */

/** @type {((file: SavedFile) => Promise<boolean>) | null} */
let elsewhere = null;

/** From now on pass files to a function, which reports its own errors; null: to the browser's downloads again. @param {typeof elsewhere} place */
export function deliverTo(place) {
  elsewhere = place;
}

/** Save a file for the reader. @param {SavedFile} file @returns {Promise<boolean>} whether it was saved */
export async function deliver(file) {
  if (elsewhere) return elsewhere(file);
  save(file);
  return true;
}
