/** A set of spectra: from an id to its arrays, in one or two reads and without the query engine. */
import { compare, IndexPages } from "../../reading/id-index.js";
import { inParallel, readWhole } from "../../reading/bytes.js";
import { EngineError, missing, text, throwIfAborted, unreadable } from "../../shared/errors.js";
import { fromScript } from "../../reading/scripts.js";
import {
  batchesOf,
  HEADER,
  headerRange,
  INDEX_GAP,
  indexReads,
  packPath,
  SPECTRA_GAP,
  spectrumRange,
} from "../../reading/spectra.js";
import { pickedAbout, rootOf } from "../../catalogue/files.js";
import { shared } from "../../shared/once.js";
import { Grids } from "./grids.js";
import { parseId } from "./ids.js";
import { partOf, spectrumOf } from "./part.js";
import { firstOf, rowsOf } from "./rowgroup.js";
import { pickedSource, sourceOf } from "./pack-sources.js";

/**
 * @typedef {import('../../reading/bytes.js').Range} Range
 * @typedef {import('../../reading/bytes.js').ByteSource} ByteSource
 * @typedef {import('./part.js').Part} Part
 * @typedef {import('./part.js').Spectrum} Spectrum
 * @typedef {import('../../formats.d.ts').Spectra} About
 * @typedef {import('./ids.js').Id} Id
 * @typedef {import('../../reading/spectra.js').Place} Place
 */

const PARALLEL = 4;
/** Packs whose files are looked at to find whether all are there. */
const PROBED = 100;

/** @type {Map<string, Promise<SpectraSet>>} */
const open = new Map();

/**
 * @param {{ base: string, spectra?: { name: string, script: string, bytes: number }[] }} page the page's JSON block
 * @param {string} name
 * @returns {Promise<SpectraSet>} once per page and set
 */
export const openSet = (page, name) => shared(open, name, () => openNew(page, name));

/**
 * @param {Parameters<typeof openSet>[0]} page
 * @param {string} name
 */
async function openNew(page, name) {
  const entry = page.spectra?.find((set) => set.name === name);
  if (!entry) throw new EngineError(`There is no set of spectra ${name} in this release`);
  const root = rootOf(page);
  const about = await fromScript(root + entry.script, `spectra ${name}`).catch((cause) => {
    if (cause instanceof EngineError) throw cause;
    throw unreadable(entry.script, missing(), cause);
  });
  return new SpectraSet(about, root);
}

/**
 * From now on read spectra from files that the reader picked (a folder of the release).
 * @param {Iterable<File>} files with `webkitRelativePath`
 * @param {Parameters<typeof openSet>[0]} [page] sets that are not open yet are opened by the description among the files
 * @returns {Promise<string[]>} names of the opened sets whose files are all there
 */
export async function usePickedSpectra(files, page) {
  const all = [...files];
  for (const entry of page?.spectra ?? []) {
    if (open.has(entry.name)) continue;
    const about = await pickedAbout(`${entry.name}/spectra.json`, entry, all);
    if (page && about) open.set(entry.name, Promise.resolve(new SpectraSet(about, rootOf(page))));
  }
  const sets = await Promise.all(open.values());
  return sets.filter((set) => set.usePicked(all)).map(({ name }) => name);
}

export class SpectraSet {
  #pages = new IndexPages();
  /** @type {Map<string, Promise<Uint8Array<ArrayBuffer>>>} small index files, by path */
  #small = new Map();
  #grids;

  /**
   * @param {About} about
   * @param {string} root address of the release, ending in "/"
   */
  constructor(about, root) {
    this.about = about;
    this.root = root;
    this.name = about.name;
    /** @type {ByteSource} */
    this.source = sourceOf(about, root);
    this.#grids = new Grids(about, (ranges, options) => this.#bytes(ranges, options));
  }

  /** From now on read the bytes from picked files, if they include the whole set. @param {File[]} files */
  usePicked(files) {
    const picked = pickedSource(this.about, files);
    if (picked) this.source = picked;
    return picked !== null;
  }

  /**
   * Parse an id as written in addresses.
   * @param {string} text
   * @returns {Id | null} null where it cannot be an id of this set
   */
  parseId(text) {
    return parseId(text, this.about.id.datatype);
  }

  /**
   * @param {Id} id
   * @param {{ singles?: boolean, signal?: AbortSignal }} [options] singles: the single exposures too
   * @returns {Promise<Spectrum | null>} null where the set has no spectrum of this id
   */
  async read(id, { singles = false, signal } = {}) {
    this.#grids.foresee();
    const place = (await this.places([id], signal)).get(id);
    if (!place) return null;
    const [bytes] = await this.#bytes([spectrumRange(place, singles)], { signal });
    return this.#decode(place, bytes, signal);
  }

  /**
   * @param {Id[]} ids
   * @param {{ signal?: AbortSignal }} [options]
   * @returns {Promise<boolean[]>} whether the set has a spectrum of each id
   */
  async has(ids, { signal } = {}) {
    const places = await this.places(ids, signal);
    return ids.map((id) => places.has(id));
  }

  /**
   * Read spectra in few reads, in their order on the disk.
   * @param {Id[]} ids
   * @param {{ singles?: boolean, signal?: AbortSignal, onSpectrum: (spectrum: Spectrum | null, index: number) => void }} options
   *   onSpectrum is called once for each of the ids, with null where the set has no spectrum
   */
  async readMany(ids, { singles = false, signal, onSpectrum }) {
    this.#grids.foresee();
    const places = await this.places(ids, signal);
    /** @type {Map<Id, number[]>} */
    const wanted = new Map();
    ids.forEach((id, index) => {
      if (places.has(id)) wanted.set(id, [...(wanted.get(id) ?? []), index]);
      else onSpectrum(null, index);
    });
    const batches = batchesOf([...places.values()], singles);
    let next = 0;
    const lane = async () => {
      while (next < batches.length) {
        const batch = batches[next++];
        const ranges = batch.map((place) => spectrumRange(place, singles));
        const bytes = await this.#bytes(ranges, { signal, gap: SPECTRA_GAP });
        for (const [k, place] of batch.entries()) {
          await breath();
          throwIfAborted(signal);
          const spectrum = await this.#decode(place, bytes[k], signal);
          for (const index of wanted.get(place.id) ?? []) onSpectrum(spectrum, index);
        }
      }
    };
    await Promise.all(Array.from({ length: PARALLEL }, lane));
  }

  /**
   * Facts from the headers of spectra, without their arrays.
   * @param {Place[]} places
   * @param {AbortSignal} [signal]
   * @returns {Promise<Record<string, any>[]>} in the order of the places
   */
  async headers(places, signal) {
    /** @type {(Record<string, any> | null)[]} */
    const found = [];
    for (const most of [HEADER, Infinity]) {
      const left = places.map((_, i) => i).filter((i) => !found[i]);
      if (!left.length) break;
      const ranges = left.map((i) => headerRange(places[i], most));
      const bytes = await this.#bytes(ranges, { signal, gap: HEADER });
      left.forEach((i, k) => {
        try {
          found[i] = JSON.parse(String(firstOf(this.about.columns, bytes[k], "header")));
        } catch (cause) {
          if (most === Infinity) throw damaged(places[i].id, this.#path(packPath(places[i].pack)), cause);
        }
      });
    }
    return found.map((header) => header ?? {});
  }

  /** @param {string} path in the set's folder */
  #path(path) {
    return `data/spectra/${this.name}/${path}`;
  }

  /**
   * @param {import('./pack-sources.js').Range[]} ranges paths in the set's folder
   * @param {import('../../reading/bytes.js').ReadOptions} [options]
   */
  #bytes(ranges, options) {
    return readWhole(
      this.source,
      ranges.map((range) => ({ ...range, path: this.#path(range.path) })),
      options,
    );
  }

  /**
   * Places of spectra in the packs.
   * @param {Id[]} ids
   * @param {AbortSignal} [signal]
   * @returns {Promise<Map<Id, Place>>}
   */
  async places(ids, signal) {
    const wanted = [...new Set(ids)].sort(compare).map((id) => /** @type {[Id, Id]} */ ([id, id]));
    const read = (/** @type {Range[]} */ ranges) => this.#index(ranges);
    const entries = (await this.#pages.find(this.about.index, wanted, Infinity, read)) ?? [];
    throwIfAborted(signal);
    return new Map(
      entries.map(({ id, columns, at }) => {
        const [pack, offset, bytes, more, chunk, first] = FIELDS.map((name) => Number(columns[name][at]));
        return [id, { id, pack, offset, bytes, more, chunk, at: first }];
      }),
    );
  }

  /** The files of the index, for the query engine. */
  get indexFiles() {
    const { source } = this;
    return this.about.index.map(({ path, size }) => ({ path: this.#path(path), size, source }));
  }

  /**
   * Packs that are not in this copy of the release. A large set is looked at here and there; if one of these packs is missing, everywhere.
   * @param {AbortSignal} [signal]
   * @returns {Promise<number[]>}
   */
  async absentPacks(signal) {
    const { packs } = this.about;
    const absent = async (/** @type {number[]} */ numbers) => {
      /** @type {number[]} */
      const found = [];
      await inParallel(numbers, PARALLEL, async (pack) => {
        const range = { path: packPath(pack), offset: 0, length: 4, chunk: { number: 0, at: 0 } };
        await this.#bytes([range], { signal }).catch((error) => {
          throwIfAborted(signal);
          if (!(error instanceof EngineError)) throw error;
          found.push(pack);
        });
      });
      return found;
    };
    const some = Math.min(packs, PROBED);
    const spread = Array.from({ length: some }, (_, i) => Math.round((i * (packs - 1)) / (some - 1 || 1)));
    const found = await absent(spread);
    if (!found.length || some === packs) return found;
    return absent(Array.from({ length: packs }, (_, i) => i));
  }

  /** Bytes of the index. They serve every later query, so no single query cancels the read. @param {Range[]} ranges */
  async #index(ranges) {
    const reads = indexReads(this.about.index, ranges);
    const large = reads.filter(({ whole }) => !whole).map(({ range }) => range);
    const [some, all] = await Promise.all([
      this.#bytes(large, { gap: INDEX_GAP }),
      Promise.all(reads.map(({ range, whole }) => (whole ? this.#whole(range) : null))),
    ]);
    return ranges.map(({ offset, length }, i) => {
      return all[i]?.slice(offset, offset + length) ?? some[large.indexOf(reads[i].range)];
    });
  }

  /** @param {Range} range all of a file */
  #whole(range) {
    return shared(this.#small, range.path, async () => (await this.#bytes([range]))[0]);
  }

  /**
   * @param {Place} place
   * @param {Uint8Array<ArrayBuffer>} bytes
   * @param {AbortSignal} [signal]
   * @returns {Promise<Spectrum>}
   */
  async #decode(place, bytes, signal) {
    try {
      const rows = rowsOf(this.about.columns, bytes);
      if (rows.some((row) => row[this.about.id.name] !== place.id))
        throw new Error("another spectrum is there");
      const parts = await Promise.all(
        rows.map(async (row) => partOf(row, await this.#grids.wavelengths(row))),
      );
      throwIfAborted(signal);
      return spectrumOf(place.id, this, rows, parts);
    } catch (cause) {
      if (cause instanceof EngineError || /** @type {Error} */ (cause).name === "AbortError") throw cause;
      throw damaged(place.id, this.#path(packPath(place.pack)), cause);
    }
  }
}

/** @param {Id} id @param {string} path @param {unknown} cause */
const damaged = (id, path, cause) =>
  new EngineError(`The spectrum ${id} could not be read: ${path} is damaged (${text(cause)})`, {
    kind: "bytes",
    cause,
  });

/** Milliseconds of decoding without a pause. */
const LONGEST = 8;
let paused = 0;

/** Let the page draw and respond now and then, while many spectra are decoded. */
async function breath() {
  if (performance.now() - paused < LONGEST) return;
  await new Promise((resolve) => setTimeout(resolve));
  paused = performance.now();
}

const FIELDS = ["pack", "offset", "bytes", "more", "chunk", "at"];
