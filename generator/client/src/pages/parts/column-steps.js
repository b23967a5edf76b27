/** Steps from a result of the SQL page: each changes the statement, where the reader sees it, runs it, and can be undone. */
import { isNumeric } from "../../results/format.js";
import { averaged, decimalsOf, rounded } from "../../search/sql/column-steps.js";

const MOST = 15;

/**
 * @param {import("../../results/view.js").ResultsView} view
 * @param {import("../../formats.d.ts").ConsoleSchema[]} schemas
 * @param {import("../../search/sql/editor.js").Editor} editor @param {() => void} run runs what is in the editor
 */
export function offerSteps(view, schemas, editor, run) {
  const place = document.getElementById("column-steps");
  const column = place?.querySelector("select");
  const digits = place?.querySelector("input");
  const undo = /** @type {HTMLButtonElement | null | undefined} */ (
    place?.querySelector('[data-step="undo"]')
  );
  if (!place || !column || !digits || !undo) return;
  const columns = schemas.flatMap((schema) => schema.columns);
  /** @type {{before: string, after: string}[]} */
  const steps = [];
  const suggest = () => (digits.value = String(decimalsOf(column.value, columns)));
  view.events.addEventListener("shown", () => {
    const fields = view.shown?.recipe?.sql
      ? view.shown.hits.fields.filter(({ type }) => isNumeric(type))
      : [];
    const { value } = column;
    column.replaceChildren(...fields.map(({ name }) => new Option(name, name)));
    // identifiers are whole numbers: the first column of others is a better guess
    const guess = fields.find(({ type }) => !/int/i.test(type)) ?? fields[0];
    column.value = fields.some(({ name }) => name === value) ? value : (guess?.name ?? "");
    suggest();
    place.hidden = !fields.length && undo.hidden;
    if (steps.at(-1)?.after !== editor.read()) undo.hidden = true;
  });
  column.addEventListener("change", suggest);
  const write = (/** @type {string} */ text) => {
    editor.write(text);
    run();
  };
  place.addEventListener("click", ({ target }) => {
    const step = target instanceof Element ? target.closest("[data-step]") : null;
    const what = step instanceof HTMLElement ? step.dataset.step : "";
    const { hits, recipe } = view.shown ?? {};
    if (what === "undo") {
      const last = steps.pop();
      undo.hidden = !steps.length;
      if (last) write(last.before);
      return;
    }
    const field = hits?.fields.find(({ name }) => name === column.value);
    if (!what || !field || !recipe?.sql) return;
    const n = Math.min(MOST, Math.max(0, Math.round(Number(digits.value)) || 0));
    const after = what === "mean" ? averaged(recipe.sql, field) : rounded(recipe.sql, field.name, n);
    steps.push({ before: editor.read(), after });
    undo.hidden = false;
    write(after);
  });
}
