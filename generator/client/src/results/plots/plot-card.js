/** One plot on the page: its fields, its layers, pointer and keys. What all plots share is the panel's: plots-panel.js. */
import { t } from "../../shared/strings.js";
import { readPalette } from "./colours.js";
import { barsOf, summaryOf } from "./describe-plot.js";
import { draw, markBars } from "./draw.js";
import { makePicture } from "./file.js";
import { fillRanges } from "./mark-ranges.js";
import { mapping } from "./paint-plot.js";
import { Brush } from "./plot-brush.js";
import { Controls } from "./plot-controls.js";
import { followPointer } from "./plot-pointer.js";
import { Plot } from "./plot.js";
import { clipped } from "./save-plot.js";
import { Tip } from "./tip.js";
import { nextStop, stopsOf } from "./walk.js";

/**
 * @typedef {import("./plots-button.js").Host} Host
 * @typedef {import("./plot-state.js").PlotState} PlotState
 * @typedef {import("./camera.js").Setting} Setting
 * @typedef {[number, number]} Place pixels of the stage
 * @typedef {object} Shared what the panel knows and does for its plots
 * @property {Host} host
 * @property {() => boolean} open
 * @property {() => "box" | "lasso" | "move"} tool
 * @property {() => string} catalogue of the rows, "" if unknown
 * @property {() => string} id column that identifies rows, "" if there is none
 * @property {(card: PlotCard, state: PlotState) => void} choose
 * @property {(card: PlotCard) => void} remove
 * @property {(cards: PlotCard[], deed: () => Promise<void>) => Promise<void>} work one after another
 */

/** After a zoom, wait this long for the next one before querying the engine. */
const PAUSE = 150;

export class PlotCard {
  /** @type {Plot | null} */
  plot = null;
  /** @type {PlotState | null} */
  state = null;
  /** Numbers of its actions in progress. */
  #due = 0;
  #frame = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #waiting;
  #box = { x: 0, y: 0, width: 1, height: 1 };
  #palette = readPalette();
  /** What the ground was painted from. @type {unknown[]} */
  #ground = [];
  /** Where the keyboard is. @type {Place | null} */
  #walked = null;
  #pointing = 0;
  #marking = 0;
  #watch = new ResizeObserver(() => this.#resize());

  /** @param {HTMLElement} element @param {Shared} shared */
  constructor(element, shared) {
    this.element = element;
    this.shared = shared;
    const get = (/** @type {string} */ selector) =>
      /** @type {HTMLElement} */ (element.querySelector(selector));
    this.stage = get(".plot-stage");
    this.lines = get(".plot-lines");
    this.caption = get("figcaption");
    this.wait = get(".plot-wait");
    this.spot = get(".plot-spot");
    this.brush = new Brush(this);
    this.controls = new Controls(element, (state) => shared.choose(this, state));
    this.tip = new Tip(get(".plot-tip"), get(".plot-said"), shared.host, shared.id);
    for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (
      element.querySelectorAll("[data-plot]")
    ))
      button.addEventListener("click", () => this.#press(button));
    get("form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.brush.ranges();
    });
    this.#watch.observe(this.stage);
    this.#hands();
  }

  close() {
    this.#watch.disconnect();
    clearTimeout(this.#waiting);
    this.plot = null;
    this.element.remove();
  }

  /** Other rows are coming. @param {boolean} whole and with other columns */
  forget(whole) {
    delete this.stage.dataset.shows;
    this.#leave();
    if (whole) this.plot = null;
  }

  /** @param {boolean} on an action begins, or ends */
  busy(on) {
    this.#due += on ? 1 : -1;
    if (on) this.stage.setAttribute("aria-busy", "true");
    if (this.#due) return;
    this.wait.hidden = true;
    this.stage.removeAttribute("aria-busy");
  }

  /** @param {Error} error */
  fail({ message }) {
    this.caption.textContent = t("The plot could not be made: {message}", { message });
  }

  /** Query the engine for the data of another plot. @param {Omit<Setting, "width" | "detail">} setting */
  async ask(setting) {
    const { view } = this.shared.host;
    const plot = new Plot({ ...setting, detail: this.controls.detail, width: this.#width() });
    await plot.prepare();
    if (view.shown?.hits.engine !== setting.engine) return;
    this.plot = plot;
    fillRanges(this.element, plot);
    await this.#load();
  }

  /** Read the data that the window needs, and show them. */
  async #load() {
    const { plot } = this;
    if (!plot) return;
    plot.resize(this.#width());
    await plot.load();
    await plot.mark();
    if (plot !== this.plot) return;
    this.paint();
    // the page may have got its final size only now
    this.#resize();
    const text = summaryOf(plot);
    if (this.caption.textContent !== text) this.caption.textContent = text;
    const kind = { sky: t("Sky map"), scatter: t("Scatter"), histogram: t("Histogram") }[plot.kind];
    this.stage.setAttribute("aria-label", `${kind}: ${text}`);
  }

  /** Show at once what is already here; the rest follows when the reader pauses. */
  #later() {
    // many events may come before the next frame
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.paint();
    });
    clearTimeout(this.#waiting);
    this.#waiting = setTimeout(() => this.shared.work([this], () => this.#load()), PAUSE);
  }

  #width() {
    return Math.max(240, Math.floor(this.stage.clientWidth));
  }

  #resize() {
    const { plot } = this;
    if (!this.shared.open() || !plot || this.stage.clientWidth === 0) return;
    if (plot.setting.width === this.#width()) return;
    plot.resize(this.#width());
    this.#later();
  }

  /** Show other marks, once in a frame. */
  marks() {
    this.#marking ||= requestAnimationFrame(() => {
      this.#marking = 0;
      const { plot } = this;
      if (!plot || !this.shared.open() || !this.shared.host.view.shown) return;
      if (plot.markHere()) return this.#paintMarks();
      this.shared.work([this], async () => {
        if (plot !== this.plot || !this.shared.host.view.shown) return;
        await plot.mark();
        this.#paintMarks();
      });
    });
  }

  /** @param {"ground" | "rows" | "marks"} name @param {number} width @param {number} height pixels of the page */
  #layer(name, width, height) {
    const canvas = /** @type {HTMLCanvasElement} */ (this.stage.querySelector(`[data-layer="${name}"]`));
    const scale = Math.min(3, globalThis.devicePixelRatio || 1);
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
    const context = canvas.getContext("2d");
    context?.scale(scale, scale);
    return context;
  }

  paint() {
    const { plot, stage } = this;
    if (!plot || !this.shared.open() || stage.clientWidth === 0) return;
    const palette = (this.#palette = readPalette());
    const scene = plot.scene(palette);
    const { svg, box, height } = draw(scene, palette);
    this.#box = box;
    this.lines.replaceChildren(svg);
    this.lines.classList.toggle("above", Boolean(scene.sky));
    stage.style.height = `${height}px`;
    const ground = [plot.plane, plot.window, scene.width, height, palette.sunken, palette.point];
    if (ground.some((part, i) => part !== this.#ground[i])) {
      this.#ground = ground;
      const context = this.#layer("ground", scene.width, height);
      if (context) clipped(context, box, () => plot.paintGround(context, box, palette));
    }
    const context = this.#layer("rows", scene.width, height);
    if (context) clipped(context, box, () => plot.paintRows(context, box, palette));
    this.#layer("marks", scene.width, height);
    this.#paintMarks();
    this.point(this.shared.host.view.pointed.row);
    const { points, cells, bars } = plot;
    const kind = points && !bars ? "points" : cells ? "density" : "bars";
    const drawn = kind === "points" ? points?.r.length : (cells ?? bars)?.bins.n.reduce((a, b) => a + b, 0);
    Object.assign(stage.dataset, {
      box: [box.x, box.y, box.width, box.height].join(","),
      shows: kind,
      drawn: String(drawn ?? 0),
      all: String(plot.facts.shown),
    });
  }

  /** Paint the marks alone: what is below them stays. */
  #paintMarks() {
    const { plot, stage } = this;
    if (!plot || !this.shared.open()) return;
    const [box, palette] = [this.#box, this.#palette];
    const { size } = plot.setting.selection;
    stage.classList.toggle("marking", size > 0);
    const svg = this.lines.querySelector("svg");
    if (plot.bars && svg)
      return markBars(svg, barsOf(plot, palette), mapping(box, plot.window), box, palette);
    const canvas = /** @type {HTMLCanvasElement} */ (stage.querySelector('[data-layer="marks"]'));
    const context = canvas.getContext("2d");
    if (!context) return;
    context.clearRect(0, 0, canvas.width, canvas.height);
    if (size) clipped(context, box, () => plot.paintMarks(context, box, palette));
  }

  /** Show the row that the reader points at. @param {number | null} row */
  async point(row) {
    const { plot } = this;
    const asked = ++this.#pointing;
    if (row === null && this.#walked) return;
    const at = row === null || !plot ? null : await plot.find(row).catch(() => null);
    if (asked !== this.#pointing || plot !== this.plot) return;
    const place = at && plot && mapping(this.#box, plot.window);
    this.#showSpot(place && [place.x(at[0]), plot.bars ? this.#box.y : place.y(at[1])]);
  }

  /** @param {Place | null} at */
  #showSpot(at) {
    const { x, y, width, height } = this.#box;
    const { plot, spot } = this;
    const inside = at && at[0] >= x && at[0] <= x + width && at[1] >= y && at[1] <= y + height;
    spot.hidden = !inside;
    if (!at || !plot) return;
    spot.classList.toggle("bar", Boolean(plot.bars));
    if (!plot.bars)
      return Object.assign(spot.style, { left: `${at[0]}px`, top: `${at[1]}px`, width: "", height: "" });
    const place = mapping(this.#box, plot.window);
    const { start, step } = plot.bars;
    const from = start + Math.floor((place.u(at[0]) - start) / step) * step;
    const [a, b] = [place.x(from), place.x(from + step)].sort((p, q) => p - q);
    return Object.assign(spot.style, {
      left: `${a}px`,
      top: `${y}px`,
      width: `${b - a}px`,
      height: `${height}px`,
    });
  }

  #hands() {
    const { selection, pointed } = this.shared.host.view;
    const lasso = /** @type {SVGPolylineElement} */ (this.stage.querySelector(".plot-lasso polyline"));
    const rubber = /** @type {HTMLElement} */ (this.stage.querySelector(".plot-rubber"));
    followPointer(this.stage, rubber, lasso, {
      tool: this.shared.tool,
      box: () => this.#box,
      flat: () => this.plot?.kind === "histogram",
      mark: (line, further, last) => this.brush.draw(line, further, last),
      click: (at, further, touch) => {
        const row = this.tip.nearest(this.plot, this.#box, ...at);
        if (touch) this.tip.show(this.plot, this.#box, at, true);
        pointed.set(row);
        if (row === null) return further || touch ? undefined : selection.clear();
        if (further) selection.toggle(row);
        else selection.set([row]);
        this.shared.host.view.reveal(row);
      },
      hover: (at) => {
        this.#walked = null;
        this.tip.show(this.plot, this.#box, at);
        pointed.set(at && this.tip.nearest(this.plot, this.#box, ...at));
      },
      walk: (direction) => this.#walk(direction),
      act: (key) => this.#act(key),
      leave: () => this.#leave(),
      move: (dx, dy) => this.#turn((plot) => plot.move(dx, dy)),
      zoom: (factor, at) => this.#turn((plot) => plot.zoom(factor, at)),
      reset: () => this.#turn((plot) => plot.reset()),
      clear: () => selection.clear(),
    });
  }

  /** @param {Place} direction */
  #walk(direction) {
    const { plot } = this;
    if (!plot) return;
    const next = nextStop(stopsOf(plot, this.#box), this.#box, this.#walked, direction);
    if (!next) return;
    this.#walked = next;
    this.tip.show(plot, this.#box, next, true);
    const { pointed } = this.shared.host.view;
    pointed.set(this.tip.nearest(plot, this.#box, ...next));
    if (pointed.row === null) this.#showSpot(next);
  }

  /** @param {"Enter" | " "} key */
  #act(key) {
    const [at, { plot }] = [this.#walked, this];
    if (!at || !plot) return false;
    const { view } = this.shared.host;
    const { row } = view.pointed;
    if (row !== null && key === "Enter") view.reveal(row);
    else if (row !== null) view.selection.toggle(row);
    else this.brush.bin(at, this.#box);
    return true;
  }

  /** @returns {boolean} whether there was something to leave */
  #leave() {
    const was = this.#walked !== null || this.tip.shown;
    this.#walked = null;
    this.tip.hide();
    this.spot.hidden = true;
    if (was) this.shared.host.view.pointed.set(null);
    return was;
  }

  /** @param {(plot: Plot) => void} how */
  #turn(how) {
    if (!this.plot) return;
    how(this.plot);
    this.#walked = null;
    this.tip.hide();
    this.#later();
  }

  /** @param {HTMLButtonElement} button */
  #press(button) {
    const { plot: deed } = button.dataset;
    if (deed === "closer") this.#turn((plot) => plot.zoom(0.6, null));
    else if (deed === "farther") this.#turn((plot) => plot.zoom(1 / 0.6, null));
    else if (deed === "reset") this.#turn((plot) => plot.reset());
    else if (deed === "whole") this.#turn((plot) => plot.showWhole());
    else if (deed === "remove") this.shared.remove(this);
    else if (deed === "png" || deed === "svg")
      this.shared.work([this], async () => {
        const { host } = this.shared;
        const { shown, selection } = host.view;
        if (!shown || !this.plot) return;
        host.save(await makePicture(this.plot, deed, shown.about, this.shared.catalogue(), selection.size));
      });
  }
}
