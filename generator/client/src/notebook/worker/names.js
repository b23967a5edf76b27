/** Where Pyodide looks for its files. The domain is reserved; no name server resolves it, and no request is made. */
export const PARTS = "http://python.invalid/";
/** Characters of text that one run of a cell may print; the rest is counted and dropped. */
export const MOST_TEXT = 500_000;
/** Bytes of one picture or table that a cell may show. */
export const MOST_SHOWN = 32 << 20;
/** Bytes that Python may take from the browser; beyond them it raises MemoryError. Tables and the page need room too. */
export const MOST_MEMORY = 1 << 30;
/** The file with Python's memory as it is once it has started. */
export const SNAPSHOT = "python.snapshot";
