/** The notebook of a page: its cells in order, running them, and what changes them. */
import { t } from "../shared/strings.js";
import { CellView } from "./cells/cell-view.js";
import { newId } from "./ipynb.js";

/**
 * @typedef {import("./ipynb.js").Notebook} File
 * @typedef {import("./ipynb.js").Cell} Cell
 * @typedef {import("./cells/cell-view.js").Action} Action
 */

/** @param {Cell["kind"]} kind @param {string} [source] @returns {Cell} */
export const emptyCell = (kind, source = "") => ({
  id: newId(),
  kind,
  source,
  outputs: [],
  count: null,
});

export class Notebook {
  /** @type {CellView[]} */
  views = [];
  /** @type {Record<string, any>} */
  metadata = {};
  #runs = 0;
  /** @type {{ at: number, cell: Cell }[]} */
  #deleted = [];

  /**
   * @param {HTMLElement} place
   * @param {import("./kernel.js").Kernel} kernel
   * @param {{ onChange: () => void, onSay: (words: string, undo?: () => void) => void, sources: import("@codemirror/autocomplete").CompletionSource[] }} hands
   */
  constructor(place, kernel, { onChange, onSay, sources }) {
    this.place = place;
    this.kernel = kernel;
    this.changed = onChange;
    this.said = onSay;
    this.sources = sources;
    /** The cell that the reader was last in. @type {CellView | undefined} */
    this.last = undefined;
    place.addEventListener("focusin", ({ target }) => {
      this.last = this.views.find((view) => target instanceof Node && view.place.contains(target));
    });
  }

  /** @returns {File} */
  get file() {
    return { cells: this.views.map(({ cell }) => cell), metadata: this.metadata };
  }

  /** Show another notebook; nothing of it runs. @param {File} file */
  open({ cells, metadata }) {
    for (const view of this.views) view.remove();
    this.metadata = metadata;
    this.#deleted = [];
    this.views = cells.map((cell) => new CellView(cell, this));
    this.place.replaceChildren(...this.views.map(({ place }) => place));
    if (!cells.length) this.insert(0, emptyCell("code"));
    this.#number();
  }

  #number() {
    for (const [i, view] of this.views.entries()) view.number(i, this.views.length);
  }

  /** @param {number} at @param {Cell} cell */
  insert(at, cell) {
    const view = new CellView(cell, this);
    this.views.splice(at, 0, view);
    this.place.insertBefore(view.place, this.views[at + 1]?.place ?? null);
    this.#number();
    this.changed();
    return view;
  }

  /** @param {CellView} view @param {Action} action */
  act(view, action) {
    const at = this.views.indexOf(view);
    if (action === "run") this.run(view, false);
    else if (action === "edit") view.editor ? view.read() : view.edit();
    else if (action === "above") this.insert(at, emptyCell("code")).focus();
    else if (action === "add") this.insert(at + 1, emptyCell("code")).focus();
    else if (action === "kind") this.#turn(view, at);
    else if (action === "delete") this.#delete(view, at);
    else if (action === "undo") this.undelete();
    else if (action === "before") this.views[at - 1]?.select();
    else if (action === "after") this.views[at + 1]?.select();
    else this.#move(view, at, action === "up" ? -1 : 1);
  }

  /** @param {CellView} view @param {number} at */
  #turn(view, at) {
    const { cell } = view;
    const kind = cell.kind === "code" ? "markdown" : "code";
    this.#drop(view, at);
    const made = this.insert(at, { ...cell, kind, outputs: [], count: null, attachments: undefined });
    made.edit();
  }

  /** @param {CellView} view @param {number} at */
  #delete(view, at) {
    this.#deleted.push({ at, cell: view.cell });
    this.#drop(view, at);
    if (!this.views.length) this.insert(0, emptyCell("code"));
    this.views[Math.min(at, this.views.length - 1)].select();
    this.changed();
    this.said(t("Cell {n} is deleted.", { n: at + 1 }), () => this.undelete());
  }

  /** Bring the last deleted cell back. */
  undelete() {
    const last = this.#deleted.pop();
    if (!last) return;
    const view = this.insert(Math.min(last.at, this.views.length), last.cell);
    view.select();
    this.said(t("Cell {n} is back.", { n: this.views.indexOf(view) + 1 }));
  }

  /** @param {CellView} view @param {number} at */
  #drop(view, at) {
    this.views.splice(at, 1);
    view.remove();
    this.#number();
  }

  /** @param {CellView} view @param {number} at @param {-1 | 1} by */
  #move(view, at, by) {
    const to = at + by;
    if (to < 0 || to >= this.views.length) return;
    const focused = /** @type {HTMLElement | null} */ (document.activeElement);
    this.views.splice(at, 1);
    this.views.splice(to, 0, view);
    this.place.insertBefore(view.place, this.views[to + 1]?.place ?? null);
    this.#number();
    this.changed();
    // an element that is put elsewhere loses the focus
    const pressed = focused && view.place.contains(focused) ? focused : view.place;
    pressed.focus({ preventScroll: true });
    view.place.scrollIntoView({ block: "nearest" });
    this.said(t("Cell {n} of {total}", { n: to + 1, total: this.views.length }));
  }

  /** @param {CellView} view @param {-1 | 1} by @returns {boolean} */
  leave(view, by) {
    const next = this.views[this.views.indexOf(view) + by];
    next?.focus();
    return Boolean(next);
  }

  /** Run a cell, and go to the next one. @param {CellView} view @param {boolean} next */
  async run(view, next) {
    if (next) {
      const at = this.views.indexOf(view) + 1;
      (this.views[at] ?? this.insert(at, emptyCell("code"))).focus();
    }
    await this.#run(view);
  }

  /** Run the cell that the reader was last in, or the first one with code. */
  async runFocused() {
    const at = this.views.find(({ place }) => place.contains(document.activeElement)) ?? this.last;
    const view = at && this.views.includes(at) ? at : this.views.find(({ cell }) => cell.kind === "code");
    if (view) await this.#run(view);
  }

  /** @param {"code" | "markdown"} kind */
  append(kind) {
    const view = this.insert(this.views.length, emptyCell(kind));
    view.edit();
  }

  /** Run all cells in order, up to the first that fails. */
  async runAll() {
    for (const view of [...this.views]) if (!(await this.#run(view))) return;
  }

  /** @param {CellView} view @returns {Promise<boolean>} */
  async #run(view) {
    const { cell } = view;
    if (cell.kind !== "code") {
      view.read();
      return true;
    }
    if (!cell.source.trim()) {
      view.begin();
      return true;
    }
    view.set("waiting");
    const name = `cell ${this.views.indexOf(view) + 1}`;
    const end = await this.kernel.run(
      name,
      cell.source,
      (output) => view.take(output),
      () => {
        view.begin();
        view.set("running");
      },
    );
    const n = this.views.indexOf(view) + 1;
    if (n) this.said(end.ok ? t("Cell {n} has run.", { n }) : t("Cell {n} has failed.", { n }));
    if (end.stopped) view.say(t("Stopped."));
    if (end.failed) view.say(end.failed);
    if (end.dropped) view.say(t("{n} more characters were printed.", { n: end.dropped }));
    if (!end.stopped && !end.failed) cell.count = ++this.#runs;
    view.set(end.ok ? "" : "failed");
    this.#number();
    this.changed();
    return end.ok;
  }

  /** Python was started again: counts begin anew. */
  reset() {
    this.#runs = 0;
  }

  /** Take away all outputs. */
  clear() {
    for (const view of this.views) {
      view.begin();
      view.cell.count = null;
      view.set("");
    }
    this.#number();
    this.changed();
  }
}
