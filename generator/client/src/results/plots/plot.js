/**
 * One plot: its queries to the engine, the part of the plane it shows, and how it is painted. For other columns or
 * other rows, another Plot is created.
 */
import { ROW } from "../query/hits.js";
import { t } from "../../shared/strings.js";
import { Camera } from "./camera.js";
import { NAMED } from "./colours.js";
import { readColumns, within } from "./data.js";
import { barsOf, legendOf, titleOf } from "./describe-plot.js";
import { graticule } from "./graticule.js";
import { mapping, paintBins, paintMarked, paintPoints, paintSky } from "./paint-plot.js";
import * as queries from "./queries.js";
import { screen } from "./save-plot.js";
import { intoFrame, toAngles } from "./sky-plane.js";

/**
 * @typedef {import("./colours.js").Palette} Palette
 * @typedef {import("./draw.js").Scene} Scene
 * @typedef {import("./paint-plot.js").Box} Box
 * @typedef {import("./sky-plane.js").SkyPlane} SkyPlane
 * @typedef {import("./queries.js").Window} Window
 */

/** Most rows drawn one by one, by default and on request. */
const FEW = 20_000;
const MOST = 300_000;
/** Size of a cell in pixels. */
const CELL = 3;
/** Most marked rows that are listed in SQL one by one. */
const LISTED = 50_000;
/** Coverage is known in pixels of about two degrees: in a smaller field they are useless. */
const COVERED = 4;

export class Plot extends Camera {
  /** @type {import("./paint-plot.js").Shades | null} */
  shades = null;
  /** @type {{kind: "number", low: number, high: number, least: number, most: number} | {kind: "category", words: [string, number][]} | null} */
  colours = null;
  /** @type {{r: Int32Array, p: Float64Array, q: Float64Array, c: Float32Array, whole: boolean} | null} */
  points = null;
  /** @type {{bins: import("./paint-plot.js").Bins, marked: import("./paint-plot.js").Bins | null, window: Window, grid: {across: number, down: number}, plane: SkyPlane | null} | null} */
  cells = null;
  /** @type {{bins: import("./paint-plot.js").Bins, marked: import("./paint-plot.js").Bins | null, start: number, step: number, count: number} | null} */
  bars = null;
  /** @type {{plane: SkyPlane, u: Float64Array, v: Float64Array} | null} */
  #placed = null;

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
    const { engine, detail } = this.setting;
    const { shown } = this.facts;
    if (this.kind === "histogram") return this.#loadBars();
    const most = detail === "points" ? MOST : detail === "density" ? 0 : FEW;
    const { window, plane } = this;
    if (shown <= most) {
      if (!this.points?.whole) this.points = await this.#loadPoints(null);
      this.cells = null;
      return;
    }
    const box = this.size();
    const grid = { across: Math.round(box.width / CELL), down: Math.round(box.height / CELL) };
    const sql = queries.binsQuery(this.question, plane, window, grid.across, grid.down);
    const [k, g, n, m] = await readColumns(engine, sql, ["int", "int", "int", "float"]);
    const seen = n.reduce((/** @type {number} */ a, /** @type {number} */ b) => a + b, 0);
    this.points = seen <= most ? await this.#loadPoints(window) : null;
    this.cells = this.points ? null : { bins: { k, g, n, m }, marked: null, window, grid, plane };
  }

  /** @param {Window | null} window */
  async #loadPoints(window) {
    const sql = queries.pointsQuery(this.question, this.plane, window);
    const [r, p, q, c] = await readColumns(this.setting.engine, sql, ["int", "double", "double", "float"]);
    this.#placed = null;
    return { r, p, q, c, whole: !window };
  }

  async #loadBars() {
    const { left, right } = this.window;
    const { start, step, count } = this.bins(Math.min(left, right), Math.max(left, right));
    const sql = queries.histogramQuery(this.question, start, step, count);
    const [k, g, n, m] = await readColumns(this.setting.engine, sql, ["int", "int", "int", "float"]);
    this.bars = { bins: { k, g, n, m }, marked: null, start, step, count };
    const sums = new Float64Array(count);
    k.forEach((/** @type {number} */ at, /** @type {number} */ i) => (sums[at] += n[i]));
    this.rise(Math.max(1, ...sums) * 1.06);
  }

  /** Positions of marked rows, for cells and bars. */
  async mark() {
    const { engine, selection } = this.setting;
    const target = this.bars ?? this.cells;
    if (!target) return;
    target.marked = null;
    if (!selection.size) return;
    const only = await conditionOf(selection, engine);
    if (only === null) return;
    const question = { ...this.question, only };
    const sql = this.bars
      ? queries.histogramQuery(question, this.bars.start, this.bars.step, this.bars.count)
      : this.cells &&
        queries.binsQuery(
          question,
          this.cells.plane,
          this.cells.window,
          this.cells.grid.across,
          this.cells.grid.down,
        );
    const [k, g, n, m] = await readColumns(engine, sql ?? "", ["int", "int", "int", "float"]);
    target.marked = { k, g, n, m };
  }

  /**
   * Rows inside a closed line. @param {[number, number][]} line pixels of the stage
   * @returns {Promise<Int32Array>} numbers of rows
   */
  async rowsIn(line) {
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
    const sql = queries.regionQuery(this.question, this.plane, window);
    const [r, u, v] = await readColumns(this.setting.engine, sql, ["int", "double", "double"]);
    if (line.length === 4 || this.kind === "histogram") return r;
    return r.filter((/** @type {number} */ _, /** @type {number} */ i) => within(around, u[i], v[i]));
  }

  /**
   * The ranges as conditions of columns; null on the sky.
   * @param {[number, number]} x @param {[number, number]} y infinite: open
   * @returns {import("../../search/as-filter.js").Bounds[] | null}
   */
  bounds(x, y) {
    const { p, q } = this.question;
    if (this.sky || !p) return null;
    const of = (/** @type {any} */ term, /** @type {[number, number]} */ [low, high]) =>
      term?.column ? [{ column: term.column.name, low, high }] : [];
    return [...of(p, x), ...of(this.kind === "histogram" ? null : q, y)];
  }

  /** The same of a rectangle, or of the width of a histogram; null for other shapes. @param {[number, number][]} line pixels */
  boundsOf(line) {
    if (line.length !== 4 && this.kind !== "histogram") return null;
    const place = mapping(this.size(), this.window);
    const ends = (/** @type {any} */ term, /** @type {number[]} */ values) =>
      /** @type {[number, number]} */ (
        [Math.min(...values), Math.max(...values)].map((value) => (term?.log ? 10 ** value : value))
      );
    const { p, q } = this.question;
    return this.bounds(
      ends(
        p,
        line.map(([x]) => place.u(x)),
      ),
      ends(
        q,
        line.map(([, y]) => place.v(y)),
      ),
    );
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

  /** @param {Box} box @returns {{xs: Float32Array, ys: Float32Array}} where the points are */
  screen(box) {
    const { points } = this;
    if (!points) return { xs: new Float32Array(), ys: new Float32Array() };
    if (this.plane) {
      if (this.#placed?.plane !== this.plane)
        this.#placed = { plane: this.plane, ...this.plane.all(points.p, points.q) };
      return screen(box, this.window, this.#placed.u, this.#placed.v);
    }
    const { p, q } = this.question;
    const on = (/** @type {Float64Array} */ values, /** @type {boolean} */ log) =>
      log ? values.map(Math.log10) : values;
    return screen(box, this.window, on(points.p, p.log), on(points.q, Boolean(q?.log)));
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

  /** @param {CanvasRenderingContext2D} context @param {Box} box @param {Palette} palette @param {boolean} [rows] false: only what is below them */
  paint(context, box, palette, rows = true) {
    const { cover, selection } = this.setting;
    if (this.plane) {
      const known = this.plane.whole || this.view.radius > COVERED ? cover : null;
      paintSky(context, this.plane, this.window, box, known, palette);
    }
    if (!rows) return;
    if (this.cells && this.cells.plane === this.plane) {
      // until the cells of the closer view arrive, those already here are drawn in their places
      const { bins, marked, grid, window } = this.cells;
      const place = mapping(box, this.window);
      const [x, y] = [place.x(window.left), place.y(window.top)];
      const at = { x, y, width: place.x(window.right) - x, height: place.y(window.bottom) - y };
      paintBins(context, bins, grid, at, this.shades, palette, Boolean(marked));
      if (marked) paintMarked(context, marked, grid, at, palette.accent);
    }
    if (!this.points) return;
    const { xs, ys } = this.screen(box);
    const { r, c } = this.points;
    paintPoints(context, xs, ys, c, this.shades, palette, {
      box,
      faint: selection.size > 0,
      marked: (i) => selection.has(r[i]),
    });
  }
}

/** @param {any} selection @param {import("../../engine/engine.js").Engine} engine @returns {Promise<string | null>} SQL */
async function conditionOf(selection, engine) {
  if (typeof selection.condition === "function")
    return (await selection.condition(engine, "plotted")) || null;
  return selection.size <= LISTED ? `${ROW} IN (${[...selection].join(",")})` : null;
}
