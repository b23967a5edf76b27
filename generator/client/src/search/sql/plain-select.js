/** Whether a statement gives the columns of a catalogue no other meaning: DuckDB's plan of it names columns and aliases alike. */
import { tokens } from "./statements.js";

/** Words behind which a name is a value, not an alias. */
const BEFORE = new Set(
  "SELECT WHERE BY AND OR NOT ON BETWEEN CASE WHEN THEN ELSE LIKE ILIKE IN IS FROM ALL".split(" "),
);
/** Words of statements that may name or make columns in other ways. */
const OTHERS = new Set(
  (
    "WITH JOIN UNION INTERSECT EXCEPT REPLACE RENAME COLUMNS PIVOT UNPIVOT VALUES USING SAMPLE TABLESAMPLE QUALIFY WINDOW GROUP HAVING " +
    "DISTINCT LATERAL OVER POSITIONAL ASOF"
  ).split(" "),
);
const CLAUSES = ["WHERE", "ORDER", "LIMIT", "OFFSET"];

/** @param {string} text of a token */
const nameOf = (text) =>
  (text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text).toLowerCase();

/**
 * @param {string} sql one statement
 * @param {string[]} views of which it may read one
 * @param {string[]} columns of the catalogue
 * @returns {boolean} true only for SELECT … FROM view WHERE … ORDER BY … LIMIT … without an alias that is the name of a column
 */
export function isPlainSelect(sql, views, columns) {
  const all = [...tokens(sql)].map(({ text }) => text);
  const words = all.map((text) => text.toUpperCase());
  const known = new Set(columns.map((name) => name.toLowerCase()));
  const at = words.indexOf("FROM");
  if (at < 0 || words[0] !== "SELECT" || words.some((word) => OTHERS.has(word))) return false;
  if (["SELECT", "FROM"].some((word) => words.indexOf(word) !== words.lastIndexOf(word))) return false;
  if (!views.map((name) => name.toLowerCase()).includes(nameOf(all[at + 1] ?? ""))) return false;
  if (at + 2 < words.length && !CLAUSES.includes(words[at + 2])) return false;
  return all.every((text, i) => {
    if (i === at + 1 || !known.has(nameOf(text)) || text.startsWith("'")) return true;
    const before = words[i - 1] ?? "";
    const isValue =
      BEFORE.has(before) || /^[^\w\u0080-\uffff"'$)\]}*]$/.test(before) || isTimes(words, i - 1);
    // `name: value` is an alias too, and `name::type` is none
    return isValue && (all[i + 1] !== ":" || all[i + 2] === ":");
  });
}

/** Whether an asterisk multiplies: all columns may have an alias behind it. @param {string[]} words @param {number} at */
const isTimes = (words, at) =>
  words[at] === "*" && /^[\w\u0080-\uffff")\]]/.test(words[at - 1] ?? "") && words[at - 1] !== "SELECT";
