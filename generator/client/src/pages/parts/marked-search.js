/** A search for the rows marked: by ranges of columns if these made the marks, otherwise by identifiers. */
import { TABLE } from "../../results/query/hits.js";
import { withIds, withRanges } from "../../search/as-filter.js";
import { quoteName } from "../../search/literals.js";
import { t } from "../../shared/strings.js";

/** Most ids that a link has. */
const MOST = 500;

/**
 * @param {import("../../results/view.js").ResultsView} view @param {import("../../search/columns.js").Form} form
 * @param {import("../../search/permalink.js").Search} search whose rows are shown
 * @returns {Promise<import("../../search/permalink.js").Search | null>} null where none is possible, which is reported
 */
export async function markedSearch(view, form, search) {
  const { selection } = view;
  const { hits } = view.shown ?? {};
  if (!hits || !selection.size) return null;
  const ranges = selection.ranges && withRanges(search, form, selection.ranges);
  if (ranges) return ranges;
  const { id } = form;
  const why =
    id === null
      ? t("The catalogue has no column of identifiers, so marked rows cannot be a condition.")
      : t(
          "Too many rows are marked for a condition by identifiers, at most {n}: mark fewer, or a range in a plot.",
          { n: MOST },
        );
  if (id === null || selection.size > MOST) {
    view.problem([why], false);
    return null;
  }
  const where = await selection.condition(hits.engine, "filter");
  const sql = `SELECT DISTINCT CAST(${quoteName(id)} AS VARCHAR) FROM ${TABLE} WHERE ${where} AND ${quoteName(id)} IS NOT NULL ORDER BY 1`;
  const { rows } = await hits.engine.rows(sql);
  return withIds(
    search,
    id,
    rows.map(([value]) => String(value)),
  );
}
