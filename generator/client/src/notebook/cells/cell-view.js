/** A cell on the page: its editor or its rendered text, its buttons, and what it has shown. */
import { t } from "../../shared/strings.js";
import { CellEditor } from "./cell-editor.js";
import { renderMarkdown } from "./markdown.js";
import { keep, show } from "./outputs.js";

/**
 * @typedef {import("../ipynb.js").Cell} Cell
 * @typedef {import("../kernel.js").Output} Output
 * @typedef {"run" | "edit" | "up" | "down" | "above" | "add" | "kind" | "delete" | "undo" | "before" | "after"} Action
 * @typedef {object} Owner the notebook
 * @property {(view: CellView, action: Action) => void} act
 * @property {(view: CellView, next: boolean) => void} run
 * @property {(view: CellView, by: -1 | 1) => boolean} leave
 * @property {() => void} changed
 * @property {import("@codemirror/autocomplete").CompletionSource[]} sources
 */

/** Most outputs that one run of a cell shows. */
const MOST = 200;

/** What the keys of Jupyter do while a cell itself has the focus, not its editor. @type {Record<string, Action>} */
const KEYS = {
  ArrowUp: "before",
  ArrowDown: "after",
  k: "before",
  j: "after",
  a: "above",
  b: "add",
  z: "undo",
  "Alt+ArrowUp": "up",
  "Alt+ArrowDown": "down",
  Delete: "delete",
};
/** Milliseconds between the two presses of D. */
const TWICE = 700;

/** A cell as the page's template has it. @returns {HTMLElement} */
function blank() {
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById("cell-parts"));
  return /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
}

export class CellView {
  #count = 0;
  /** When D was pressed. */
  #pressed = -TWICE;

  /** @param {Cell} cell @param {Owner} owner */
  constructor(cell, owner) {
    this.cell = cell;
    this.owner = owner;
    this.place = blank();
    this.place.classList.add(`cell-${cell.kind}`);
    this.place.dataset.cell = cell.id;
    const part = (/** @type {string} */ name) =>
      /** @type {HTMLElement} */ (this.place.querySelector(`.cell-${name}`));
    this.mark = part("mark");
    this.state = part("state");
    this.body = part("body");
    this.output = part("output");
    this.#listen();
    this.editor = cell.kind === "markdown" && cell.source.trim() ? null : this.#edit();
    if (!this.editor) this.#read();
    for (const output of cell.outputs) show(this.output, output);
    this.number(0);
  }

  #listen() {
    for (const button of this.place.querySelectorAll("button[data-kind]"))
      if (/** @type {HTMLElement} */ (button).dataset.kind !== (this.cell.kind === "code" ? "code" : "text"))
        button.remove();
    this.place.querySelector(".cell-tools")?.addEventListener("click", ({ target }) => {
      const pressed = target instanceof Element ? target.closest("button") : null;
      if (pressed && pressed.ariaDisabled !== "true")
        this.owner.act(this, /** @type {Action} */ (pressed.dataset.cellAction));
    });
    this.place.addEventListener("keydown", (event) => {
      const { target, key } = event;
      if (target === this.place) return this.#press(event) && event.preventDefault();
      if (key === "Escape" && target instanceof Element && target.closest(".cell-tools")) this.select();
    });
  }

  /** A key while the cell itself has the focus. @param {KeyboardEvent} event @returns {boolean} whether it does something */
  #press({ key, altKey, ctrlKey, metaKey, shiftKey, timeStamp }) {
    const { cell, owner } = this;
    if (key === "Enter" && (shiftKey || ctrlKey || metaKey)) owner.run(this, shiftKey);
    else if (ctrlKey || metaKey) return false;
    else if (key === "Enter") this.edit();
    else if (key === "d") {
      if (timeStamp - this.#pressed < TWICE) owner.act(this, "delete");
      this.#pressed = timeStamp;
    } else if (key === "m" || key === "y") {
      if ((key === "y") !== (cell.kind === "code")) owner.act(this, "kind");
    } else {
      const action = KEYS[altKey ? `Alt+${key}` : key];
      if (!action) return false;
      owner.act(this, action);
    }
    return true;
  }

  #edit() {
    const { cell, owner } = this;
    const label = cell.kind === "code" ? t("Python code") : t("Text in Markdown");
    const editor = new CellEditor(cell.kind, cell.source, label, {
      onChange: (text) => {
        cell.source = text;
        owner.changed();
      },
      onRun: (next) => owner.run(this, next),
      onLeave: (by) => owner.leave(this, by),
      onEscape: () => this.select(),
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
    const focused = this.editor?.hasFocus;
    this.editor?.destroy();
    this.editor = null;
    this.body.replaceChildren(text);
    if (focused) this.select();
  }

  /** Show the text of a text cell, or its editor. */
  edit() {
    this.editor ??= this.#edit();
    this.editor.focus();
  }

  read() {
    if (this.cell.kind === "markdown" && this.cell.source.trim()) this.#read();
  }

  /** Into its editor, or to the cell where it is read. */
  focus() {
    if (this.editor) this.editor.focus();
    else this.select();
  }

  /** To the cell itself. */
  select() {
    this.place.focus();
    this.place.scrollIntoView({ block: "nearest" });
  }

  /** @param {string} source */
  write(source) {
    if (this.editor) this.editor.write(source);
    else {
      this.cell.source = source;
      this.read();
    }
  }

  /** @param {number} at its place among the cells, from 0 @param {number} [of] */
  number(at, of = 1) {
    this.place.setAttribute("aria-label", t("Cell {n}", { n: at + 1 }));
    this.mark.textContent = this.cell.kind === "code" ? `[${this.cell.count ?? " "}]` : "";
    const end = { up: at === 0, down: at === of - 1 };
    for (const [action, disabled] of Object.entries(end)) {
      const button = this.place.querySelector(`[data-cell-action="${action}"]`);
      button?.setAttribute("aria-disabled", String(disabled));
    }
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
