/**
 * A ZIP of spectra created in the page: the files that ship, or FITS written here, with a list of them, their checksums and how
 * to cite. Files are stored uncompressed, one after another, and moved out of the page's memory into a Blob.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { Zip, ZipPassThrough } from "fflate";
import { csvHead, csvRows } from "../../results/export/csv.js";
import { EngineError, damaged, missing, unreadable } from "../../shared/errors.js";
import { onDisk } from "../../reading/scripts.js";
import { openVault, readFile } from "../../reading/sources/sealed-files.js";
import { t } from "../../shared/strings.js";
import { spectrumFits } from "../export/spectrum-fits.js";
import { bySet } from "./chosen-spectra.js";

/** Most spectra, and most bytes, in one ZIP. */
export const MOST_SPECTRA = 2000;
export const MOST_BYTES = 500e6;
/** Spectra read together. */
const GROUP = 24;
/** Bytes after which the finished part is passed to the browser. */
const PIECE = 8 << 20;

/**
 * @typedef {import("./chosen-spectra.js").Found} Found
 * @typedef {import("../export/pixel-columns.js").About} About
 * @typedef {{id: string, set: string, file: string, bytes: number, sha256: string, original: boolean, facts: Record<string, any>}} Entry
 */

/** Whether the files themselves can be read: a page opened from disk may not. @param {Found["set"]} set */
export const hasOriginals = (set) => set.about.originals && (!onDisk() || openVault() !== null);

/** Approximate number of bytes of the ZIP. @param {Found[]} found */
export function estimate(found) {
  let bytes = 0;
  for (const { set, place } of found) {
    const { pixels, spectra, columns } = set.about;
    const widths = columns.filter(({ array }) => array).map(({ type }) => (/64|DOUBLE/.test(type) ? 8 : 4));
    const row = widths.reduce((sum, width) => sum + width, 0);
    bytes += hasOriginals(set) ? 3 * (place.bytes + place.more) : (pixels / spectra) * row + 11_520;
  }
  return Math.round(bytes);
}

/**
 * @param {Found[]} found
 * @param {{about: About, query: string, folder: string, signal: AbortSignal, onDone: (spectra: number) => void}} options
 *   folder: the folder of the files
 * @returns {Promise<Blob>}
 */
export async function zipOf(found, { about, query, folder, signal, onDone }) {
  const archive = new Archive(folder, about.date);
  /** @type {Entry[]} */
  const entries = [];
  let done = 0;
  for (const [set, places] of bySet(found)) {
    for (let from = 0; from < places.length; from += GROUP) {
      const some = places.slice(from, from + GROUP);
      const made = hasOriginals(set)
        ? shipped(set, some, archive, signal)
        : written(set, some, archive, about, signal);
      for await (const entry of made) {
        entries.push(entry);
        onDone(++done);
      }
      signal.throwIfAborted();
    }
  }
  archive.text("MANIFEST.csv", manifest(entries));
  archive.text("README.txt", readme(about, query, entries));
  archive.text("SHA256SUMS", archive.sums());
  return archive.end();
}

/**
 * The original files, each once.
 * @param {Found["set"]} set @param {Found["place"][]} places @param {Archive} archive @param {AbortSignal} signal
 * @returns {AsyncGenerator<Entry>}
 */
async function* shipped(set, places, archive, signal) {
  const headers = await set.headers(places, signal);
  for (const [i, { id }] of places.entries()) {
    const facts = headers[i];
    const path = `data/spectra/${set.name}/${facts.original}`;
    const file = await archive.add(`${set.name}/${entryName(String(facts.file))}`, path, async () => {
      const address = new URL(path.split("/").map(encodeURIComponent).join("/"), set.root).href;
      const bytes = await readFile(address, signal).catch((cause) => {
        throw cause instanceof EngineError || signal.aborted ? cause : unreadable(path, missing(), cause);
      });
      if (facts.sha256 && bytesToHex(sha256(bytes)) !== facts.sha256) throw unreadable(path, damaged());
      return bytes;
    });
    yield { id: String(id), set: set.name, ...file, original: true, facts };
  }
}

/**
 * Spectra written as FITS, including exposures.
 * @param {Found["set"]} set @param {Found["place"][]} places @param {Archive} archive @param {About} about
 * @param {AbortSignal} signal
 * @returns {AsyncGenerator<Entry>}
 */
async function* written(set, places, archive, about, signal) {
  /** @type {(import("../data/part.js").Spectrum | null)[]} */
  const spectra = places.map(() => null);
  await set.readMany(
    places.map(({ id }) => id),
    { singles: true, signal, onSpectrum: (spectrum, i) => (spectra[i] = spectrum) },
  );
  for (const [i, spectrum] of spectra.entries()) {
    if (!spectrum) continue;
    spectra[i] = null;
    const id = String(spectrum.id);
    const name = id.replace(/[^A-Za-z0-9._+-]/g, "_").slice(0, 80);
    const file = await archive.add(`${set.name}/${name}.fits`, `${set.name} ${id}`, async () =>
      spectrumFits(spectrum, about),
    );
    yield { id, set: set.name, ...file, original: false, facts: spectrum.facts };
  }
}

/** Names that another system takes for a path out of the folder, or does not allow. */
const STRANGE = /[\p{Cc}\p{Cf}\\/:*?"<>|]/gu;

/** A file's name in an archive, safe on every system. @param {string} name */
export const entryName = (name) => name.replace(STRANGE, "_").replace(/^\.+|[. ]+$/g, "_") || "_";

class Archive {
  /** @type {Uint8Array<ArrayBuffer>[]} */
  #chunks = [];
  /** @type {Blob[]} */
  #pieces = [];
  #pending = 0;
  #bytes = 0;
  /** @type {Map<string, {file: string, bytes: number, sha256: string}>} by their source */
  #files = new Map();
  /** Names in use, in lower case: not every file system distinguishes case. */
  #names = new Set();
  /** @type {string[]} */
  #sums = [];

  /** @param {string} folder @param {string} date ISO 8601 */
  constructor(folder, date) {
    this.folder = folder;
    this.date = new Date(date);
    this.zip = new Zip((error, chunk) => {
      if (error) throw error;
      this.#chunks.push(/** @type {Uint8Array<ArrayBuffer>} */ (chunk));
      this.#pending += chunk.length;
      if (this.#pending > PIECE) this.#settle();
    });
  }

  #settle() {
    this.#pieces.push(new Blob(this.#chunks));
    this.#chunks = [];
    this.#pending = 0;
  }

  /**
   * @param {string} name wanted @param {string} key its source: the same source is added once
   * @param {() => Promise<Uint8Array>} make
   */
  async add(name, key, make) {
    const known = this.#files.get(key);
    if (known) return known;
    const bytes = await make();
    if ((this.#bytes += bytes.length) > MOST_BYTES)
      throw new EngineError(
        t("These spectra are more than {n} MB: choose fewer, or take a script.", { n: MOST_BYTES / 1e6 }),
      );
    const file = this.#free(name);
    const sum = this.#put(file, bytes);
    const made = { file, bytes: bytes.length, sha256: sum };
    this.#files.set(key, made);
    return made;
  }

  /** @param {string} name @param {string} content */
  text(name, content) {
    this.#put(name, new TextEncoder().encode(content));
  }

  sums() {
    return this.#sums.join("");
  }

  end() {
    this.zip.end();
    this.#settle();
    return new Blob(this.#pieces, { type: "application/zip" });
  }

  /** @param {string} name */
  #free(name) {
    const [, stem, ending] = /^(.*?)((?:\.fits?(?:\.gz)?)?)$/i.exec(name) ?? [];
    let free = name;
    for (let n = 2; this.#names.has(free.toLowerCase()); n++) free = `${stem}_${n}${ending}`;
    this.#names.add(free.toLowerCase());
    return free;
  }

  /** @param {string} name @param {Uint8Array} bytes */
  #put(name, bytes) {
    const file = new ZipPassThrough(`${this.folder}/${name}`);
    file.mtime = this.date;
    this.zip.add(file);
    file.push(bytes, true);
    const sum = bytesToHex(sha256(bytes));
    this.#sums.push(`${sum}  ${name}\n`);
    return sum;
  }
}

/** Facts that have a column. */
const FACTS = ["ra", "dec", "class", "subclass", "z"];

/** @param {Entry[]} entries */
export function manifest(entries) {
  const names = ["id", "set", "file", "size", "sha256", "original", ...FACTS];
  const rows = entries.map(({ id, set, file, bytes, sha256: sum, original, facts }) => [
    id,
    set,
    file,
    bytes,
    sum,
    original,
    ...FACTS.map((name) => facts[name] ?? null),
  ]);
  return (
    csvHead(names) +
    csvRows(
      rows,
      names.map(() => ""),
    )
  );
}

/** @param {About} about @param {string} query @param {Entry[]} entries */
function readme({ release, cite, date }, query, entries) {
  const made = entries.some(({ original }) => !original);
  return [
    t("{n} spectra of the release {release}", { n: entries.length, release }),
    "",
    `${t("Found by")}: ${query}`,
    `${t("Written")}: ${date}`,
    "",
    t("MANIFEST.csv lists them; `sha256sum -c SHA256SUMS` checks every file."),
    ...(made
      ? [
          t(
            "Where MANIFEST.csv says original = false, a file was written by the page from the release's packed spectra: a table for each arm and exposure, every value as in the survey's file.",
          ),
        ]
      : []),
    ...(cite ? ["", `${t("How to cite")}: ${cite}`] : []),
    "",
  ].join("\n");
}
