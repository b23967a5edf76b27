/** Messages between the page and the worker that runs Python. */

/** A column of a result, as typed arrays. */
export interface SentColumn {
  name?: string;
  /** DuckDB's name of it, e.g. `BIGINT`, `FLOAT[]`. */
  type: string;
  unit?: string | null;
  ucd?: string | null;
  description?: string | null;
  /** Numbers; days or microseconds since 1970; UTF-8 or bytes with `offsets`; the elements of lists. */
  values: ArrayBufferView | SentColumn;
  /** 1 for each row with a value; null where all have one. */
  valid: Uint8Array | null;
  /** Of texts and lists: where each row begins in `values`; one more at the end. */
  offsets: Int32Array | null;
}

export interface SentResult {
  rows: number;
  sql: string;
  columns: SentColumn[];
}

export interface Screen {
  /** Pixels of the screen for one of the page. */
  ratio: number;
  /** Of the dark theme, by their names in drportal_cells/screen.py; empty in the light one. */
  colours: Record<string, string>;
}

export type ToWorker =
  | {
      type: "start";
      module: WebAssembly.Module;
      /** Of the files that are sent after this. */
      names: string[];
      packages: string[];
      lock: import("./worker/packages.js").Lock;
      /** Text of the cells that run first, which names the packages that they need. */
      sources: string;
      /** Text of all cells of the notebook. */
      text: string;
      bridge: ArrayBuffer;
      /** Matplotlib's list of its fonts. */
      fonts: ArrayBuffer;
      interrupt: SharedArrayBuffer | null;
      screen: Screen;
    }
  /** A file that Pyodide may ask for; sent after `start`, as it arrives. */
  | { type: "file"; name: string; bytes?: ArrayBuffer; error?: string }
  | { type: "run"; run: number; cell: string; source: string }
  /** Cancels the cell if it awaits something. */
  | { type: "stop"; run: number }
  | { type: "answer"; id: number; value?: unknown; error?: string }
  | { type: "complete"; id: number; source: string; position: number }
  | { type: "screen"; screen: Screen };

export type FromWorker =
  | { type: "step"; step: "interpreter" | "packages" }
  | { type: "ready"; version: string; memory: number }
  | { type: "failed"; message: string }
  /** The cell begins; before that its packages are loaded. */
  | { type: "begin"; run: number }
  /** The order to stop has been heard. */
  | { type: "heard"; run: number }
  | { type: "text"; run: number; name: string; text: string }
  | { type: "display"; run: number; mime: string; data: string | Uint8Array }
  | { type: "done"; run: number; ok: boolean; memory: number; dropped: number }
  | { type: "died"; run: number; message: string }
  | { type: "request"; id: number; name: string; arguments: string }
  | { type: "offer"; id: number; text: string }
  | { type: "save"; name: string; bytes: string | Uint8Array }
  | { type: "show"; run: number; sql: string };
