/** The plots on the page: fields, picture, marks, files. They follow the table, and the table follows them. */
import { ROW } from "../query/hits.js";
import { t } from "../../shared/strings.js";
import { sayInAddress } from "../../shared/page.js";
import { readPalette } from "./colours.js";
import { plotColumns, positionOf } from "./plot-columns.js";
import { Controls } from "./plot-controls.js";
import { coverOf } from "./data.js";
import { draw } from "./draw.js";
import { summaryOf } from "./describe-plot.js";
import { makePicture } from "./file.js";
import { Plot } from "./plot.js";
import { followPointer } from "./plot-pointer.js";
import { fillRanges, readRanges } from "./mark-ranges.js";
import { clipped } from "./save-plot.js";
import { complete, readPlot, writePlot } from "./plot-state.js";
import { Tip } from "./tip.js";

/**
 * @typedef {import("./plots-button.js").Host} Host
 * @typedef {import("./plot-state.js").PlotState} PlotState
 * @typedef {import("../../formats.d.ts").SkyCover} Sky coverage of a catalogue's positions
 */

/** After a zoom, wait this long for the next one before querying the engine. */
const PAUSE = 150;

export class Panel {
  /** @type {Plot | null} */
  #plot = null;
  #open = false;
  /** Why the plot is out of date: other rows, or another filter. @type {"rows" | "filter" | ""} */
  #stale = "rows";
  /** @type {PlotState | null} */
  #state = null;
  /** The state requested by the address or the reader, kept when other rows come. @type {Partial<PlotState> | null} */
  #asked = null;
  /** The plot parameter last written to the address. */
  #written = "";
  /** @type {import("./plot-columns.js").PlotColumn[]} */
  #columns = [];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #waiting;
  #frame = 0;
  #work = Promise.resolve();
  /** Number of actions in progress. */
  #due = 0;
  /** @type {{box: import("./paint-plot.js").Box}} */
  #drawn = { box: { x: 0, y: 0, width: 1, height: 1 } };

  /** @param {Host} host */
  constructor(host) {
    this.host = host;
    const { section, view } = host;
    const get = (/** @type {string} */ selector) =>
      /** @type {HTMLElement} */ (section.querySelector(selector));
    this.stage = get("#plot-stage");
    this.lines = get(".plot-lines");
    this.canvas = /** @type {HTMLCanvasElement} */ (section.querySelector("canvas"));
    this.caption = get("#plot-caption");
    this.marked = get("#plot-marked");
    this.wait = get(".plot-wait");
    /** @type {Record<string, Sky>} */
    this.skies = JSON.parse(get("#plot-sky").textContent ?? "{}");
    this.controls = new Controls(section, (state) => this.#choose(state));
    this.tip = new Tip(get(".plot-tip"), host);
    for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (
      section.querySelectorAll("[data-plot]")
    ))
      button.addEventListener("click", () => this.#press(button));
    get("#plot-ranges").addEventListener("submit", (event) => {
      event.preventDefault();
      const plot = this.#plot;
      const ranges = plot && readRanges(section, plot);
      if (ranges)
        this.#do(async () => view.selection.set(await plot.rowsBetween(...ranges), plot.bounds(...ranges)));
    });
    view.events.addEventListener("shown", () => this.#follow("rows"));
    view.events.addEventListener("filtered", () => this.#follow("filter"));
    view.events.addEventListener("columns", () => this.#follow("rows"));
    view.selection.addEventListener("change", () => this.#marks());
    new ResizeObserver(() => this.#resize()).observe(this.stage);
    new MutationObserver(() => this.paint()).observe(document.documentElement, {
      attributeFilter: ["data-theme"],
    });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.paint());
    this.#hands();
  }

  open() {
    this.#open = true;
    if (this.#stale) this.#follow(this.#stale);
    else this.#write();
  }

  close() {
    this.#open = false;
    this.#write();
  }

  /** @param {"rows" | "filter"} what */
  #follow(what) {
    this.#stale = this.#stale === "rows" ? "rows" : what;
    if (!this.#open) return;
    const whole = this.#stale === "rows";
    this.#stale = "";
    delete this.stage.dataset.shows;
    if (whole) this.#plot = null;
    this.#do(() => (whole ? this.#begin() : this.#ask()));
  }

  /** Run actions one after another, with a notice for slow ones. @param {() => Promise<void>} deed */
  #do(deed) {
    this.#due++;
    const slow = setTimeout(() => (this.wait.hidden = false), 200);
    this.stage.setAttribute("aria-busy", "true");
    this.#work = this.#work
      .then(deed)
      .catch((error) => {
        this.caption.textContent = t("The plot could not be made: {message}", { message: error.message });
      })
      .finally(() => {
        clearTimeout(slow);
        if (--this.#due) return;
        this.wait.hidden = true;
        this.stage.removeAttribute("aria-busy");
      });
    return this.#work;
  }

  /** The catalogue of the rows. @returns {string} */
  #catalogue() {
    const { catalogue = "", query = "" } = this.host.view.shown?.about ?? {};
    if (this.skies[catalogue]) return catalogue;
    const words = new Set(query.toLowerCase().match(/\w+/g));
    return Object.keys(this.skies).find((name) => words.has(name.toLowerCase())) ?? "";
  }

  /** Other rows are shown: find out which columns there are. */
  async #begin() {
    const { view, table } = this.host;
    const { shown } = view;
    if (!shown) return;
    const parameter = new URLSearchParams(location.search).get("plot");
    if (parameter && parameter !== this.#written) this.#asked = readPlot(parameter);
    const { names, types } = await shown.hits.engine.rows(`SELECT * EXCLUDE (${ROW}) FROM ${table} LIMIT 0`);
    const kept = names.map((name, i) => ({ name, type: types[i] }));
    const data = document.querySelector(`script[data-form="${CSS.escape(shown.about.catalogue)}"]`);
    /** @type {Partial<import("../../formats.d.ts").FormBlock>} */
    const form = JSON.parse(data?.textContent ?? "{}");
    this.#columns = plotColumns(kept, shown.hits.fields, form.columns ?? []);
    const position = positionOf(this.#columns, this.skies[this.#catalogue()]?.position);
    const here =
      position &&
      [position.ra, position.dec].every((name) => this.#columns.find((c) => c.name === name)?.read);
    // by default, the columns that were read are plotted
    const sky = Boolean(this.#asked?.kind === "sky" ? position : here);
    this.#state = complete(this.#asked, this.#columns, sky);
    this.controls.offer(this.#columns, Boolean(position));
    this.controls.show(this.#state);
    if (!(await this.#read(this.#state))) return;
    await this.#ask();
  }

  /** Apply the reader's choice. @param {PlotState} state */
  #choose(state) {
    this.#asked = state;
    this.#do(async () => {
      const sky = Boolean(positionOf(this.#columns, this.skies[this.#catalogue()]?.position));
      this.#state = complete(state, this.#columns, sky);
      this.controls.show(this.#state);
      if (await this.#read(this.#state)) await this.#ask();
    });
  }

  /** Request columns that were not read from the page, which searches again. @param {PlotState} state @returns {Promise<boolean>} all are here */
  async #read(state) {
    const { view } = this.host;
    const { shown } = view;
    const position = positionOf(this.#columns, this.skies[this.#catalogue()]?.position);
    const axes =
      state.kind === "sky"
        ? [position?.ra, position?.dec]
        : state.kind === "histogram"
          ? [state.x.column]
          : [state.x.column, state.y.column];
    const wanted = [...axes, state.colour].filter(
      (name) => name && this.#columns.some((c) => c.name === name && !c.read),
    );
    if (!wanted.length || !shown) return true;
    const names = shown.hits.fields.map((f) => f.name).filter((name) => shown.columns.includes(name));
    this.#asked = state;
    await view.handlers.onColumns([...names, .../** @type {string[]} */ (wanted)]);
    return false;
  }

  /** Query the engine for the data of the plot. */
  async #ask() {
    const { view, table } = this.host;
    const { shown } = view;
    const state = this.#state;
    if (!shown || !state) return;
    const catalogue = this.#catalogue();
    const sky = this.skies[catalogue];
    const plot = new Plot({
      engine: shown.hits.engine,
      table,
      where: shown.hits.where,
      state,
      columns: this.#columns,
      position: positionOf(this.#columns, sky?.position),
      cover: sky ? { order: sky.order, has: coverOf(sky.cover) } : null,
      detail: this.controls.detail,
      selection: view.selection,
      width: this.#width(),
    });
    await plot.prepare();
    if (view.shown?.hits.engine !== shown.hits.engine) return;
    this.#plot = plot;
    this.#write();
    fillRanges(this.host.section, plot);
    await this.#load();
  }

  /** Read the data that the window needs, and show them. */
  async #load() {
    const plot = this.#plot;
    if (!plot) return;
    plot.resize(this.#width());
    await plot.load();
    await plot.mark();
    if (plot !== this.#plot) return;
    this.paint();
    // the page may have got its final size only now
    this.#resize();
    const text = summaryOf(plot);
    if (this.caption.textContent !== text) this.caption.textContent = text;
    const kind = { sky: t("Sky map"), scatter: t("Scatter"), histogram: t("Histogram") }[plot.kind];
    this.stage.setAttribute("aria-label", `${kind}: ${text}`);
    this.#count();
  }

  /** Show at once what is already here; the rest follows when the reader pauses. */
  #later() {
    // many events may come before the next frame
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.paint();
    });
    clearTimeout(this.#waiting);
    this.#waiting = setTimeout(() => this.#do(() => this.#load()), PAUSE);
  }

  #width() {
    return Math.max(240, Math.floor(this.stage.clientWidth));
  }

  #resize() {
    const plot = this.#plot;
    if (!this.#open || !plot || this.stage.clientWidth === 0 || plot.setting.width === this.#width()) return;
    plot.resize(this.#width());
    this.#later();
  }

  #marks() {
    this.#count();
    const plot = this.#plot;
    if (!this.#open || !plot || !this.host.view.shown) return;
    if (plot.points) return this.paint();
    this.#do(async () => {
      if (plot !== this.#plot || !this.host.view.shown) return;
      await plot.mark();
      this.paint();
    });
  }

  #count() {
    const { size } = this.host.view.selection;
    this.marked.textContent = size ? t("{n} rows marked", { n: size }) : "";
    /** @type {HTMLElement} */ (this.marked.nextElementSibling).hidden = !size;
  }

  paint() {
    const plot = this.#plot;
    if (!plot || !this.#open || this.stage.clientWidth === 0) return;
    const palette = readPalette();
    const scene = plot.scene(palette);
    const { svg, box, height } = draw(scene, palette);
    this.#drawn = { box };
    this.lines.replaceChildren(svg);
    this.lines.classList.toggle("above", Boolean(scene.sky));
    const scale = Math.min(3, globalThis.devicePixelRatio || 1);
    const { canvas } = this;
    canvas.width = Math.round(scene.width * scale);
    canvas.height = Math.round(height * scale);
    canvas.style.width = `${scene.width}px`;
    canvas.style.height = `${height}px`;
    this.stage.style.height = `${height}px`;
    const context = canvas.getContext("2d");
    if (!context) return;
    context.scale(scale, scale);
    clipped(context, box, () => plot.paint(context, box, palette));
    const { points, cells, bars } = plot;
    const kind = points ? "points" : cells ? "density" : "bars";
    const drawn = points ? points.r.length : (cells ?? bars)?.bins.n.reduce((a, b) => a + b, 0);
    Object.assign(this.stage.dataset, {
      box: [box.x, box.y, box.width, box.height].join(","),
      shows: kind,
      drawn: String(drawn ?? 0),
      all: String(plot.facts.shown),
    });
  }

  #hands() {
    const { selection } = this.host.view;
    const lasso = /** @type {SVGPolylineElement} */ (this.stage.querySelector(".plot-lasso polyline"));
    const rubber = /** @type {HTMLElement} */ (this.stage.querySelector(".plot-rubber"));
    followPointer(this.stage, rubber, lasso, {
      tool: () => this.controls.tool,
      box: () => this.#drawn.box,
      flat: () => this.#plot?.kind === "histogram",
      mark: (line, further) =>
        this.#do(async () => {
          const rows = await this.#plot?.rowsIn(line);
          if (rows) further ? selection.add(rows) : selection.set(rows, this.#plot?.boundsOf(line));
        }),
      click: ([x, y], further) => {
        const row = this.tip.nearest(this.#plot, this.#drawn.box, x, y);
        if (row !== null) return further ? selection.toggle(row) : selection.set([row]);
        if (!further) selection.clear();
      },
      hover: (at) => this.tip.show(this.#plot, this.#drawn.box, at),
      move: (dx, dy) => this.#turn((plot) => plot.move(dx, dy)),
      zoom: (factor, at) => this.#turn((plot) => plot.zoom(factor, at)),
      reset: () => this.#turn((plot) => plot.reset()),
      clear: () => selection.clear(),
    });
  }

  /** @param {(plot: Plot) => void} how */
  #turn(how) {
    if (!this.#plot) return;
    how(this.#plot);
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
    else if (deed === "clear") this.host.view.selection.clear();
    else if (deed === "png" || deed === "svg")
      this.#do(async () => {
        const { shown, selection } = this.host.view;
        if (shown && this.#plot)
          this.host.save(
            await makePicture(this.#plot, deed, shown.about, this.#catalogue(), selection.size > 0),
          );
      });
  }

  /** Write the state to the address, from which it is restored. */
  #write() {
    this.#written = this.#open && this.#state ? writePlot(this.#state) : "";
    sayInAddress("plot", this.#written);
  }
}
