/** The part of the plane that a plot shows, and how it moves: the base of a Plot. */
import { t } from "../../shared/strings.js";
import { plotBox } from "./draw.js";
import { mapping } from "./paint-plot.js";
import { around, roundBins } from "./scale.js";
import { SkyPlane, WHOLE, WIDEST } from "./sky-plane.js";

/**
 * @typedef {import("./plot-columns.js").PlotColumn} PlotColumn
 * @typedef {import("./queries.js").Window} Window
 * @typedef {import("./plot-state.js").PlotState} PlotState
 * @typedef {object} Setting
 * @property {import("../../engine/engine.js").Engine} engine
 * @property {string} table SQL
 * @property {string} where SQL of the filter row
 * @property {PlotState} state
 * @property {PlotColumn[]} columns
 * @property {import("./plot-columns.js").Position | null} position
 * @property {{order: number, has: (pixel: number) => boolean} | null} cover
 * @property {"auto" | "points" | "density"} detail
 * @property {import("../table/selection.js").Selection} selection
 * @property {number} width pixels
 */

export class Camera {
  facts = { all: 0, shown: 0, missing: 0, beyond: 0, correlation: NaN, ends: /** @type {number[]} */ ([]) };
  /** @type {import("./sky-plane.js").SkyView} */
  view = { frame: "equatorial", lon: 180, lat: 0, radius: WHOLE };
  /** @type {Window} */
  window = { left: 0, right: 1, bottom: 0, top: 1 };
  /** @type {SkyPlane | null} */
  plane = null;
  /** Position of the rows on the sky, if they are close together. @type {{lon: number, lat: number, radius: number} | null} */
  near = null;

  /** @param {Setting} setting */
  constructor(setting) {
    this.setting = setting;
    const { state, columns, position, table, where } = setting;
    const find = (/** @type {string | undefined} */ name) => columns.find((c) => c.name === name) ?? null;
    this.kind = state.kind;
    this.sky = state.kind === "sky";
    const p = find(this.sky ? position?.ra : state.x.column);
    const q = this.sky ? find(position?.dec) : state.kind === "scatter" ? find(state.y.column) : null;
    this.colour = find(state.colour);
    if (!p) throw new Error(t("There is no column of numbers to plot."));
    /** @type {import("./queries.js").Question} */
    this.question = {
      table,
      where,
      p: { column: p, log: !this.sky && state.x.log },
      q: q && { column: q, log: !this.sky && state.y.log },
      colour: null,
    };
  }

  /** Show all rows. */
  reset() {
    const { state } = this.setting;
    const { ends } = this.facts;
    if (this.sky) {
      const near = this.near && this.near.radius < 50 ? this.near : null;
      this.look(near ? { frame: state.frame, ...near } : this.wholeSky());
      return;
    }
    const turn = (/** @type {[number, number]} */ [a, b], /** @type {boolean} */ reverse) =>
      reverse ? [b, a] : [a, b];
    const { p, q } = this.question;
    if (this.kind === "histogram") {
      const from = p.log ? Math.log10(ends[0]) : ends[0];
      const to = p.log ? Math.log10(ends[1]) : ends[1];
      const { start, step, count } = this.bins(from, to);
      const [left, right] = turn([start, start + step * count], state.x.reverse);
      this.window = { left, right, bottom: 0, top: 1 };
      return;
    }
    const [left, right] = turn(around(ends[0], ends[1], p.log), state.x.reverse);
    const [bottom, top] = turn(around(ends[2], ends[3], Boolean(q?.log)), state.y.reverse);
    this.window = { left, right, bottom, top };
  }

  /** @param {number} from @param {number} to */
  bins(from, to) {
    return Number.isFinite(from)
      ? roundBins(from, to, Math.max(10, Math.min(60, this.setting.width / 11)))
      : { start: 0, step: 1, count: 1 };
  }

  wholeSky() {
    const { frame } = this.setting.state;
    return { frame, lon: frame === "equatorial" ? 180 : 0, lat: 0, radius: WHOLE };
  }

  showWhole() {
    this.look(this.wholeSky());
  }

  /** @param {import("./sky-plane.js").SkyView} view */
  look(view) {
    this.view = view;
    this.plane = new SkyPlane(view);
    this.resize(this.setting.width);
  }

  /** @param {number} width pixels */
  resize(width) {
    this.setting.width = width;
    if (!this.plane) return;
    const { half, whole } = this.plane;
    if (whole) {
      this.window = { left: -2 * Math.SQRT2, right: 2 * Math.SQRT2, bottom: -Math.SQRT2, top: Math.SQRT2 };
      return;
    }
    const box = this.size();
    const short = Math.min(box.width, box.height);
    const [u, v] = [(half * box.width) / short, (half * box.height) / short];
    this.window = { left: -u, right: u, bottom: -v, top: v };
  }

  height() {
    const { width } = this.setting;
    if (this.plane?.whole) return (width - (width < 420 ? 40 : 48)) / 2 + 20;
    return Math.round(Math.max(280, Math.min(460, width * 0.74)));
  }

  size() {
    return plotBox({
      width: this.setting.width,
      height: this.height(),
      window: this.window,
      sky: this.plane && { whole: this.plane.whole, lines: [], plane: [], labels: [] },
      legend: null,
    });
  }

  /** @param {number} factor below 1: closer @param {[number, number] | null} at pixels of the stage; null: the middle */
  zoom(factor, at) {
    const box = this.size();
    const place = mapping(box, this.window);
    const [px, py] = at ?? [box.x + box.width / 2, box.y + box.height / 2];
    const [u, v] = [place.u(px), place.v(py)];
    if (this.plane) {
      const { frame, radius } = this.view;
      const wide = this.plane.whole ? (factor < 1 ? 60 : WHOLE) : radius * factor;
      if (wide > WIDEST) return this.showWhole();
      const move = this.plane.whole ? 1 : 1 - factor;
      const centre = this.plane.backToFrame(u * move, v * move);
      if (centre) this.look({ frame, lon: centre[0], lat: centre[1], radius: Math.max(wide, 1e-5) });
      return;
    }
    const { left, right, bottom, top } = this.window;
    const near = (/** @type {number} */ end, /** @type {number} */ fixed) => fixed + (end - fixed) * factor;
    const next = { left: near(left, u), right: near(right, u), bottom, top };
    if (this.kind === "scatter") Object.assign(next, { bottom: near(bottom, v), top: near(top, v) });
    // closer than doubles can resolve
    if (Math.abs(next.right - next.left) > 1e-12 * Math.max(Math.abs(next.left), Math.abs(next.right)))
      this.window = next;
  }

  /** Bars begin at zero. @param {number} top */
  rise(top) {
    this.window = { ...this.window, bottom: 0, top };
  }

  /** @param {number} dx @param {number} dy pixels that the rows move by */
  move(dx, dy) {
    const box = this.size();
    const { left, right, bottom, top } = this.window;
    const [du, dv] = [(dx / box.width) * (right - left), (dy / box.height) * (bottom - top)];
    if (this.plane) {
      const centre = this.plane.backToFrame(-du, this.plane.whole ? 0 : -dv);
      if (centre) this.look({ ...this.view, lon: centre[0], lat: this.plane.whole ? 0 : centre[1] });
      return;
    }
    const flat = this.kind === "histogram" ? 0 : dv;
    this.window = { left: left - du, right: right - du, bottom: bottom - flat, top: top - flat };
  }
}
