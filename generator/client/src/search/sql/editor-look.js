/** How editors of code look, and how they take what is typed: of SQL, and of Python. */
import { HighlightStyle } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

export const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword], color: "var(--code-1)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--code-2)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--code-3)" },
  { tag: [tags.lineComment, tags.blockComment], color: "var(--code-4)", fontStyle: "italic" },
]);

export const theme = EditorView.theme({
  "&": { backgroundColor: "var(--surface)", color: "var(--ink)", fontSize: "var(--step-0)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.55" },
  ".cm-content": { caretColor: "var(--ink)", padding: "var(--space-2) 0" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": {
    backgroundColor: "var(--sunken)",
    color: "var(--ink-soft)",
    borderRight: "1px solid var(--line)",
  },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "transparent" },
  "&.cm-focused .cm-activeLineGutter": { color: "var(--ink)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--accent-soft)",
  },
  ".cm-tooltip": {
    backgroundColor: "var(--surface)",
    border: "1px solid var(--line-strong)",
    borderRadius: "var(--radius)",
  },
  ".cm-tooltip-autocomplete ul li[aria-selected]": {
    backgroundColor: "var(--accent-soft)",
    color: "var(--ink)",
  },
  ".cm-tooltip-autocomplete > ul > li": { padding: "0.2rem 0.5rem" },
  ".cm-completionDetail": { color: "var(--ink-soft)", fontStyle: "normal", marginLeft: "0.75rem" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "700" },
  ".cm-completionInfo": { padding: "var(--space-2)", maxWidth: "22rem", fontFamily: "var(--font)" },
  ".cm-wrong-word": { textDecoration: "underline wavy var(--bad)", textUnderlineOffset: "3px" },
  ".cm-wrong": { backgroundColor: "var(--bad-soft)", boxShadow: "inset 3px 0 0 var(--bad)" },
});

/**
 * Text typed over a selection is inserted here. By default Chromium joins the lines around it by elements
 * with a `style` attribute, which the Content-Security-Policy forbids.
 */
export const typedOver = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { state } = view;
    const { from, to, empty } = state.selection.main;
    const typed = event.inputType === "insertText" && event.data;
    const erased = /^delete(Content|Word|SoftLine|HardLine)/.test(event.inputType);
    if (empty || event.isComposing || !(typed || erased)) return false;
    const text = typed || "";
    const userEvent = typed ? "input.type" : "delete.selection";
    const put = () => state.update(state.replaceSelection(text), { userEvent, scrollIntoView: true });
    if (!typed || !state.facet(EditorView.inputHandler).some((take) => take(view, from, to, text, put)))
      view.dispatch(put());
    return true;
  },
  // An input method cannot be stopped: the text that it would replace is deleted first.
  compositionstart(_, view) {
    if (!view.state.selection.main.empty) view.dispatch(view.state.replaceSelection(""));
    return false;
  },
});
