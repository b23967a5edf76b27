/** What the status line adds to the number of rows. */
import { CAP } from "../../results/query/hits.js";
import { t } from "../../shared/strings.js";

/** @param {import("../../results/query/hits.js").Hits} hits @param {import("../../search/permalink.js").Search} search */
export function remark({ kept, total }, { limit }) {
  if (kept < total && limit === null)
    return t(
      "More than {n} rows match: only the first {n} are kept here. Narrow the search, or download the whole catalogue.",
      { n: CAP },
    );
  return total ? "" : t("No row meets all conditions. Widen the region, or remove a condition.");
}
