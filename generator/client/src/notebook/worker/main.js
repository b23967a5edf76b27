/**
 * The worker that runs Python. The page starts it from a Blob that has Pyodide's scripts behind this one, hands it all
 * bytes, and exchanges the messages of protocol.d.ts with it.
 */
import { close, limit, loading, open } from "./closed.js";
import { MOST_SHOWN, PARTS } from "./names.js";
import { neededBy } from "./packages.js";
import { Printed } from "./printed.js";

/**
 * @typedef {import("../protocol.d.ts").ToWorker} ToWorker
 * @typedef {import("../protocol.d.ts").FromWorker} FromWorker
 */

const scope = /** @type {any} */ (globalThis);
/** @type {(message: FromWorker, transfer?: Transferable[]) => void} */
const post = scope.postMessage.bind(scope);
/** @type {Map<number, { resolve: (value: any) => void, reject: (error: Error) => void }>} */
const waiting = new Map();
let asked = 0;
/** @type {Uint8Array | null} where the page writes the number of a signal */
let interruptions = null;
let running = 0;
/** @type {any} */
let python;
/** @type {any} Python's function that runs a cell */
let runCell;
/** @type {any} Python's function that cancels the cell that runs */
let cancel;
/** @type {any} Python's function that completes names */
let complete;
/** @type {any} Python's function that prepares plots for the page's colours and screen */
let setScreen;
const printed = new Printed((name, text) => post({ type: "text", run: running, name, text }));

/** @param {string} name @param {string} text of arguments, JSON */
function request(name, text) {
  const id = ++asked;
  post({ type: "request", id, name: String(name), arguments: String(text) });
  return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
}

/** @param {any} data bytes of Python, or text @returns {string | Uint8Array<ArrayBuffer>} */
function plain(data) {
  if (typeof data === "string") return data;
  const view = ArrayBuffer.isView(data) ? data : data.getBuffer("u8").data;
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength).slice();
}

/** The module `_drportal` of Python. */
const bridge = {
  request,
  /** @param {string} name @param {any} bytes */
  save(name, bytes) {
    const copy = plain(bytes);
    post({ type: "save", name: String(name), bytes: copy }, typeof copy === "string" ? [] : [copy.buffer]);
  },
  /** @param {string} what */
  show(what) {
    post({ type: "show", run: running, sql: String(what) });
  },
  /** @param {string} mime @param {any} data */
  display(mime, data) {
    printed.flush();
    const shown = plain(data);
    if (shown.length > MOST_SHOWN) throw new Error("This output is too large to be shown");
    post({ type: "display", run: running, mime: String(mime), data: shown });
  },
};

/** @type {{ [K in ToWorker["type"]]: (message: Extract<ToWorker, { type: K }>) => unknown }} */
const orders = {
  start,
  run,
  answer({ id, value, error }) {
    const one = waiting.get(id);
    waiting.delete(id);
    if (error !== undefined) one?.reject(new Error(error));
    else one?.resolve(value);
  },
  // This is heard only while Python waits for something; otherwise the buffer has interrupted it before.
  stop({ run: id }) {
    if (interruptions) interruptions[0] = 0;
    if (id !== running) return;
    stopWaiting();
    cancel?.();
  },
  complete({ id, source, position }) {
    post({ type: "offer", id, text: String(complete(source, position)) });
  },
  screen({ screen }) {
    setScreen?.(screen.ratio, JSON.stringify(screen.colours));
  },
};
scope.addEventListener("message", (/** @type {MessageEvent<ToWorker>} */ { data }) => {
  // An order is an own property: a message cannot name a method of Object.
  if (Object.hasOwn(orders, data.type)) /** @type {any} */ (orders)[data.type](data);
});

/** @param {Extract<ToWorker, { type: "start" }>} message */
async function start({ files, module, packages, sources, bridge: zip, fonts, interrupt, screen }) {
  try {
    const lock = JSON.parse(new TextDecoder().decode(files.get("pyodide-lock.json"))).packages;
    open(files, module);
    limit();
    post({ type: "step", step: "interpreter" });
    python = await scope.loadPyodide({
      indexURL: PARTS,
      lockFileURL: `${PARTS}pyodide-lock.json`,
      jsglobals: forPython(),
      env: {
        HOME: "/home/reader",
        MPLBACKEND: "module://drportal_cells.plots",
        MPLCONFIGDIR: "/home/reader",
      },
      stdin: () => null,
    });
    python.setStdout({ write: (/** @type {Uint8Array} */ bytes) => printed.take("stdout", bytes) });
    python.setStderr({ write: (/** @type {Uint8Array} */ bytes) => printed.take("stderr", bytes) });
    if (interrupt) python.setInterruptBuffer((interruptions = new Uint8Array(interrupt)));
    post({ type: "step", step: "packages" });
    await loadPackages(packages, lock, sources, fonts, files);
    python.registerJsModule("_drportal", bridge);
    python.unpackArchive(zip, "zip", { extractDir: "/home/reader/packages" });
    python.runPython("import sys; sys.path.append('/home/reader/packages')");
    const cells = python.pyimport("drportal_cells");
    runCell = cells.run;
    cancel = cells.cancel;
    setScreen = cells.set_screen;
    complete = cells.complete;
    orders.screen({ type: "screen", screen });
    cells.close();
    python.unregisterJsModule("js");
    python.unregisterJsModule("pyodide_js");
    close();
    post({ type: "ready", version: python.version, memory: memory() });
  } catch (error) {
    post({ type: "failed", message: String(/** @type {any} */ (error)?.message ?? error) });
  }
}

/**
 * Load the packages that the cells name; `rest` loads the others.
 * @param {string[]} packages that the release ships
 * @param {Parameters<typeof neededBy>[1]} lock
 * @param {string} sources of the cells
 * @param {ArrayBuffer} fonts the list of Matplotlib's fonts
 * @param {Map<string, ArrayBuffer>} files emptied when all packages are loaded
 */
async function loadPackages(packages, lock, sources, fonts, files) {
  const folder = `${python.runPython("import sysconfig; sysconfig.get_path('purelib')")}/matplotlib`;
  const load = async (/** @type {string[]} */ names) => {
    const said = /** @type {string[]} */ ([]);
    const errorCallback = (/** @type {string} */ text) => said.push(text.trim().split("\n", 3).join(" "));
    await python.loadPackage(names, { checkIntegrity: true, messageCallback() {}, errorCallback });
    if (said.length) throw new Error(said[0]);
    // Pyodide's Matplotlib looks for the list of its fonts in its own folder, where that of the wheel is too old.
    if (python.FS.analyzePath(folder).exists)
      python.FS.writeFile(`${folder}/fontlist.json`, new Uint8Array(fonts));
  };
  await load(neededBy(packages, lock, sources));
  rest = {
    needed(source) {
      const there = new Set(Object.keys(python.loadedPackages).map((name) => name.toLowerCase()));
      return neededBy(packages, lock, source).some((name) => !there.has(name.toLowerCase()));
    },
    load: async () => {
      // What the page interrupts is a cell, never this.
      python.setInterruptBuffer(undefined);
      await loading(() => load(packages));
      files.clear();
      if (interruptions) python.setInterruptBuffer(interruptions);
    },
  };
}

/** What `import js` has while Pyodide starts: its modules expect these names. Afterwards there is no such module. */
function forPython() {
  const bound = (/** @type {string} */ name) => [name, scope[name].bind(scope)];
  return {
    ...Object.fromEntries(["setTimeout", "clearTimeout", "setInterval", "clearInterval"].map(bound)),
    eval: () => {
      throw new Error("JavaScript cannot be run here");
    },
    Object,
    AbortController,
    AbortSignal,
  };
}

/** Bytes that the interpreter has taken from the browser; it never gives any back. */
const memory = () => python._module.HEAPU8.length;

/** @type {{ needed: (source: string) => boolean, load: () => Promise<void> } | null} packages that were not loaded at the start */
let rest = null;
/** Ends the wait of a cell for packages. */
let stopWaiting = () => {};
/** @type {Promise<void> | null} */
let following = null;
/** Milliseconds without a cell after which the other packages are loaded. */
const IDLE = 400;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let idle;

/** Load the other packages, once. */
function loadRest() {
  const { load } = rest ?? {};
  rest = null;
  following ??= load?.() ?? Promise.resolve();
  return following;
}

/** @param {Extract<ToWorker, { type: "run" }>} message */
async function run({ run: id, cell, source }) {
  running = id;
  clearTimeout(idle);
  printed.begin();
  let ok = false;
  try {
    /** @type {Promise<boolean>} */
    const stopped = new Promise((resolve) => {
      stopWaiting = () => resolve(true);
    });
    const loaded = Promise.resolve(rest?.needed(source) ? loadRest() : following).then(() => false);
    if (await Promise.race([stopped, loaded]))
      printed.take("stderr", new TextEncoder().encode("KeyboardInterrupt\n"));
    else ok = await runCell(source, cell);
  } catch (error) {
    // An exception of Python is printed by Python; what arrives here has ended the interpreter.
    printed.flush();
    return post({ type: "died", run: id, message: String(/** @type {any} */ (error)?.message ?? error) });
  }
  printed.flush();
  post({ type: "done", run: id, ok, memory: memory(), dropped: printed.dropped });
  if (rest) idle = setTimeout(() => loadRest().catch(() => {}), IDLE);
}
