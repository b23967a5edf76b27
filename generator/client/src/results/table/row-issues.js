/** Known issues of the rows of a result. */
import { issueAddress } from "../../catalogue/known-issues.js";
import { t } from "../../shared/strings.js";

/** @typedef {import("../../catalogue/known-issues.js").KnownIssues | null | undefined} Issues */

/**
 * Titles of the known issues of a row; null where the rows do not have the ids of the issues.
 * @param {{name: string}[]} fields @param {Issues} issues @returns {((row: unknown[]) => string[]) | null}
 */
export function titlesOf(fields, issues) {
  const at = fields.findIndex(({ name }) => name === issues?.id);
  return issues && at >= 0 ? (row) => issues.of(row[at]).map(({ title }) => title) : null;
}

/** @param {Issues} issues @param {Map<string, {value: unknown}>} row @returns {import("./row-links.js").Place[]} */
export function issuePlaces(issues, row) {
  return (issues?.of(row.get(issues.id ?? "")?.value) ?? []).map((issue) => ({
    name: t("Known issue: {title}", { title: issue.title }),
    address: issueAddress(issue),
    here: true,
  }));
}
