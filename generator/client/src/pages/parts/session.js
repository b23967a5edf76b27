/** What the search and SQL pages share: the page's data, one engine started when first needed, the picked folder. */
import { openCatalogue, usePickedFiles } from "../../catalogue/catalogue.js";
import { openEngine } from "../../engine/engine.js";
import { readAsset } from "../../reading/assets.js";
import { onDisk } from "../../reading/scripts.js";
import { openVault } from "../../reading/sources/sealed-files.js";
import { macrosFor } from "../../search/sql/macros.js";
import { usePickedSpectra } from "../../spectrum/data/set.js";
import { t } from "../../shared/strings.js";

export * from "../../shared/page.js";

/** @typedef {import("../../shared/page.js").Page} Page */

export class Session {
  /** @type {Promise<import("../../engine/engine.js").Engine> | null} */
  #engine = null;

  /** @param {Page} page @param {import("../../results/view.js").ResultsView} view */
  constructor(page, view) {
    this.page = page;
    this.view = view;
  }

  /** The engine, started by the first call; after a failed start the next call tries again. */
  engine() {
    this.#engine ??= this.#open().catch((error) => {
      this.#engine = null;
      throw error;
    });
    return this.#engine;
  }

  async #open() {
    const { base, engine: assets } = this.page;
    const onProgress = (/** @type {Parameters<import("../../engine/start.js").Progress>} */ ...at) =>
      this.view.progress(...at);
    const engine = await openEngine({ base, assets, readAsset, onProgress });
    await engine.define("macros", macrosFor(this.page.spectra));
    return engine;
  }

  /** @param {string} name */
  catalogue(name) {
    return openCatalogue(this.engine(), name, this.page);
  }

  /** Start while the reader still writes the query; problems are reported when it runs. @param {HTMLElement} place */
  warmUp(place) {
    const start = () => this.engine().catch(() => {});
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
        await Promise.all(this.page.catalogues.map(({ name }) => this.catalogue(name)));
        const files = input.files ?? [];
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
