/** The editor of a cell: CodeMirror with Python, or plain for Markdown. */
import {
  acceptCompletion,
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
  completionStatus,
} from "@codemirror/autocomplete";
import {
  defaultKeymap,
  history,
  historyKeymap,
  indentLess,
  indentMore,
  toggleComment,
} from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { bracketMatching, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { EditorState } from "@codemirror/state";
import { EditorView, drawSelection, keymap, lineNumbers } from "@codemirror/view";
import { colours, theme, typedOver } from "../../search/sql/editor-look.js";

/**
 * @typedef {object} Hands what an editor reports
 * @property {(text: string) => void} onChange
 * @property {(next: boolean) => void} onRun next: go to the cell below afterwards
 * @property {(by: -1 | 1) => boolean} onLeave the cursor leaves upwards or downwards; whether there is a cell
 * @property {import("@codemirror/autocomplete").CompletionSource[]} sources of completions
 */

const low = EditorView.theme({
  ".cm-scroller": { minHeight: "0", maxHeight: "36rem" },
  ".cm-gutters": { minHeight: "0 !important" },
});

/** @param {EditorView} view @param {-1 | 1} by */
function atEdge({ state }, by) {
  const { empty, head } = state.selection.main;
  const line = state.doc.lineAt(head);
  return empty && (by < 0 ? line.number === 1 : line.number === state.doc.lines);
}

/** @param {Hands} hands */
const keys = ({ onRun, onLeave }) =>
  keymap.of([
    { key: "Shift-Enter", run: () => (onRun(true), true) },
    { key: "Mod-Enter", run: () => (onRun(false), true) },
    {
      key: "Tab",
      // Only after text does Tab indent: in an empty line or at its begin with nothing selected it moves on, as everywhere
      run: (view) => {
        if (completionStatus(view.state) === "active") return acceptCompletion(view);
        const { empty, head } = view.state.selection.main;
        const line = view.state.doc.lineAt(head);
        if (!view.state.doc.length || (empty && head === line.to && !line.text.trim())) return false;
        return indentMore(view);
      },
      shift: (view) => (view.state.selection.main.empty ? false : indentLess(view)),
    },
    { key: "Mod-/", run: toggleComment },
    {
      key: "ArrowUp",
      run: (view) => atEdge(view, -1) && completionStatus(view.state) === null && onLeave(-1),
    },
    {
      key: "ArrowDown",
      run: (view) => atEdge(view, 1) && completionStatus(view.state) === null && onLeave(1),
    },
  ]);

/**
 * @param {"code" | "markdown" | "raw"} kind @param {string} source @param {string} label @param {Hands} hands
 * @returns {EditorView}
 */
export function makeCellEditor(kind, source, label, hands) {
  const code = kind === "code";
  return new EditorView({
    state: EditorState.create({
      doc: source,
      extensions: [
        EditorView.cspNonce.of("drportal-editor"),
        ...(code ? [lineNumbers(), bracketMatching(), closeBrackets(), python(), indentUnit.of("    ")] : []),
        ...(code ? [autocompletion({ icons: false, override: hands.sources })] : []),
        history(),
        drawSelection(),
        keys(hands),
        keymap.of([
          ...(code ? closeBracketsKeymap : []),
          ...(code ? completionKeymap : []),
          ...defaultKeymap,
          ...historyKeymap,
        ]),
        syntaxHighlighting(colours),
        low,
        theme,
        typedOver,
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": label, spellcheck: String(!code) }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) hands.onChange(update.state.doc.toString());
        }),
      ],
    }),
  });
}
