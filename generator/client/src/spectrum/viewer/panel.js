/** One panel of the viewer: uPlot draws axes, scales and cross-hair; paint.js paints the inside. */
import uPlot from "uplot";
import { FONT, canvasPen } from "./pen.js";
import { LABELS, paintOver, paintUnder } from "./paint.js";
import { PAPER } from "../../shared/paper.js";
import { Pointer } from "./pointer.js";
import { exponentOf, powerText, tickText, ticks } from "../numbers/ticks.js";

/**
 * @typedef {import("./paint.js").Scene} Scene
 * @typedef {[number, number]} Range
 * @typedef {object} Host
 * @property {() => import("./ink.js").Inks} inks
 * @property {() => "zoom" | "move" | "measure"} mode what dragging does
 * @property {(panel: Panel, x: Range, y: Range | null) => void} onView the reader moves; y is null to fit again
 * @property {(panel: Panel, x: number | null) => void} onHover
 * @property {() => void} [onStep] the cross-hair moves by keys
 * @property {(panel: Panel, range: Range) => void} onMeasure
 * @property {(panel: Panel, event: KeyboardEvent) => boolean} onKey keys that are not the panel's own; whether one was used
 */

/** Width of the left axis, and height of the lower one. */
export const LEFT = 64;
export const BOTTOM = 46;
export const RIGHT = 24;
/** Approximate distance of ticks in pixels. */
const SPACE = { x: 90, y: 48 };

export class Panel {
  #plot;
  #cross = /** @type {number | null} */ (null);

  /** @param {HTMLElement} stage @param {Scene} scene @param {Host} host */
  constructor(stage, scene, host) {
    this.stage = stage;
    this.scene = scene;
    this.host = host;
    const axis = (/** @type {"x" | "y"} */ key) => ({
      scale: key,
      side: key === "x" ? 2 : 3,
      size: key === "x" ? 24 : LEFT - 20,
      gap: 5,
      labelSize: key === "x" ? BOTTOM - 24 : 20,
      font: `12px ${FONT}`,
      labelFont: `600 12px ${FONT}`,
      stroke: () => host.inks()["ink-soft"],
      grid: { stroke: () => host.inks()["chart-grid"], width: 1 },
      ticks: { stroke: () => host.inks()["line-strong"], width: 1, size: 4 },
      label: () => this.#title(key),
      splits: (
        /** @type {uPlot} */ u,
        /** @type {number} */ _,
        /** @type {number} */ low,
        /** @type {number} */ high,
      ) => ticks(low, high, (key === "x" ? u.bbox.width : u.bbox.height) / uPlot.pxRatio / SPACE[key]).at,
      values: (/** @type {uPlot} */ _, /** @type {number[]} */ at) => {
        const step = at.length > 1 ? at[1] - at[0] : Math.abs(at[0]) || 1;
        const exponent = key === "y" ? exponentOf(...this.scene.y) : 0;
        return at.map((value) => tickText(value, step, exponent));
      },
    });
    const range = (/** @type {uPlot} */ _, /** @type {number} */ low, /** @type {number} */ high) =>
      /** @type {Range} */ ([low, high]);
    this.#plot = new uPlot(
      {
        width: stage.clientWidth || 600,
        height: stage.clientHeight || 300,
        padding: [() => (this.scene.marks.length ? LABELS : 14), RIGHT, 0, 0],
        legend: { show: false },
        cursor: {
          drag: { setScale: false, x: false, y: false },
          points: { show: false },
          bind: { dblclick: () => null },
        },
        scales: { x: { time: false, auto: false, range }, y: { auto: false, range } },
        axes: [axis("x"), axis("y")],
        // Parts have grids of their own, so there is no common table of values: curves are painted below.
        series: [{}, { show: true, paths: () => null, points: { show: false } }],
        hooks: { drawClear: [(u) => this.#paint(u, paintUnder)], draw: [(u) => this.#paint(u, paintOver)] },
      },
      [
        [0, 1],
        [0, 1],
      ],
      stage,
    );
    new ResizeObserver(() => this.#resize()).observe(stage);
    // A canvas is not laid out again for paper.
    addEventListener("beforeprint", this.#toPaper);
    addEventListener("afterprint", this.#resize);
    this.pointer = new Pointer(this, this.#plot);
    this.show(scene);
  }

  /** @param {Scene} scene */
  show(scene) {
    this.scene = scene;
    const u = this.#plot;
    u.batch(() => {
      u.setScale("x", { min: scene.x[0], max: scene.x[1] });
      u.setScale("y", { min: scene.y[0], max: scene.y[1] });
    });
    u.redraw(false, true);
    if (this.#cross !== null) this.point(this.#cross);
  }

  /** Draw again, as the colours have changed. */
  repaint() {
    this.#plot.redraw(false, true);
  }

  #resize = () => {
    const { clientWidth: width, clientHeight: height } = this.stage;
    if (width > 0 && height > 0 && (width !== this.#plot.width || height !== this.#plot.height))
      this.#plot.setSize({ width, height });
  };

  #toPaper = () => this.#plot.setSize({ width: PAPER, height: this.stage.clientHeight || this.#plot.height });

  /** @param {uPlot} u @param {typeof paintUnder} how */
  #paint(u, how) {
    const ratio = uPlot.pxRatio;
    u.ctx.save();
    u.ctx.scale(ratio, ratio);
    const { left, top, width, height } = u.bbox;
    const box = { x: left / ratio, y: top / ratio, width: width / ratio, height: height / ratio };
    how(canvasPen(u.ctx), box, this.scene, this.host.inks());
    u.ctx.restore();
  }

  /** @param {"x" | "y"} key */
  #title(key) {
    return key === "x" ? this.scene.across : upTitle(this.scene);
  }

  /** Width of a pixel of the screen. */
  get grain() {
    return (this.scene.x[1] - this.scene.x[0]) / (this.#plot.over.clientWidth || 1);
  }

  /** The wavelength at the cross-hair. */
  get cross() {
    return this.#cross;
  }

  /** Move the cross-hair; null removes it. @param {number | null} x */
  point(x) {
    this.#cross = x;
    const inside = x !== null && x >= this.scene.x[0] && x <= this.scene.x[1];
    const left = inside ? this.#plot.valToPos(x, "x") : -10;
    this.#plot.setCursor({ left, top: inside ? (this.#plot.cursor.top ?? 0) : -10 }, false);
    this.host.onHover(this, inside ? x : null);
  }

  /** Note the pointer's position; uPlot moves the cross-hair itself. @param {number | null} x */
  hovered(x) {
    this.#cross = x;
    this.host.onHover(this, x);
  }

  /**
   * Zoom by a factor around a wavelength; at most to a few pixels, at least to three times the whole range.
   * @param {number} factor below 1: closer @param {number} [around] wavelength
   */
  zoom(factor, around = this.#cross ?? (this.scene.x[0] + this.scene.x[1]) / 2) {
    const [low, high] = this.scene.x;
    this.look([around + (low - around) * factor, around + (high - around) * factor]);
  }

  /** @param {number} share of the width */
  pan(share) {
    const [low, high] = this.scene.x;
    const step = share * (high - low);
    this.look([low + step, high + step], this.scene.fixed ? this.scene.y : null);
  }

  /** Zoom the flux around its middle, or another value. @param {number} factor @param {number} [around] */
  zoomFlux(factor, around = (this.scene.y[0] + this.scene.y[1]) / 2) {
    const [low, high] = this.scene.y;
    this.look(this.scene.x, [around + (low - around) * factor, around + (high - around) * factor]);
  }

  /** @param {number} share of the height */
  panFlux(share) {
    const [low, high] = this.scene.y;
    const step = share * (high - low);
    this.look(this.scene.x, [low + step, high + step]);
  }

  /** @param {Range} x @param {Range | null} [y] */
  look([low, high], y = this.scene.fixed ? this.scene.y : null) {
    const [first, last] = this.scene.whole;
    const all = last - first;
    const width = Math.min(Math.max(high - low, all / 5000), 3 * all);
    const middle = Math.min(Math.max((low + high) / 2, first), last);
    const x = /** @type {Range} */ ([middle - width / 2, middle + width / 2]);
    // Several wheel events may come before the next drawing: each starts where the last one ended.
    this.scene = { ...this.scene, x, ...(y ? { y, fixed: true } : { fixed: false }) };
    this.host.onView(this, x, y);
  }

  reset() {
    this.host.onView(this, this.scene.whole, null);
  }

  destroy() {
    removeEventListener("beforeprint", this.#toPaper);
    removeEventListener("afterprint", this.#resize);
    this.#plot.destroy();
  }
}

/** @param {Scene} scene */
export function upTitle(scene) {
  const exponent = exponentOf(...scene.y);
  return exponent ? `${scene.up} (× ${powerText(exponent)})` : scene.up;
}
