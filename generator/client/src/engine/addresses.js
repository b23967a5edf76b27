/** The addresses under which DuckDB reads the files of the release. */
import { HOST } from "./worker/names.js";

/**
 * The address of a release's file in SQL.
 * @param {string} path relative to the release's root
 */
export const address = (path) => HOST + path;
