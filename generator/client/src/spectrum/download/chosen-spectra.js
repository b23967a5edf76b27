/** The spectra of the rows of a result, and the files of the release that contain them. */
import { Scripts } from "../../reading/sources/script-chunks.js";
import { EngineError } from "../../shared/errors.js";
import { parseId } from "../data/ids.js";
import { openSet } from "../data/set.js";
import { packPath } from "../../reading/spectra.js";

/**
 * @typedef {import("../data/set.js").SpectraSet} SpectraSet
 * @typedef {import("../data/set.js").Place} Place
 * @typedef {{set: SpectraSet, place: Place}} Found
 * @typedef {{set: string, path: string, bytes: number, sha256: string}} RemoteFile path: in the set's folder
 */

/**
 * @param {import("../../results/view.js").RowSpectra} rows
 * @param {Iterable<string>} ids each once
 * @param {AbortSignal} [signal]
 * @returns {Promise<Found[]>} for each id with a spectrum that of the first set which has it, in the order of the ids
 */
export async function findSpectra({ page, sets }, ids, signal) {
  const all = [...ids];
  /** @type {Map<string, Found>} */
  const found = new Map();
  for (const { name, datatype } of sets) {
    const set = await openSet(page, name);
    const left = all.filter((id) => !found.has(id));
    const parsed = left.map((id) => parseId(id, datatype));
    const places = await set.places(
      parsed.flatMap((id) => (id === null ? [] : [id])),
      signal,
    );
    left.forEach((id, i) => {
      const one = parsed[i];
      const place = one === null ? undefined : places.get(one);
      if (place) found.set(id, { set, place });
    });
  }
  return all.flatMap((id) => found.get(id) ?? []);
}

/** By set, in order. @param {Found[]} found @returns {Map<SpectraSet, Place[]>} */
export function bySet(found) {
  /** @type {Map<SpectraSet, Place[]>} */
  const sets = new Map();
  for (const { set, place } of found) sets.set(set, [...(sets.get(set) ?? []), place]);
  return sets;
}

/**
 * Files with these spectra: the originals where they ship, otherwise packs and the files needed to read those.
 * @param {Found[]} found @param {AbortSignal} [signal]
 * @returns {Promise<RemoteFile[]>} each once
 */
export async function filesOf(found, signal) {
  const files = [];
  for (const [set, places] of bySet(found))
    files.push(
      ...(set.about.originals
        ? originals(set, await set.headers(places, signal))
        : await packs(set, places, signal)),
    );
  return files;
}

/** @param {SpectraSet} set @param {Record<string, any>[]} headers @returns {RemoteFile[]} */
export function originals({ name }, headers) {
  const files = new Map(
    headers.map(({ original, bytes, sha256 }) => [
      String(original),
      { set: name, path: String(original), bytes: Number(bytes), sha256: String(sha256) },
    ]),
  );
  return [...files.values()];
}

/** @param {SpectraSet} set @param {Place[]} places @param {AbortSignal} [signal] @returns {Promise<RemoteFile[]>} */
async function packs(set, places, signal) {
  const numbers = [...new Set(places.map(({ pack }) => pack))].sort((a, b) => a - b);
  const folders = [...new Set([0, ...numbers.map((pack) => Math.floor(pack / 1000))])];
  const scripts = new Scripts(`spectra/${set.name}`, set.root);
  /** @type {Map<string, RemoteFile>} */
  const known = new Map();
  for (const folder of folders) {
    const key = `sums/${String(folder).padStart(3, "0")}`;
    const text = new TextDecoder().decode(await scripts.load(`${key}.js`, key, { signal }));
    for (const line of text.split("\n").filter(Boolean)) {
      const [sha256, bytes, path] = line.split("  ");
      known.set(path, { set: set.name, path, bytes: Number(bytes), sha256 });
    }
  }
  const wanted = ["spectra.json", ...(set.about.grids ? ["grids.parquet"] : []), ...numbers.map(packPath)];
  return wanted.map((path) => {
    const file = known.get(path);
    if (!file)
      throw new EngineError(`The checksum of ${path} is not among those of ${set.name}`, { kind: "bytes" });
    return file;
  });
}
