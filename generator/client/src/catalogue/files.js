/** The files of a catalogue: what its description says about them, and where their bytes come from. Needs no engine. */
import { ScriptChunks } from "../reading/sources/script-chunks.js";
import { EngineError, missing, unreadable } from "../shared/errors.js";
import { shared } from "../shared/once.js";
import { AHEAD, FOOTERS } from "../reading/plan.js";
import { chooseSource } from "../reading/sources/choose.js";
import { PickedFiles } from "../reading/sources/picked.js";
import { describe, describeBeside } from "../reading/description.js";

/**
 * @typedef {import('../reading/description.js').CatalogueMeta} CatalogueMeta
 * @typedef {{ base: string, catalogues: { name: string, stored?: string, script: string, bytes?: number }[] }} Page the page's JSON block
 */

/** @type {Map<string, Promise<CatalogueFiles>>} */
const open = new Map();

/** The release's address, ending in "/". @param {{ base: string }} page */
export const rootOf = (page) => new URL(page.base || ".", document.baseURI).href;

/**
 * @param {string} name
 * @param {Page} page
 * @returns {Promise<CatalogueFiles>} once per page and catalogue
 */
export const openFiles = (name, page) => shared(open, name, () => openNew(name, page));

/**
 * @param {string} name
 * @param {Page} page
 */
async function openNew(name, page) {
  const entry = page.catalogues.find((c) => c.name === name);
  if (!entry) throw new EngineError(`There is no catalogue ${name} in this release`);
  const root = rootOf(page);
  const meta = await describe(name, root + entry.script).catch((cause) => {
    if (cause instanceof EngineError) throw cause;
    throw unreadable(entry.script, missing(), cause);
  });
  return new CatalogueFiles(meta, root);
}

/**
 * The files of a catalogue of another release of the portal.
 * @param {{ place: string, root: string, name: string, folder: string }} other place: path from this release's folder; root: the same as
 *   an address; folder: what the engine calls the catalogue's folder
 */
export async function filesBeside({ place, root, name, folder }) {
  const meta = await describeBeside(name, place, root).catch((cause) => {
    if (cause instanceof EngineError) throw cause;
    throw unreadable(`${place}data/${name}`, missing(), cause);
  });
  return new CatalogueFiles(meta, root, folder);
}

/**
 * From now on read catalogues from files that the reader picked (a folder of the release).
 * @param {Iterable<File>} files with `webkitRelativePath`
 * @param {Page} page catalogues that are not open yet are opened by the description among the files
 * @returns {Promise<string[]>} names of the catalogues whose files are all there
 */
export async function usePickedCatalogues(files, page) {
  const all = [...files];
  const used = [];
  for (const entry of page.catalogues) {
    const { name } = entry;
    if (!open.has(name)) {
      const meta = await pickedAbout(`${name}/catalogue.json`, entry, all);
      if (meta) open.set(name, Promise.resolve(new CatalogueFiles(meta, rootOf(page))));
    }
    const there = await openFiles(name, page).catch(() => null);
    if (there?.usePicked(all)) used.push(name);
  }
  return used;
}

/**
 * The description of a catalogue or set among picked files. That of another release may have the same name, but another size.
 * @param {string} path its last part @param {{name: string, bytes?: number}} entry @param {File[]} files
 * @returns {Promise<any>} null where there is none
 */
export async function pickedAbout(path, { name, bytes }, files) {
  const file = files.find((one) => `/${one.webkitRelativePath || one.name}`.endsWith(`/${path}`));
  try {
    const about = JSON.parse((await file?.text()) ?? "null");
    return about?.name === name && about.bytes === bytes ? about : null;
  } catch {
    return null;
  }
}

export class CatalogueFiles {
  /** @type {{ path: string, size: number }[]} */
  #indexFiles;
  /** @type {Map<string, number>} bytes of every file, by its path relative to the release's root */
  #sizes = new Map();

  /**
   * @param {CatalogueMeta} meta
   * @param {string} root absolute address of the release
   * @param {string} [folder] what the engine calls its folder
   */
  constructor(meta, root, folder = meta.name) {
    this.meta = meta;
    this.root = root;
    this.folder = folder;
    this.#indexFiles = (meta.ids ?? []).flatMap(({ files }) => files);
    if (meta.repeated) this.#indexFiles.push(meta.repeated);
    const total = (meta.footers ?? []).reduce((sum, length) => sum + length, 0);
    for (const { path, size } of [...meta.partitions, ...this.#indexFiles])
      this.#sizes.set(this.place(path), size);
    this.#sizes.set(this.place(FOOTERS), total);
    /** @type {import('../reading/bytes.js').ByteSource} */
    this.source = chooseSource(root, this.#sizes, () => this.#scripts(), this.#own);
    /** Source of the indexes. */
    this.indexSource = this.source;
  }

  /** @param {string} path in the catalogue's folder */
  place = (path) => `data/${this.folder}/${path}`;

  /** @param {string} path as the engine has it @returns {string} in the release */
  #own = (path) => path.replace(`data/${this.folder}/`, `data/${this.meta.name}/`);

  #scripts() {
    /** @type {Map<string, import('../reading/sources/script-chunks.js').Chunk[]>} */
    const files = new Map([...this.#sizes.keys()].map((path) => [path, []]));
    const paths = [...files.keys()];
    this.meta.chunks.forEach(([file, offset, length], index) => {
      files.get(paths[file])?.push({ index, offset, length });
    });
    // The script of this file has its name instead of a number.
    const footers = {
      index: /** @type {any} */ ("footers"),
      offset: 0,
      length: this.#sizes.get(this.place(FOOTERS)) ?? 0,
    };
    files.set(this.place(FOOTERS), [footers]);
    return new ScriptChunks(this.meta.name, this.root, files, this.meta.bytes <= AHEAD);
  }

  /**
   * From now on read the bytes from picked files, if they include every partition in its right size.
   * @param {File[]} files
   */
  usePicked(files) {
    /** @type {Map<string, File>} */
    const found = new Map();
    const pick = (/** @type {{ path: string, size: number }} */ { path, size }) => {
      const end = `/${this.meta.name}/${path}`;
      const file = files.find((f) => f.size === size && `/${f.webkitRelativePath || f.name}`.endsWith(end));
      if (file) found.set(this.place(path), file);
      return file;
    };
    if (!this.meta.partitions.every(pick)) return false;
    this.source = new PickedFiles(found);
    if (this.#indexFiles.every(pick)) this.indexSource = this.source;
    return true;
  }
}
