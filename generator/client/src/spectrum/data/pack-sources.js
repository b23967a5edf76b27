/** Sources of the bytes of a set of spectra: HTTP ranges, scripts next to a page opened from disk, or picked files. */
import { inParallel } from "../../reading/bytes.js";
import { chooseSource } from "../../reading/sources/choose.js";
import { PickedFiles } from "../../reading/sources/picked.js";
import { Scripts } from "../../reading/sources/script-chunks.js";
import { packPath } from "../../reading/spectra.js";
import { throwIfAborted } from "../../shared/errors.js";

/**
 * @typedef {import('./set.js').About} About
 * @typedef {import('../../reading/bytes.js').Range & { chunk?: { number: number, at: number } }} Range chunk: of bytes of a
 *   pack, the script in which they begin, and the position in it
 * @typedef {import('../../reading/bytes.js').ByteSource} ByteSource
 */

const PARALLEL = 4;

/**
 * @param {About} about
 * @param {string} root address of the release, ending in "/"
 * @returns {ByteSource}
 */
export function sourceOf(about, root) {
  const folder = `data/spectra/${about.name}/`;
  /** @type {Map<string, number>} */
  const sizes = new Map();
  for (const { path, size } of [...about.index, ...(about.grids ? [about.grids] : [])])
    sizes.set(folder + path, size);
  return chooseSource(root, sizes, () => new SpectraScripts(about, root));
}

/**
 * Scripts with the index, the grids and the packs. Only the index says where a pack is cut into scripts, so ranges
 * of packs name the script in which they begin.
 */
export class SpectraScripts {
  kind = /** @type {const} */ ("script");
  misses = 60;

  /** @param {About} about @param {string} root */
  constructor(about, root) {
    this.twins = about.twins;
    this.folder = `data/spectra/${about.name}/`;
    this.scripts = new Scripts(`spectra/${about.name}`, root);
  }

  url() {
    return null;
  }

  /**
   * @param {Range[]} ranges
   * @param {import('../../reading/bytes.js').Deliver} deliver
   * @param {import('../../reading/bytes.js').ReadOptions} [options]
   */
  async readMany(ranges, deliver, { signal } = {}) {
    /** @type {Map<string, { path: string, end: number, script: Script }>} those needed, each once */
    const jobs = new Map();
    for (const range of ranges) {
      for (const script of this.#first(range)) {
        const end = range.offset + range.length;
        const known = jobs.get(script.key);
        jobs.set(script.key, { path: range.path, script, end: Math.max(end, known?.end ?? 0) });
      }
    }
    await inParallel([...jobs.values()], PARALLEL, async ({ path, script, end }) => {
      for (let next = script; ;) {
        throwIfAborted(signal);
        const bytes = await this.scripts.load(next.file, next.key, { signal });
        deliver(path, [{ offset: next.offset, bytes: bytes.slice() }]);
        const reached = next.offset + bytes.length;
        if (reached >= end || next.number === undefined) return;
        next = packScript(path, next.number + 1, reached);
      }
    });
  }

  /** The scripts in which a range begins. @param {Range} range @returns {Script[]} */
  #first({ path, offset, length, chunk }) {
    if (chunk) return [packScript(path, chunk.number, offset - chunk.at)];
    return this.twins.flatMap((twin, number) => {
      const key = `index/${String(number).padStart(6, "0")}`;
      const touches =
        this.folder + twin.path === path &&
        twin.offset < offset + length &&
        offset < twin.offset + twin.bytes;
      return touches ? [{ file: `${key}.js`, key, offset: twin.offset }] : [];
    });
  }
}

/** @typedef {{ file: string, key: string, offset: number, number?: number }} Script offset: of its bytes in the file */

/**
 * @param {string} path of the pack
 * @param {number} number
 * @param {number} offset
 * @returns {Script}
 */
function packScript(path, number, offset) {
  const [folder, pack] = path.slice(0, -".parquet".length).split("/").slice(-2);
  const chunk = String(number).padStart(4, "0");
  return { file: `${folder}/${pack}/${chunk}.js`, key: `${pack}/${chunk}`, offset, number };
}

/**
 * The files of a set among the picked files; null unless all of its packs are there.
 * @param {About} about
 * @param {File[]} files with `webkitRelativePath`
 * @returns {PickedFiles | null}
 */
export function pickedSource(about, files) {
  /** @type {Map<string, File>} by every path that a file may have in the set's folder */
  const ends = new Map();
  const mark = `/${about.name}/`;
  for (const file of files) {
    const path = `/${file.webkitRelativePath || file.name}`;
    for (let at = path.indexOf(mark); at >= 0; at = path.indexOf(mark, at + 1))
      ends.set(path.slice(at + mark.length), file);
  }
  /** @type {Map<string, File>} */
  const found = new Map();
  const small = [...about.index, ...(about.grids ? [about.grids] : [])];
  for (const { path, size } of small) {
    const file = ends.get(path);
    if (file?.size !== size) return null;
    found.set(`data/spectra/${about.name}/${path}`, file);
  }
  let bytes = 0;
  for (let pack = 0; pack < about.packs; pack++) {
    const file = ends.get(packPath(pack));
    if (!file) return null;
    bytes += file.size;
    found.set(`data/spectra/${about.name}/${packPath(pack)}`, file);
  }
  return bytes === about.bytes ? new PickedFiles(found) : null;
}
