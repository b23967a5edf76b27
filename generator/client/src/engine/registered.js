/** Files of the release as DuckDB knows them. */
import { DuckDBDataProtocol } from "@duckdb/duckdb-wasm";
import { address } from "./addresses.js";

/** @typedef {import('./start.js').Running} Running */

/**
 * Registered files are read without DuckDB's page buffer, which keeps an empty page after a failed read and would serve
 * it to the next run.
 * @param {Running} running
 * @param {string} path
 */
export const register = ({ db, died }, path) =>
  Promise.race([died, db.registerFileURL(address(path), address(path), DuckDBDataProtocol.HTTP, true)]);

/**
 * Make DuckDB drop its buffers of a file. No statement may be reading it.
 * @param {Running} running
 * @param {string} path
 */
export async function forget(running, path) {
  await running.db.dropFile(address(path));
  await register(running, path);
}
