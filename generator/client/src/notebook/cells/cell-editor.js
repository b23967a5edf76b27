/** The editor of a cell: a plain field until CodeMirror is there, which comes when the page has nothing else to do or the reader comes to the cell. */
import { lazily } from "../../shared/lazy.js";

/** @typedef {import("./editor.js").Hands} Hands */

const load = lazily(() => import("./editor.js"));
/** CodeMirror, once it is there: later cells have it at once. @type {typeof import("./editor.js") | null} */
let code = null;
/** @type {Promise<void> | null} */
let calm = null;

/** Milliseconds after which a page counts as calm although it is busy. */
const AT_LAST = 3000;

/** When the page is complete and has nothing to do. */
const whenCalm = () =>
  (calm ??= new Promise((resolve) => {
    const soon = () =>
      "requestIdleCallback" in globalThis
        ? requestIdleCallback(() => resolve(), { timeout: AT_LAST })
        : setTimeout(resolve);
    if (document.readyState === "complete") soon();
    else addEventListener("load", soon, { once: true });
  }));

export class CellEditor {
  /** @type {import("@codemirror/view").EditorView | null} */
  #view = null;
  #gone = false;

  /** @param {"code" | "markdown" | "raw"} kind @param {string} source @param {string} label @param {Hands} hands */
  constructor(kind, source, label, hands) {
    this.dom = document.createElement("div");
    this.plain = plainEditor(source, label, hands);
    const change = () => {
      if (this.#view || this.#gone || !code) return;
      const { value, selectionStart: anchor, selectionEnd: head } = this.plain;
      const focused = this.hasFocus;
      this.#view = code.makeCellEditor(kind, value, label, hands);
      this.dom.replaceChildren(this.#view.dom);
      if (!focused) return;
      this.#view.dispatch({ selection: { anchor, head } });
      this.#view.focus();
    };
    if (code) {
      change();
      return;
    }
    // Without CodeMirror the field stays.
    const come = () =>
      load().then(
        (part) => {
          code = part;
          change();
        },
        () => {},
      );
    this.dom.append(this.plain);
    for (const event of ["focus", "pointerenter"]) this.plain.addEventListener(event, come, { once: true });
    whenCalm().then(come);
  }

  get hasFocus() {
    return this.#view ? this.#view.hasFocus : document.activeElement === this.plain;
  }

  focus() {
    (this.#view ?? this.plain).focus();
  }

  /** @param {string} source */
  write(source) {
    const view = this.#view;
    if (view) return view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: source } });
    this.plain.value = source;
    this.plain.dispatchEvent(new Event("input"));
  }

  destroy() {
    this.#gone = true;
    this.#view?.destroy();
  }
}

/** @param {string} source @param {string} label @param {Hands} hands */
function plainEditor(source, label, { onChange, onRun, onEscape }) {
  const field = document.createElement("textarea");
  const grow = () => (field.rows = field.value.split("\n").length);
  field.value = source;
  field.spellcheck = false;
  field.setAttribute("aria-label", label);
  field.setAttribute("aria-describedby", "editor-keys");
  field.addEventListener("input", () => {
    grow();
    onChange(field.value);
  });
  field.addEventListener("keydown", (event) => {
    const { key, shiftKey } = event;
    if (key === "Escape") onEscape();
    else if (key === "Enter" && (shiftKey || event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      onRun(shiftKey);
    }
  });
  grow();
  return field;
}
