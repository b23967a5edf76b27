/** "As a filter": the rows marked, in the table or in a plot, become conditions of the form and of the link. */
import { TABLE } from "../../results/query/hits.js";
import { withIds, withRanges } from "../../search/as-filter.js";
import { quoteName } from "../../search/literals.js";
import { t } from "../../shared/strings.js";

/** Most ids that a link has. */
const MOST = 500;

/**
 * @param {import("../../results/view.js").ResultsView} view
 * @param {() => {form: import("../../search/form/form.js").SearchForm | undefined, search: import("../../search/permalink.js").Search} | null} current
 * @param {(form: import("../../search/form/form.js").SearchForm, search: import("../../search/permalink.js").Search) => void} ask
 */
export function offerAsFilter(view, current, ask) {
  const button = document.querySelector('[data-marks="filter"]');
  const { selection } = view;
  if (!(button?.parentElement instanceof HTMLElement)) return;
  const item = button.parentElement;
  selection.addEventListener("change", () => (item.hidden = !selection.size));
  button.addEventListener("click", async () => {
    const now = current();
    const { hits } = view.shown ?? {};
    const { form, search } = now ?? {};
    if (!form || !search || !hits || !selection.size) return;
    const ranges = selection.ranges && withRanges(search, form.form, selection.ranges);
    if (ranges) return ask(form, ranges);
    const { id } = form.form;
    const why =
      id === null
        ? t("The catalogue has no column of identifiers, so marked rows cannot be a condition.")
        : t(
            "Too many rows are marked for a condition by identifiers, at most {n}: mark fewer, or a range in a plot.",
            { n: MOST },
          );
    if (id === null || selection.size > MOST) return view.problem([why], false);
    const where = await selection.condition(hits.engine, "filter");
    const sql = `SELECT DISTINCT CAST(${quoteName(id)} AS VARCHAR) FROM ${TABLE} WHERE ${where} AND ${quoteName(id)} IS NOT NULL ORDER BY 1`;
    const { rows } = await hits.engine.rows(sql);
    ask(
      form,
      withIds(
        search,
        id,
        rows.map(([value]) => String(value)),
      ),
    );
  });
}
