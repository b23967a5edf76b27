/** The addresses under which DuckDB reads the files of the release. */
import { DuckDBDataProtocol } from "@duckdb/duckdb-wasm";
import { HOST } from "./worker/names.js";

/** @typedef {import('./start.js').Running} Running */

/**
 * The address of a release's file in SQL.
 * @param {string} path relative to the release's root
 */
export const address = (path) => HOST + path;

/**
 * Registered files are read without DuckDB's page buffer, which keeps an empty page after a failed read and would serve
 * it to the next run.
 * @param {Running} running
 * @param {string} path
 */
export const register = ({ db }, path) =>
  db.registerFileURL(address(path), address(path), DuckDBDataProtocol.HTTP, true);

/**
 * Make DuckDB drop its buffers of a file. No statement may be reading it.
 * @param {Running} running
 * @param {string} path
 */
export async function forget(running, path) {
  await running.db.dropFile(address(path));
  await register(running, path);
}
