/** Saving the rows found: which rows, in what format, with progress and a way to stop. */
import { t } from "../../shared/strings.js";
import { lazily } from "../../shared/lazy.js";
import { deliver } from "./deliver.js";
import { Extract } from "./extract.js";
import { sizeText } from "../format.js";
import { makeMenu } from "../menu.js";

/**
 * @typedef {import("../view.js").ResultsView} ResultsView
 * @typedef {import("../view.js").Shown} Shown
 * @typedef {import("./extract.js").Scope} Scope
 */

/** @template {HTMLElement} T @param {string} id @returns {T} */
const get = (id) => /** @type {T} */ (document.getElementById(id));
const writers = lazily(() => import("./download.js"));
/** Shorter work needs no progress. */
const SOON = 400;

export class Saving {
  /** @type {AbortController | null} */
  #running = null;
  /** The reader chose which rows to save, where some are marked. */
  #chose = false;

  /** @param {ResultsView} view @param {() => string} filter the filters below the heads, as in a permalink */
  constructor(view, filter) {
    this.view = view;
    this.filter = filter;
    /** The choices of which rows to save. */
    this.scopes = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("[data-scope]")]);
    this.place = get("save-progress");
    makeMenu(get("save-as"), get("save-list"));
    for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (
      document.querySelectorAll("[data-format]")
    ))
      button.addEventListener("click", () => this.#save(button));
    get("save-cancel").addEventListener("click", () => this.#running?.abort());
    view.selection.addEventListener("change", () => this.#offer());
    for (const what of ["shown", "filtered"]) view.events.addEventListener(what, () => this.#offer());
    for (const choice of this.scopes)
      choice.addEventListener("click", () => {
        if (choice.getAttribute("aria-disabled") === "true") return;
        this.#chose = true;
        this.#choose(choice.dataset.scope ?? "all");
        this.#offer();
      });
    get("results-scroll").addEventListener("scroll", () => {
      if (this.scope === "screen") this.#offer();
    });
  }

  /** Which rows are chosen: all, marked or screen. */
  get scope() {
    return this.scopes.find((choice) => choice.getAttribute("aria-checked") === "true")?.dataset.scope;
  }

  /** @param {string} scope */
  #choose(scope) {
    for (const choice of this.scopes)
      choice.setAttribute("aria-checked", String(choice.dataset.scope === scope));
  }

  /** Stop saving: other rows will replace those being saved, and some formats read them twice. */
  stop() {
    this.#running?.abort();
  }

  /**
   * The rows that would be saved, and how many.
   * @returns {{n: number, what: "marked" | "screen" | "first" | "all"}}
   */
  get rows() {
    const hits = this.view.shown?.hits;
    const { size } = this.view.selection;
    if (!hits) return { n: 0, what: "all" };
    if (this.scope === "marked" && size) return { n: size, what: "marked" };
    if (this.scope === "screen") {
      const { first, last } = this.view.visible();
      return { n: Math.max(0, last - first + 1), what: "screen" };
    }
    const whole = hits.matching === hits.kept && hits.kept < hits.total;
    return { n: hits.matching, what: whole ? "first" : "all" };
  }

  /** Show how many rows each choice would save; marked rows are the default, unless the reader chose otherwise. */
  #offer() {
    const hits = this.view.shown?.hits;
    if (!hits) return;
    const [all, marked, screen] = this.scopes;
    const { size } = this.view.selection;
    const whole = hits.matching === hits.kept && hits.kept < hits.total;
    all.textContent = whole
      ? t("The first {n} rows", { n: hits.matching })
      : t("All {n} rows", { n: hits.matching });
    marked.textContent = size ? t("{n} marked rows", { n: size }) : t("Marked rows");
    marked.setAttribute("aria-disabled", String(size === 0));
    screen.textContent = t("Rows on screen");
    if (!size) this.#chose = false;
    if (!size && this.scope === "marked") this.#choose("all");
    else if (size && !this.#chose) this.#choose("marked");
    this.#label();
  }

  /** Show on the buttons how many rows they save. */
  #label() {
    const { n, what } = this.rows;
    const text = {
      marked: t("Save {n} marked rows", { n }),
      screen: t("Save {n} rows on screen", { n }),
      first: t("Save the first {n} rows", { n }),
      all: t("Save {n} rows", { n }),
    }[what];
    const label = get("save-as").querySelector("span");
    if (label) label.textContent = text;
    for (const id of ["download-csv", "download-votable"]) {
      const button = get(id);
      button.title = text;
      button.setAttribute("aria-label", `${button.textContent?.trim()}: ${text}`);
    }
  }

  /**
   * The rows that the reader chose to save.
   * @param {Shown} shown @param {AbortSignal} [signal]
   * @returns {Promise<{extract: Extract, rows: string, scope?: string}>} rows: for the file's name; scope: for its description of itself
   */
  async chosen(shown, signal) {
    const { hits } = shown;
    const order = shown.order(shown.sort);
    const { selection } = this.view;
    if (this.scope === "marked" && selection.size) {
      const n = selection.size;
      const extract = new Extract(hits, await selection.condition(hits.engine), order, n, null, signal);
      return { extract, rows: `${n}marked`, scope: `${n} rows marked by the reader, of ${hits.kept}` };
    }
    if (this.scope === "screen") {
      const range = this.view.visible();
      const [from, to] = [range.first + 1, range.last + 1];
      const extract = new Extract(hits, hits.where, order, hits.matching, range, signal);
      return { extract, rows: `rows${from}-${to}`, scope: `rows ${from} to ${to} of ${hits.matching}` };
    }
    const extract = new Extract(hits, hits.where, order, hits.matching, null, signal);
    const scope = hits.kept < hits.total ? `the first ${hits.kept} rows of ${hits.total}` : undefined;
    return { extract, rows: `${hits.matching}rows`, scope };
  }

  /** @param {HTMLButtonElement} button */
  async #save(button) {
    const { shown } = this.view;
    const { format } = button.dataset;
    // Not `disabled`: the focus would be lost, and a menu could not return it to its item.
    if (!shown || this.#running || !format) return;
    const controller = (this.#running = new AbortController());
    button.ariaBusy = "true";
    let done = 0;
    const began = performance.now();
    this.#progress(0);
    const later = setTimeout(() => (this.place.hidden = false), SOON);
    try {
      const { extract, rows, scope } = await this.chosen(shown, controller.signal);
      extract.onRows = (n) => this.#progress((done += n) / extract.count);
      const about = {
        ...shown.about,
        ...(this.filter() && !/marked$/.test(rows) ? { filter: this.filter() } : {}),
        ...(scope ? { scope } : {}),
      };
      const { makeFile } = await writers();
      const file = await makeFile(
        extract,
        /** @type {import("./download.js").Format} */ (format),
        about,
        rows,
      );
      controller.signal.throwIfAborted();
      clearTimeout(later);
      this.place.hidden = true;
      if ((await deliver(file)) && performance.now() - began > SOON)
        this.#announce(t("Saved: {name}, {size}", { name: file.name, size: sizeText(file.blob.size) }));
    } catch (error) {
      if (controller.signal.aborted) this.#announce(t("Cancelled."));
      else this.view.problem([/** @type {Error} */ (error).message], false);
    } finally {
      clearTimeout(later);
      if (this.place.contains(document.activeElement)) get("save-as").focus();
      this.place.hidden = true;
      button.ariaBusy = null;
      this.#running = null;
    }
  }

  /** @param {number} share */
  #progress(share) {
    const percent = Math.min(100, Math.round(100 * share));
    const bar = get("save-bar");
    bar.setAttribute("aria-valuenow", String(percent));
    /** @type {HTMLElement} */ (bar.firstElementChild).style.width = `${percent}%`;
    get("save-text").textContent = t("Writing the file: {n} %", { n: percent });
  }

  /** @param {string} text */
  #announce(text) {
    get("announce").textContent = text;
  }
}
