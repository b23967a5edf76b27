/** The editor of a cell: CodeMirror with Python, or plain for Markdown. */
import {
  acceptCompletion,
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
  completionStatus,
  startCompletion,
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
 * @property {() => void} onEscape the keyboard leaves the editor
 * @property {import("@codemirror/autocomplete").CompletionSource[]} sources of completions
 */

const low = EditorView.theme({ ".cm-scroller": { maxHeight: "36rem" } });

/** @param {EditorView} view @param {-1 | 1} by */
function atEdge({ state }, by) {
  const { empty, head } = state.selection.main;
  const line = state.doc.lineAt(head);
  return empty && (by < 0 ? line.number === 1 : line.number === state.doc.lines);
}

/**
 * Tab completes a name and indents, as in Jupyter; Escape and then Tab leaves the editor.
 * @param {EditorView} view
 */
function tab(view) {
  const { state } = view;
  if (completionStatus(state) === "active") return acceptCompletion(view);
  const { empty, head } = state.selection.main;
  if (!empty) return indentMore(view);
  const before = state.doc.sliceString(state.doc.lineAt(head).from, head);
  return (/[\p{L}\p{N}_.]$/u.test(before) && startCompletion(view)) || insertSpaces(view);
}

/** @param {EditorView} view */
function insertSpaces(view) {
  const { state } = view;
  const { head } = state.selection.main;
  const column = head - state.doc.lineAt(head).from;
  view.dispatch(state.update(state.replaceSelection(" ".repeat(4 - (column % 4))), { userEvent: "input" }));
  return true;
}

/** @param {Hands} hands */
const keys = ({ onRun, onLeave, onEscape }) =>
  keymap.of([
    { key: "Shift-Enter", run: () => (onRun(true), true) },
    { key: "Mod-Enter", run: () => (onRun(false), true) },
    { key: "Tab", run: tab, shift: indentLess },
    { key: "Escape", run: (view) => completionStatus(view.state) === null && (onEscape(), true) },
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
        EditorView.contentAttributes.of({
          "aria-label": label,
          "aria-describedby": "editor-keys",
          spellcheck: String(!code),
        }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) hands.onChange(update.state.doc.toString());
        }),
      ],
    }),
  });
}
