/** Free SQL before it runs: where its statements begin and end, that each only reads, and where an error is. */
import { t } from "../../shared/strings.js";
import { Refused } from "../grammar.js";

/**
 * @typedef {{ text: string, from: number }} Token neither blank nor comment
 * @typedef {{ sql: string, from: number, to: number }} Piece part of a text; the statement without the semicolon after it
 * @typedef {object} Statement
 * @property {string} sql as written
 * @property {string} query that runs: it can only be a SELECT, or the plan of one
 * @property {boolean} isTable false where the answer is a plan
 * @property {boolean} runs false where the statement is only explained
 * @property {Set<string>} words names that it may use, in lower case
 * @property {number | null} limit most rows that its LIMITs allow; null where there is no LIMIT, or it cannot be evaluated
 */

const READS = [
  "SELECT",
  "WITH",
  "FROM",
  "VALUES",
  "TABLE",
  "DESCRIBE",
  "DESC",
  "SHOW",
  "SUMMARIZE",
  "EXPLAIN",
  "PIVOT",
  "UNPIVOT",
];
/** Table functions that have side effects, or read memory by its address. */
const DOES = new Set([
  "arrow_scan",
  "arrow_scan_dumb",
  "checkpoint",
  "copy_database",
  "disable_logging",
  "enable_logging",
  "force_checkpoint",
  "import_database",
  "truncate_duckdb_logs",
  "write_log",
]);
const TOKEN =
  /[eE]'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(\w*)\$[\s\S]*?\$\1\$|--[^\n]*|\/\*|[\w\u0080-\uffff]+|\s+|[\s\S]/gy;

/**
 * @param {string} sql
 * @returns {Generator<Token>}
 */
export function* tokens(sql) {
  TOKEN.lastIndex = 0;
  for (let at = 0; at < sql.length;) {
    TOKEN.lastIndex = at;
    const text = TOKEN.exec(sql)?.[0] ?? sql[at];
    const from = at;
    at = text === "/*" ? commentEnd(sql, at) : at + text.length;
    if (text !== "/*" && !text.startsWith("--") && text.trim()) yield { text, from };
  }
}

/** The end of a comment; comments may be nested. @param {string} sql @param {number} at */
function commentEnd(sql, at) {
  let depth = 0;
  for (const mark of sql.slice(at).matchAll(/\/\*|\*\//g)) {
    depth += mark[0] === "/*" ? 1 : -1;
    if (depth === 0) return at + mark.index + 2;
  }
  return sql.length;
}

/**
 * The statements of a text.
 * @param {string} text
 * @returns {Piece[]} comments before a statement belong to it; none where there is nothing but comments
 */
export function splitStatements(text) {
  /** @type {Piece[]} */
  const pieces = [];
  let from = 0;
  let full = false;
  const end = (/** @type {number} */ to) => {
    const start = from + (/^\s*/.exec(text.slice(from, to))?.[0].length ?? 0);
    if (full) pieces.push({ sql: text.slice(start, to), from: start, to });
    full = false;
  };
  for (const token of tokens(text)) {
    if (token.text !== ";" && !isGo(text, token)) full = true;
    else {
      end(token.from);
      from = token.from + token.text.length;
    }
  }
  end(text.length);
  return pieces;
}

/** Whether a token is GO in a line of its own, with which SQL Server's tools end a statement. @param {string} text @param {Token} token */
function isGo(text, { text: word, from }) {
  return (
    /^go$/i.test(word) &&
    /(?:^|\n)[^\S\n]*$/.test(text.slice(0, from)) &&
    /^[^\S\n]*(?:;|\n|$)/.test(text.slice(from + 2))
  );
}

/**
 * The statement at a position in the text.
 * @param {Piece[]} pieces @param {number} at
 */
export function statementAt(pieces, at) {
  return pieces.find(({ to }) => at <= to + 1) ?? pieces.at(-1) ?? null;
}

/**
 * One statement. That it only reads does not depend on its first word: what runs is `SELECT * FROM (…)` around it, in which
 * DuckDB's grammar allows nothing else. Where the text has a semicolon anywhere, even in a string, DuckDB must parse
 * it as one statement before it runs (`Engine.parse`).
 * @param {string} text
 * @returns {Statement} throws Refused
 */
export function readStatement(text) {
  if (text.includes("\0")) throw new Refused(t("The text has a character that cannot be searched for."));
  const pieces = splitStatements(text);
  if (!pieces.length) throw new Refused(t("Write a statement."));
  if (pieces.length > 1) throw new Refused(t("Write one statement at a time."));
  const [{ sql }] = pieces;
  const all = [...tokens(sql)];
  const words = new Set();
  for (const { text: token } of all) {
    if (token.startsWith('"')) words.add(token.slice(1, -1).replaceAll('""', '"').toLowerCase());
    else if (/^[\w\u0080-\uffff]+$/.test(token)) words.add(token.toLowerCase());
  }
  const first = all[0].text.toUpperCase();
  if (first !== "(" && !READS.includes(first)) throw notRun(first);
  refuse(words);
  const inner = first === "EXPLAIN" ? explained(all) : { from: 0, runs: true };
  const body = sql.slice(inner.from);
  if (inner.from) {
    const [next] = tokens(body);
    if (!next || next.text.toUpperCase() === "EXPLAIN") throw new Refused(t("Write a statement."));
    if (next.text !== "(" && !READS.includes(next.text.toUpperCase())) throw notRun(next.text.toUpperCase());
  }
  // The statement begins a line of its own, so that the engine's line numbers can be converted, and a comment at its end ends.
  const query = `${sql.slice(0, inner.from)}SELECT * FROM (\n${body}\n)`;
  return { sql, query, isTable: !inner.from, runs: inner.runs, words, limit: limitOf(all) };
}

/** @param {string} word */
const notRun = (word) =>
  new Refused(
    t(
      "{word} is not run here: this page only reads. Begin with SELECT, WITH, FROM, VALUES, DESCRIBE, SHOW, SUMMARIZE or EXPLAIN.",
      { word },
    ),
  );

/**
 * Throws Refused where one of these functions does more than read.
 * @param {Iterable<string>} names in lower case
 */
export function refuse(names) {
  for (const name of names)
    if (DOES.has(name))
      throw new Refused(t("The function {name} is not run here: this page only reads.", { name }));
}

/**
 * Position of the statement that EXPLAIN explains, and whether EXPLAIN runs it.
 * @param {Token[]} all
 */
function explained(all) {
  let at = 1;
  let runs = false;
  if (all[at]?.text.toUpperCase() === "ANALYZE") {
    runs = true;
    at++;
  } else if (all[at]?.text === "(" && /^(ANALYZE|FORMAT)$/i.test(all[at + 1]?.text ?? "")) {
    for (at++; at < all.length && all[at].text !== ")"; at++)
      runs ||= all[at].text.toUpperCase() === "ANALYZE";
    at++;
  }
  return { from: all[at]?.from ?? all[0].from + "EXPLAIN".length, runs };
}

/** @param {Token[]} all */
function limitOf(all) {
  let [limit, offset] = [-1, 0];
  for (let i = 0; i < all.length; i++) {
    const word = all[i].text.toUpperCase();
    if (word !== "LIMIT" && word !== "OFFSET") continue;
    const next = all[i + 1]?.text ?? "";
    if (!/^\d+$/.test(next) || /^(%|PERCENT)$/i.test(all[i + 2]?.text ?? "")) {
      if (word === "LIMIT") return null;
    } else if (word === "LIMIT") limit = Math.max(limit, Number(next));
    else offset = Math.max(offset, Number(next));
  }
  return limit < 0 ? null : limit + offset;
}

/**
 * The catalogues that a statement may read, by their names or by those of the views of the stored values.
 * @template {{name: string, stored?: string}} T
 * @param {Set<string>} words of the statement, in lower case @param {T[]} catalogues
 */
export const namedIn = (words, catalogues) =>
  catalogues.filter(({ name, stored = "" }) => [name, stored].some((one) => words.has(one.toLowerCase())));
