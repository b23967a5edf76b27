/** Answers what Python asks of the page. Requests are text from a notebook that anyone may have written. */
import { EngineError } from "../../shared/errors.js";
import { t } from "../../shared/strings.js";
import { answerSpectrum } from "./spectra.js";
import { answerSql, tableSql } from "./tables.js";

/**
 * @typedef {{ value: unknown, transfer?: ArrayBuffer[] }} Answer
 * @typedef {{ page: import("../../shared/page.js").Page, tables: import("./tables.js").Tables, release: string }} Sources
 *   release: its facts as JSON
 */

/**
 * Arguments of a request. Ids of 19 digits are text, which JSON's numbers would round.
 * @param {string} text JSON @returns {any}
 */
export const argumentsOf = (text) => JSON.parse(text.replace(/("id"\s*:\s*)(-?\d+)(?=\s*[,}])/g, '$1"$2"'));

/**
 * @param {Sources} sources
 * @returns {(name: string, text: string, signal: AbortSignal) => Promise<Answer>}
 */
export const answering = (sources) => async (name, text, signal) => {
  const asked = argumentsOf(text);
  switch (name) {
    case "sql":
      return answerSql(sources.tables, String(asked.sql), signal);
    case "table":
      return answerSql(sources.tables, await tableSql(sources.tables, asked, signal), signal);
    case "spectrum":
      return answerSpectrum(sources.page, asked, signal);
    case "release":
      return { value: sources.release };
  }
  throw new EngineError(t("The page does not know the request {name}.", { name }));
};
