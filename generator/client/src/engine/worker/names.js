/** The private origin that DuckDB reads from. Reserved for such use; no name server knows it. */
export const HOST = "http://drportal.invalid/";
/** Begins the error of a read whose bytes are not in memory: `MISS path offset length`. */
export const MISS = "drportal-miss";
