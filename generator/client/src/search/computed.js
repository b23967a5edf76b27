/**
 * Columns that the reader adds by an expression over the others: in an address `compute=name:expression`, with a unit
 * `name[mag]:expression`, several separated by `;`. An expression is refused unless it is a single one about one row; the
 * engine's own rules for the place where it is put (see `Hits.compute`) refuse the rest.
 *
 * @typedef {import("./columns.js").Column} Column
 * @typedef {{name: string, expression: string, unit: string}} Computed
 */
import { presentValue } from "../catalogue/missing.js";
import { t } from "../shared/strings.js";
import { Refused } from "./grammar.js";

const PIECE = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--|\/\*|[\p{L}_][\p{L}\p{N}_$]*|\d[\w.]*|\s+|[^]/gu;
/** Words that begin or contain another statement, and those that reach beyond the row. */
const STATEMENTS = new Set(
  "select with values table pivot unpivot describe desc show summarize from insert update delete copy attach call pragma set install load over".split(
    " ",
  ),
);
/** FROM is also part of some functions: extract(year FROM d), x IS DISTINCT FROM y. */
const BEYOND =
  /^(read_.*|glob|parquet_.*|sniff_csv|query|query_table|getenv|getvariable|current_setting|nextval|currval|setseed|write_log|.*_scan|duckdb_.*|pragma_.*|which_secret)$/;
const NAME_LENGTH = 60;
const ENTRY = /^\s*(?:"((?:[^"]|"")+)"|([^":[\]]+?))\s*(?:\[([^\]]*)\])?\s*:([^]+)$/;

/** @param {string} text @returns {Computed[]} throws Refused */
export function parseComputed(text) {
  const entries = text.match(/(?:'(?:[^']|'')*'|"(?:[^"]|"")*"|[^;])+/g) ?? [];
  return entries
    .filter((entry) => entry.trim())
    .map((entry) => {
      const found = ENTRY.exec(entry);
      if (!found) throw new Refused(t("Write computed columns as name:expression, separated by ;"));
      const [, quoted, plain, unit = "", expression] = found;
      return {
        name: quoted?.replaceAll('""', '"') ?? plain,
        unit: unit.trim(),
        expression: expression.trim(),
      };
    });
}

/** @param {Computed[]} list */
export function writeComputed(list) {
  return list
    .map(({ name, unit, expression }) => {
      const written =
        /^[\p{L}\p{N}_ .-]+$/u.test(name) && name.trim() === name ? name : `"${name.replaceAll('"', '""')}"`;
      return `${written}${unit ? `[${unit}]` : ""}:${expression}`;
    })
    .join(";");
}

/**
 * @param {string} text @param {Column[]} columns that it may name
 * @returns {{sql: string, words: Set<string>}} sql: with “missing” values as NULL; words: names that it may use, in
 *   lower case. Throws Refused.
 */
export function readExpression(text, columns) {
  if (text.includes("\0")) throw new Refused(t("The text has a character that cannot be searched for."));
  if (!text.trim()) throw new Refused(t("Write an expression, such as mag_g - mag_r."));
  const pieces = [...text.trim().matchAll(PIECE)].map(([piece]) => piece);
  const solid = pieces.map((piece, at) => ({ piece, at })).filter(({ piece }) => piece.trim());
  /** @type {Set<string>} */
  const words = new Set();
  const out = [...pieces];
  let depth = 0;
  solid.forEach(({ piece, at }, i) => {
    const [before, after] = [solid[i - 1]?.piece ?? "", solid[i + 1]?.piece ?? ""];
    if (piece === ";") throw new Refused(t("Write a single expression, without ;"));
    if (piece === "--" || piece === "/*") throw new Refused(t("Leave comments out of an expression."));
    if (piece === "'" || piece === '"') throw new Refused(t("A quotation mark is not closed."));
    if (piece === "$" || piece === "?") throw new Refused(t("{sign} has no meaning here.", { sign: piece }));
    if ("([{".includes(piece)) depth++;
    else if (")]}".includes(piece) && --depth < 0)
      throw new Refused(t("A bracket is closed that was not opened."));
    const quoted = piece.startsWith('"');
    if (!quoted && !/^[\p{L}_]/u.test(piece)) return;
    const name = quoted ? piece.slice(1, -1).replaceAll('""', '"') : piece;
    const lower = name.toLowerCase();
    if (!quoted && after !== "(" && STATEMENTS.has(lower) && (lower !== "from" || /^[([]?$/.test(before)))
      throw new Refused(beyondRow(name));
    if (after === "(" && STATEMENTS.has(lower)) throw new Refused(beyondRow(name));
    if (after === "(" && BEYOND.test(lower)) throw new Refused(t("{name} does not work here.", { name }));
    if (after === "(") return;
    words.add(lower);
    const column =
      columns.find((c) => c.name === name) ?? columns.find((c) => c.name.toLowerCase() === lower);
    const value = column && before !== "." ? presentValue(column) : null;
    if (value) out[at] = `(${value})`;
  });
  if (depth > 0) throw new Refused(t("A bracket is not closed."));
  return { sql: out.join(""), words };
}

/** @param {string} word that asks for more than the row */
export function beyondRow(word) {
  return t(
    "{word}: a column is computed row by row. Statements, aggregates and windows belong on the SQL page.",
    {
      word,
    },
  );
}

/** @param {string} name @param {string[]} taken @returns {string} throws Refused */
export function readName(name, taken) {
  const trimmed = name.trim();
  if (!trimmed) throw new Refused(t("Write a name for the column."));
  if (trimmed.length > NAME_LENGTH)
    throw new Refused(t("The name is too long: at most {n} characters.", { n: NAME_LENGTH }));
  // eslint-disable-next-line no-control-regex
  if (/[\0-\x1f]/.test(trimmed)) throw new Refused(t("A name has a character that cannot be used."));
  if ([...taken, "_row"].some((other) => other.toLowerCase() === trimmed.toLowerCase()))
    throw new Refused(t("There is a column {name} already.", { name: trimmed }));
  return trimmed;
}

/**
 * Columns of a catalogue that expressions name.
 * @param {Computed[]} list @param {Column[]} columns
 * @returns {string[]}
 */
export function columnsNamed(list, columns) {
  const words = new Set();
  for (const { expression } of list) {
    try {
      for (const word of readExpression(expression, columns).words) words.add(word);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
    }
  }
  return columns.map(({ name }) => name).filter((name) => words.has(name.toLowerCase()));
}
