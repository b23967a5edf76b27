/** The SQL editor: CodeMirror over a textarea, which keeps the value for forms, tests and readers without it. */
import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { sql } from "@codemirror/lang-sql";
import { bracketMatching, syntaxHighlighting } from "@codemirror/language";
import { EditorState, StateEffect, StateField } from "@codemirror/state";
import {
  Decoration,
  EditorView,
  drawSelection,
  highlightActiveLine,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { completions, dialect } from "./completion.js";
import { colours, theme, typedOver } from "./editor-look.js";

/** @typedef {{ from: number, to: number }} Place */

/** @type {import("@codemirror/state").StateEffectType<Place | null>} */
const setWrong = StateEffect.define();
const wrong = StateField.define({
  create: () => Decoration.none,
  update(marks, change) {
    for (const effect of change.effects) {
      if (!effect.is(setWrong)) continue;
      if (!effect.value || effect.value.from > change.state.doc.length) return Decoration.none;
      const { from, to } = effect.value;
      const line = Decoration.line({ class: "cm-wrong" }).range(change.state.doc.lineAt(from).from);
      const end = Math.min(to, change.state.doc.length);
      const word = end > from ? [Decoration.mark({ class: "cm-wrong-word" }).range(from, end)] : [];
      return Decoration.set([line, ...word], true);
    }
    return change.docChanged ? Decoration.none : marks;
  },
  provide: (field) => EditorView.decorations.from(field),
});

const tall = EditorView.theme({
  ".cm-scroller": { minHeight: "9.5rem", maxHeight: "24rem" },
  ".cm-gutters": { minHeight: "9.5rem !important" },
});

/**
 * @param {import("./completion.js").Schema[]} schemas @param {string} label @param {(all: boolean) => void} onRun
 * @returns {import("@codemirror/state").Extension[]}
 */
const extensions = (schemas, label, onRun) => [
  EditorView.cspNonce.of("drportal-editor"),
  lineNumbers(),
  history(),
  drawSelection(),
  bracketMatching(),
  closeBrackets(),
  highlightActiveLine(),
  autocompletion({ activateOnTyping: true, icons: false, override: completions(schemas) }),
  // Tab is left alone: it moves to the next control, as everywhere on a page.
  keymap.of([
    { key: "Mod-Enter", run: () => (onRun(false), true), shift: () => (onRun(true), true) },
    ...closeBracketsKeymap,
    ...completionKeymap,
    ...defaultKeymap,
    ...historyKeymap,
  ]),
  sql({ dialect }),
  syntaxHighlighting(colours),
  theme,
  tall,
  wrong,
  typedOver,
  EditorView.lineWrapping,
  EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "false" }),
];

/**
 * @param {HTMLTextAreaElement} source
 * @param {{schemas: import("./completion.js").Schema[], label: string, onRun: (all: boolean) => void}} options
 */
export function makeEditor(source, { schemas, label, onRun }) {
  let own = false;
  const mirrored = EditorView.updateListener.of((update) => {
    if (update.docChanged && !own) source.value = update.state.doc.toString();
  });
  const view = new EditorView({
    state: EditorState.create({
      doc: source.value,
      extensions: [...extensions(schemas, label, onRun), mirrored],
    }),
  });
  source.after(view.dom);
  source.classList.add("mirrored");
  source.tabIndex = -1;
  source.setAttribute("aria-hidden", "true");
  source.addEventListener("input", () => write(source.value));

  /** @param {string} text */
  function write(text) {
    own = true;
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
    own = false;
    source.value = text;
  }

  return {
    write,
    read: () => {
      // a value set by a script, without an event, counts too
      if (source.value !== view.state.doc.toString()) write(source.value);
      return source.value;
    },
    /** @param {string} text inserted at the cursor */
    insert(text) {
      view.dispatch(view.state.replaceSelection(text));
      view.focus();
    },
    /** @param {Place | null} place to mark */
    mark: (place) => view.dispatch({ effects: setWrong.of(place) }),
    /** The selection, or the position of the cursor. @returns {Place} */
    chosen: () => ({ from: view.state.selection.main.from, to: view.state.selection.main.to }),
    /** @param {number} at @returns {number} from 1 */
    line: (at) => view.state.doc.lineAt(Math.min(at, view.state.doc.length)).number,
    /** @param {Place} place @param {string} text replaces it */
    replace({ from, to }, text) {
      view.dispatch({ changes: { from, to, insert: text }, selection: { anchor: from + text.length } });
      view.focus();
    },
    focus: () => view.focus(),
  };
}
