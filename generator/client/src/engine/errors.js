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
    return new EngineError(`The data could not be read: ${said.replace(/\s+/g, " ")}`, {
      kind: "bytes",
      cause: error,
    });
  }
  return new EngineError(said, { kind: "sql", cause: error });
}

/** @param {AbortSignal} [signal] */
export function throwIfAborted(signal) {
  if (signal?.aborted) throw aborted();
}

export const aborted = () => new DOMException("The query was cancelled", "AbortError");
