/** What the search and SQL pages share: the page's facts, one engine started when first wanted, the picked folder. */
import { openCatalogue, usePickedFiles } from "../catalogue/index.js";
import { openEngine } from "../engine/index.js";
import { onDisk } from "../engine/scripts.js";
import { macrosFor } from "../search/macros.js";
import { setStrings, t } from "../strings.js";

/**
 * @typedef {object} Page
 * @property {string} lang
 * @property {string} base
 * @property {{id: string, label: string}} release
 * @property {string} portal its name
 * @property {string} [cite] the words to put into a publication, in the page's language
 * @property {import("../engine/assets.js").EngineAssets} engine
 * @property {{name: string, title: string, rows: number, script: string}[]} catalogues
 * @property {import("../spectrum/set.js").SpectraEntry[]} [spectra]
 * @property {string | null} [address] where the release is published, if that is known
 * @property {Record<string, string>} strings
 * @property {number} [ask] bytes from which on the page asks before it reads
 */

/** @returns {Page} */
export function readPage() {
  const page = JSON.parse(document.getElementById("page")?.textContent ?? "{}");
  setStrings(page.strings ?? {});
  return page;
}

/**
 * What a file saved here says of itself.
 * @param {Page} page @param {string} catalogue @param {string} query permalink or SQL
 * @returns {Omit<import("./download.js").About, "date">}
 */
export function aboutPage({ portal, release, cite }, catalogue, query) {
  return { release: release.id, catalogue, query, cite: cite || `${portal} ${release.label}` };
}

export class Session {
  /** @type {Promise<import("../engine/index.js").Engine> | null} */
  #engine = null;

  /** @param {Page} page @param {import("./view.js").ResultsView} view */
  constructor(page, view) {
    this.page = page;
    this.view = view;
  }

  /** The engine, started by the first call; a failed start is tried again by the next. */
  engine() {
    this.#engine ??= this.#open().catch((error) => {
      this.#engine = null;
      throw error;
    });
    return this.#engine;
  }

  async #open() {
    const { base, engine: assets } = this.page;
    const engine = await openEngine({ base, assets, onProgress: (...at) => this.view.progress(...at) });
    await engine.define("macros", macrosFor(this.page.spectra));
    return engine;
  }

  /** @param {string} name */
  catalogue(name) {
    return openCatalogue(this.engine(), name, this.page);
  }

  /** Get ready while the reader still thinks about the question; problems are told when it is asked. @param {HTMLElement} place */
  warmUp(place) {
    const start = () => this.engine().catch(() => {});
    place.addEventListener("focusin", start, { once: true });
  }

  /** On file:// big reads go faster from a folder that the reader picks. */
  offerFolder() {
    const field = document.querySelector(".folder-field");
    const input = document.getElementById("data-folder");
    if (!onDisk() || !(field instanceof HTMLElement) || !(input instanceof HTMLInputElement)) return;
    field.hidden = false;
    input.addEventListener("change", async () => {
      const hint = document.getElementById("data-folder-hint");
      const say = (/** @type {string} */ text) => hint && (hint.textContent = text);
      try {
        await Promise.all(this.page.catalogues.map(({ name }) => this.catalogue(name)));
        const used = await usePickedFiles(input.files ?? []);
        say(
          used.length
            ? t("Reading from the folder: {names}", { names: used.join(", ") })
            : t("This folder does not hold the data of this release."),
        );
      } catch (error) {
        say(/** @type {Error} */ (error).message);
      }
    });
  }
}

/** A parameter of the page's address that is no part of a search, as it stands there. @param {string} name */
function kept(name) {
  return location.search
    .slice(1)
    .split("&")
    .filter((part) => part.startsWith(`${name}=`));
}

/** The address of this page with another query; theme and plot stay. @param {string} query */
export function address(query) {
  const all = [query, ...kept("theme"), ...kept("plot")].filter(Boolean).join("&");
  return `${location.pathname}${all ? `?${all}` : ""}`;
}

/**
 * Put the address of what is shown into the clipboard, or where that is not allowed into a field to copy from.
 * @param {HTMLElement} button @param {string} query
 */
export async function copyAddress(button, query) {
  const url = new URL(`?${[query, ...kept("plot")].join("&")}`, location.href.split("#")[0]).href;
  const label = button.querySelector("span");
  try {
    await navigator.clipboard.writeText(url);
  } catch {
    const field = document.createElement("textarea");
    field.value = url;
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
    button.focus();
  }
  const announce = document.getElementById("announce");
  if (announce) announce.textContent = t("Copied");
  if (!label) return;
  const before = label.textContent;
  label.textContent = t("Copied");
  setTimeout(() => (label.textContent = before), 1500);
}
