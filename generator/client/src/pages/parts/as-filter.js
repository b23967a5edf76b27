/** "As a filter": the rows marked, in the table or in a plot, become conditions of the form and of the link. */
import { lazily } from "../../shared/lazy.js";

/**
 * @typedef {import("../../search/form/form.js").SearchForm} SearchForm
 * @typedef {import("../../search/permalink.js").Search} Search
 */

const load = lazily(() => import("./marked-search.js"));

/**
 * @param {import("../../results/view.js").ResultsView} view
 * @param {() => {form: SearchForm | undefined, search: Search} | null} current
 * @param {(form: SearchForm, search: Search) => void} ask
 */
export function offerAsFilter(view, current, ask) {
  const button = document.querySelector('[data-marks="filter"]');
  const { selection } = view;
  if (!(button?.parentElement instanceof HTMLElement)) return;
  const item = button.parentElement;
  selection.addEventListener("change", () => (item.hidden = !selection.size));
  button.addEventListener("click", async () => {
    const { form, search } = current() ?? {};
    const marked = form && search && (await (await load()).markedSearch(view, form.form, search));
    if (marked) ask(form, marked);
  });
}
