/** The window for downloading the spectra of the rows shown: as a ZIP created here, or as a script that fetches them. */
import { deliver } from "../../results/export/deliver.js";
import { fileName, sizeText } from "../../results/format.js";
import { t } from "../../shared/strings.js";
import { SCRIPTS, addressOf } from "./fetch-scripts.js";
import { filesOf, findSpectra } from "./chosen-spectra.js";
import { MOST_BYTES, MOST_SPECTRA, estimate, hasOriginals, zipOf } from "./zip.js";

/** Most ids of rows that are looked for. */
const MOST_IDS = 20_000;

/**
 * @typedef {import("../../results/view.js").ResultsView} ResultsView
 * @typedef {import("../../shared/page.js").Page} Page
 */

export class SpectraDialog {
  /** @type {AbortController | null} */
  #running = null;
  /** @type {import("./chosen-spectra.js").Found[]} */
  #found = [];

  /** @param {HTMLDialogElement} dialog @param {ResultsView} view @param {Page} page */
  constructor(dialog, view, page) {
    this.dialog = dialog;
    this.view = view;
    this.page = page;
    const part = (/** @type {string} */ name) =>
      /** @type {HTMLElement} */ (dialog.querySelector(`[data-spectra="${name}"]`));
    this.state = part("state");
    this.note = part("note");
    this.progress = part("progress");
    this.bar = part("bar");
    this.cancel = part("cancel");
    this.zip = /** @type {HTMLButtonElement} */ (part("zip"));
    this.scripts = /** @type {HTMLButtonElement[]} */ ([...dialog.querySelectorAll("[data-script]")]);
    for (const button of [this.zip, ...this.scripts])
      button.addEventListener("click", () => {
        if (button.ariaDisabled === "true") return;
        if (button === this.zip) this.#saveZip();
        else this.#saveScript(/** @type {import("./fetch-scripts.js").Tool} */ (button.dataset.script));
      });
    this.cancel.addEventListener("click", () => this.#running?.abort());
    dialog.addEventListener("close", () => this.#running?.abort());
  }

  async open() {
    this.#found = [];
    this.#offer();
    this.note.textContent = "";
    const { n, what } = this.view.saving.rows;
    const title = this.dialog.querySelector("h2");
    if (title)
      title.textContent =
        what === "marked"
          ? t("Spectra of the marked rows: {n}", { n })
          : what === "screen"
            ? t("Spectra of the rows on screen: {n}", { n })
            : t("Spectra of all rows: {n}", { n });
    this.dialog.showModal();
    await this.#doing(t("Looking for the spectra of these rows…"), (signal) => this.#find(signal));
  }

  /** Find the spectra of the rows. @param {AbortSignal} signal */
  async #find(signal) {
    const { shown } = this.view;
    if (!shown?.spectra) return "";
    const { spectra } = shown;
    const { extract } = await this.view.saving.chosen(shown, signal);
    /** @type {Set<string>} */
    const ids = new Set();
    let more = false;
    for await (const rows of extract.rows([spectra.column])) {
      for (const [value] of rows) {
        const id = spectra.id(value);
        if (id === null || ids.has(id)) continue;
        if (ids.size === MOST_IDS) more = true;
        else ids.add(id);
      }
      if (more) break;
    }
    this.#found = await findSpectra(spectra, ids, signal);
    const { length } = this.#found;
    const bytes = estimate(this.#found);
    const notes = [];
    if (more) notes.push(t("Only the first {n} of these rows were examined.", { n: MOST_IDS }));
    if (length > MOST_SPECTRA || bytes > MOST_BYTES)
      notes.push(
        t("A ZIP contains at most {n} spectra and {size}: choose fewer rows, or take a script.", {
          n: MOST_SPECTRA,
          size: sizeText(MOST_BYTES),
        }),
      );
    else if (length && !this.#found.every(({ set }) => hasOriginals(set)))
      notes.push(
        this.#found.some(({ set }) => set.about.originals)
          ? t(
              "Opened from disk: the ZIP has FITS files written here. The original files are in data/spectra/.",
            )
          : t("The ZIP has FITS files written here: the release does not include the original files."),
      );
    if (addressOf(this.page, location.href) === null)
      notes.push(t("It is not known where this release is published: set BASE in a script before it runs."));
    this.note.textContent = length ? notes.join(" ") : "";
    if (!length) return t("None of these rows has a spectrum here.");
    return t("{n} spectra, about {size}", { n: length, size: sizeText(bytes) });
  }

  async #saveZip() {
    const { shown } = this.view;
    if (!shown) return;
    const found = this.#found;
    await this.#doing(t("Writing the ZIP…"), async (signal) => {
      const date = `${new Date().toISOString().slice(0, 19)}Z`;
      const { release, cite } = shown.about;
      const name = this.#name("zip");
      const blob = await zipOf(found, {
        about: { release, cite, date },
        query: this.#query(),
        folder: name.slice(0, -4),
        signal,
        onDone: (n) => this.#share(n / found.length),
      });
      signal.throwIfAborted();
      if (!(await deliver({ blob, name }))) return t("Cancelled.");
      return t("Saved: {name}, {size}", { name, size: sizeText(blob.size) });
    });
  }

  /** @param {import("./fetch-scripts.js").Tool} tool */
  async #saveScript(tool) {
    const { shown } = this.view;
    if (!shown) return;
    const found = this.#found;
    await this.#doing(t("Reading the checksums…"), async (signal) => {
      const files = await filesOf(found, signal);
      const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
      const sets = [...new Set(found.map(({ set }) => set.name))].join(", ");
      const text = SCRIPTS[tool].write(files, addressOf(this.page, location.href), {
        release: `${this.page.portal} ${this.page.release.label}`,
        query: this.#query(),
        cite: shown.about.cite,
        date: `${new Date().toISOString().slice(0, 19)}Z`,
        what: `${found.length} spectra (${sets}) in ${files.length} files, ${sizeText(bytes)}`,
      });
      signal.throwIfAborted();
      const name = this.#name(SCRIPTS[tool].extension);
      if (!(await deliver({ blob: new Blob([text], { type: "text/plain" }), name }))) return t("Cancelled.");
      return t("Saved: {name}, {size}", { name, size: sizeText(text.length) });
    });
  }

  /** The query by which the rows were found. */
  #query() {
    const { about, recipe } = /** @type {import("../../results/view.js").Shown} */ (this.view.shown);
    const filter = this.view.saving.filter();
    return `${recipe?.search ? "search.html?" : ""}${about.query}${filter ? ` (${filter})` : ""}`;
  }

  /** @param {string} extension */
  #name(extension) {
    const { about } = /** @type {import("../../results/view.js").Shown} */ (this.view.shown);
    const sets = [...new Set(this.#found.map(({ set }) => set.name))];
    return fileName([about.release.replaceAll("/", "_"), ...sets, `${this.#found.length}spectra`], extension);
  }

  /**
   * Run something that takes time, with a message and progress; the button stops it.
   * @param {string} what @param {(signal: AbortSignal) => Promise<string>} act returns the final message
   */
  async #doing(what, act) {
    if (this.#running) return;
    const controller = (this.#running = new AbortController());
    this.state.textContent = what;
    this.state.classList.remove("bad");
    this.#share(0);
    this.progress.hidden = false;
    this.dialog.ariaBusy = "true";
    this.#offer();
    try {
      this.state.textContent = await act(controller.signal);
    } catch (error) {
      this.state.classList.toggle("bad", !controller.signal.aborted);
      this.state.textContent = controller.signal.aborted
        ? t("Cancelled.")
        : /** @type {Error} */ (error).message;
    } finally {
      this.#running = null;
      this.progress.hidden = true;
      this.dialog.ariaBusy = null;
      this.#offer();
    }
  }

  /** Enable the buttons that can be used now. */
  #offer() {
    const { length } = this.#found;
    const none = Boolean(this.#running) || !length;
    // Not `disabled`: the focus would be lost.
    for (const button of this.scripts) button.setAttribute("aria-disabled", String(none));
    this.zip.setAttribute(
      "aria-disabled",
      String(none || length > MOST_SPECTRA || estimate(this.#found) > MOST_BYTES),
    );
  }

  /** @param {number} share */
  #share(share) {
    const percent = Math.round(100 * share);
    this.bar.setAttribute("aria-valuenow", String(percent));
    /** @type {HTMLElement} */ (this.bar.firstElementChild).style.width = `${percent}%`;
  }
}
