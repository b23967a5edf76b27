/** From files to a running DuckDB: the engine is compiled while it downloads, then passed to its worker. */
import { AsyncDuckDB, VoidLogger } from "@duckdb/duckdb-wasm";
import { startWorker } from "../shared/trusted.js";
import { EngineError, text } from "../shared/errors.js";
import { HOST } from "./worker/names.js";

/**
 * @typedef {import('../shared/page.js').Asset} Asset
 * @typedef {import('../shared/page.js').EngineAssets} EngineAssets
 * @typedef {<T>(folder: string, name: string, asset: Asset, onBytes: (bytes: number) => void,
 *   take: (answer: Response) => Promise<T>, how?: { type?: string }) => Promise<T>} ReadAsset reads an asset, unpacked
 * @typedef {(loaded: number, total: number, stage: 'engine' | 'start' | 'ready') => void} Progress bytes, bytes
 * @typedef {{ module: WebAssembly.Module, worker: Blob, parquet: ArrayBuffer }} Parts needed for a restart
 * @typedef {{ db: AsyncDuckDB, connection: number, post: (order: object, transfer?: Transferable[]) => void, died: Promise<never>, stop: () => void }} Running
 */

/** A quarter of what 32-bit WebAssembly can address is left for DuckDB's own structures and for results to be sent. */
const MEMORY_LIMIT = "2GB";
/** The only file that a statement of the page itself may write: exported results. */
export const RESULT = "drportal-result.parquet";

/**
 * @param {string} folder address of the site's assets/
 * @param {EngineAssets} assets
 * @param {ReadAsset} readAsset
 * @param {Progress} onProgress
 * @returns {Promise<Parts>}
 */
export async function load(folder, assets, readAsset, onProgress) {
  const total = assets.wasm.size + assets.worker.size + assets.parquet.size;
  let loaded = 0;
  const onBytes = (/** @type {number} */ bytes) => onProgress((loaded += bytes), total, "engine");
  const compile = (/** @type {Response} */ answer) => WebAssembly.compileStreaming(answer);
  const wasm = readAsset(folder, "duckdb", assets.wasm, onBytes, compile, { type: "application/wasm" });
  const worker = readAsset(folder, "worker", assets.worker, onBytes, (answer) => answer.blob());
  const parquet = readAsset(folder, "parquet", assets.parquet, onBytes, (answer) => answer.arrayBuffer());
  try {
    const [module, script, extension] = await Promise.all([wasm, worker, parquet]);
    onProgress(total, total, "start");
    return { module, worker: new Blob([script], { type: "text/javascript" }), parquet: extension };
  } catch (cause) {
    throw cause instanceof EngineError
      ? cause
      : new EngineError(`The query engine could not be started: ${text(cause)}`, { cause });
  }
}

/**
 * @param {Parts} parts
 * @param {EngineAssets} assets
 * @param {(message: { path: string, offset: number, length: number }) => void} onRead bytes that the worker fetched by itself
 * @returns {Promise<Running>}
 */
export async function boot(parts, assets, onRead) {
  const { worker, release } = startWorker(parts.worker);
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
  worker.addEventListener("error", (event) =>
    end(
      new EngineError("The query engine stopped and will be restarted; run the query again", {
        cause: event.message,
      }),
    ),
  );
  worker.addEventListener("message", (event) => {
    if (!event.data?.drportal) return;
    event.stopImmediatePropagation();
    onRead(event.data);
  });
  const post = (/** @type {object} */ order, /** @type {Transferable[]} */ transfer = []) =>
    worker.postMessage(order, transfer);
  const extension = `extensions/${assets.duckdb}/${assets.platform}/parquet.duckdb_extension.wasm`;
  post({ drportal: "engine", module: parts.module });
  post({
    drportal: "file",
    path: extension,
    size: parts.parquet.byteLength,
    url: null,
    bytes: parts.parquet,
  });
  const db = new AsyncDuckDB(new VoidLogger(), worker);
  const stop = () => {
    terminate();
    end(new EngineError("The query engine was closed"));
    release();
  };
  try {
    const connection = await Promise.race([died, connect(db)]);
    return { db, connection, post, died, stop };
  } catch (cause) {
    stop();
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
    SET memory_limit = '${MEMORY_LIMIT}';
    LOAD parquet;
    SET parquet_metadata_cache = true;
    SET allowed_directories = ['${HOST}data/'];
    SET allowed_paths = ['${RESULT}'];
    SET enable_external_access = false;
    SET lock_configuration = true;`,
  );
  return connection;
}
