/** Spectra for thumbnails: read when they come into sight; the last ones are kept in the form in which they are drawn. */
import { parseId } from "../data/ids.js";
import { thumbOf } from "./thumb.js";

/**
 * @typedef {import("../../shared/page.js").SpectraEntry} SpectraEntry
 * @typedef {import("../data/set.js").SpectraSet} SpectraSet
 * @typedef {import("./thumb.js").Thumb} Thumb
 * @typedef {{thumb: Thumb, set: SpectraEntry} | null} Kept null: no set has it
 */

/** About 3 kB each. */
const KEPT = 3000;

export class Reading {
  /** @type {Map<string, Kept>} the one used last is the last */
  #kept = new Map();
  /** @type {{ids: Set<string>, abort: AbortController} | null} */
  #running = null;
  /** @type {string[]} */
  #wanted = [];

  /**
   * @param {SpectraEntry[]} sets that may have them, the likeliest first
   * @param {(name: string) => Promise<SpectraSet>} open
   * @param {(id: string) => void} onArrive @param {(error: Error) => void} onError
   */
  constructor(sets, open, onArrive, onError) {
    this.sets = sets;
    this.open = open;
    this.onArrive = onArrive;
    this.onError = onError;
  }

  /** @param {string} id @returns {Kept | undefined} undefined: not read yet */
  get(id) {
    const kept = this.#kept.get(id);
    if (kept !== undefined) {
      this.#kept.delete(id);
      this.#kept.set(id, kept);
    }
    return kept;
  }

  stop() {
    this.#wanted = [];
    this.#running?.abort.abort();
    this.#running = null;
  }

  /**
   * Read these; earlier requests that are not repeated may be dropped. @param {string[]} ids
   * @returns {Promise<void>}
   */
  async want(ids) {
    this.#wanted = ids;
    const missing = [...new Set(ids)].filter((id) => !this.#kept.has(id));
    if (this.#running) {
      // While the reader scrolls on, a read in progress continues as long as any of its spectra can still be seen.
      if (missing.some((id) => this.#running?.ids.has(id))) return;
      this.#running.abort.abort();
      this.#running = null;
    }
    if (!missing.length) return;
    const own = (this.#running = { ids: new Set(missing), abort: new AbortController() });
    const { signal } = own.abort;
    try {
      let open = missing;
      for (const [k, set] of this.sets.entries()) {
        open = await this.#read(set, open, k === this.sets.length - 1, signal);
        if (!open.length) break;
      }
    } catch (error) {
      if (!signal.aborted) this.onError(/** @type {Error} */ (error));
      if (this.#running === own) this.#running = null;
      return;
    }
    if (this.#running !== own) return;
    this.#running = null;
    await this.want(this.#wanted);
  }

  /**
   * @param {SpectraEntry} entry @param {string[]} ids @param {boolean} last @param {AbortSignal} signal
   * @returns {Promise<string[]>} the ids that the set does not have
   */
  async #read(entry, ids, last, signal) {
    const set = await this.open(entry.name);
    signal.throwIfAborted();
    /** @type {string[]} */
    const none = [];
    const lack = (/** @type {string} */ id) => (last ? this.#keep(id, null) : none.push(id));
    const known = ids.flatMap((text) => {
      const id = parseId(text, entry.datatype);
      if (id === null) lack(text);
      return id === null ? [] : [{ id, text }];
    });
    await set.readMany(
      known.map(({ id }) => id),
      {
        signal,
        onSpectrum: (spectrum, k) => {
          const { text } = known[k];
          if (spectrum) this.#keep(text, { thumb: thumbOf(spectrum), set: entry });
          else lack(text);
        },
      },
    );
    return none;
  }

  /** @param {string} id @param {Kept} kept */
  #keep(id, kept) {
    this.#kept.set(id, kept);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= KEPT) break;
      this.#kept.delete(oldest);
    }
    this.onArrive(id);
  }
}
