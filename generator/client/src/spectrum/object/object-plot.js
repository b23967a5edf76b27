/** The plot of an object's spectra: panels, and the reader's choices. */
import { t } from "../../shared/strings.js";
import { onTheme, readInks } from "../viewer/ink.js";
import { Panel } from "../viewer/panel.js";
import { compared, firstPair, summed } from "./combined.js";
import { curvesOf, panelsOf, sceneOf } from "./overlay.js";

/**
 * @typedef {import("./overlay.js").Range} Range
 * @typedef {{view: Range | null, fixed: Range | null}} Look
 */

export class ObjectPlot {
  /** @type {{panel: Panel, curves: import("./overlay.js").Curve[], look: Look}[]} */
  #panels = [];
  /** @type {import("./overlay.js").Curve[]} */
  #curves = [];
  /** @type {string[]} */
  #labels = [];
  /** What is computed and shown in place of the spectra. @type {import("./combined.js").Result | null} */
  #result = null;
  /** Spectra and arms that are hidden. */
  #hidden = new Set();
  #arms = new Set();
  #how = { scaled: true, apart: false };
  #inks = readInks();

  /** @param {HTMLElement} place with a [data-plot] for each element that it uses */
  constructor(place) {
    this.place = place;
    const part = (/** @type {string} */ name) =>
      /** @type {HTMLElement} */ (place.querySelector(`[data-plot="${name}"]`));
    this.stages = part("stages");
    this.arms = part("arms");
    this.about = part("about");
    this.pair = part("pair");
    this.what = /** @type {HTMLSelectElement} */ (part("what"));
    this.ends = /** @type {HTMLSelectElement[]} */ ([part("first"), part("second")]);
    this.saving = part("save");
    this.sign = part("sign");
    for (const field of [this.what, ...this.ends]) {
      field.addEventListener("change", () => {
        for (const { look } of this.#panels) look.fixed = null;
        this.#rebuild();
      });
    }
    for (const name of /** @type {const} */ (["scaled", "apart"])) {
      const box = /** @type {HTMLInputElement} */ (part(name));
      box.checked = this.#how[name];
      box.addEventListener("change", () => {
        this.#how[name] = box.checked;
        for (const { look } of this.#panels) look.fixed = null;
        if (this.#result) this.#rebuild();
        else this.#redraw();
      });
    }
    part("reset").addEventListener("click", () => {
      for (const { look } of this.#panels) look.view = look.fixed = null;
      this.#redraw();
    });
    onTheme(() => {
      this.#inks = readInks();
      for (const { panel } of this.#panels) panel.repaint();
    });
  }

  /** @param {import("../data/part.js").Spectrum[]} spectra @param {string[]} labels */
  show(spectra, labels) {
    this.place.hidden = !spectra.length;
    this.#labels = labels;
    this.#hidden.clear();
    this.#arms.clear();
    this.#curves = curvesOf(spectra, labels);
    this.#offerArms();
    this.#offerPairs(spectra);
    this.#rebuild();
  }

  /** What is computed now: null where the spectra themselves are shown. */
  get computed() {
    const what = /** @type {import("./combined.js").What} */ (this.what.value);
    return what === "spectra" || !this.#result ? null : { what, result: this.#result };
  }

  /** The spectra that what is shown is made of, by their numbers. */
  get used() {
    if (this.what.value === "coadd") return [...new Set(this.#seen().map(({ of }) => of))];
    return this.ends.map(({ value }) => Number(value));
  }

  /** @param {import("../data/part.js").Spectrum[]} spectra */
  #offerPairs(spectra) {
    const choice = /** @type {HTMLElement} */ (this.what.closest("label"));
    const pair = firstPair(this.#curves, spectra.length);
    choice.hidden = !pair;
    this.what.value = "spectra";
    const options = () =>
      spectra.map(({ id }, of) => {
        const label = this.#labels[of];
        return new Option(label === String(id) ? label : `${label} · ${id}`, String(of));
      });
    this.ends.forEach((field, k) => {
      field.replaceChildren(...options());
      field.value = String(pair?.[k] ?? 0);
    });
  }

  /** @param {number} of a spectrum @param {boolean} on */
  toggle(of, on) {
    if (on) this.#hidden.delete(of);
    else this.#hidden.add(of);
    this.#rebuild();
  }

  #offerArms() {
    const arms = [...new Set(this.#curves.map(({ arm }) => arm))].filter(Boolean).sort();
    this.arms.hidden = arms.length < 2;
    const boxes = arms.map((arm) => {
      const label = document.createElement("label");
      label.className = "check";
      const box = document.createElement("input");
      box.type = "checkbox";
      box.checked = true;
      box.value = arm;
      box.addEventListener("change", () => {
        if (box.checked) this.#arms.delete(arm);
        else this.#arms.add(arm);
        this.#rebuild();
      });
      label.append(box, arm);
      return label;
    });
    this.arms.replaceChildren(.../** @type {HTMLElement[]} */ ([this.arms.firstElementChild]), ...boxes);
  }

  /** The curves of the spectra and arms that are not hidden. */
  #seen() {
    return this.#curves.filter(({ of, arm }) => !this.#hidden.has(of) && !this.#arms.has(arm));
  }

  /** What is to be computed of them, if anything. */
  #compute() {
    const what = this.what.value;
    if (what === "coadd") return summed(this.#seen(), this.#how.scaled);
    if (what !== "difference" && what !== "ratio") return null;
    const arms = this.#curves.filter(({ arm }) => !this.#arms.has(arm));
    const [one, other] = this.used;
    return compared(arms, what, [one, other], this.#labels, this.#how.scaled);
  }

  /** Other curves are shown: other panels, where arms are separate. */
  #rebuild() {
    this.#result = this.#compute();
    const computed = this.#result !== null;
    const seen = this.#result?.curves ?? this.#seen();
    this.pair.hidden = !computed || this.what.value === "coadd";
    this.sign.textContent = this.what.value === "ratio" ? "/" : "−";
    this.saving.hidden = !seen.length || !computed;
    this.about.hidden = !computed;
    this.about.textContent = this.#result?.about.join(" ") ?? "";
    const box = /** @type {HTMLElement} */ (this.place.querySelector('[data-plot="apart"]'));
    /** @type {HTMLElement} */ (box.closest("label")).hidden = computed;
    const groups = panelsOf(seen);
    for (const { panel } of this.#panels.splice(groups.length)) {
      panel.destroy();
      panel.stage.remove();
    }
    groups.forEach((curves, k) => {
      const known = this.#panels[k];
      if (known) known.curves = curves;
      else this.#panels.push(this.#make(curves));
    });
    this.stages.classList.toggle("empty", !groups.length);
    this.#redraw();
  }

  /** @param {import("./overlay.js").Curve[]} curves */
  #make(curves) {
    const stage = document.createElement("div");
    stage.className = "spectrum-stage object-stage";
    stage.tabIndex = 0;
    stage.setAttribute("role", "group");
    this.stages.append(stage);
    /** @type {Look} */
    const look = { view: null, fixed: null };
    const panel = new Panel(stage, this.#scene(curves, look), {
      inks: () => this.#inks,
      mode: () => "zoom",
      onView: (_, x, y) => {
        look.view = x;
        look.fixed = y;
        this.#redraw();
      },
      ...{ onHover: () => {}, onMeasure: () => {}, onKey: () => false },
    });
    return { panel, curves, look };
  }

  /** @param {import("./overlay.js").Curve[]} curves @param {Look} look */
  #scene(curves, { view, fixed }) {
    const flux = this.#how.scaled ? t("Flux / median") : t("Flux");
    const across = t("Wavelength in vacuum (Å)");
    const { computed } = this;
    if (computed) {
      const { what } = computed;
      const up =
        what === "ratio" ? t("Ratio") : what === "coadd" ? flux : t("Difference of {flux}", { flux });
      const rest = what === "ratio" ? 1 : 0;
      return sceneOf(curves, { scaled: false, apart: false }, view, fixed, { across, up }, rest);
    }
    const { size } = new Set(curves.map(({ of }) => of));
    return sceneOf(curves, { ...this.#how, apart: this.#how.apart && size > 1 }, view, fixed, {
      across,
      up: flux,
    });
  }

  #redraw() {
    for (const { panel, curves, look } of this.#panels) {
      const scene = this.#scene(curves, look);
      panel.show(scene);
      const [low, high] = scene.x.map((x) => x.toFixed(0));
      const names = [...new Set(scene.curves.map(({ label }) => label))].filter(Boolean).join(", ");
      const { title } = scene;
      panel.stage.setAttribute(
        "aria-label",
        t("Spectra {arm} from {low} to {high} Å: {names}", { arm: title, low, high, names }),
      );
      panel.stage.dataset.curves = String(curves.length);
    }
  }
}
