/**
 * The worker that runs Python. The page starts it from a Blob that has Pyodide's scripts behind this one, hands it all
 * bytes, and exchanges the messages of protocol.d.ts with it.
 */
import { close, limit, open } from "./closed.js";
import { ENVIRONMENT, handed } from "./handed.js";
import { Loader } from "./loader.js";
import { MOST_SHOWN, PARTS, SNAPSHOT } from "./names.js";
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

/** Files of Pyodide, which arrive while it starts. @type {Map<string, Arriving>} */
const files = new Map();

/** @typedef {{ bytes: Promise<ArrayBuffer>, take: (bytes: ArrayBuffer) => void, fail: (error: Error) => void }} Arriving */

/** @param {string} name @returns {Arriving} */
function arriving(name) {
  const known = files.get(name);
  if (known) return known;
  const made = /** @type {Arriving} */ ({});
  made.bytes = new Promise((resolve, reject) => Object.assign(made, { take: resolve, fail: reject }));
  // what nobody asks for may be damaged
  made.bytes.catch(() => {});
  files.set(name, made);
  return made;
}

/** @type {{ [K in ToWorker["type"]]: (message: Extract<ToWorker, { type: K }>) => unknown }} */
const orders = {
  start,
  run,
  file({ name, bytes, error }) {
    if (bytes) arriving(name).take(bytes);
    else arriving(name).fail(new Error(error));
  },
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
    post({ type: "heard", run: id });
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
async function start(message) {
  const { module, names, packages, lock, sources, bridge: zip, fonts, interrupt, screen } = message;
  plotting = /\bmatplotlib\b/.test(message.text);
  try {
    open((name) => (names.includes(name) ? arriving(name).bytes : null), module);
    limit();
    post({ type: "step", step: "interpreter" });
    python = await scope.loadPyodide({
      indexURL: PARTS,
      lockFileURL: `${PARTS}pyodide-lock.json`,
      jsglobals: handed(scope),
      env: ENVIRONMENT,
      _loadSnapshot: arriving(SNAPSHOT).bytes,
      stdin: () => null,
    });
    python.setStdout({ write: (/** @type {Uint8Array} */ bytes) => printed.take("stdout", bytes) });
    python.setStderr({ write: (/** @type {Uint8Array} */ bytes) => printed.take("stderr", bytes) });
    if (interrupt) python.setInterruptBuffer((interruptions = new Uint8Array(interrupt)));
    post({ type: "step", step: "packages" });
    loader = new Loader(python, packages, lock, fonts);
    await loader.first(loader.missing(sources));
    python.registerJsModule("_drportal", bridge);
    python.unpackArchive(zip, "zip", { extractDir: "/home/reader/packages" });
    python.runPython("import sys; sys.path.append('/home/reader/packages')");
    const cells = python.pyimport("drportal_cells");
    runCell = cells.run;
    cancel = cells.cancel;
    setScreen = cells.set_screen;
    cells.wake();
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

/** Bytes that the interpreter has taken from the browser; it never gives any back. */
const memory = () => python._module.HEAPU8.length;

/** @type {Loader} */
let loader;
/** Ends the wait of a cell for packages. */
let stopWaiting = () => {};
/** Milliseconds without a cell after which the other packages are loaded. */
const IDLE = 400;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let idle;

/** Whether cells of the notebook will draw: importing what draws takes longer than most cells. */
let plotting = false;

/** Load the other packages until a cell is to run, and import what draws. @param {number} after number of the cell before */
async function loadRest(after) {
  if (!(await loader.rest(() => running === after, interruptions))) return;
  files.clear();
  if (plotting && running === after) plotting = !loader.import("matplotlib.pyplot", interruptions);
}

/** Load what a cell needs. @param {string} source @returns {Promise<string>} why that was not possible; empty if it was */
async function loaded(source) {
  const names = loader.missing(source);
  if (!names.length && !loader.busy) return "";
  post({ type: "step", step: "packages" });
  try {
    await loader.load(names, interruptions);
  } catch (error) {
    return String(/** @type {any} */ (error)?.message ?? error);
  }
  // an order to stop that came meanwhile is heard before the cell begins
  await new Promise((resolve) => setTimeout(resolve));
  return "";
}

/** @param {Extract<ToWorker, { type: "run" }>} message */
async function run({ run: id, cell, source }) {
  running = id;
  clearTimeout(idle);
  printed.begin();
  const refuse = (/** @type {string} */ why) => {
    printed.take("stderr", new TextEncoder().encode(`${why}\n`));
    return false;
  };
  let ok = false;
  try {
    /** @type {Promise<string>} */
    const stopped = new Promise((resolve) => {
      stopWaiting = () => resolve("KeyboardInterrupt");
    });
    const why = await Promise.race([stopped, loaded(source)]);
    post({ type: "begin", run: id });
    ok = why ? refuse(why) : await runCell(source, cell);
  } catch (error) {
    // An exception of Python is printed by Python; what arrives here has ended the interpreter.
    printed.flush();
    return post({ type: "died", run: id, message: String(/** @type {any} */ (error)?.message ?? error) });
  }
  printed.flush();
  post({ type: "done", run: id, ok, memory: memory(), dropped: printed.dropped });
  idle = setTimeout(() => loadRest(id), IDLE);
}
