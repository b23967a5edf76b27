/** The source of the bytes of a release's files: one interface, four sources, the fourth used when the reader picks a folder. */
import { onDisk } from "../scripts.js";
import { HttpRanges } from "./http.js";
import { SealedFiles, openVault } from "./sealed-files.js";

/**
 * @param {string} root address of the release, ending in "/"
 * @param {Map<string, number>} sizes bytes of files, by their path relative to the release's root
 * @param {() => import('../bytes.js').ByteSource} scripts creates the source for a page opened from disk
 * @param {(path: string) => string} [own] the path in the release, where the engine has another one
 * @returns {import('../bytes.js').ByteSource}
 */
export function chooseSource(root, sizes, scripts, own) {
  const vault = openVault();
  if (vault) return new SealedFiles(vault);
  return onDisk() ? scripts() : new HttpRanges(root, (path) => sizes.get(path), own);
}
