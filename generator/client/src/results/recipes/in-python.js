/** The rows found as a cell of the release's own notebook, which runs as it is. */
import { statement } from "./one-statement.js";
import { longText } from "./python-text.js";
import { isLong, listsIn } from "./question.js";

/**
 * @param {import("./question.js").Question} question
 * @returns {string | null} Python; null where the page has no statement for it, as for a long list of targets
 */
export function cellOf(question) {
  if (isLong(question.search?.targets?.targets) || question.search?.match?.release) return null;
  // the engine of a notebook does not have them
  if (listsIn(question).length) return null;
  // values that mean “missing” are masked in Python: the views of the catalogues' own names have them as NULL
  const catalogues = question.search
    ? question.catalogues.map((one) => ({ ...one, stored: one.name }))
    : question.catalogues;
  const sql = statement({ ...question, catalogues });
  return `import drportal\n\nrows = await drportal.sql(${longText(sql)})\nrows`;
}
