/**
 * One plot: its queries to the engine, the part of the plane it shows, and how it is painted. For other columns or
 * other rows, another Plot is created.
 */
import { ROW } from "../query/hits.js";
import { t } from "../../shared/strings.js";
import { barsOfRows, cellsOfRows, countRows } from "./bins.js";
import { Camera } from "./camera.js";
import { NAMED } from "./colours.js";
import { readColumns, within } from "./data.js";
import { barsOf, legendOf, titleOf } from "./describe-plot.js";
import { graticule } from "./graticule.js";
import { mapping, paintBins, paintMarked, paintMarkedBins, paintPoints, paintSky } from "./paint-plot.js";
import * as queries from "./queries.js";
import { screen } from "./save-plot.js";
import { intoFrame, toAngles } from "./sky-plane.js";

/**
 * @typedef {import("./colours.js").Palette} Palette
 * @typedef {import("./draw.js").Scene} Scene
 * @typedef {import("./paint-plot.js").Box} Box
 * @typedef {import("./sky-plane.js").SkyPlane} SkyPlane
 * @typedef {import("./queries.js").Window} Window
 * @typedef {import("./paint-plot.js").Bins} Bins
 * @typedef {{r: Int32Array, p: Float64Array, q: Float64Array, c: Float32Array}} Rows number, values on the axes, colour
 */

/** Most rows drawn one by one by default; most rows that are kept here, and drawn one by one on request. */
const FEW = 20_000;
const MOST = 300_000;
/** Size of a cell in pixels. */
const CELL = 3;
/** How visible the other rows stay where some are marked; plots.css has the same for the page. */
const FADED = 0.45;
/** Coverage is known in pixels of about two degrees: in a smaller field they are useless. */
const COVERED = 4;

export class Plot extends Camera {
  /** @type {import("./paint-plot.js").Shades | null} */
  shades = null;
  /** @type {{kind: "number", low: number, high: number, least: number, most: number} | {kind: "category", words: [string, number][]} | null} */
  colours = null;
  /** All rows in the plot, null where they are too many. @type {Rows | null} */
  rows = null;
  /** Those drawn one by one. @type {Rows | null} */
  points = null;
  /** `at`: cell of each row, null where the engine counted. @type {{bins: Bins, at: Int32Array | null, marked: Bins | null, window: Window, grid: {across: number, down: number}, plane: SkyPlane | null} | null} */
  cells = null;
  /** @type {{bins: Bins, at: Int32Array | null, marked: Bins | null, start: number, step: number, count: number} | null} */
  bars = null;
  /** @type {WeakMap<Rows, {plane: SkyPlane | null, u: Float64Array, v: Float64Array}>} */
  #places = new WeakMap();
  /** @type {{key: unknown[], xs: Float32Array, ys: Float32Array} | null} */
  #screen = null;

  /** Count the rows, and choose the part to show. */
  async prepare() {
    const { engine } = this.setting;
    const [first] = (await engine.rows(queries.factsQuery(this.question))).rows;
    const [all, shown, missing, beyond, correlation, ...ends] = first.map((value) => Number(value ?? NaN));
    this.facts = { all, shown, missing, beyond, correlation, ends };
    if (this.colour) {
      const { rows } = await engine.rows(queries.colourQuery(this.question, this.colour));
      if (this.colour.kind === "number") {
        const [low, high, least, most] = rows[0].map((value) => Number(value ?? NaN));
        this.shades = { kind: "number", low, high };
        this.colours = { kind: "number", low, high, least, most };
      } else {
        const words = rows.map(([word, n]) => /** @type {[string, number]} */ ([String(word), Number(n)]));
        this.shades = { kind: "category", count: Math.min(NAMED, words.length) };
        this.colours = { kind: "category", words };
      }
      const categories =
        this.colours.kind === "category" ? this.colours.words.slice(0, NAMED).map(([w]) => w) : null;
      this.question.colour = { column: this.colour, categories };
    }
    this.bars = null;
    if (this.sky) this.near = await this.#region();
    this.reset();
  }

  /** Position of the rows on the sky. */
  async #region() {
    const { engine, state } = this.setting;
    const every = Math.ceil(this.facts.shown / FEW);
    // a sample of the rows suffices where they are all over the sky
    const some = every > 1 ? { ...this.question, only: `${ROW} % ${every} = 0` } : this.question;
    const ask = async (
      /** @type {import("./queries.js").Question} */ question,
      /** @type {[number, number, number] | null} */ centre,
    ) => (await engine.rows(queries.spreadQuery(question, centre))).rows[0].map((v) => Number(v ?? NaN));
    const [x, y, z] = await ask(some, null);
    const length = Math.hypot(x, y, z);
    if (!(length > 0.2)) return null;
    /** @type {[number, number, number]} */
    const centre = [x / length, y / length, z / length];
    if (some !== this.question && (await ask(some, centre))[3] > 1) return null;
    const [, , , chord] = await ask(this.question, centre);
    const radius = (2 * Math.asin(Math.min(1, Math.sqrt(chord) / 2)) * 180) / Math.PI;
    const [lon, lat] = toAngles(intoFrame(state.frame, centre));
    return { lon, lat, radius: Math.max(radius * 1.15, 5 / 3600) };
  }

  /** Read the data that the window needs and that are not here yet. */
  async load() {
    const { detail } = this.setting;
    const { shown } = this.facts;
    if (shown <= MOST) this.rows ??= await this.#read(null);
    if (this.kind === "histogram") return this.#loadBars();
    const most = detail === "points" ? MOST : detail === "density" ? 0 : FEW;
    if (shown <= most) {
      this.points = this.rows;
      this.cells = null;
      return;
    }
    const { window, plane, rows } = this;
    const box = this.size();
    const grid = { across: Math.round(box.width / CELL), down: Math.round(box.height / CELL) };
    const at = rows && cellsOfRows(this.#planar(rows), window, grid);
    const bins =
      rows && at
        ? countRows(at, grid.across * grid.down, rows.c, this.#categories(), null)
        : await this.#count(queries.binsQuery(this.question, plane, window, grid.across, grid.down));
    const seen = bins.n.reduce((a, b) => a + b, 0);
    this.points = seen > most ? null : rows && at ? pick(rows, at) : await this.#read(window);
    this.cells = this.points ? null : { bins, at, marked: null, window, grid, plane };
  }

  /** @param {Window | null} window @param {string} [only] SQL @returns {Promise<Rows>} */
  async #read(window, only) {
    const sql = queries.pointsQuery({ ...this.question, only }, this.plane, window);
    const [r, p, q, c] = await readColumns(this.setting.engine, sql, ["int", "double", "double", "float"]);
    return { r, p, q, c };
  }

  /** @param {string} sql @returns {Promise<import("./paint-plot.js").Bins>} */
  async #count(sql) {
    const [k, g, n, m] = await readColumns(this.setting.engine, sql, ["int", "int", "int", "float"]);
    return { k, g, n, m };
  }

  /** Number of categories, with those that have no name or no value; 0 where the colour is no category. */
  #categories() {
    return this.shades?.kind === "category" ? this.shades.count + 2 : 0;
  }

  async #loadBars() {
    const { left, right } = this.window;
    const { start, step, count } = this.bins(Math.min(left, right), Math.max(left, right));
    const { rows } = this;
    const at = rows && barsOfRows(this.#planar(rows).u, start, step, count);
    const bins =
      rows && at
        ? countRows(at, count, rows.c, this.#categories(), null)
        : await this.#count(queries.histogramQuery(this.question, start, step, count));
    this.bars = { bins, at, marked: null, start, step, count };
    const sums = new Float64Array(count);
    bins.k.forEach((at, i) => (sums[at] += bins.n[i]));
    this.rise(Math.max(1, ...sums) * 1.06);
  }

  /** Count the marked rows in cells and bars, if all rows are here. @returns {boolean} whether they are */
  markHere() {
    const { rows } = this;
    const { selection } = this.setting;
    const target = this.bars ?? this.cells;
    if (!target) return true;
    if (!rows || !target.at) return false;
    const { across, down } = this.cells?.grid ?? { across: 1, down: 1 };
    const size = this.bars ? this.bars.count : across * down;
    target.marked = selection.size
      ? countRows(target.at, size, rows.c, this.#categories(), (i) => selection.has(rows.r[i]))
      : null;
    return true;
  }

  /** Count the marked rows in cells and bars. */
  async mark() {
    if (this.markHere()) return;
    const { engine, selection } = this.setting;
    const target = this.bars ?? this.cells;
    if (!target) return;
    target.marked = null;
    if (!selection.size) return;
    const question = { ...this.question, only: await selection.condition(engine, "plotted") };
    if (this.bars)
      this.bars.marked = await this.#count(
        queries.histogramQuery(question, this.bars.start, this.bars.step, this.bars.count),
      );
    else if (this.cells) {
      const { plane, window, grid } = this.cells;
      this.cells.marked = await this.#count(
        queries.binsQuery(question, plane, window, grid.across, grid.down),
      );
    }
  }

  /** A closed line in the plane, and the window around it. @param {[number, number][]} line pixels of the stage */
  #outline(line) {
    const place = mapping(this.size(), this.window);
    const around = line.map(([x, y]) => /** @type {[number, number]} */ ([place.u(x), place.v(y)]));
    const [us, vs] = [around.map(([u]) => u), around.map(([, v]) => v)];
    const window = {
      left: Math.min(...us),
      right: Math.max(...us),
      bottom: Math.min(...vs),
      top: Math.max(...vs),
    };
    // a histogram has no second value: it is 0
    if (this.kind === "histogram") Object.assign(window, { bottom: -1, top: 1 });
    return { around, window, box: line.length === 4 || this.kind === "histogram" };
  }

  /**
   * Ranges of columns that a box describes, null where there are none: on the sky its sides are not coordinates.
   * @param {[number, number][]} line pixels of the stage @returns {import("../table/selection.js").Range[] | null}
   */
  rangesOf(line) {
    const { window, box } = this.#outline(line);
    if (!box || this.sky) return null;
    const { p, q } = this.question;
    const range = (
      /** @type {import("./queries.js").Term} */ { column, log },
      /** @type {number[]} */ ...ends
    ) => {
      const [low, high] = ends.map((value) => (log ? 10 ** value : value));
      return { column: column.name, low, high };
    };
    return [range(p, window.left, window.right), ...(q ? [range(q, window.bottom, window.top)] : [])];
  }

  /** Rows inside a closed line, null where not all rows are here. @param {[number, number][]} line pixels of the stage */
  rowsInside(line) {
    const { rows } = this;
    if (!rows) return null;
    const { around, window, box } = this.#outline(line);
    const { left, right, bottom, top } = window;
    const { u, v } = this.#planar(rows);
    const found = new Int32Array(u.length);
    let n = 0;
    for (let i = 0; i < u.length; i++) {
      if (!(u[i] >= left && u[i] <= right && v[i] >= bottom && v[i] <= top)) continue;
      if (box || within(around, u[i], v[i])) found[n++] = rows.r[i];
    }
    return found.subarray(0, n);
  }

  /**
   * Rows inside a closed line. @param {[number, number][]} line pixels of the stage
   * @returns {Promise<Int32Array>} numbers of rows
   */
  async rowsIn(line) {
    const here = this.rowsInside(line);
    if (here) return here;
    const { around, window, box } = this.#outline(line);
    const sql = queries.regionQuery(this.question, this.plane, window);
    const [r, u, v] = await readColumns(this.setting.engine, sql, ["int", "double", "double"]);
    if (box) return r;
    return r.filter((/** @type {number} */ _, /** @type {number} */ i) => within(around, u[i], v[i]));
  }

  /** Where a row is in the plane, null where it is not in the plot. @param {number} row @returns {Promise<[number, number] | null>} */
  async find(row) {
    const here = this.rows ?? (this.points?.r.includes(row) ? this.points : null);
    const rows = here ?? (await this.#read(null, `${ROW} = ${Math.trunc(row)}`));
    const i = rows.r.indexOf(row);
    if (i < 0) return null;
    const { u, v } = this.#planar(rows);
    return [u[i], v[i]];
  }

  /**
   * Rows with values in a range of each axis; on the sky right ascension and declination, where 350 to 10 runs through 0.
   * @param {[number, number]} x @param {[number, number]} y infinite: open
   * @returns {Promise<Int32Array>}
   */
  async rowsBetween([x0, x1], [y0, y1]) {
    const plain = {
      ...this.question,
      p: { ...this.question.p, log: false },
      q: this.question.q && { ...this.question.q, log: false },
    };
    const wide = (/** @type {number} */ value) => Math.max(-1e308, Math.min(1e308, value));
    const ask = async (/** @type {number} */ a, /** @type {number} */ b) =>
      (
        await readColumns(
          this.setting.engine,
          queries.regionQuery(plain, null, {
            left: wide(a),
            right: wide(b),
            bottom: wide(y0),
            top: wide(y1),
          }),
          ["int", "double", "double"],
        )
      )[0];
    if (!this.sky || x0 <= x1) return ask(x0, x1);
    return Int32Array.from([...(await ask(x0, 1e9)), ...(await ask(-1e9, x1))]);
  }

  /** Places of rows in the plane. @param {Rows} rows */
  #planar(rows) {
    const known = this.#places.get(rows);
    if (known?.plane === this.plane) return known;
    const { p, q } = this.question;
    const on = (/** @type {Float64Array} */ values, /** @type {boolean} */ log) =>
      log ? values.map(Math.log10) : values;
    const made = this.plane
      ? { plane: this.plane, ...this.plane.all(rows.p, rows.q) }
      : { plane: null, u: on(rows.p, p.log), v: on(rows.q, Boolean(q?.log)) };
    this.#places.set(rows, made);
    return made;
  }

  /** @param {Box} box @returns {{xs: Float32Array, ys: Float32Array}} where the points are */
  screen(box) {
    const { points, window, plane } = this;
    if (!points) return { xs: new Float32Array(), ys: new Float32Array() };
    const key = [points, window, plane, box.x, box.y, box.width, box.height];
    const now = this.#screen;
    if (now?.key.every((part, i) => part === key[i])) return now;
    const { u, v } = this.#planar(points);
    const made = { key, ...screen(box, window, u, v) };
    this.#screen = made;
    return made;
  }

  /** @param {Palette} palette @returns {Scene} */
  scene(palette) {
    const { width } = this.setting;
    const { p, q } = this.question;
    const scene = { width, height: this.height(), window: this.window, legend: legendOf(this, palette) };
    if (this.plane)
      return { ...scene, sky: { ...graticule(this.plane, this.window), whole: this.plane.whole } };
    const x = { title: titleOf(p.column, p.log), log: p.log };
    if (q) return { ...scene, x, y: { title: titleOf(q.column, q.log), log: q.log } };
    return { ...scene, x, y: { title: t("rows"), log: false }, bars: barsOf(this, palette) };
  }

  /** What is below the rows. @param {CanvasRenderingContext2D} context @param {Box} box @param {Palette} palette */
  paintGround(context, box, palette) {
    if (!this.plane) return;
    const known = this.plane.whole || this.view.radius > COVERED ? this.setting.cover : null;
    paintSky(context, this.plane, this.window, box, known, palette);
  }

  /** Where the cells are on the canvas: until those of the closer view arrive, those already here are drawn. @param {Box} box */
  #cellBox(box) {
    const { cells, plane } = this;
    if (!cells || cells.plane !== plane) return null;
    const { window } = cells;
    const place = mapping(box, this.window);
    const [x, y] = [place.x(window.left), place.y(window.top)];
    return { x, y, width: place.x(window.right) - x, height: place.y(window.bottom) - y };
  }

  /** @param {CanvasRenderingContext2D} context @param {Box} box @param {Palette} palette */
  paintRows(context, box, palette) {
    const at = this.#cellBox(box);
    if (this.cells && at) paintBins(context, this.cells.bins, this.cells.grid, at, this.shades, palette);
    if (!this.points) return;
    const { xs, ys } = this.screen(box);
    paintPoints(context, xs, ys, this.points.c, this.shades, palette, box);
  }

  /** Outlines of marked rows, in their colours. @param {CanvasRenderingContext2D} context @param {Box} box @param {Palette} palette */
  paintMarks(context, box, palette) {
    const { selection } = this.setting;
    if (!selection.size) return;
    const at = this.#cellBox(box);
    if (this.cells?.marked && at)
      paintMarkedBins(context, this.cells.bins, this.cells.marked, this.cells.grid, at, this.shades, palette);
    if (!this.points) return;
    const { xs, ys } = this.screen(box);
    const { r, c } = this.points;
    paintMarked(context, xs, ys, c, this.shades, palette, { box, marked: (i) => selection.has(r[i]) });
  }

  /** @param {CanvasRenderingContext2D} context @param {Box} box @param {Palette} palette @param {boolean} [rows] false: only what is below them */
  paint(context, box, palette, rows = true) {
    this.paintGround(context, box, palette);
    if (!rows) return;
    context.globalAlpha = this.setting.selection.size ? FADED : 1;
    this.paintRows(context, box, palette);
    context.globalAlpha = 1;
    this.paintMarks(context, box, palette);
  }
}

/** The rows that are in a cell. @param {Rows} rows @param {Int32Array} at cell of each row, -1 for none @returns {Rows} */
function pick({ r, p, q, c }, at) {
  const inside = (/** @type {unknown} */ _, /** @type {number} */ i) => at[i] >= 0;
  return { r: r.filter(inside), p: p.filter(inside), q: q.filter(inside), c: c.filter(inside) };
}
