/** The part of a page that shows the result: status, progress, problems, table, downloads. */
import { t } from "../shared/strings.js";
import { digits, sizeText } from "./format.js";
import { TablePane } from "./table/pane.js";
import { Pointed, pointAtRows } from "./table/pointed.js";
import { Saving } from "./export/saving.js";
import { Selection } from "./table/selection.js";
import { makeTools } from "./tools.js";

/**
 * @typedef {import("./query/hits.js").Hits} Hits
 * @typedef {import("./table/table.js").Order} Order
 * @typedef {object} RowSpectra which spectra of this site the rows have
 * @property {import("../shared/page.js").Page} page
 * @property {string} column with their ids
 * @property {import("../shared/page.js").SpectraEntry[]} sets
 * @property {(value: unknown) => string | null} id
 * @property {(value: unknown, near: () => Promise<unknown[]>) => import("./table/row-links.js").Place[]} places pages about a
 *   row; `near`: ids of the rows around it
 * @typedef {object} Shown
 * @property {Hits} hits
 * @property {Order[]} sort
 * @property {(sort: Order[]) => string} order SQL of a sort
 * @property {string[]} columns that can be shown; a result may begin with others, which keep their places
 * @property {Omit<import("./export/download.js").About, "date">} about
 * @property {import("./recipes/question.js").Question} [recipe] how to get the same rows elsewhere
 * @property {import("../search/columns.js").Column[]} [described] all columns of the catalogue that the rows are of
 * @property {{ra: string, dec: string} | null} [position] columns of the position in degrees, which need not be shown
 * @property {import("./query/detail.js").Detail | null} [detail] reads the columns of a row that the result does not have
 * @property {RowSpectra | null} [spectra]
 * @property {(text: string) => string | null} [linkOf] address of a text that is a link
 * @property {import("../search/computed.js").Computed[]} [computed] columns that the reader added
 * @property {import("../catalogue/known-issues.js").KnownIssues | null} [issues] known issues of the rows
 */

/** @template {HTMLElement} T @param {string} id @returns {T} */
const get = (id) => /** @type {T} */ (document.getElementById(id));

const STAGES = /** @type {Record<string, string>} */ ({
  engine: "Loading the search engine",
  start: "Starting the search engine",
  ready: "Starting the search engine",
  data: "Reading data",
  match: "Matching targets",
  matching: "Matching catalogues",
});

/** Milliseconds between two changes of the progress shown: each is a layout of the page, and bytes come in hundreds of parts. */
const SELDOM = 150;

export class ResultsView {
  /** The progress shown last. */
  #said = { stage: "", at: 0 };
  /**
   * Dispatches "shown" (other rows, or none), "filtered" and "columns" (the same rows, fewer or otherwise), and, at each of these
   * and after sorting, "ordered".
   */
  events = new EventTarget();
  /** Rows that the reader marked, in the table or in a plot. */
  selection = new Selection();
  /** The row that the reader points at, in the table or in a plot. */
  pointed = new Pointed();
  /** @type {Shown | null} */
  #shown = null;
  #pane;

  /**
   * @param {object} handlers
   * @param {(sort: Order[]) => Promise<boolean>} handlers.onSort true where the page has applied the new order itself
   * @param {(columns: string[]) => Promise<import("./export/votable.js").Field[] | null>} handlers.onColumns those to show, null where the page has applied it
   * @param {(computed: import("../search/computed.js").Computed[], again: boolean, field?: import("./export/votable.js").Field) => Promise<string>} [handlers.onComputed]
   *   other computed columns; again: they need columns that were not read, so the search must run again. Returns an error message, or ""
   * @param {() => void} handlers.onCancel
   */
  constructor(handlers) {
    this.handlers = handlers;
    this.status = get("status");
    this.body = get("results-body");
    this.#pane = new TablePane(this);
    pointAtRows(get("results-scroll"), this);
    this.saving = new Saving(this, () => this.#pane.filter);
    makeTools();
    get("cancel").addEventListener("click", () => handlers.onCancel());
  }

  /** The result shown. */
  get shown() {
    return this.#shown;
  }

  /** Places of the rows now on screen, from 0, in the order shown; last < first where there is none. */
  visible() {
    return this.#pane.visible();
  }

  /** The order of the rows. */
  get order() {
    return this.#pane.order;
  }

  /** Bring a row into sight, if it is shown. @param {number} row its number */
  reveal(row) {
    const place = this.order.find(row);
    if (place < 0) return;
    this.#pane.reveal(place);
    this.pointed.again();
  }

  /** Show the rows by something other than the table; null for the table again. @param {TablePane["stead"]} stead */
  instead(stead) {
    this.#pane.stead = stead;
  }

  /** Called with the rows in sight by what shows them instead. @param {number} first @param {number} last places */
  seen(first, last) {
    if (this.#shown) this.#pane.reportSight(this.#shown, first, last);
  }

  /** @param {"shown" | "filtered" | "columns" | "ordered"} what */
  notify(what) {
    this.events.dispatchEvent(new Event(what));
  }

  /** A query begins. */
  begin() {
    this.saving.stop();
    this.say(t("Searching…"));
    this.problem([]);
    get("progress").hidden = false;
    /** @type {HTMLButtonElement} */ (get("cancel")).disabled = false;
    this.body.classList.add("stale");
    document.body.setAttribute("aria-busy", "true");
  }

  /** A query ends, whatever its outcome. */
  end() {
    get("progress").hidden = true;
    /** @type {HTMLButtonElement} */ (get("cancel")).disabled = true;
    this.body.classList.remove("stale");
    document.body.removeAttribute("aria-busy");
  }

  /** @param {number} loaded bytes @param {number} total bytes @param {string} stage @param {string} [more] how far it is, in words */
  progress(loaded, total, stage, more = "") {
    const now = performance.now();
    const { stage: before, at } = this.#said;
    if (stage === before && loaded < total && now - at < SELDOM) return;
    this.#said = { stage, at: now };
    const share = total > 0 ? Math.min(100, Math.round((loaded / total) * 100)) : 0;
    const bar = get("progress-bar");
    const what = t(STAGES[stage] ?? "Reading data");
    const bytes = more
      ? ` · ${more}`
      : total > 1
        ? ` · ${t("{loaded} of {total}", { loaded: sizeText(loaded), total: sizeText(total) })}`
        : "";
    bar.setAttribute("aria-valuenow", String(share));
    bar.setAttribute("aria-valuetext", what + bytes);
    /** @type {HTMLElement} */ (bar.firstElementChild).style.width = `${share}%`;
    get("progress-text").textContent = what + bytes;
  }

  /** @param {string} text @param {boolean} [bad] it reports an error */
  say(text, bad = false) {
    this.status.textContent = text;
    this.status.classList.toggle("bad", bad);
  }

  /** @param {string[]} messages none: remove them @param {boolean} [repeated] the status line shows it already */
  problem(messages, repeated = messages.length === 1) {
    const place = get("problems");
    place.classList.toggle("visually-hidden", repeated);
    place.replaceChildren(
      ...messages.map((message) => {
        const line = document.createElement("p");
        line.className = "notice bad";
        line.textContent = message;
        return line;
      }),
    );
  }

  /** Show no result any more. */
  clear() {
    this.#shown = null;
    this.body.hidden = true;
    get("results-note").hidden = true;
    get("results-memory").hidden = true;
    this.#pane.clear();
    this.selection.clear();
    this.pointed.set(null);
    this.notify("shown");
  }

  /**
   * @param {Shown} shown @param {number} seconds @param {string} [note]
   */
  async show(shown, seconds, note = "") {
    this.#shown = shown;
    this.selection.clear();
    this.pointed.set(null);
    get("results-note").textContent = note;
    get("results-note").hidden = !note;
    // what is above the table keeps its height from here on
    get("progress").hidden = true;
    this.body.hidden = false;
    await this.#pane.show(shown);
    if (this.#shown !== shown) return;
    const { total, kept } = shown.hits;
    const mark = "\0";
    const said = t("{n} rows in {s} s", { n: total === 1 ? 1 : mark, s: seconds.toFixed(2) });
    const [before, after] = said.split(mark);
    const found = after === undefined ? [before] : [before, digits(total), after];
    const cut = kept < total ? ` · ${t("first {n} shown", { n: kept })}` : "";
    this.status.replaceChildren(...found, cut);
    const { store } = shown.hits.engine;
    get("results-memory").textContent = t("{size} of data kept in memory, at most {limit}", {
      size: sizeText(store.kept),
      limit: sizeText(store.limit),
    });
    get("results-memory").hidden = store.kept === 0;
    this.notify("shown");
  }
}
