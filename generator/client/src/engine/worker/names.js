/** The private origin that DuckDB reads from. The domain is reserved; no name server resolves it. */
export const HOST = "http://drportal.invalid/";
/** Prefix of the error for a read whose bytes are not in memory: `MISS path offset length`. */
export const MISS = "drportal-miss";
/** Whether the browser can suspend WebAssembly, so that statements can wait for bytes: see waiting.js. */
export const canWait = "Suspending" in (globalThis.WebAssembly ?? {});
