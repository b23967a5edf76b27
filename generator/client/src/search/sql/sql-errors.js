/** DuckDB's errors in a statement, reworded for the reader: the place, and what may have been meant. */
import { t } from "../../shared/strings.js";

/**
 * @typedef {{ text: string, from: number | null, to: number | null, meant: string[] }} Problem from, to: positions in the
 *   statement; meant: names that could stand there
 */

/** DuckDB's messages, and how they are shown here; `$1` is the name. */
const SAID = /** @type {[RegExp, (name: string) => string][]} */ ([
  [
    /Referenced column "(.*?)" (?:not found|was not found)/,
    (name) => t("There is no column “{name}” here.", { name }),
  ],
  [/Table "(.*?)" does not have a column named/, () => ""],
  [/Table with name (.*?) does not exist/, (name) => t("There is no table “{name}”.", { name })],
  [/Function with name (.*?) does not exist/, (name) => t("There is no function “{name}”.", { name })],
  [/syntax error at or near "([\s\S]*?)"(?=\n|$)/, (text) => t("Syntax error at “{text}”.", { text })],
  [/unterminated quoted (?:string|identifier)/, () => t("A quotation mark is not closed.")],
]);

/**
 * @param {string} message of the engine
 * @param {string} [query] that ran
 * @param {string} [sql] the part of it that the reader wrote
 * @returns {Problem}
 */
export function readError(message, query = "", sql = query) {
  let said = message;
  /** @type {number | null} */
  let at = null;
  const json = /^\{"exception_type"/.test(message) ? read(message) : null;
  if (json) {
    said = `${json.exception_type} Error: ${json.exception_message}`;
    if (json.position !== undefined) at = characters(query, Number(json.position));
  }
  const excerpt = /\n*LINE (\d+): ([^\n]*)\n( *)\^[\s\S]*$/.exec(said);
  if (excerpt) {
    at ??= place(query, Number(excerpt[1]), excerpt[2], excerpt[3].length - `LINE ${excerpt[1]}: `.length);
    said = said.slice(0, excerpt.index);
  }
  const begin = query.lastIndexOf(sql);
  const from = at === null || begin < 0 ? null : Math.max(0, at - begin);
  if (from !== null && from >= sql.trimEnd().length && /syntax error/.test(said))
    return {
      text: t("Syntax error: the statement ends too early."),
      from: sql.trimEnd().length,
      to: null,
      meant: [],
    };
  const to =
    from === null
      ? null
      : from + (/^(?:"(?:[^"]|"")*"|[\p{L}\p{N}_]+|.)/u.exec(sql.slice(from))?.[0].length ?? 0);
  const meant = /(?:Candidate bindings|Did you mean):? ([^\n]*)/.exec(said)?.[1] ?? "";
  const names = [...meant.matchAll(/"((?:[^"]|"")*)"/g)].map(([, name]) => name);
  const short = SAID.flatMap(([pattern, reword]) => {
    const found = pattern.exec(said);
    return found ? [reword(found[1] ?? "")] : [];
  }).find(Boolean);
  return { text: cut(short ?? said.trim()), from, to, meant: names };
}

/** The engine repeats its input, however long. */
const LONGEST = 600;

/** @param {string} text */
function cut(text) {
  return text.length > LONGEST ? `${text.slice(0, LONGEST).trimEnd()}…` : text;
}

/** @param {string} message */
function read(message) {
  try {
    return JSON.parse(message);
  } catch {
    return null;
  }
}

/** Position in characters, as DuckDB counts bytes. @param {string} text @param {number} bytes */
const characters = (text, bytes) =>
  new TextDecoder().decode(new TextEncoder().encode(text).slice(0, bytes)).length;

/**
 * @param {string} query
 * @param {number} line from 1
 * @param {string} excerpt of the line, with … at its ends where it is long
 * @param {number} column in the excerpt
 */
function place(query, line, excerpt, column) {
  const lines = query.split("\n");
  const own = lines[line - 1];
  if (own === undefined || column < 0) return null;
  const before = lines.slice(0, line - 1).reduce((sum, { length }) => sum + length + 1, 0);
  const cut = excerpt.startsWith("...") ? 3 : 0;
  const start = Math.max(0, own.indexOf(excerpt.slice(cut).replace(/\.\.\.$/, "")));
  return before + Math.min(start + column - cut, own.length);
}
