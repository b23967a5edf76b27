/** Words and functions of other servers, translated into those of this page; and full-width signs. */
import { NAME, Reader } from "./token-row.js";
import { halfWidth } from "../literals.js";

/** @typedef {import("./token-row.js").Edit} Edit */

/** Texts, names and comments, which are left as they are. */
const KEPT = /('(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/)/;

/**
 * A text with the signs of SQL in place of those of a Chinese keyboard or a word processor; positions do not change.
 * @param {string} sql
 */
export function plainSigns(sql) {
  return sql
    .split(KEPT)
    .map((part, i) =>
      i % 2
        ? part
        : part
            .split(/([‘’“”][^‘’“”]*[’”])/)
            .map((one, k) => (k % 2 ? `'${one.slice(1, -1)}'` : halfWidth(one).replaceAll("、", ",")))
            .join(""),
    )
    .join("");
}

/** Functions that have other names here, and the same arguments. @type {Record<string, string>} */
const SAME = {
  NVL: "coalesce",
  COUNT_BIG: "count",
  IIF: "if",
  GETDATE: "now",
  SYSDATETIME: "now",
  RAND: "random",
  NEWID: "uuid",
  ATN2: "atan2",
  TRUNCATE: "trunc",
  STDEV: "stddev",
  STDEVP: "stddev_pop",
  VAR: "variance",
  VARP: "var_pop",
  DATALENGTH: "strlen",
};
/** Types that have other names here. @type {[RegExp, string][]} */
const TYPES = [
  [/^n?(?:var)?char\s*\(\s*max\s*\)$/i, "varchar"],
  [/^n(?:var)?char\b.*$/i, "varchar"],
  [/^(?:var)?char2\b.*$/i, "varchar"],
  [/^number\b/i, "decimal"],
  [/^(?:small)?datetime2?\b.*$/i, "timestamp"],
  [/^binary_(?:float|double)$/i, "double"],
];

/** @param {string} written */
const typeOf = (written) => TYPES.reduce((type, [pattern, name]) => type.replace(pattern, name), written);

/**
 * Rewrite a call of a function that has another form here; its arguments may be such calls too.
 * @param {Reader} r @param {number} i @param {(i: number, last: number, text: string) => void} change
 * @returns {boolean} whether the token is such a call
 */
function calls(r, i, change) {
  const word = r.word(i);
  const parts = r.parts(i + 1) ?? [];
  const close = r.close(i + 1);
  const comma = (/** @type {number} */ n) => parts[n][1] + 1;
  if (word === "ISNULL" && parts.length === 1) {
    change(i, i, "");
    change(close, close, " IS NULL)");
  } else if (word === "ISNULL") change(i, i, "coalesce");
  else if (word === "NVL2" && parts.length === 3) {
    change(i, i, "CASE WHEN ");
    change(comma(0), comma(0), ") IS NOT NULL THEN");
    change(comma(1), comma(1), " ELSE");
    change(close, close, " END");
  } else if (word === "SQUARE" && parts.length === 1) {
    change(i, i, "pow");
    change(close, close, ", 2)");
  } else if (word === "CHARINDEX" && parts.length === 2) {
    change(i, i, "position");
    change(comma(0), comma(0), " IN");
  } else if (/^(?:TRY_)?CONVERT$/.test(word) && (parts.length === 2 || parts.length === 3)) {
    // CONVERT(type, value, style): the style is that of dates
    const type = typeOf(r.source(parts[0]));
    change(i, parts[1][0] - 1, `${word.startsWith("TRY") ? "TRY_" : ""}CAST(`);
    change(parts[1][1] + 1, close, ` AS ${type})`);
  } else if (/^(?:TRY_)?CAST$/.test(word) && parts.length === 1) {
    const as = lastAs(r, parts[0], i);
    const written = as < 0 ? "" : r.source([as + 1, parts[0][1]]);
    if (typeOf(written) === written) return false;
    change(as + 1, parts[0][1], typeOf(written));
  } else if (word === "STR" && parts.length) {
    const [width, digits] = [1, 2].map((n) => (parts[n] ? r.source(parts[n]) : ["10", "0"][n - 1]));
    if (![width, digits].every((one) => /^\d+$/.test(one))) return false;
    change(i, i + 1, `printf('%${width}.${digits}f', CAST(`);
    change(parts[0][1] + 1, close, " AS DOUBLE))");
  } else if (Object.hasOwn(SAME, word)) change(i, i, SAME[word]);
  else return false;
  return true;
}

/** The last AS between brackets, outside of inner ones. @param {Reader} r @param {[number, number]} part @param {number} call */
function lastAs(r, [first, last], call) {
  for (let k = last; k > first; k--)
    if (r.word(k) === "AS" && r.depths[k] === r.depths[call + 1] + 1) return k;
  return -1;
}

/** Translate words of other servers. @param {Reader} r */
export function words(r) {
  /** @type {Edit[]} */
  const edits = [];
  const change = (/** @type {number} */ i, /** @type {number} */ last, /** @type {string} */ text) =>
    edits.push({ from: r.from(i), to: r.end(last), text });
  for (let i = 0; i < r.all.length; i++) {
    const word = r.word(i);
    const call = r.text(i + 1) === "(";
    if (call && calls(r, i, change)) continue;
    else if (word === "MINUS" && r.word(i + 1) === "SELECT") change(i, i, "EXCEPT");
    else if (word === "FROM" && r.word(i + 1) === "DUAL")
      edits.push({ from: r.end(i - 1), to: r.end(i + 1), text: "" });
    else if (word === "WITH" && call && r.word(i + 2) === "NOLOCK" && r.text(i + 3) === ")")
      edits.push({ from: r.end(i - 1), to: r.end(i + 3), text: "" });
    else if (word === "INTO" && r.select(i) >= 0 && NAME.test(r.text(i + 1))) {
      let last = i + 1;
      while (r.text(last + 1) === "." && NAME.test(r.text(last + 2))) last += 2;
      if (r.word(last + 1) === "FROM") edits.push({ from: r.end(i - 1), to: r.end(last), text: "" });
    }
  }
  return edits;
}
