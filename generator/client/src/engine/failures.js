/** Errors of DuckDB and of its worker. */
import { EngineError, broken, text, unreadable } from "../shared/errors.js";

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
 * The message to show for an error of a statement.
 * @param {any} error
 * @returns {Error}
 */
export function plain(error) {
  if (error instanceof EngineError || error?.name === "AbortError") return error;
  const said = text(error);
  if (isFatal(error))
    return new EngineError("The query engine stopped and will be restarted; run the query again", {
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
