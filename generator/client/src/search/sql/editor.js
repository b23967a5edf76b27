/** The SQL editor: a plain textarea until the reader comes to it, when CodeMirror is loaded. */
import { lazily } from "../../shared/lazy.js";

/**
 * @typedef {{ from: number, to: number }} Place
 * @typedef {{ schemas: import("./completion.js").Schema[], label: string, onRun: (all: boolean) => void }} Options
 * @typedef {object} Editor
 * @property {(text: string) => void} write
 * @property {() => string} read
 * @property {(text: string) => void} insert at the cursor
 * @property {(place: Place | null) => void} mark
 * @property {() => Place} chosen the selection, or the position of the cursor
 * @property {(at: number) => number} line from 1
 * @property {(place: Place, text: string) => void} replace
 * @property {() => void} focus
 */

/** @param {HTMLTextAreaElement} source @returns {Editor} */
const plainEditor = (source) => ({
  write: (text) => {
    source.value = text;
    source.setSelectionRange(0, 0);
  },
  read: () => source.value,
  insert(text) {
    source.setRangeText(text, source.selectionStart, source.selectionEnd, "end");
    source.focus();
  },
  mark: () => {},
  chosen: () => ({ from: source.selectionStart, to: source.selectionEnd }),
  line: (at) => source.value.slice(0, at).split("\n").length,
  replace({ from, to }, text) {
    source.setRangeText(text, from, to, "end");
    source.focus();
  },
  focus: () => source.focus(),
});

/**
 * @param {HTMLTextAreaElement} source
 * @param {Options} options
 * @returns {Editor}
 */
export function makeEditor(source, options) {
  let now = plainEditor(source);
  /** @type {Place | null} */
  let marked = null;
  let changed = false;
  const load = lazily(() => import("./code-editor.js"));
  const change = async () => {
    // Without it the textarea works as before.
    const loaded = await load().catch(() => null);
    if (!loaded || changed) return;
    changed = true;
    for (const event of EVENTS) source.removeEventListener(event, change);
    const focused = document.activeElement === source;
    now = loaded.codeEditor(source, options);
    if (marked) now.mark(marked);
    if (focused) now.focus();
  };
  for (const event of EVENTS) source.addEventListener(event, change);
  return {
    write: (text) => now.write(text),
    read: () => now.read(),
    insert: (text) => now.insert(text),
    mark(place) {
      marked = place;
      now.mark(place);
      if (place) change();
    },
    chosen: () => now.chosen(),
    line: (at) => now.line(at),
    replace: (place, text) => now.replace(place, text),
    focus: () => now.focus(),
  };
}

/** The reader comes to the textarea. */
const EVENTS = ["focus", "pointerenter"];
