/** One spectrum on the page: its state, its panels, and everything shown beside them. */
import { copyText } from "../../shared/copy.js";
import { t } from "../../shared/strings.js";
import { Controls, find, swatch } from "./controls.js";
import { describe } from "./describe.js";
import { onTheme, readInks } from "./ink.js";
import { marksOf, usualLists } from "../numbers/lines.js";
import { legendOf } from "./paint.js";
import { Panel } from "./panel.js";
import { readout } from "./readout.js";
import { fillTable, measuredTable } from "./measured-table.js";
import { lookOfMask, scenesOf } from "./scenes.js";
import { changed, readState, usual, writeState } from "./state.js";
import { Traces } from "./traces.js";
import { isRedshift } from "../facts.js";

/**
 * @typedef {import("./state.js").State} State
 * @typedef {import("./state.js").Range} Range
 * @typedef {import("../data/set.js").Spectrum} Spectrum
 * @typedef {import("../numbers/lines.js").LineList} LineList
 */

/** The address follows the state after it has not changed for this long: browsers allow few changes at once. */
const REST = 250;

export class View {
  /** @type {State} */
  state = usual();
  /** @type {Traces | null} */
  traces = null;
  /** @type {Traces | null} */
  #template = null;
  /** Class and redshift, from the header or else from a catalogue. */
  known = { class: "", z: 0 };
  #about = /** @type {any} */ (null);
  /** @type {{panel: Panel, stage: HTMLElement, traces: import("./traces.js").Trace[]}[]} */
  #panels = [];
  #used = 0;
  #inks = readInks();
  #frame = 0;
  #resting = 0;
  #spoken = 0;
  #announcing = 0;

  /**
   * @param {{lang: string}} page @param {LineList[]} lists
   * @param {{onAddress: () => void, onKey: (event: KeyboardEvent) => boolean}} host
   */
  constructor(page, lists, host) {
    this.lang = page.lang;
    this.lists = lists;
    this.host = host;
    this.controls = new Controls(
      {
        set: (change) => this.set(change),
        setZ: (z) => this.set({ z }),
        showing: () => this.showing(),
        look: (ends) => this.#lookAt(ends),
        scale: (ends) => this.set({ y: this.#windows("y", this.#used, ends) }),
        measure: (ends) => this.#measure(ends),
      },
      lists,
    );
    onTheme(() => {
      this.#inks = readInks();
      for (const { panel } of this.#panels) panel.repaint();
    });
    for (const button of document.querySelectorAll("[data-view]"))
      button.addEventListener("click", () => this.#zoomBy(/** @type {HTMLElement} */ (button).dataset.view));
    for (const radio of document.querySelectorAll("input[name=drag]"))
      radio.addEventListener("change", () => (find("spectrum-body").dataset.drag = this.#mode()));
    find("measured-clear").addEventListener("click", () => this.set({ measure: [] }));
    find("measured-copy").addEventListener("click", () => this.#copyMeasured());
    // On a small screen the plot comes first, and the controls are folded below it.
    if (matchMedia("(max-width: 63.999rem)").matches)
      for (const group of document.querySelectorAll("#controls > details")) group.removeAttribute("open");
    find("all-usual").addEventListener("click", () => {
      this.set(usual());
      this.controls.offer(this.showing(), this.#lists());
    });
  }

  /**
   * Show a spectrum that has been read.
   * @param {Spectrum} spectrum @param {URLSearchParams | null} query state in the address; null keeps the current state
   * @returns {string[]} errors in the address, a line for each parameter
   */
  open(spectrum, query) {
    this.#about = spectrum.set.about;
    this.traces = new Traces(spectrum, this.#about);
    this.#template = null;
    const { facts } = spectrum;
    this.known = { class: String(facts.class ?? ""), z: isRedshift(facts.z) ? facts.z : 0 };
    /** @type {string[]} */
    let refused = [];
    if (query) {
      const known = {
        layers: this.traces.layers,
        parts: this.traces.all.map(({ key }) => key),
        lists: this.lists.map(({ id }) => id),
      };
      const read = readState(query, known, this.#about.id.name);
      refused = read.refused;
      const { state } = read;
      const axis = this.traces.axis(state, state.z ?? this.known.z);
      // Wavelengths in the address are those of the axis; a wavelength without further information is an observed one.
      this.state = {
        ...changed(state, (w) => axis.toVacuum(w)),
        at: query.has("scale") ? axis.toVacuum(state.at) : state.at,
      };
    } else {
      const has = (/** @type {string[] | null} */ names, /** @type {string[]} */ all) =>
        names && names.every((name) => all.includes(name)) ? names : null;
      const keys = this.traces.all.map(({ key }) => key);
      this.state = {
        ...this.state,
        z: null,
        y: [],
        // Another object needs another template.
        template: this.state.template && ([facts.subclass, facts.class].find(isKind) ?? ""),
        parts: has(this.state.parts, keys),
        show: has(this.state.show, this.traces.layers),
      };
    }
    this.#used = 0;
    this.#draw();
    return refused;
  }

  /** Show the same spectrum with more of its parts. @param {Spectrum} spectrum @param {Partial<State>} change */
  extend(spectrum, change) {
    this.traces = new Traces(spectrum, this.#about);
    this.set(change);
    this.controls.offer(this.showing(), this.#lists());
  }

  /** Use the class or redshift from a catalogue. @param {Partial<View["known"]>} known */
  learn(known) {
    this.known = { ...this.known, ...known };
    this.#later();
    if (this.traces) this.controls.offer(this.showing(), this.#lists());
  }

  /** @param {Traces | null} template */
  overlay(template) {
    this.#template = template;
    this.#later();
  }

  /** @param {Partial<State>} change */
  set(change) {
    const before = this.state;
    this.state = { ...this.state, ...change };
    // The limits of one panel do not apply to others.
    if (this.traces && "parts" in change) this.controls.offerBits(this.showing());
    if (before.frame !== this.state.frame) this.#used = 0;
    this.#later();
    clearTimeout(this.#resting);
    this.#resting = window.setTimeout(() => this.host.onAddress(), REST);
  }

  get z() {
    return this.state.z ?? this.known.z;
  }

  #lists() {
    return this.state.lines ?? usualLists(this.lists, this.known.class, this.known.z);
  }

  /** @returns {import("./scenes.js").Showing} */
  showing() {
    const { state, z, lang } = this;
    const traces = /** @type {Traces} */ (this.traces);
    const axis = traces.axis(state, z);
    const layers = state.show ?? traces.usualLayers;
    const marks = marksOf(this.lists, this.#lists(), state.own, axis, z);
    return { traces, state, axis, z, layers, marks, template: this.#template, about: this.#about, lang };
  }

  /** The state as part of an address. */
  get address() {
    return this.traces ? writeState(this.state, this.traces.axis(this.state, this.z)) : "";
  }

  #later() {
    if (!this.#frame && this.traces)
      this.#frame = requestAnimationFrame(() => {
        this.#frame = 0;
        this.#draw(false);
      });
  }

  #draw(fresh = true) {
    const showing = this.showing();
    const scenes = scenesOf(showing);
    const place = find("panels");
    place.dataset.count = String(Math.min(scenes.length, 3));
    while (this.#panels.length > scenes.length) {
      const last = this.#panels.pop();
      last?.panel.destroy();
      last?.stage.remove();
    }
    scenes.forEach(({ scene, traces }, n) => {
      const there = this.#panels[n];
      if (there) {
        there.traces = traces;
        there.panel.show(scene);
        this.#name(there.stage, scene, n, scenes.length);
        return;
      }
      const stage = document.createElement("div");
      stage.className = "spectrum-stage";
      stage.tabIndex = 0;
      stage.setAttribute("role", "group");
      stage.setAttribute("aria-describedby", "plot-description plot-keys");
      this.#name(stage, scene, n, scenes.length);
      place.append(stage);
      const panel = new Panel(stage, scene, this.#panelHost());
      this.#panels.push({ panel, stage, traces });
    });
    this.#used = Math.min(this.#used, Math.max(0, scenes.length - 1));
    if (fresh) this.controls.offer(showing, this.#lists());
    this.controls.show(showing, this.known.z);
    const used = scenes[this.#used]?.scene;
    if (used) this.controls.showView(used, scenes.length > 1);
    this.#legend(scenes.map(({ scene }) => scene));
    this.#showMeasured(showing);
    clearTimeout(this.#spoken);
    const speak = () => (find("plot-description").textContent = describe(showing, scenes));
    if (fresh) speak();
    else this.#spoken = window.setTimeout(speak, 2 * REST);
  }

  /** @param {HTMLElement} stage @param {import("./paint.js").Scene} scene @param {number} n @param {number} of */
  #name(stage, scene, n, of) {
    const name = t("Plot of spectrum {id}", { id: this.traces?.id ?? "" });
    stage.setAttribute("aria-label", of > 1 ? `${name}: ${scene.title || n + 1}` : name);
    let arm = stage.querySelector(".spectrum-arm");
    if (!arm) {
      arm = document.createElement("span");
      arm.className = "spectrum-arm";
      stage.append(arm);
    }
    arm.textContent = scene.title;
  }

  /** @returns {import("./panel.js").Host} */
  #panelHost() {
    const at = (/** @type {Panel} */ panel) => this.#panels.findIndex((one) => one.panel === panel);
    return {
      inks: () => this.#inks,
      mode: () => this.#mode(),
      onView: (panel, x, y) => {
        const n = at(panel);
        this.#used = n;
        const { axis } = this.showing();
        const { whole } = panel.scene;
        const all = x[0] === whole[0] && x[1] === whole[1];
        const window = all ? null : /** @type {Range} */ ([axis.toVacuum(x[0]), axis.toVacuum(x[1])]);
        this.set({ x: this.#windows("x", n, window), y: this.#windows("y", n, y) });
      },
      onHover: (panel, x) => this.#read(at(panel), x),
      onStep: () => {
        clearTimeout(this.#announcing);
        this.#announcing = window.setTimeout(() => announce(find("readout").textContent ?? ""), 2 * REST);
      },
      onMeasure: (panel, range) => {
        this.#used = at(panel);
        this.#measure(range);
      },
      onKey: (_, event) => {
        const steps = { "[": -1, "]": 1, "{": -10, "}": 10 }[event.key];
        if (steps) this.controls.step(steps);
        return Boolean(steps) || this.host.onKey(event);
      },
    };
  }

  /** @returns {"zoom" | "move" | "measure"} */
  #mode() {
    const chosen = document.querySelector("input[name=drag]:checked");
    return /** @type {any} */ (/** @type {HTMLInputElement | null} */ (chosen)?.value ?? "zoom");
  }

  /** @param {string | undefined} how */
  #zoomBy(how) {
    if (how === "reset") return this.set({ x: [], y: [] });
    this.#panels[this.#used]?.panel.zoom(how === "closer" ? 0.6 : 1 / 0.6);
  }

  /** The windows of all panels, with one replaced. @param {"x" | "y"} key @param {number} n @param {Range | null} window */
  #windows(key, n, window) {
    const windows = Array.from(this.#panels, (_, k) => this.state[key][k] ?? null);
    windows[n] = window;
    return windows;
  }

  /** The panel with the largest part of the range shows it; null shows all of the one used last. @param {Range | null} ends */
  #lookAt(ends) {
    if (!ends) return this.set({ x: this.#windows("x", this.#used, null) });
    const [low, high] = ends;
    const shared = (/** @type {{panel: Panel}} */ { panel }) => {
      const [first, last] = panel.scene.whole;
      return Math.min(high, last) - Math.max(low, first);
    };
    const best = this.#panels.reduce((a, b) => (shared(b) > shared(a) ? b : a), this.#panels[0]);
    best?.panel.look([low, high]);
  }

  /** @param {[number, number]} range on the axis */
  #measure(range) {
    const { axis } = this.showing();
    const [low, high] = range.map((w) => axis.toVacuum(w));
    this.set({ measure: [...this.state.measure, /** @type {[number, number]} */ ([low, high])].slice(-20) });
  }

  /** @param {import("./scenes.js").Showing} showing */
  #showMeasured(showing) {
    const { measure } = this.state;
    find("measured").hidden = !measure.length;
    if (!measure.length) return;
    const table = measuredTable(showing);
    fillTable(find("measured-table"), table);
    if (!table.rows.length) {
      const cell = document.createElement("caption");
      cell.textContent = t("There are too few pixels in the range.");
      find("measured-table").append(cell);
    }
  }

  async #copyMeasured() {
    const { names, rows } = measuredTable(this.showing());
    await copyText([names, ...rows].map((row) => row.join("\t")).join("\n"));
    announce(t("Copied"));
  }

  /** @param {import("./paint.js").Scene[]} scenes */
  #legend(scenes) {
    const items = legendOf(scenes).map(({ label, colour, dash }) => {
      const item = document.createElement("li");
      item.append(swatch(colour, dash ? "dashed" : ""), label);
      return item;
    });
    const masks = this.showing().layers.filter((layer) => this.traces?.masks.includes(layer));
    for (const mask of scenes.some(({ shades }) => shades.length) ? masks : []) {
      const item = document.createElement("li");
      item.append(swatch(lookOfMask(mask).colour, "area"), mask);
      items.push(item);
    }
    find("legend").replaceChildren(...items);
  }

  /** Show the values at the cross-hair. @param {number} n panel @param {number | null} x */
  #read(n, x) {
    const there = this.#panels[n];
    const words = x === null || !there ? [] : readout(this.showing(), there.traces, there.panel, x);
    find("readout").replaceChildren(...words);
  }

  /** The panels on screen, for a picture. */
  get screens() {
    return this.#panels.map(({ panel, stage }) => ({
      scene: panel.scene,
      width: stage.clientWidth,
      height: stage.clientHeight,
    }));
  }
}

/** Make a screen reader read a text. @param {string} text */
function announce(text) {
  const place = document.getElementById("announce");
  if (place) place.textContent = text;
}

/** Whether a word of a header is a class. @param {unknown} word */
const isKind = (word) => Boolean(word) && word !== "Non";
