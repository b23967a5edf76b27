/** Statements that ran in this browser, newest first: stored where the browser allows it, otherwise until the page is closed. */

/** @typedef {{ sql: string, at: number, rows: number, seconds: number }} Run at: milliseconds */

const MOST = 100;
/** Longer statements are not stored. */
const LONGEST = 20_000;

export class History {
  /** @type {Run[]} */
  #runs = [];

  /** @param {string} release pages opened from disk may all share one storage @param {() => Storage} [storage] */
  constructor(release, storage = () => localStorage) {
    this.key = `drportal-sql ${release}`;
    this.storage = storage;
  }

  /** @returns {Run[]} */
  list() {
    try {
      const kept = JSON.parse(this.storage().getItem(this.key) ?? "null");
      if (Array.isArray(kept)) this.#runs = kept.filter(({ sql }) => typeof sql === "string");
    } catch {
      // not allowed, or invalid: what this page remembers is used
    }
    return this.#runs;
  }

  /** @param {Run} run */
  add(run) {
    if (run.sql.length > LONGEST) return;
    const others = this.list().filter(({ sql }) => sql !== run.sql);
    this.#write([run, ...others].slice(0, MOST));
  }

  clear() {
    this.#write([]);
  }

  /** @param {Run[]} runs */
  #write(runs) {
    this.#runs = runs;
    try {
      this.storage().setItem(this.key, JSON.stringify(runs));
    } catch {
      // kept for this page only
    }
  }
}
