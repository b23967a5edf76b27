/** Check the files of a source against its manifest. */
import { broken, text as wordsOf, unreadable as refused } from "../shared/errors.js";
import { whileHere } from "../shared/leaving.js";
import { t } from "../shared/strings.js";
import { taken } from "../shared/unpack.js";
import { hashOf } from "./hash.js";
import {
  KEY,
  MANIFEST,
  PARTIAL,
  SIGNATURE,
  SUMS,
  UNLISTED,
  isKept,
  readChoice,
  readManifest,
  sumsOf,
} from "./manifest.js";
import { checkSignature, keyLine } from "./signature.js";

/**
 * @typedef {"missing" | "changed" | "extra" | "unreadable" | "unsigned"} Kind
 * @typedef {{kind: Kind, path: string, why: string}} Fault
 * @typedef {{files: number, bytes: number, leftOut: number, label: string, extrasKnown: boolean, faults: Fault[], signed: import("./signature.js").Signed, ownKey: boolean}} Verdict
 */

/** @type {{kind: Kind, why: string}} */
const missing = { kind: "missing", why: "" };

/**
 * @param {import("./file-sources.js").Source} source
 * @param {string} key line of the public key that must have signed; "" uses that of the copy
 * @param {AbortSignal} signal
 * @param {(done: number, total: number, file: string) => void} onProgress
 * @returns {Promise<Verdict>}
 */
export async function check(source, key, signal, onProgress) {
  const raw = await whole(source, MANIFEST);
  if (!raw) throw new Error(t("There is no manifest.json here: choose the folder that contains it."));
  const manifest = readManifest(new TextDecoder().decode(raw));
  /** @type {Fault[]} */
  const faults = [];
  // Files that may be absent are not requested: browsers report each failed request as an error.
  const there = source.paths();
  const own = manifest.files.some(({ path }) => path === KEY) ? keyLine((await text(source, KEY)) ?? "") : "";
  const signature = key || own || there ? await text(source, SIGNATURE) : null;
  const signed = await checkSignature(raw, signature, key || own);
  if (signed.state === "bad") faults.push({ kind: "unsigned", path: SIGNATURE, why: t("does not fit") });
  if (signed.state === "other") faults.push({ kind: "unsigned", path: SIGNATURE, why: t("by another key") });
  if (signed.state === "unsigned" && signed.id) faults.push({ kind: "unsigned", path: MANIFEST, why: "" });
  await checkSums(source, manifest, raw, faults);
  const files = new FileCheck(source, manifest, signal, onProgress);
  faults.push(...(await files.all()));
  const listed = new Set(manifest.files.map(({ path }) => path));
  for (const path of there ?? [])
    if (!listed.has(path) && !UNLISTED.has(path)) faults.push({ kind: "extra", path, why: "" });
  faults.sort((a, b) => (a.path < b.path ? -1 : 1));
  return {
    files: manifest.files.length - files.leftOut,
    bytes: manifest.bytes - files.leftBytes,
    leftOut: files.leftOut,
    label: manifest.label,
    extrasKnown: there !== null,
    faults,
    signed,
    ownKey: !key,
  };
}

/** Checks every file of a manifest against the source. */
class FileCheck {
  leftOut = 0;
  leftBytes = 0;
  #done = 0;
  /** @type {Promise<import("./manifest.js").Choice | null> | undefined} */
  #choice;
  #partial = false;

  /**
   * @param {import("./file-sources.js").Source} source
   * @param {import("./manifest.js").Manifest} manifest
   * @param {AbortSignal} signal
   * @param {(done: number, total: number, file: string) => void} onProgress
   */
  constructor(source, manifest, signal, onProgress) {
    this.source = source;
    /** The list of existing files is known beforehand. */
    this.listed = source.paths() !== null;
    this.manifest = manifest;
    this.signal = signal;
    this.onProgress = onProgress;
  }

  /** @returns {Promise<Fault[]>} */
  async all() {
    const { files } = this.manifest;
    /** @type {Fault[]} */
    const faults = [];
    let next = 0;
    const lane = async () => {
      for (let file = files[next++]; file; file = files[next++]) {
        this.signal.throwIfAborted();
        const fault = await this.#one(file);
        if (fault) faults.push({ path: file.path, ...fault });
      }
    };
    await Promise.all(Array.from({ length: this.source.parallel }, lane));
    this.signal.throwIfAborted();
    return faults;
  }

  /** @param {import("./manifest.js").Entry} file @returns {Promise<{kind: Kind, why: string} | null>} */
  async #one(file) {
    let here = 0;
    const advance = (/** @type {number} */ bytes) =>
      this.onProgress((this.#done += bytes), this.manifest.bytes, file.path);
    const known = this.#partial && !this.listed && (await this.#isLeftOut(file.path));
    let fault = known
      ? missing
      : await whileHere(() => {
          advance(-here);
          here = 0;
          return compare(this.source, file, (bytes) => {
            here += bytes;
            advance(bytes);
          });
        }, this.signal).catch((/** @type {unknown} */ error) => {
          this.signal.throwIfAborted();
          return unreadable(error);
        });
    if (fault?.kind === "missing" && (await this.#isLeftOut(file.path))) {
      this.leftOut++;
      this.leftBytes += file.bytes;
      fault = null;
    }
    advance(file.bytes - here);
    return fault;
  }

  /** Whether a missing file was left out of a mirror on purpose. @param {string} path */
  async #isLeftOut(path) {
    this.#choice ??= text(this.source, PARTIAL).then((said) => (said === null ? null : readChoice(said)));
    const made = await this.#choice;
    this.#partial ||= made !== null;
    return made !== null && !isKept(path, this.manifest, made);
  }
}

/**
 * @param {import("./file-sources.js").Source} source
 * @param {import("./manifest.js").Entry} file
 * @param {(bytes: number) => void} onBytes
 * @returns {Promise<{kind: Kind, why: string} | null>}
 */
async function compare(source, file, onBytes) {
  const opened = await source.open(file.path);
  if (!opened) return missing;
  const sizes = (/** @type {number} */ size) => t("{n} bytes, not {m}", { n: size, m: file.bytes });
  if (opened.size !== null && opened.size !== file.bytes) return { kind: "changed", why: sizes(opened.size) };
  const { size, sha256 } = await hashOf(opened.stream, file.bytes, onBytes);
  if (size > file.bytes) return { kind: "changed", why: t("more than {n} bytes", { n: file.bytes }) };
  if (size < file.bytes) return { kind: "changed", why: sizes(size) };
  return sha256 === file.sha256 ? null : { kind: "changed", why: "" };
}

/** @param {unknown} error @returns {{kind: Kind, why: string}} */
const unreadable = (error) => ({
  kind: "unreadable",
  why: error instanceof TypeError ? broken() : wordsOf(error),
});

/**
 * @param {import("./file-sources.js").Source} source
 * @param {import("./manifest.js").Manifest} manifest
 * @param {Uint8Array<ArrayBuffer>} raw
 * @param {Fault[]} faults
 */
async function checkSums(source, manifest, raw, faults) {
  const said = await text(source, SUMS);
  const { sha256 } = await hashOf(new Blob([raw]).stream(), raw.length, () => {});
  if (said === null) faults.push({ kind: "missing", path: SUMS, why: "" });
  else if (said !== sumsOf(manifest.files, sha256)) faults.push({ kind: "changed", path: SUMS, why: "" });
}

/** @param {import("./file-sources.js").Source} source @param {string} path */
async function whole(source, path) {
  return whileHere(async () => {
    const opened = await source.open(path);
    return opened && new Uint8Array(await taken(opened.stream, (answer) => answer.arrayBuffer()));
  }).catch((error) => {
    throw error instanceof TypeError ? refused(path, broken(), error) : error;
  });
}

/** @param {import("./file-sources.js").Source} source @param {string} path */
async function text(source, path) {
  const bytes = await whole(source, path);
  return bytes && new TextDecoder().decode(bytes);
}
