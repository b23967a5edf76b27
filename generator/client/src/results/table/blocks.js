/** Rows of a long table, fetched in blocks as they come into sight; the last blocks used are kept. */

export const BLOCK = 200;
const KEPT = 60;

export class Blocks {
  /** @type {Map<number, unknown[][]>} by number; the one used last is the last */
  #blocks = new Map();
  /** @type {[number, number] | null} rows that are wanted, the end not included */
  #wanted = null;
  #running = false;
  #closed = false;

  /**
   * @param {number} length rows in all
   * @param {(first: number, end: number) => Promise<unknown[][]>} read
   * @param {() => void} onArrive called when some wanted rows have arrived
   * @param {(error: Error) => void} onError
   */
  constructor(length, read, onArrive, onError) {
    this.length = length;
    this.read = read;
    this.onArrive = onArrive;
    this.onError = onError;
  }

  /** Its rows are no longer needed. */
  close() {
    this.#closed = true;
    this.#blocks.clear();
  }

  /** @param {number} row @returns {unknown[] | undefined} undefined where it is not here */
  get(row) {
    return this.#blocks.get(Math.floor(row / BLOCK))?.[row % BLOCK];
  }

  /**
   * Fetch these rows; of several calls while the engine is busy only the last counts.
   * @param {number} first @param {number} end @returns {Promise<void>} settles when nothing is missing any more
   */
  async want(first, end) {
    this.#wanted = [Math.max(0, first), Math.min(end, this.length)];
    if (this.#running) return;
    this.#running = true;
    try {
      for (let next = this.#missing(); next !== undefined && !this.#closed; next = this.#missing()) {
        const rows = await this.read(next * BLOCK, Math.min((next + 1) * BLOCK, this.length));
        if (this.#closed) return;
        this.#blocks.set(next, rows);
        this.onArrive();
      }
    } catch (error) {
      if (!this.#closed) this.onError(/** @type {Error} */ (error));
    } finally {
      this.#running = false;
    }
  }

  /** The block to fetch next: of those wanted, the one nearest to their middle. */
  #missing() {
    if (!this.#wanted) return undefined;
    const [first, end] = this.#wanted;
    const middle = Math.floor((first + end - 1) / 2 / BLOCK);
    let best;
    for (let block = Math.floor(first / BLOCK); block * BLOCK < end; block++) {
      const kept = this.#blocks.get(block);
      if (kept) {
        this.#blocks.delete(block);
        this.#blocks.set(block, kept);
      } else if (best === undefined || Math.abs(block - middle) < Math.abs(best - middle)) best = block;
    }
    for (const oldest of this.#blocks.keys()) {
      if (this.#blocks.size < KEPT) break;
      this.#blocks.delete(oldest);
    }
    return best;
  }
}
