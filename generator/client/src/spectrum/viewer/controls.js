/** The fields beside the plot: they show a state, and report what the reader changed. */
import { Refused } from "../../search/grammar.js";
import { t } from "../../shared/strings.js";
import { readOwn, writeOwn } from "../numbers/lines.js";
import { bitsShown, colourOfList, layerName, lookOfMask } from "./scenes.js";
import { WIDEST } from "../numbers/smooth.js";
import { FARTHEST, HIGHEST, limitText, numberIn, upright } from "./state.js";
import { C, toVacuum } from "../numbers/wavelengths.js";

/**
 * @typedef {import("./state.js").State} State
 * @typedef {import("./scenes.js").Showing} Showing
 * @typedef {object} Host
 * @property {(change: Partial<State>) => void} set
 * @property {(z: number | null) => void} setZ null for the header's
 * @property {() => Showing} showing
 * @property {(ends: [number, number] | null) => void} look shows a range of the axis; null: all of it
 * @property {(ends: [number, number] | null) => void} scale limits of the flux axis; null: what fits
 * @property {(ends: [number, number]) => void} measure
 */

/** @template {HTMLElement} T @param {string} id @returns {T} */
export const find = (id) => /** @type {T} */ (document.getElementById(id));
/** @param {string} id */
const input = (id) => /** @type {HTMLInputElement} */ (find(id));

export class Controls {
  #host;
  #lists;
  /** The texts set in the fields of limits: any other text is being typed. @type {Map<string, string>} */
  #texts = new Map();

  /** @param {Host} host @param {import("../numbers/lines.js").LineList[]} lists */
  constructor(host, lists) {
    this.#host = host;
    this.#lists = lists;
    find("controls").addEventListener("submit", (event) => event.preventDefault());
    this.#bindAxis();
    this.#bindSmoothing();
    this.#bindScale();
    this.#bindRedshift();
    this.#on("measure-add", "click", () => this.#range("measure", [0, FARTHEST], host.measure));
    this.#bindLimits("view", [0, FARTHEST], host.look);
    this.#bindLimits("flux", [-HIGHEST, HIGHEST], host.scale);
    this.#on("own", "change", () => this.#try("own", () => host.set({ own: this.#readOwn() })));
    this.#on("arms", "change", () =>
      host.set({ arms: input("arms").checked ? "apart" : "together", x: [], y: [] }),
    );
  }

  /** @param {string} id @param {string} event @param {() => void} then */
  #on(id, event, then) {
    find(id).addEventListener(event, then);
  }

  /** Use what was typed; errors in it are shown next to the field. @param {string} field @param {() => void} then */
  #try(field, then) {
    const place = find(`${field}-error`);
    const fields = document.querySelectorAll(`[aria-describedby="${field}-error"]`);
    place.hidden = true;
    for (const one of fields) one.removeAttribute("aria-invalid");
    try {
      then();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      place.textContent = error.message;
      place.hidden = false;
      for (const one of fields) one.setAttribute("aria-invalid", "true");
    }
  }

  /** @param {"view" | "flux"} field @param {[number, number]} reach @param {(ends: [number, number] | null) => void} then */
  #bindLimits(field, reach, then) {
    const ids = ["low", "high"].map((end) => `${field}-${end}`);
    for (const id of ids)
      this.#on(id, "change", () =>
        this.#range(field, reach, (ends) => {
          for (const one of ids) this.#texts.set(one, input(one).value);
          then(ends);
        }),
      );
    this.#on(`${field}-reset`, "click", () => this.#try(field, () => then(null)));
  }

  /**
   * @param {"view" | "flux" | "measure"} field @param {[number, number]} reach
   * @param {(ends: [number, number]) => void} then
   */
  #range(field, reach, then) {
    this.#try(field, () => {
      const [low, high] = ["low", "high"].map((end) => numberIn(input(`${field}-${end}`).value, ...reach));
      then(upright([low, high]));
    });
  }

  #bindAxis() {
    const { set } = this.#host;
    for (const radio of document.querySelectorAll("input[name=frame]"))
      radio.addEventListener("change", () =>
        set({ frame: /** @type {any} */ (/** @type {HTMLInputElement} */ (radio).value) }),
      );
    this.#on("medium", "change", () => set({ medium: /** @type {any} */ (input("medium").value) }));
    this.#on("unit", "change", () => set({ unit: /** @type {any} */ (input("unit").value) }));
  }

  #bindSmoothing() {
    const change = () =>
      this.#try("smooth", () => {
        const kind = /** @type {"" | "boxcar" | "gaussian"} */ (input("smooth-kind").value);
        const unit = /** @type {"px" | "km/s"} */ (input("smooth-unit").value);
        if (!kind) return this.#host.set({ smooth: null });
        if (!input("smooth-width").value) input("smooth-width").value = kind === "boxcar" ? "5" : "2";
        const width = numberIn(input("smooth-width").value, 0.1, WIDEST[unit]);
        const weighted = input("smooth-weighted").checked;
        this.#host.set({ smooth: { kind, width, unit, weighted }, alone: input("smooth-alone").checked });
      });
    for (const id of ["kind", "width", "weighted", "alone"]) this.#on(`smooth-${id}`, "change", change);
    this.#on("smooth-unit", "change", () => {
      // A useful width in the other unit, where there was none or a tiny one.
      const width = Number(input("smooth-width").value);
      if (input("smooth-unit").value === "km/s" ? width < 30 : width > 50)
        input("smooth-width").value = input("smooth-unit").value === "km/s" ? "150" : "3";
      change();
    });
  }

  #bindScale() {
    const change = () =>
      this.#try("scale", () => {
        const { axis } = this.#host.showing();
        const scale = /** @type {import("./state.js").Scaling} */ (input("scale").value);
        const shown = input("scale-at").value;
        /** @type {Partial<State>} */
        const change = { scale, y: [] };
        if (scale === "at" && shown) change.at = axis.toVacuum(numberIn(shown, 1, FARTHEST));
        change.continuum = {
          window: numberIn(input("continuum-window").value, 1, 1e5),
          low: numberIn(input("continuum-low").value, 0.1, 100),
          high: numberIn(input("continuum-high").value, 0.1, 100),
        };
        this.#host.set(change);
      });
    for (const id of ["scale", "scale-at", "continuum-window", "continuum-low", "continuum-high"])
      this.#on(id, "change", change);
  }

  #bindRedshift() {
    const { set, setZ } = this.#host;
    const typed = () =>
      this.#try("z", () => {
        const unit = this.#host.showing().state.velocity ? C : 1;
        setZ(numberIn(input("z").value, -0.99 * unit, 30 * unit) / unit);
      });
    this.#on("z", "change", typed);
    find("z").addEventListener("keydown", (event) => {
      const way = { ArrowUp: 1, ArrowDown: -1 }[event.key];
      if (!way) return;
      event.preventDefault();
      this.step(way * (event.shiftKey ? 10 : 1));
    });
    this.#on("z-unit", "change", () => {
      const { z, state } = this.#host.showing();
      set({ velocity: input("z-unit").value === "rv", z: state.z ?? z });
    });
    this.#on("z-reset", "click", () => setZ(null));
    this.#on("z-slider", "input", () => setZ(Number(input("z-slider").value)));
  }

  /** Move the redshift by steps of 1 km/s or 0.0001. @param {number} steps */
  step(steps) {
    const { z, state } = this.#host.showing();
    this.#host.setZ(z + steps * (state.velocity ? 1 / C : 1e-4));
  }

  /** Own lines are typed with the wavelengths of the axis, at rest. */
  #readOwn() {
    const { axis } = this.#host.showing();
    return readOwn(input("own").value).map(({ name, wavelength }) => {
      const angstrom = wavelength * axis.divisor;
      return { name, wavelength: axis.medium === "air" ? toVacuum(angstrom) : angstrom };
    });
  }

  /** @param {Showing} showing @param {number} start redshift of the header */
  show({ state, axis, z, traces, layers }, start) {
    for (const radio of document.querySelectorAll("input[name=frame]"))
      /** @type {HTMLInputElement} */ (radio).checked =
        /** @type {HTMLInputElement} */ (radio).value === state.frame;
    input("medium").value = state.medium ?? traces.medium;
    input("unit").value = state.unit;
    const put = (/** @type {string} */ id, /** @type {string} */ value) => {
      if (document.activeElement !== find(id) || !input(id).hasAttribute("aria-invalid"))
        input(id).value = value;
    };
    input("smooth-kind").value = state.smooth?.kind ?? "";
    if (state.smooth) {
      put("smooth-width", String(state.smooth.width));
      input("smooth-unit").value = state.smooth.unit;
      input("smooth-weighted").checked = state.smooth.weighted;
    }
    input("smooth-alone").checked = state.alone;
    input("scale").value = state.scale;
    for (const [value, has] of /** @type {const} */ ([
      ["file", traces.normalized],
      ["subtracted", traces.subtracted],
    ])) {
      const option = /** @type {HTMLOptionElement} */ (
        document.querySelector(`#scale option[value="${value}"]`)
      );
      option.hidden = option.disabled = !has;
    }
    find("scale-at").hidden = state.scale !== "at";
    put("scale-at", String(Number(axis.ofVacuum(state.at).toFixed(2))));
    put("continuum-window", String(state.continuum.window));
    put("continuum-low", String(state.continuum.low));
    put("continuum-high", String(state.continuum.high));
    this.#showRedshift(state, z, start);
    find("template-on").setAttribute("aria-pressed", String(Boolean(state.template)));
    const own = state.own.map(({ name, wavelength }) => ({
      name,
      wavelength: axis.ofVacuum(wavelength * axis.stretch),
    }));
    if (document.activeElement !== find("own")) input("own").value = writeOwn(own, "\n");
    input("arms").checked = state.arms ? state.arms === "apart" : traces.gapped;
    for (const box of document.querySelectorAll("#layers input"))
      /** @type {HTMLInputElement} */ (box).checked = layers.includes(
        /** @type {HTMLInputElement} */ (box).value,
      );
  }

  /** @param {State} state @param {number} z @param {number} start */
  #showRedshift({ velocity }, z, start) {
    const field = input("z");
    input("z-unit").value = velocity ? "rv" : "z";
    field.value = velocity ? String(Number((z * C).toFixed(2))) : String(Number(z.toFixed(7)));
    const slider = input("z-slider");
    const reach = Math.abs(start) < 0.003 ? 0.005 : 0.5 * (1 + start);
    const [low, high] = [Math.max(-0.9, Math.min(start - reach, z)), Math.max(start + reach, z)];
    slider.min = String(start < 0.003 ? low : Math.max(low, Math.min(-0.01, z)));
    slider.max = String(high);
    slider.step = String((high - low) / 2000);
    slider.value = String(z);
    slider.setAttribute("aria-valuetext", velocity ? `${field.value} km/s` : `z ${field.value}`);
  }

  /** Show the limits of the panel used last. @param {import("./paint.js").Scene} scene @param {boolean} several panels */
  showView({ x, y, title, across, up }, several) {
    const of = several && title ? `${title}: ` : "";
    find("view-name").textContent = of + across;
    find("flux-name").textContent = of + up;
    const put = (/** @type {string} */ field, /** @type {string[]} */ ends) =>
      ["low", "high"].forEach((end, i) => {
        const id = `${field}-${end}`;
        const typing = input(id) === document.activeElement && input(id).value !== this.#texts.get(id);
        if (typing) return;
        input(id).value = ends[i];
        this.#texts.set(id, ends[i]);
      });
    put(
      "view",
      x.map((w) => String(Number(w.toFixed(2)))),
    );
    put(
      "flux",
      y.map((value) => limitText(value, y)),
    );
  }

  /**
   * Show boxes for the layers, parts and lines of this spectrum.
   * @param {Showing} showing @param {string[]} shownLists
   */
  offer(showing, shownLists) {
    const { traces, state, layers } = showing;
    const boxes = traces.layers.map((name) =>
      choice(
        name,
        layerName(name),
        layers.includes(name),
        traces.masks.includes(name) ? lookOfMask(name).colour : "",
      ),
    );
    find("layers").replaceChildren(...boxes);
    listen("layers", (show) => this.#host.set({ show }));
    const shown = state.parts ?? traces.usual;
    find("parts").replaceChildren(
      ...traces.all.map(({ key, label, part }) =>
        choice(
          key,
          part.kind === "coadd" ? `${label || t("sum")} ${label ? t("sum") : ""}`.trim() : label,
          shown.includes(key),
        ),
      ),
    );
    listen("parts", (parts) => this.#host.set({ parts, x: [], y: [] }));
    find("arms-place").hidden = new Set(traces.all.map(({ arm }) => arm)).size < 2;
    const lists = this.#lists.map(({ id, title }, n) =>
      choice(id, title, shownLists.includes(id), colourOfList(n)),
    );
    find("lists").replaceChildren(...lists);
    listen("lists", (lines) => this.#host.set({ lines }));
    this.offerBits(showing);
  }

  /** Show the meaning of the bits that occur. @param {Showing} showing */
  offerBits(showing) {
    const masks = bitsShown(showing).filter(({ bits }) => bits.length);
    if (!masks.length) return find("bits").replaceChildren();
    const details = document.createElement("details");
    const summary = document.createElement("summary");
    summary.textContent = t("What the masks mean");
    details.append(summary);
    for (const { mask, bits } of masks) {
      const title = document.createElement("p");
      title.className = "field-name mono";
      title.textContent = mask;
      const list = document.createElement("ul");
      list.className = "bit-list";
      for (const { name, meaning, pixels } of bits) {
        const item = document.createElement("li");
        const [word, about, count] = ["span", "span", "span"].map((tag) => document.createElement(tag));
        word.className = "mono";
        word.textContent = name;
        about.className = "hint";
        about.textContent = about.title = meaning;
        count.className = "hint num";
        count.textContent = String(pixels);
        item.append(word, about, count);
        list.append(item);
      }
      details.append(title, list);
    }
    const open = find("bits").querySelector("details")?.open;
    details.open = Boolean(open);
    find("bits").replaceChildren(details);
  }
}

/** A box to tick. @param {string} value @param {string} text @param {boolean} checked @param {string} [colour] */
function choice(value, text, checked, colour = "") {
  const [label, words] = [document.createElement("label"), document.createElement("span")];
  const box = document.createElement("input");
  label.className = "choice";
  Object.assign(box, { type: "checkbox", value, checked });
  words.textContent = label.title = text;
  label.append(box, words);
  if (colour) label.append(swatch(colour));
  return label;
}

/** A sample of a colour. @param {string} colour @param {string} [kind] */
export function swatch(colour, kind = "") {
  const made = document.createElement("i");
  made.className = `swatch ${kind}`.trim();
  made.style.setProperty("--swatch", `var(--${colour})`);
  made.setAttribute("aria-hidden", "true");
  return made;
}

/** Report which boxes are ticked whenever one changes. @param {string} id @param {(values: string[]) => void} then */
function listen(id, then) {
  const place = find(id);
  for (const box of place.querySelectorAll("input"))
    box.addEventListener("change", () =>
      then([...place.querySelectorAll("input")].filter((one) => one.checked).map((one) => one.value)),
    );
}
