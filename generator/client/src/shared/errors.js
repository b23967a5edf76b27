import { t } from "./strings.js";

/** An error told to the reader of the page in plain words; `cause` is what the engine or the browser said. */
export class EngineError extends Error {
  /**
   * @param {string} message
   * @param {{ kind?: 'sql' | 'memory' | 'bytes' | 'engine', cause?: unknown }} [about]
   */
  constructor(message, { kind = "engine", cause } = {}) {
    super(message, { cause });
    this.name = "EngineError";
    this.kind = kind;
  }
}

/** Why something could not be read, where all that a browser tells is that it could not. */
export const broken = () => t("the server cannot be reached, or the connection broke; try again");

/** @param {unknown} [cause] */
export const damaged = (cause) =>
  cause === undefined ? t("it is damaged") : t("it is damaged ({error})", { error: text(cause) });

/** The same of a script, which may also have come in full and be none. */
export const missing = () =>
  globalThis.location?.protocol === "file:"
    ? t("it is missing or damaged")
    : t("it is missing or damaged, or the connection broke; try again");

/**
 * @param {string} file
 * @param {string} why
 * @param {unknown} [cause]
 */
export const unreadable = (file, why, cause) =>
  new EngineError(t("The data could not be read: {file}: {why}", { file, why }), { kind: "bytes", cause });

/**
 * A part of the page did not come.
 * @param {unknown} cause
 * @param {string} address of its script, relative to the page
 * @param {(about: {file: string, why: string}) => string} words
 */
export const unloaded = (cause, address, words) =>
  cause instanceof EngineError
    ? cause
    : new EngineError(words({ file: address.replace(/^(\.\.?\/)+/, ""), why: missing() }), { cause });

/** @param {string} path @param {unknown} cause */
export const notParquet = (path, cause) =>
  unreadable(path, t("it is not the Parquet file it should be ({error})", { error: text(cause) }), cause);

/** @param {unknown} error */
export const text = (error) => String(/** @type {any} */ (error)?.message ?? error);

/**
 * Whether the engine cannot go on after this error: WebAssembly trapped, so its memory is in an unknown state.
 * @param {any} error
 */
export function isFatal(error) {
  return (
    error?.name === "RuntimeError" ||
    /^RuntimeError|memory access out of bounds|table index is out|null function|signature mismatch|indirect call|unreachable( code)? (executed|should)|Aborted\(/.test(
      text(error),
    )
  );
}

/**
 * What to show for an error of a statement.
 * @param {any} error
 * @returns {Error}
 */
export function plain(error) {
  if (error instanceof EngineError || error?.name === "AbortError") return error;
  const said = text(error);
  if (isFatal(error))
    return new EngineError("The query engine stopped and will be started anew; run the query again", {
      cause: error,
    });
  if (/Out of Memory|Array buffer allocation|could not allocate|bad_alloc/i.test(said)) {
    return new EngineError("Not enough memory for this query; ask for fewer rows or columns", {
      kind: "memory",
      cause: error,
    });
  }
  if (/did not answer a range|failed with error/.test(said)) {
    const path = /range of (\S+) \(status 0\)/.exec(said)?.[1];
    if (path) return unreadable(path, broken(), error);
    return unreadable("data", said.replace(/\s+/g, " "), error);
  }
  return new EngineError(said, { kind: "sql", cause: error });
}

/** @param {AbortSignal} [signal] */
export function throwIfAborted(signal) {
  if (signal?.aborted) throw aborted();
}

export const aborted = () => new DOMException("The query was cancelled", "AbortError");
