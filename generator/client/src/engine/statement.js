/** One statement from text to record batches; repeated when bytes were missing, stopped when the reader cancels. */
import { RecordBatchReader, tableFromIPC } from "apache-arrow";
import { EngineError, aborted, text, throwIfAborted } from "../shared/errors.js";
import { tooMuch } from "./store.js";
import { MISS, canWait } from "./worker/names.js";
import { forget } from "./registered.js";
import { Parts } from "./parts.js";
import { isFatal, plain } from "./failures.js";
import { typeName } from "./arrow-types.js";

/**
 * @typedef {import('apache-arrow').RecordBatch} RecordBatch
 * @typedef {import('./store.js').Store} Store
 * @typedef {import('./store.js').Range} Range
 * @typedef {import('./start.js').Running} Running
 * @typedef {{ signal?: AbortSignal, stream?: boolean, rows?: number, onProgress?: (loaded: number, total: number, stage: 'data') => void }} QueryOptions
 *   rows: of the result at most, where the caller knows that
 * @typedef {{ name: string, type: string }} Column
 */

const MISSED = new RegExp(`${MISS} (\\S+) (\\d+) (\\d+) `);
/** Most bytes requested after a miss: anything longer is DuckDB's guess. */
const LEAST = 16 << 10;
/** Statements whose reading can be planned; others do not read the catalogues' rows, or are plans themselves. */
const PLANNED = /^[\s(]*(SELECT|WITH|FROM|VALUES|COPY|CREATE (OR REPLACE )?TABLE)\b/i;
/**
 * Batches of a computed result that are requested before the one before has arrived. Each has 2048 rows: a large result
 * would otherwise spend most of its time on messages.
 */
const AHEAD = 8;

export class Statement {
  /** @type {Promise<string | null> | undefined} */
  #plan;
  #explaining = false;
  /** Misses of footers and of the data proper; the read-ahead grows with their number. */
  footerMisses = 0;
  dataMisses = 0;

  /**
   * @param {Running} running
   * @param {number} connection
   * @param {Store} store
   * @param {string} sql
   * @param {QueryOptions} options
   */
  constructor(running, connection, store, sql, { signal, stream = false, rows, onProgress }) {
    this.running = running;
    this.connection = connection;
    this.store = store;
    this.sql = sql;
    this.signal = signal;
    this.stream = stream;
    this.rows = rows ?? null;
    this.options = {
      signal,
      onProgress:
        onProgress && ((/** @type {number} */ a, /** @type {number} */ b) => onProgress(a, b, "data")),
    };
    this.misses = 0;
    /** @type {Range[][]} */
    this.expected = [];
    /** What brings the bytes while the statement runs. @type {Parts | null} */
    this.parts = null;
    this.tick = store.begin();
    /** Rows already returned; when a run is repeated in mid-stream they are skipped, as one thread gives one order. */
    this.handedOut = 0;
  }

  /**
   * A call to the engine that ends when its worker does.
   * @template T
   * @param {Promise<T>} call
   * @returns {Promise<T>}
   */
  #call(call) {
    return Promise.race([call, this.running.died]);
  }

  /** Read what DuckDB's plan of the statement says that it will read. */
  async plan() {
    const planners = PLANNED.test(this.sql)
      ? this.store.planners.filter((one) => one.mentions(this.sql))
      : [];
    const plan = planners.length ? await this.explain() : null;
    for (const planner of plan === null ? [] : planners)
      await planner.plan(/** @type {string} */ (plan), planners, this);
  }

  /**
   * The rows of another statement.
   * @param {string} sql of two columns of numbers, whose bytes are in memory
   * @returns {Promise<[number, number][]>}
   */
  async ask(sql) {
    /** @type {[number, number][]} */
    const rows = [];
    try {
      const reader = await RecordBatchReader.from(this.#buffers(sql, false));
      for await (const batch of /** @type {AsyncIterable<RecordBatch>} */ (/** @type {unknown} */ (reader))) {
        const [a, b] = [batch.getChildAt(0), batch.getChildAt(1)];
        for (let i = 0; i < batch.numRows; i++) rows.push([Number(a?.get(i)), Number(b?.get(i))]);
      }
      return rows;
    } catch (error) {
      const missed = MISSED.exec(text(error));
      if (missed) await this.#call(forget(this.running, missed[1]));
      throw error;
    }
  }

  /**
   * Run the statement up to its first batch, fetching the missing bytes.
   * @returns {Promise<{ reader: import('apache-arrow').RecordBatchReader, columns: Column[] }>}
   */
  async open() {
    for (;;) {
      try {
        const reader = await RecordBatchReader.from(this.#buffers(this.sql, this.stream));
        await reader.open();
        const columns = reader.schema.fields.map((field) => ({
          name: field.name,
          type: typeName(field.type),
        }));
        return { reader, columns };
      } catch (error) {
        await this.#bringMissing(error);
      }
    }
  }

  /**
   * @param {import('apache-arrow').RecordBatchReader} reader
   * @returns {AsyncGenerator<RecordBatch>}
   */
  async *batches(reader) {
    for (;;) {
      try {
        let skip = this.handedOut;
        for await (let batch of /** @type {AsyncIterable<RecordBatch>} */ (/** @type {unknown} */ (reader))) {
          if (skip >= batch.numRows) {
            skip -= batch.numRows;
            continue;
          }
          if (skip) batch = batch.slice(skip);
          skip = 0;
          this.handedOut += batch.numRows;
          yield batch;
        }
        return;
      } catch (error) {
        await this.#bringMissing(error);
        reader = (await this.open()).reader;
      }
    }
  }

  /** The engine's answer: the schema first, then batches, each a message of Arrow's stream format. */
  async *#buffers(/** @type {string} */ sql, /** @type {boolean} */ stream) {
    const { db } = this.running;
    throwIfAborted(this.signal);
    let buffer = await this.#call(db.startPendingQuery(this.connection, sql, stream));
    while (!buffer) {
      await this.#checkAbort();
      buffer = await this.#call(db.pollPendingQuery(this.connection));
    }
    yield buffer;
    /** @type {Promise<Uint8Array | null>[]} */
    const ahead = [];
    try {
      for (;;) {
        await this.#checkAbort();
        while (ahead.length < (stream ? 1 : AHEAD)) {
          const batch = this.#call(db.fetchQueryResults(this.connection));
          batch.catch(() => {}); // thrown where it is awaited
          ahead.push(batch);
        }
        const next = await ahead.shift();
        if (!next) continue;
        if (!next.length) return;
        yield next;
      }
    } finally {
      await Promise.allSettled(ahead);
    }
  }

  async #checkAbort() {
    if (!this.signal?.aborted) return;
    await this.#call(this.running.db.cancelPendingQuery(this.connection));
    throw aborted();
  }

  /**
   * Fetch the bytes that a failed run missed; any other error is passed on to the reader.
   * @param {any} error
   */
  async #bringMissing(error) {
    if (this.parts?.failure) throw this.parts.failure;
    if (isFatal(error)) throw plain(error);
    const missed = this.#missed(error);
    if (!missed) throw this.signal?.aborted ? aborted() : plain(error);
    throwIfAborted(this.signal);
    const { file, range } = missed;
    this.misses++;
    this.store.counts.misses++;
    const ranges = await this.#foreseen(missed);
    if (!this.parts && !this.store.fits(ranges)) await this.readThrough(range.path);
    await this.#bring(range.path, this.parts ? [range] : ranges);
    if (this.misses < file.source.misses || this.parts) return;
    await this.readThrough(
      range.path,
      "This query keeps asking for more of the data; narrow the region or name fewer columns",
    );
  }

  /** What was missed, and what will be next. @param {{ file: NonNullable<ReturnType<Store["file"]>>, range: Range }} missed @returns {Promise<Range[]>} */
  async #foreseen({ file, range }) {
    return [range, ...((await file.foresee?.(range, this)) ?? [])];
  }

  /** Fetch what a run missed of a file. @param {string} path @param {Range[]} ranges */
  async #bring(path, ranges) {
    await this.store.ensure(ranges, this.options);
    // After a failed read DuckDB takes the garbage in its read-ahead buffer for the file's bytes. The buffer belongs to the
    // file's number: dropped and registered again, the file gets a new one.
    await this.#call(forget(this.running, path));
  }

  /** Where an error says that bytes of a known file are missing. @param {unknown} error */
  #missed(error) {
    const [, path, offset, length] = MISSED.exec(text(error)) ?? [];
    const file = path && this.store.file(path);
    // DuckDB reads ahead, so only the position of the miss says what it needs, not its length.
    const range = { path, offset: Number(offset), length: Math.min(Number(length), LEAST) };
    return file ? { file, range } : null;
  }

  /** @param {Range[]} ranges in the order in which the statement may read them */
  expect(ranges) {
    this.expected.push(ranges);
    this.parts?.expect(ranges);
  }

  /**
   * Bring what the statement reads while it runs, and drop it again behind it.
   * @param {string} path one of the files that it reads
   * @param {string} [refusal] where neither the statement can wait nor the worker read from the host
   */
  async readThrough(path, refusal) {
    if (this.parts) return;
    if (!canWait && !this.store.file(path)?.source.url(path))
      throw refusal ? new EngineError(refusal, { kind: "bytes" }) : tooMuch();
    await this.explain();
    this.parts = new Parts(this.store, this.expected, this, this.options);
    this.store.readThrough(true, this.parts.bring);
    this.store.end(this.tick);
  }

  /**
   * DuckDB's plan of the statement as JSON; null when there is none.
   * @returns {Promise<string | null>}
   */
  async explain() {
    // What the plan itself misses is brought without it.
    if (this.#explaining) return null;
    this.#plan ??= this.#explain()
      .catch(() => null)
      .finally(() => (this.#explaining = false));
    return this.#plan;
  }

  async #explain() {
    const { db } = this.running;
    this.#explaining = true;
    for (;;) {
      try {
        const buffer = await this.#call(db.runQuery(this.connection, `EXPLAIN (FORMAT JSON) ${this.sql}`));
        return String(tableFromIPC(buffer).getChild("explain_value")?.get(0));
      } catch (error) {
        // The ends of files, which say what columns they have, were dropped for the bytes of another statement.
        const missed = this.#missed(error);
        if (!missed || this.signal?.aborted) throw error;
        await this.#bring(missed.range.path, await this.#foreseen(missed));
      }
    }
  }

  /** Mark the statement as over, for whatever reason; may be called twice. */
  close() {
    if (this.parts) this.store.readThrough(false);
    this.store.end(this.tick);
  }
}
