/** A citation of one query: the release, and everything needed to repeat it. */
import { t } from "../../shared/strings.js";
import { namesOf, oneLine } from "./question.js";
import { statement } from "./one-statement.js";

/**
 * @param {import("./question.js").Recipe} recipe
 * @param {{citation?: string | null, release: {label: string}, address?: string | null}} page
 * @param {number} rows found
 */
export function citeRecipe({ question, about, date }, page, rows) {
  const query = question.search
    ? `search.html?${about.query}`
    : `sql.html?sql=${encoded(question.sql ?? "")}`;
  // Without a published address the permalink is relative to the release's folder.
  const address = page.address ? `${page.address}/${query}` : query;
  const catalogues = namesOf(question) || about.catalogue;
  return [
    oneLine(page.citation ?? page.release.label),
    t("Query of {catalogue} in {release}: {n} rows, {date}.", {
      catalogue: oneLine(catalogues),
      release: oneLine(page.release.label),
      n: rows,
      date: date.slice(0, 10),
    }),
    oneLine(address),
    "",
    statement(question).trim(),
    "",
  ].join("\n");
}

/** @param {string} sql */
const encoded = (sql) => encodeURIComponent(sql.toWellFormed()).replace(/[!'()*]/g, escaped);
/** Encode characters that may be taken as the end of the address. @param {string} c */
const escaped = (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`;
