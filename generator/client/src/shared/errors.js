import { t } from "./strings.js";

/** An error with a message for the reader of the page; `cause` is the error of the engine or the browser. */
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

/** Why something could not be read, where the browser gives no reason. */
export const broken = () => t("the server cannot be reached, or the connection broke; try again");

/** @param {unknown} [cause] */
export const damaged = (cause) =>
  cause === undefined ? t("it is damaged") : t("it is damaged ({error})", { error: text(cause) });

/** The same for a script, which may also have arrived completely and be invalid. */
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
 * A part of the page could not be loaded.
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

/** @param {AbortSignal} [signal] */
export function throwIfAborted(signal) {
  if (signal?.aborted) throw aborted();
}

export const aborted = () => new DOMException("The query was cancelled", "AbortError");
