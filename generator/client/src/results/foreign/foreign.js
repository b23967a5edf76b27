/**
 * A catalogue from elsewhere, to match with: Parquet files of which only the names are known at first. Partitions next to the rows that
 * are matched are opened, and of them the columns that are carried, in the row groups that may have a match, are read.
 *
 * @typedef {import("../../catalogue/catalogue.js").Catalogue} Catalogue
 * @typedef {import("../../reading/bytes.js").ByteSource} ByteSource
 * @typedef {import("../../reading/footers.js").Footer} Footer
 * @typedef {import("../../reading/tiles.js").PixelRange} PixelRange
 * @typedef {import("./columns.js").Described} Described
 * @typedef {import("./layout.js").Part} Part
 *
 * @typedef {object} Place where its files are
 * @property {Part[]} parts
 * @property {import("./layout.js").Properties} properties
 * @property {(paths: Map<string, string>) => ByteSource} source paths: of parts, by those that the engine has
 * @property {(path: string, signal?: AbortSignal) => Promise<number>} size bytes of a part
 * @property {(part: Part) => number} rows about how many
 * @property {Described[]} described what is known of its columns
 * @property {import("../recipes/question.js").Elsewhere} elsewhere
 */
import { address } from "../../engine/addresses.js";
import { literal } from "../../engine/quoting.js";
import { inParallel, readWhole } from "../../reading/bytes.js";
import { parseFooter } from "../../reading/footers.js";
import { columnsOfTiles } from "../../reading/plan.js";
import { touches } from "../../reading/tiles.js";
import { Refused } from "../../search/grammar.js";
import { notParquet } from "../../shared/errors.js";
import { t } from "../../shared/strings.js";
import { columnsIn, positionIn } from "./columns.js";

/** The end of a file that is read first: nearly every footer is smaller. */
const TAIL = 64 << 10;
/** A footer is never larger. */
const LONGEST = 128 << 20;
/** Length of the footer and the magic number, behind the footer. */
const END = 8;
const PARALLEL = 6;
/** Column of pixels of order 29, which HATS files have. */
const PIXEL = "_healpix_29";
let count = 0;

/** @typedef {{ partition: number, low: bigint | null, high: bigint | null, first: number, last: number }} Kept row groups of a file, and the pixels between which they are; null for the whole file */

export class Foreign {
  /** @type {Map<number, Footer>} */
  #footers = new Map();
  #folder = `data/_foreign_${++count}`;

  /**
   * @param {Catalogue["engine"]} engine @param {Place} place @param {{ signal?: AbortSignal }} options
   * @returns {Promise<Foreign>} throws Refused
   */
  static async open(engine, place, { signal }) {
    const made = new Foreign(engine, place);
    await made.#begin(signal);
    return made;
  }

  /** @param {Catalogue["engine"]} engine @param {Place} place */
  constructor(engine, place) {
    this.engine = engine;
    this.where = place;
    this.stored = "_matched_with";
    this.elsewhere = place.elsewhere;
    /** @type {Described[]} */
    this.columns = [];
    /** @type {string[] | undefined} those that are carried where none are named: its id and position */
    this.all = undefined;
    const paths = new Map(place.parts.map(({ path }, i) => [this.#place(`${i}.parquet`), path]));
    this.source = place.source(paths);
    const partitions = place.parts.map((part, i) => ({
      path: `${i}.parquet`,
      ...{ size: 0, footer: 0 },
      tiles: [[0, 0, place.rows(part), part.low, part.high]],
    }));
    /** @type {any} */
    this.meta = { partitions, position: null, id: null, columns: [] };
  }

  /** @param {string} path */
  #place = (path) => `${this.#folder}/${path}`;

  /** Columns are those of the first file. @param {AbortSignal} [signal] */
  async #begin(signal) {
    if (!this.where.parts.length) throw new Refused(t("It has no rows."));
    const schema = await this.#know([0], signal);
    this.columns = columnsIn(schema, this.where.described);
    this.meta.columns = this.columns;
    Object.assign(this.meta, positionIn(this.columns, this.where.properties));
  }

  /**
   * Open files: their sizes and footers.
   * @param {number[]} partitions @param {AbortSignal} [signal]
   * @returns {Promise<Uint8Array>} the last footer
   */
  async #know(partitions, signal) {
    const { engine, meta, source } = this;
    let bytes = new Uint8Array();
    const unknown = partitions.filter((one) => !this.#footers.has(one));
    await inParallel(unknown, PARALLEL, async (one) => {
      const partition = meta.partitions[one];
      const { path: name } = this.where.parts[one];
      const size = await this.where.size(name, signal);
      const path = this.#place(partition.path);
      const tail = async (/** @type {number} */ length) =>
        (await readWhole(source, [{ path, offset: size - length, length }], { signal }))[0];
      if (size < END) throw notParquet(name, new Error("PAR1"));
      let end = await tail(Math.min(size, TAIL));
      const length = new DataView(end.buffer, end.byteLength - END).getUint32(0, true) + END;
      if (length > Math.min(size, LONGEST)) throw notParquet(name, new Error("footer"));
      if (length > end.length) end = await tail(length);
      bytes = end.slice(-length);
      const footer = parseFooter(bytes, name);
      Object.assign(partition, { size, footer: size - length });
      await engine.addFiles([{ path, size, source }]);
      this.#footers.set(one, footer);
    });
    return bytes;
  }

  /**
   * @param {import("../../reading/tiles.js").Run[]} runs
   * @param {{ columns?: string[] | null, beside?: PixelRange[] | null, signal?: AbortSignal, onProgress?: (loaded: number, all: number, stage: "data") => void }} wanted
   *   beside: where the rows are that matter
   */
  async prepareRuns(runs, { columns = null, beside = null, signal, onProgress }) {
    const partitions = [...new Set(runs.map(({ partition }) => partition))];
    await this.#know(partitions, signal);
    const kept = partitions.flatMap((one) => this.#among(one, beside) ?? []);
    const { meta } = this;
    const files = /** @type {any} */ ({ meta, place: this.#place });
    const footers = async (/** @type {number} */ one) => /** @type {Footer} */ (this.#footers.get(one));
    const names = columns && new Set([...columns, ...(kept.some(({ low }) => low !== null) ? [PIXEL] : [])]);
    const { ranges, tiles } = await columnsOfTiles(files, kept, [], names, footers);
    const ends = (kept.length ? partitions : [0]).map((one) => {
      const { path, size, footer } = meta.partitions[one];
      return { path: this.#place(path), offset: footer, length: size - footer };
    });
    const options = {
      signal,
      onProgress:
        onProgress && ((/** @type {number} */ a, /** @type {number} */ b) => onProgress(a, b, "data")),
    };
    const bytes = await this.engine.store.ensure([...ends, ...ranges], options);
    return { relation: this.#relation(kept), tiles, bytes };
  }

  /** The row groups of a file that may have rows in these pixels. @param {number} partition @param {PixelRange[] | null} beside @returns {Kept | null} */
  #among(partition, beside) {
    const groups = /** @type {Footer} */ (this.#footers.get(partition));
    const pixels = groups.map((group) => {
      const { min, max } = group.get(PIXEL) ?? {};
      return typeof min === "bigint" && typeof max === "bigint" ? { min, max } : null;
    });
    const whole = { partition, low: null, high: null, first: 0, last: groups.length - 1 };
    if (!groups.length) return null;
    if (!beside || pixels.some((one) => !one)) return whole;
    const near = pixels.flatMap((one, i) =>
      one && touches(beside, Number(one.min >> 10n), Number(one.max >> 10n)) ? [{ ...one, i }] : [],
    );
    if (near.length === groups.length) return whole;
    if (!near.length) return null;
    const [first, last] = [near[0].i, /** @type {{ i: number }} */ (near.at(-1)).i];
    const all = /** @type {{ min: bigint, max: bigint }[]} */ (pixels).slice(first, last + 1);
    const low = all.reduce((least, { min }) => (min < least ? min : least), all[0].min);
    const high = all.reduce((most, { max }) => (max > most ? max : most), all[0].max);
    return { partition, low, high, first, last };
  }

  /** SQL after FROM. @param {Kept[]} kept */
  #relation(kept) {
    const scan = (/** @type {number[]} */ partitions) => {
      const files = partitions.map((one) => literal(address(this.#place(this.meta.partitions[one].path))));
      return `SELECT * FROM read_parquet([${files.join(", ")}], hive_partitioning = false)`;
    };
    if (!kept.length) return `(${scan([0])} LIMIT 0)`;
    const whole = kept.filter(({ low }) => low === null).map(({ partition }) => partition);
    const some = kept.flatMap(({ partition, low, high }) =>
      low === null ? [] : [`${scan([partition])} WHERE ${PIXEL} BETWEEN ${low} AND ${high}`],
    );
    return `(${[...(whole.length ? [scan(whole)] : []), ...some].join(" UNION ALL ")})`;
  }
}
