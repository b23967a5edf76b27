/** What the search and SQL pages share: the page's data, one engine started when first needed, the picked folder. */
import { load } from "../../engine/load.js";
import { describe } from "../../reading/description.js";
import { readAsset } from "../../reading/assets.js";
import { onDisk } from "../../reading/scripts.js";
import { openVault } from "../../reading/sources/sealed-files.js";
import { lazily } from "../../shared/lazy.js";
import { t } from "../../shared/strings.js";

export * from "../../shared/page.js";

/**
 * @typedef {import("../../shared/page.js").Page} Page
 * @typedef {import("../../engine/engine.js").Engine} Engine
 */

const reading = lazily(
  () => import("./data.js"),
  (about) => t("The query engine could not be loaded: {file}: {why}", about),
);

const spectra = lazily(() => import("../../spectrum/data/set.js"));

export class Session {
  /** @type {Promise<Engine> | null} */
  #begun = null;
  /** @type {Promise<Engine> | null} */
  #engine = null;

  /** @param {Page} page @param {import("../../results/view.js").ResultsView} view */
  constructor(page, view) {
    this.page = page;
    this.view = view;
    this.root = new URL(page.base || ".", document.baseURI).href;
  }

  /** The engine, perhaps still starting. Its files and the script that uses them are loaded at the same time. */
  #begin() {
    const { base, engine: assets } = this.page;
    const onProgress = (/** @type {Parameters<import("../../engine/load.js").Progress>} */ ...at) =>
      this.view.progress(...at);
    load(this.root, assets, readAsset, onProgress).catch(() => {});
    this.#begun ??= reading()
      .then(({ beginEngine }) => beginEngine({ base, assets, readAsset, onProgress }))
      .catch((error) => {
        this.#begun = null;
        throw error;
      });
    return this.#begun;
  }

  /** The engine with the functions of free SQL, started by the first call; after a failed start the next call tries again. */
  engine() {
    this.#engine ??= this.#open().catch((error) => {
      this.#engine = null;
      throw error;
    });
    return this.#engine;
  }

  async #open() {
    const engine = await this.#begin();
    const { macrosFor } = await reading();
    await engine.define("macros", macrosFor(this.page.spectra));
    return engine;
  }

  /** A catalogue for searches. Its description and its data come while the engine starts. @param {string} name */
  async planned(name) {
    const engine = this.#begin();
    this.#foresee(name);
    return (await reading()).openPlanned(engine, name, this.page);
  }

  /**
   * A catalogue of another release of the portal, for planned reads.
   * @param {{ place: string, name: string, folder: string }} other place: path from this release's folder to that of the other one
   */
  async beside(other) {
    const engine = await this.#begin();
    return (await reading()).openBeside(engine, { ...other, root: new URL(other.place, this.root).href });
  }

  /** A catalogue with its views, for free SQL. @param {string} name */
  async catalogue(name) {
    const engine = this.#begin();
    this.#foresee(name);
    return (await reading()).openCatalogue(engine, name, this.page);
  }

  /** The description of a catalogue, of which nothing else is opened. @param {string} name */
  async describe(name) {
    this.#begin();
    return (await (await reading()).openFiles(name, this.page)).meta;
  }

  /** @param {string} name of a catalogue that will be opened */
  #foresee(name) {
    const entry = this.page.catalogues.find((one) => one.name === name);
    if (entry) describe(name, this.root + entry.script).catch(() => {});
  }

  /** Start while the reader still writes the query; problems are reported when it runs. @param {HTMLElement} place */
  warmUp(place) {
    const start = () => this.#begin().catch(() => {});
    place.addEventListener("focusin", start, { once: true });
  }

  /** With file://, large reads are faster from a folder that the reader picks. */
  offerFolder() {
    const field = document.querySelector(".folder-field");
    const input = document.getElementById("data-folder");
    if (!onDisk() || openVault() || !(field instanceof HTMLElement) || !(input instanceof HTMLInputElement))
      return;
    field.hidden = false;
    input.addEventListener("change", async () => {
      const hint = document.getElementById("data-folder-hint");
      const say = (/** @type {string} */ text) => hint && (hint.textContent = text);
      try {
        await Promise.all(this.page.catalogues.map(({ name }) => this.planned(name)));
        const files = input.files ?? [];
        const [{ usePickedFiles }, { usePickedSpectra }] = await Promise.all([reading(), spectra()]);
        const sets = await usePickedSpectra(files, this.page);
        const used = [...(await usePickedFiles(files)), ...sets.map((name) => `spectra/${name}`)];
        say(
          used.length
            ? t("Reading from the folder: {names}", { names: used.join(", ") })
            : t("This folder does not contain the data of this release."),
        );
      } catch (error) {
        say(/** @type {Error} */ (error).message);
      }
    });
  }
}
