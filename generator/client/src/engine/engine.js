/**
 * The query engine of a page: one DuckDB in one worker, started when first needed and restarted after a crash.
 *
 *     const engine = openEngine({ base, assets, readAsset, onProgress })
 *     const { names, rows } = await engine.rows('SELECT 1 AS one', { signal })
 */
import { tableToIPC } from "apache-arrow";
import { aborted, throwIfAborted } from "../shared/errors.js";
import { register } from "./registered.js";
import { isFatal, plain } from "./failures.js";
import { load } from "./load.js";
import { boot } from "./start.js";
import { Statement } from "./statement.js";
import { Store, roomFor } from "./store.js";
import { tableOf } from "./arrow-tables.js";
import { batchReader } from "./arrow-values.js";

/**
 * @typedef {import('./load.js').EngineAssets} EngineAssets
 * @typedef {import('./load.js').ReadAsset} ReadAsset
 * @typedef {import('./load.js').Progress} Progress
 * @typedef {import('./statement.js').QueryOptions} QueryOptions
 * @typedef {import('./statement.js').Column} Column
 * @typedef {import('apache-arrow').RecordBatch} RecordBatch
 * @typedef {{ columns: Column[], batches: AsyncIterable<RecordBatch> }} Result
 * @typedef {{ names: string[], types: string[], rows: any[][] }} Rows
 * @typedef {{ running: import('./start.js').Running, idle: number[] }} Session
 */

/** A cancelled statement that has not stopped after so many ms keeps the worker busy in one long step: the worker is replaced. */
const PATIENCE = 2000;

/** @type {Engine | null} */
let only = null;

/**
 * The page's engine. The first call starts it; later calls return the same one.
 * @param {{ base: string, assets: EngineAssets, readAsset: ReadAsset, onProgress?: Progress }} options `base`: path from the
 *   page to the release's root; `assets`: the page's `engine` object; `readAsset`: reads one of them
 * @returns {Engine} may still be starting; its queries wait
 */
export function beginEngine({ base, assets, readAsset, onProgress = () => {} }) {
  only ??= new Engine(new URL(base || ".", document.baseURI).href, assets, readAsset);
  only.listen(onProgress);
  only.start().catch(() => {});
  return only;
}

/**
 * The same, when it answers queries.
 * @param {Parameters<typeof beginEngine>[0]} options
 */
export async function openEngine(options) {
  const engine = beginEngine(options);
  await engine.start();
  return engine;
}

export class Engine {
  /** @type {Promise<Session> | null} */
  #session = null;
  /** @type {Session | null} the session whose worker is running */
  #current = null;
  /** Whether that worker knows the files; those added later are registered one by one. */
  #registered = false;
  /** @type {Promise<unknown>} settles when the earlier statements have been computed */
  #turn = Promise.resolve();
  /** @type {Map<string, string>} */
  #definitions = new Map();
  /** @type {Set<Progress>} */
  #listeners = new Set();
  /** @type {Parameters<Progress> | null} */
  #reached = null;

  /**
   * @param {string} root absolute address of the release's root
   * @param {EngineAssets} assets
   * @param {ReadAsset} readAsset
   */
  constructor(root, assets, readAsset) {
    this.root = root;
    this.assets = assets;
    this.readAsset = readAsset;
    const { limit, ceiling } = roomFor(/** @type {any} */ (navigator).deviceMemory);
    this.store = new Store(limit, ceiling);
  }

  /** @param {Progress} listener */
  listen(listener) {
    this.#listeners.add(listener);
    if (this.#reached) listener(...this.#reached);
  }

  /** @type {Progress} */
  #progress = (loaded, total, stage) => {
    this.#reached = [loaded, total, stage];
    for (const listener of this.#listeners) listener(loaded, total, stage);
  };

  /** Start the engine unless it runs; after a failed start the next call tries again. */
  start() {
    this.#session ??= this.#boot().catch((error) => {
      this.#session = null;
      throw error;
    });
    return this.#session;
  }

  /** @returns {Promise<Session>} */
  async #boot() {
    const parts = await load(this.root, this.assets, this.readAsset, this.#progress);
    const running = await boot(parts, this.assets, (message) => void this.store.heard(message));
    this.store.attach(running.post);
    const session = { running, idle: [running.connection] };
    this.#current = session;
    running.died.catch(() => this.#drop(session));
    try {
      this.#registered = true;
      await Promise.all(this.store.paths().map((path) => register(running, path)));
      for (const sql of this.#definitions.values()) await this.#collect(session, sql, {});
    } catch (error) {
      this.#drop(session);
      throw error;
    }
    this.#progress(1, 1, "ready");
    return session;
  }

  /** @param {Session} session */
  #drop(session) {
    session.running.stop();
    if (this.#current !== session) return;
    this.#current = null;
    this.#session = null;
    this.#registered = false;
    this.store.attach(null);
  }

  /**
   * Run one statement. Without `stream` it is computed in full before the first batch arrives: it can be cancelled at
   * any time and its result is in the engine's memory. With `stream` batches arrive as they are found.
   * Other statements then wait until the last batch has been taken or the iterator is closed (`break` in a `for await`).
   * @param {string} sql
   * @param {QueryOptions} [options]
   * @returns {Promise<Result>}
   */
  async query(sql, options = {}) {
    throwIfAborted(options.signal);
    return this.#query(await orAbort(this.start(), options.signal), sql, options);
  }

  /**
   * One statement is computed at a time: after a missed read the files it reads are opened again (see statement.js), which
   * must not happen during another. A result that does not stream is computed when its first batch is requested.
   * @param {Session} session
   * @param {string} sql
   * @param {QueryOptions} options
   * @returns {Promise<Result>}
   */
  async #query(session, sql, options) {
    const { running, idle } = session;
    const leave = await this.#enter(options.signal);
    const connection = await connected(session).catch((error) => {
      leave();
      throw plain(error);
    });
    const statement = new Statement(running, connection, this.store, sql, options);
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let overdue;
    const hurry = () => {
      overdue = setTimeout(() => this.#drop(session), PATIENCE);
    };
    options.signal?.addEventListener("abort", hurry);
    const finish = () => {
      options.signal?.removeEventListener("abort", hurry);
      clearTimeout(overdue);
      statement.close();
      idle.push(connection);
      leave();
    };
    const fail = (/** @type {any} */ error) => {
      if (isFatal(error) || isFatal(error?.cause)) this.#drop(session);
      throw plain(error);
    };
    try {
      await statement.plan();
      const { reader, columns } = await statement.open();
      if (!options.stream) {
        statement.close();
        leave();
      }
      return { columns, batches: guarded(statement.batches(reader), finish, fail) };
    } catch (error) {
      finish();
      return fail(error);
    }
  }

  /**
   * Wait until no other statement is being computed.
   * @param {AbortSignal} [signal]
   * @returns {Promise<() => void>} to be called when done, once or more
   */
  async #enter(signal) {
    const before = this.#turn;
    let leave = () => {};
    const done = new Promise((/** @type {(value?: unknown) => void} */ resolve) => {
      leave = resolve;
    });
    this.#turn = before.then(() => done);
    await orAbort(before, signal).catch((error) => {
      leave();
      throw error;
    });
    return leave;
  }

  /**
   * Run one statement and read its rows: 64-bit integers as BigInt, decimals, dates and times as exact text.
   * @param {string} sql
   * @param {QueryOptions} [options]
   * @returns {Promise<Rows>}
   */
  async rows(sql, options = {}) {
    throwIfAborted(options.signal);
    return this.#collect(await orAbort(this.start(), options.signal), sql, options);
  }

  /**
   * The same in groups, each as soon as it is found; see `query` for what that means for other statements.
   * @param {string} sql
   * @param {QueryOptions} [options]
   * @returns {AsyncGenerator<any[][]>}
   */
  async *rowGroups(sql, options = {}) {
    const { batches } = await this.query(sql, { ...options, stream: true });
    for await (const batch of batches) {
      const read = batchReader(batch);
      yield Array.from({ length: batch.numRows }, (_, i) => read(i));
    }
  }

  /**
   * @param {Session} session
   * @param {string} sql
   * @param {QueryOptions} options
   * @returns {Promise<Rows>}
   */
  async #collect(session, sql, options) {
    const { columns, batches } = await this.#query(session, sql, options);
    const rows = [];
    for await (const batch of batches) {
      const read = batchReader(batch);
      for (let i = 0; i < batch.numRows; i++) rows.push(read(i));
    }
    return { names: columns.map((c) => c.name), types: columns.map((c) => c.type), rows };
  }

  /**
   * DuckDB's plan of a statement as JSON; the statement is not run.
   * @param {string} sql
   * @param {QueryOptions} [options]
   */
  async explain(sql, options) {
    const { rows } = await this.rows(`EXPLAIN (FORMAT JSON) ${sql}`, options);
    return String(rows[0]?.[1] ?? "[]");
  }

  /**
   * Parse a statement without running it; throws DuckDB's message where it is wrong, or more than one.
   * @param {string} sql
   * @param {AbortSignal} [signal]
   */
  parse(sql, signal) {
    return this.#alone(signal, async (db, connection) =>
      db.closePrepared(connection, await db.createPrepared(connection, sql)),
    );
  }

  /**
   * Use a connection when no other statement is being computed.
   * @param {AbortSignal | undefined} signal
   * @param {(db: Session['running']['db'], connection: number) => Promise<void>} work
   */
  async #alone(signal, work) {
    const session = await orAbort(this.start(), signal);
    const { running, idle } = session;
    const leave = await this.#enter(signal);
    /** @type {number | undefined} */
    let connection;
    try {
      connection = await connected(session);
      await Promise.race([work(running.db, connection), running.died]);
    } catch (error) {
      if (isFatal(error)) this.#drop(session);
      throw plain(error);
    } finally {
      if (connection !== undefined) idle.push(connection);
      leave();
    }
  }

  /**
   * Run a statement that writes a file into the engine's memory, and return the file's bytes.
   * @param {string} sql @param {string} path as the statement names it
   * @param {QueryOptions} [options]
   * @returns {Promise<Uint8Array<ArrayBuffer>>}
   */
  async written(sql, path, options = {}) {
    const { running } = await this.start();
    try {
      await this.rows(sql, options);
      return /** @type {Uint8Array<ArrayBuffer>} */ (
        await Promise.race([running.db.copyFileToBuffer(path), running.died])
      );
    } finally {
      await Promise.race([running.db.dropFile(path), running.died]).catch(() => {});
    }
  }

  /**
   * Create a table from the page's own values; unlike those of `define`, it is lost when the engine restarts.
   * @param {string} schema @param {string} name there must be none of that name
   * @param {Record<string, import('./arrow-tables.js').Column>} columns
   * @param {AbortSignal} [signal]
   */
  insert(schema, name, columns, signal) {
    return this.#alone(signal, (db, connection) => {
      const bytes = tableToIPC(tableOf(columns), "stream");
      return db.insertArrowFromIPCStream(connection, bytes, { schema, name, create: true });
    });
  }

  /**
   * Run a statement now and again at every restart of the engine: views, tables created by the page.
   * @param {string} name a later definition under the same name replaces this one
   * @param {string | null} sql null removes it
   * @param {QueryOptions} [options]
   */
  async define(name, sql, options = {}) {
    this.#definitions.delete(name);
    if (sql === null) return;
    await this.rows(sql, options);
    this.#definitions.set(name, sql);
  }

  /**
   * Make files of the release known to SQL, under the addresses that `address` of addresses.js gives.
   * @param {import('./store.js').DataFile[]} files
   */
  async addFiles(files) {
    const fresh = this.#registered ? files.filter((file) => !this.store.file(file.path)) : [];
    for (const file of files) this.store.add(file);
    const { running } = await this.start();
    await Promise.all(fresh.map(({ path }) => register(running, path)));
  }

  /** End the worker and free its memory; the next query starts it again. */
  async close() {
    const session = await this.#session?.catch(() => null);
    if (session) this.#drop(session);
  }
}

/** A connection that nobody uses, or a new one. @param {Session} session @returns {Promise<number>} */
const connected = async ({ running, idle }) =>
  idle.pop() ?? Promise.race([running.db.connectInternal(), running.died]);

/**
 * Batches with a final step: `finish` runs once, however the reader stops.
 * @template T
 * @param {AsyncGenerator<T>} batches
 * @param {() => void} finish
 * @param {(error: any) => never} fail
 */
async function* guarded(batches, finish, fail) {
  try {
    yield* batches;
  } catch (error) {
    fail(error);
  } finally {
    finish();
  }
}

/**
 * @template T
 * @param {Promise<T>} promise
 * @param {AbortSignal} [signal]
 * @returns {Promise<T>}
 */
function orAbort(promise, signal) {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const stop = () => reject(aborted());
    signal.addEventListener("abort", stop);
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}
