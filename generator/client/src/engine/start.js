/** From the engine's files to a running DuckDB in its worker. */
import { AsyncDuckDB, VoidLogger } from "@duckdb/duckdb-wasm";
import { EngineError, text } from "../shared/errors.js";
import { HOST } from "./worker/names.js";

/**
 * @typedef {import('./load.js').EngineAssets} EngineAssets
 * @typedef {import('./load.js').Parts} Parts
 * @typedef {{ db: AsyncDuckDB, connection: number, post: (order: object, transfer?: Transferable[]) => void, died: Promise<never>, stop: () => void }} Running
 */

/**
 * Memory of statements: half of the computer's, and half of what 32-bit WebAssembly can address; the rest is for DuckDB's own structures,
 * results to be sent, and the page.
 * @param {number | undefined} gigabytes of the reader's computer, as browsers round them; undefined where they do not say
 */
export const memoryFor = (gigabytes = 4) => `${Math.min(Math.max(gigabytes, 0.5), 4) * 512}MB`;
/** The only file that a statement of the page itself may write: exported results. */
export const RESULT = "drportal-result.parquet";

/**
 * @param {Parts} parts
 * @param {EngineAssets} assets
 * @param {(message: any) => void} heard called with what our part of the worker says
 * @returns {Promise<Running>}
 */
export async function boot(parts, assets, heard) {
  const { worker, release, failed } = parts.begin();
  let end = (/** @type {Error} */ _) => {};
  /** @type {Promise<never>} */
  const died = new Promise((_, reject) => {
    end = reject;
  });
  died.catch(() => {});
  // Called by the one who ends the worker: its pending calls would otherwise never settle.
  const terminate = worker.terminate.bind(worker);
  worker.terminate = () => {
    terminate();
    end(new EngineError("The query engine stopped and will be restarted; run the query again"));
  };
  failed.catch((event) =>
    end(
      new EngineError("The query engine stopped and will be restarted; run the query again", {
        cause: event.message,
      }),
    ),
  );
  worker.addEventListener("message", (event) => {
    if (!event.data?.drportal) return;
    event.stopImmediatePropagation();
    heard(event.data);
  });
  const post = (/** @type {object} */ order, /** @type {Transferable[]} */ transfer = []) =>
    worker.postMessage(order, transfer);
  const extension = `extensions/${assets.duckdb}/${assets.platform}/parquet.duckdb_extension.wasm`;
  const db = new AsyncDuckDB(new VoidLogger(), worker);
  const stop = () => {
    terminate();
    end(new EngineError("The query engine was closed"));
    release();
  };
  try {
    const { module, parquet } = await Promise.race([died, parts.binaries]);
    post({ drportal: "engine", module });
    post({ drportal: "file", path: extension, size: parquet.byteLength, url: null, bytes: parquet });
    const connection = await Promise.race([died, connect(db)]);
    return { db, connection, post, died, stop };
  } catch (cause) {
    stop();
    if (cause instanceof EngineError) throw cause;
    throw new EngineError(`The query engine could not be started: ${text(cause)}`, { cause });
  }
}

/** @param {AsyncDuckDB} db */
async function connect(db) {
  await db.instantiate(`${HOST}duckdb.wasm`);
  await db.open({
    filesystem: { reliableHeadRequests: true, allowFullHTTPReads: false, forceFullHTTPReads: false },
    query: { castBigIntToDouble: false, castDecimalToDouble: false, castTimestampToDate: false },
  });
  const connection = await db.connectInternal();
  // The signature of the extension is checked: allow_unsigned_extensions is off unless asked for.
  // No cache of file contents: the bytes are in memory already.
  // From here on only the release's data can be opened, and no statement can change that.
  await db.runQuery(
    connection,
    `
    SET autoinstall_known_extensions = false;
    SET autoload_known_extensions = false;
    SET custom_extension_repository = '${HOST}extensions';
    SET enable_external_file_cache = false;
    SET validate_external_file_cache = 'NO_VALIDATION';
    SET memory_limit = '${memoryFor(/** @type {any} */ (navigator).deviceMemory)}';
    LOAD parquet;
    SET parquet_metadata_cache = true;
    SET allowed_directories = ['${HOST}data/'];
    SET allowed_paths = ['${RESULT}'];
    SET enable_external_access = false;
    SET lock_configuration = true;`,
  );
  return connection;
}
