/** Wavelength grids that the spectra of a set share. */
import { gridRange } from "../../reading/spectra.js";
import { damaged, unreadable } from "../../shared/errors.js";
import { shared } from "../../shared/once.js";
import { gridColumns, rowsOf } from "./rowgroup.js";

/**
 * @typedef {import('../../reading/bytes.js').Range} Range
 * @typedef {import('../../reading/bytes.js').ReadOptions} ReadOptions
 * @typedef {Float32Array | Float64Array} Floats
 */

export class Grids {
  /** @type {Map<number, Promise<Floats>>} */
  #known = new Map();

  /**
   * @param {import('./set.js').About} about
   * @param {(ranges: Range[], options?: ReadOptions) => Promise<Uint8Array<ArrayBuffer>[]>} read
   */
  constructor(about, read) {
    this.about = about;
    this.read = read;
  }

  /** Start to read the grid used most, which will be needed. A failure is reported to whoever needs it. */
  foresee() {
    if (this.about.grids?.grids.length) this.#grid(0).catch(() => {});
  }

  /**
   * The wavelengths of a part as in the file; decimal logarithms where its `scale` says so.
   * @param {Record<string, import('./rowgroup.js').Cell>} row
   * @returns {Promise<Floats>}
   */
  async wavelengths({ grid, grid_first, wavelength, flux }) {
    if (grid === null) return /** @type {Floats} */ (wavelength);
    const first = Number(grid_first);
    const { length } = /** @type {Floats} */ (flux);
    const found = (await this.#grid(Number(grid))).slice(first, first + length);
    if (found.length !== length) throw new Error("its wavelengths are not in the grid");
    return found;
  }

  /** @param {number} number */
  #grid(number) {
    return shared(this.#known, number, () => this.#load(number));
  }

  /** @param {number} number */
  async #load(number) {
    const { grids } = this.about;
    const range = gridRange(grids, number);
    if (!grids || !range) throw new Error(`there is no grid ${number}`);
    const [bytes] = await this.read([range]);
    try {
      const [row] = rowsOf(gridColumns(grids.type), bytes);
      const values = /** @type {Floats} */ (row.wavelength);
      if (row.grid !== number || values.length !== grids.grids[number].pixels)
        throw new Error("another grid is there");
      return values;
    } catch (cause) {
      const path = `data/spectra/${this.about.name}/${grids.path}`;
      throw unreadable(path, damaged(cause), cause);
    }
  }
}
