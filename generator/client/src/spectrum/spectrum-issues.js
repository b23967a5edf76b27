/** Known issues of the rows of a spectrum or an object. */
import { issueAddress, knownIssues } from "../catalogue/known-issues.js";
import { t } from "../shared/strings.js";

/** @typedef {import("../catalogue/rows.js").Row} Row */

/**
 * A notice of the known issues of rows of one catalogue, null where there are none.
 * @param {any} page @param {Row[]} rows @returns {Promise<HTMLElement | null>}
 */
export async function rowIssues(page, rows) {
  const issues = await knownIssues(page, rows[0].catalogue);
  const found = new Set(rows.flatMap(({ values }) => issues?.of(values.get(issues.id ?? "")) ?? []));
  if (!found.size) return null;
  const list = document.createElement("ul");
  list.className = "notice warn issue-notice";
  for (const issue of found) {
    const link = document.createElement("a");
    link.href = issueAddress(issue);
    link.textContent = t("Known issue: {title}", { title: issue.title });
    const item = document.createElement("li");
    item.append(link);
    list.append(item);
  }
  return list;
}
