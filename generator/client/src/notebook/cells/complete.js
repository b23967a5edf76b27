/** Completions in code: names of the release, names in the notebook, and what Python itself knows while it runs. */
import { t } from "../../shared/strings.js";

/**
 * @typedef {import("@codemirror/autocomplete").CompletionContext} Context
 * @typedef {import("@codemirror/autocomplete").Completion} Completion
 * @typedef {import("../../formats.d.ts").ConsoleSchema} Schema
 */

const WORD = /[\p{L}_][\p{L}\p{N}_]*$/u;
/** Words of a notebook that are longer than a letter or two. */
const NAMES = /\b[\p{L}_][\p{L}\p{N}_]{2,}\b/gu;

/**
 * Names of catalogues and of their columns, inside texts: of statements, and of columns in brackets.
 * @param {Schema[]} schemas
 */
export function namesOfRelease(schemas) {
  /** @type {Completion[]} */
  const options = schemas.flatMap(({ name, title, columns }) => [
    { label: name, type: "class", detail: t("catalogue"), info: title, boost: 2 },
    ...columns.map((column) => ({
      label: column.name,
      type: "property",
      detail: [column.datatype, column.unit].filter(Boolean).join(" · "),
      info: column.about || column.description || undefined,
    })),
  ]);
  return (/** @type {Context} */ context) => {
    const word = context.matchBefore(WORD);
    if (!word && !context.explicit) return null;
    return { from: word?.from ?? context.pos, options, validFor: /^[\p{L}\p{N}_]*$/u };
  };
}

/** Names in the cells. @param {() => string[]} sources */
export const namesOfCells = (sources) => (/** @type {Context} */ context) => {
  const word = context.matchBefore(WORD);
  if (!word) return null;
  const own = context.state.sliceDoc(word.from, context.pos);
  const names = new Set(sources().flatMap((text) => text.match(NAMES) ?? []));
  names.delete(own);
  return { from: word.from, options: [...names].map((label) => ({ label, type: "variable", boost: -5 })) };
};

/**
 * What Python offers at this place, asked while it has nothing else to do.
 * @param {(source: string, position: number) => Promise<string | null>} ask JSON of `from` and `options`
 */
export const namesOfPython = (ask) => async (/** @type {Context} */ context) => {
  if (!context.explicit && !context.matchBefore(/[\p{L}\p{N}_.]$/u)) return null;
  const text = await ask(context.state.doc.toString(), context.pos);
  if (!text || context.aborted) return null;
  const { from, options } = JSON.parse(text);
  return options.length ? { from, options, validFor: /^[\p{L}\p{N}_]*$/u } : null;
};
