/** The template drawn over a spectrum, where the release has templates for its set. */
import { t } from "../../shared/strings.js";
import { find } from "../viewer/controls.js";
import { openSet } from "../data/set.js";
import { Traces } from "../viewer/traces.js";
import { cut } from "./asked-spectrum.js";

/**
 * @typedef {import("../data/set.js").Spectrum} Spectrum
 * @typedef {import("../../shared/page.js").SpectraEntry} SpectraEntry
 */

export class TemplateField {
  #page;
  #view;
  #field = /** @type {HTMLInputElement} */ (find("template"));
  #problem = find("template-error");
  /** @type {Spectrum | null} */
  #shown = null;

  /** @param {import("../../shared/page.js").Page} page @param {import("../viewer/spectrum-view.js").View} view */
  constructor(page, view) {
    this.#page = page;
    this.#view = view;
    find("template-on").addEventListener("click", () => (view.state.template ? this.#take() : this.#lay()));
    this.#field.addEventListener("change", () => {
      if (view.state.template) this.#lay();
    });
  }

  /** The set of templates for a set of spectra. @param {Spectrum} spectrum */
  #entry({ set }) {
    return this.#page.spectra?.find(({ templates_of: of }) => of === set.name);
  }

  /** Error in the template of the address, as far as it can be detected at once. @param {Spectrum} spectrum */
  refused(spectrum) {
    const { template } = this.#view.state;
    return template && !this.#entry(spectrum) ? missing(template) : "";
  }

  /** @param {Spectrum} spectrum */
  offer(spectrum) {
    this.#shown = spectrum;
    find("template-place").hidden = !this.#entry(spectrum);
    const { facts } = spectrum;
    const name = [facts.subclass, facts.class].find((word) => word && word !== "Non");
    this.#field.value = this.#view.state.template || String(name ?? "");
    this.#problem.hidden = true;
    if (this.#view.state.template) this.#lay();
  }

  #take() {
    this.#view.overlay(null);
    this.#view.set({ template: "" });
  }

  /** Draw the template named in the field. */
  async #lay() {
    const spectrum = this.#shown;
    const entry = spectrum && this.#entry(spectrum);
    this.#problem.hidden = true;
    if (!entry) return this.#take();
    const typed = this.#field.value.trim();
    try {
      const set = await openSet(this.#page, entry.name);
      // The subclass first; where it has no template, the class.
      const { subclass, class: kind } = spectrum.facts;
      for (const name of typed === subclass ? [typed, String(kind ?? "")] : [typed]) {
        const id = set.parseId(name);
        const template = id === null ? null : await set.read(id);
        if (spectrum !== this.#shown) return;
        if (!template) continue;
        this.#view.overlay(new Traces(template, set.about));
        this.#field.value = name;
        return this.#view.set({ template: name });
      }
      throw new Error(missing(typed));
    } catch (error) {
      this.#take();
      this.#problem.textContent = /** @type {Error} */ (error).message;
      this.#problem.hidden = false;
    }
  }
}

/** @param {string} name */
const missing = (name) => t("There is no template “{name}” here.", { name: cut(name) });
