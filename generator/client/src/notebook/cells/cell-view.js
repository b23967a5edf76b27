/** A cell on the page: its editor or its rendered text, its buttons, and what it has shown. */
import { t } from "../../shared/strings.js";
import { makeCellEditor } from "./editor.js";
import { renderMarkdown } from "./markdown.js";
import { keep, show } from "./outputs.js";

/**
 * @typedef {import("../ipynb.js").Cell} Cell
 * @typedef {import("../kernel.js").Output} Output
 * @typedef {"run" | "up" | "down" | "add" | "delete" | "kind" | "edit"} Action
 * @typedef {object} Owner the notebook
 * @property {(view: CellView, action: Action) => void} act
 * @property {(view: CellView, next: boolean) => void} run
 * @property {(view: CellView, by: -1 | 1) => boolean} leave
 * @property {() => void} changed
 * @property {import("@codemirror/autocomplete").CompletionSource[]} sources
 */

/** Most outputs that one run of a cell shows. */
const MOST = 200;

/** @param {string} action @param {string} sign @param {string} label */
function button(action, sign, label) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button small quiet cell-button";
  made.dataset.cellAction = action;
  made.textContent = sign;
  made.title = label;
  made.setAttribute("aria-label", label);
  return made;
}

export class CellView {
  #count = 0;

  /** @param {Cell} cell @param {Owner} owner */
  constructor(cell, owner) {
    this.cell = cell;
    this.owner = owner;
    this.place = document.createElement("section");
    this.place.className = `cell cell-${cell.kind}`;
    this.place.dataset.cell = cell.id;
    this.mark = document.createElement("span");
    this.mark.className = "cell-mark mono";
    this.state = document.createElement("span");
    this.state.className = "cell-state";
    this.body = document.createElement("div");
    this.body.className = "cell-body";
    this.output = document.createElement("div");
    this.output.className = "cell-output";
    this.output.dataset.output = "";
    this.output.setAttribute("aria-live", "polite");
    this.place.append(this.#tools(), this.body, this.output);
    this.editor = cell.kind === "markdown" && cell.source.trim() ? null : this.#edit();
    if (!this.editor) this.#read();
    for (const output of cell.outputs) show(this.output, output);
    this.number(0);
  }

  #tools() {
    const tools = document.createElement("div");
    tools.className = "cell-tools";
    const code = this.cell.kind === "code";
    tools.append(
      this.mark,
      ...(code
        ? [button("run", "▶", t("Run this cell (Shift+Enter)"))]
        : [button("edit", "✎", t("Edit the text"))]),
      this.state,
      button("up", "↑", t("Move up")),
      button("down", "↓", t("Move down")),
      button("kind", code ? "M↓" : "Py", code ? t("Make it text") : t("Make it code")),
      button("add", "+", t("Add a cell below")),
      button("delete", "✕", t("Delete this cell")),
    );
    tools.addEventListener("click", ({ target }) => {
      const pressed = target instanceof Element ? target.closest("button") : null;
      if (pressed) this.owner.act(this, /** @type {Action} */ (pressed.dataset.cellAction));
    });
    return tools;
  }

  #edit() {
    const { cell, owner } = this;
    const label = cell.kind === "code" ? t("Python code") : t("Text in Markdown");
    const editor = makeCellEditor(cell.kind, cell.source, label, {
      onChange: (text) => {
        cell.source = text;
        owner.changed();
      },
      onRun: (next) => owner.run(this, next),
      onLeave: (by) => owner.leave(this, by),
      sources: owner.sources,
    });
    this.body.replaceChildren(editor.dom);
    return editor;
  }

  /** Show a text cell as text. */
  #read() {
    const text = document.createElement("div");
    text.className = "prose cell-text";
    text.append(renderMarkdown(this.cell.source));
    text.addEventListener("dblclick", () => this.edit());
    this.editor?.destroy();
    this.editor = null;
    this.body.replaceChildren(text);
  }

  /** Show the text of a text cell, or its editor. */
  edit() {
    this.editor ??= this.#edit();
    this.editor.focus();
  }

  read() {
    if (this.cell.kind === "markdown" && this.cell.source.trim()) this.#read();
  }

  focus() {
    if (this.editor) this.editor.focus();
    else this.place.querySelector("button")?.focus();
  }

  /** @param {string} source */
  write(source) {
    if (this.editor)
      this.editor.dispatch({ changes: { from: 0, to: this.editor.state.doc.length, insert: source } });
    else {
      this.cell.source = source;
      this.read();
    }
  }

  /** @param {number} at its place among the cells, from 0 */
  number(at) {
    const name = t("Cell {n}", { n: at + 1 });
    this.place.setAttribute("aria-label", name);
    this.mark.textContent = this.cell.kind === "code" ? `[${this.cell.count ?? " "}]` : "";
  }

  /** @param {"" | "waiting" | "running" | "failed"} state */
  set(state) {
    this.place.dataset.state = state;
    const words = { "": "", waiting: t("waiting"), running: t("running"), failed: t("failed") };
    this.state.textContent = words[state];
  }

  begin() {
    this.#count = 0;
    this.cell.outputs = [];
    for (const image of this.output.querySelectorAll("img")) URL.revokeObjectURL(image.src);
    this.output.replaceChildren();
  }

  /** @param {Output} output of Python */
  take(output) {
    const kept = keep(output);
    if (!kept || ++this.#count > MOST + 1) return;
    if (this.#count > MOST) return this.say(t("More outputs are not shown."));
    const last = this.cell.outputs.at(-1);
    if (kept.type === "stream" && last?.type === "stream" && last.name === kept.name) last.text += kept.text;
    else this.cell.outputs.push(kept);
    if (kept.type === "stream") this.#count--; // its length is limited by itself
    show(this.output, kept);
  }

  /** A sentence of the page's own below the outputs; it is not part of the notebook. @param {string} text */
  say(text) {
    const note = document.createElement("p");
    note.className = "notice warn cell-note";
    note.textContent = text;
    this.output.append(note);
  }

  remove() {
    for (const image of this.output.querySelectorAll("img")) URL.revokeObjectURL(image.src);
    this.editor?.destroy();
    this.place.remove();
  }
}
