/**
 * Runs in the worker, before DuckDB's own script, between DuckDB and the network: `fetch` and
 * `XMLHttpRequest` answer one private origin from memory, and nothing else. A statement can therefore read the release's
 * files, and the engine its extension, but no statement can reach another host.
 *
 * Messages from the page carry `drportal`; all others are DuckDB's.
 */
import { links } from "./linking.js";
import { HOST, MISS } from "./names.js";
import { Ranges } from "./ranges.js";
import { allowWaiting, callable, goOn, hold, isServed, suspendable, waitFor } from "./waiting.js";

/** @typedef {{ size: number, url: string | null, ranges: Ranges, whole: boolean }} VirtualFile `whole`: an engine file, read in one go */

const scope = /** @type {any} */ (globalThis);
const NativeRequest = scope.XMLHttpRequest;
/** Reads that the page did not foresee are widened to this size, so that a scan does not make many small requests. */
const WIDEN = 1 << 20;
/** The longest answer to one read: DuckDB's guesses grow to 16 MB, all of it copied for nothing. */
const LARGEST = 256 << 10;

const NOTHING = new Uint8Array(0);

/** @type {Map<string, VirtualFile>} */
const files = new Map();
/** @type {WebAssembly.Module | null} */
let engine = null;
/**
 * Whether a statement may wait for a missing range, or the range be read from the host here; otherwise the statement fails and the page fetches
 * the bytes.
 */
let readThrough = false;

/** @type {Record<string, (message: any) => void>} */
const orders = {
  engine(/** @type {{ module: WebAssembly.Module }} */ { module }) {
    engine = module;
  },
  file(
    /** @type {{ path: string, size: number, url: string | null, bytes?: ArrayBuffer }} */ {
      path,
      size,
      url,
      bytes,
    },
  ) {
    const ranges = new Ranges();
    if (bytes) ranges.add(0, size, new Uint8Array(bytes));
    files.set(path, { size, url, ranges, whole: Boolean(bytes) });
  },
  put(/** @type {{ path: string, parts: import("../store.js").Part[] }} */ { path, parts }) {
    for (const { offset, bytes } of parts) files.get(path)?.ranges.add(offset, bytes.length, bytes);
  },
  url(/** @type {{ path: string, url: string | null }} */ { path, url }) {
    const file = files.get(path);
    if (file) file.url = url;
  },
  drop(/** @type {{ path: string, offset: number, length: number }} */ { path, offset, length }) {
    files.get(path)?.ranges.drop(offset, length);
  },
  readThrough(/** @type {{ on: boolean, served: boolean }} */ { on, served }) {
    readThrough = on;
    allowWaiting(served);
  },
  go(/** @type {{ brought: boolean }} */ { brought }) {
    goOn(brought);
  },
};

// DuckDB warns about every file that a statement writes; those of `Engine.written` are intended.
const warn = console.warn.bind(console);
console.warn = (...said) => {
  if (!String(said[0]).startsWith("Buffering missing file: drportal-")) warn(...said);
};

scope.addEventListener("message", (/** @type {MessageEvent} */ event) => {
  const order = event.data?.drportal;
  if (!order && !hold(event)) return;
  event.stopImmediatePropagation();
  if (order) orders[order](event.data);
});

/**
 * Bytes of a virtual file from `offset` on, at least one and at most `length`; DuckDB asks again for the rest. It asks
 * for far more than it needs when it reads on, so the bytes in memory at `offset` suffice as an answer. Missing
 * bytes are fetched or refused, never invented.
 * @param {string} path
 * @param {VirtualFile} file
 * @param {number} offset
 * @param {number} length
 * @returns {Uint8Array} not a copy
 */
function read(path, file, offset, length) {
  const most = file.whole ? length : Math.min(length, LARGEST);
  const ready = file.ranges.view(offset, most);
  if (ready) return ready;
  if (waitFor({ path, offset, length })) return NOTHING;
  if (isServed() || !readThrough || !file.url) throw new Error(`${MISS} ${path} ${offset} ${length} `);
  const [gap] = file.ranges.gaps(offset, Math.min(WIDEN, file.size - offset));
  readFromHost(path, file, gap.offset, gap.length);
  return /** @type {Uint8Array} */ (file.ranges.view(offset, most));
}

/**
 * @param {string} path
 * @param {VirtualFile} file
 * @param {number} offset
 * @param {number} length
 */
function readFromHost(path, file, offset, length) {
  const ask = (/** @type {boolean} */ anew) => {
    const request = new NativeRequest();
    request.open("GET", file.url, false);
    request.responseType = "arraybuffer";
    request.setRequestHeader("Range", `bytes=${offset}-${offset + length - 1}`);
    if (anew) request.setRequestHeader("Cache-Control", "no-cache");
    try {
      request.send();
    } catch {
      // status 0: the connection broke
    }
    return request;
  };
  const fits = (/** @type {XMLHttpRequest} */ { status, response }) =>
    status === 206 && response?.byteLength === length;
  let request = ask(false);
  // As for the page's own reads: a browser's cache may return less than the host sends.
  if (request.status === 206 && !fits(request)) request = ask(true);
  if (!fits(request))
    throw new Error(`the host did not answer a range of ${path} (status ${request.status})`);
  file.ranges.add(offset, length, new Uint8Array(request.response));
  scope.postMessage({ drportal: "read", path, offset, length });
}

/** The part of XMLHttpRequest that DuckDB uses. */
class MemoryRequest {
  status = 0;
  statusText = "";
  readyState = 0;
  responseType = "";
  // What DuckDB reads of files: see duckdb-worker.mjs.
  /** @type {Uint8Array} */
  bytes = NOTHING;
  #method = "";
  #url = "";
  #range = "";
  /** @type {Record<string, string>} */
  #headers = {};

  /**
   * @param {string} method
   * @param {string} url
   */
  open(method, url) {
    this.#method = method;
    this.#url = String(url);
  }

  /**
   * @param {string} name
   * @param {string} value
   */
  setRequestHeader(name, value) {
    if (name.toLowerCase() === "range") this.#range = value;
  }

  /** A copy, for the engine's own files. */
  get response() {
    return this.bytes.slice().buffer;
  }

  /** @param {string} name */
  getResponseHeader(name) {
    return this.#headers[name.toLowerCase()] ?? null;
  }

  send() {
    this.readyState = 4;
    const path = this.#url.startsWith(HOST) ? decodeURIComponent(this.#url.slice(HOST.length)) : "";
    const file = files.get(path);
    // Not 404: DuckDB would take that as permission to write there.
    if (!file) return this.#answer(403, NOTHING);
    this.#headers["accept-ranges"] = "bytes";
    // Release files never change under their name; a fixed date lets DuckDB keep parsed footers.
    this.#headers["last-modified"] = "Sat, 01 Jan 2000 00:00:00 GMT";
    if (this.#method === "HEAD") {
      this.#headers["content-length"] = String(file.size);
      return this.#answer(206, NOTHING);
    }
    if (this.#method !== "GET") return this.#answer(405, NOTHING);
    const asked = /^bytes=(\d+)-(\d*)$/.exec(this.#range);
    const from = asked ? Number(asked[1]) : 0;
    const to = Math.min(asked?.[2] ? Number(asked[2]) : file.size - 1, file.size - 1);
    const bytes = from > to ? NOTHING : read(path, file, from, to - from + 1);
    this.#headers["content-length"] = String(bytes.byteLength);
    this.#headers["content-range"] = `bytes ${from}-${from + bytes.byteLength - 1}/${file.size}`;
    this.#answer(asked ? 206 : 200, bytes);
  }

  /**
   * @param {number} status
   * @param {Uint8Array} bytes
   */
  #answer(status, bytes) {
    this.status = status;
    this.bytes = bytes;
  }

  getAllResponseHeaders() {
    return Object.entries(this.#headers)
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join("");
  }

  abort() {}
  overrideMimeType() {}
}

scope.XMLHttpRequest = MemoryRequest;
scope.drportalLinks = links;
scope.fetch = async () => new Response(null, { headers: { "content-type": "application/wasm" } });
// The page has compiled the engine while it was being downloaded.
scope.WebAssembly.instantiateStreaming = async (
  /** @type {unknown} */ _,
  /** @type {WebAssembly.Imports} */ imports,
) => {
  await _;
  const module = /** @type {WebAssembly.Module} */ (engine);
  suspendable(imports);
  const instance = await WebAssembly.instantiate(module, imports);
  callable(instance.exports);
  return { module, instance };
};
// DuckDB logs every file error that it reports; a miss that the page then resolves is not worth a line in the console.
scope.console.log = () => {};
const logError = scope.console.error;
scope.console.error = (/** @type {unknown[]} */ ...said) => {
  if (!String(said[0]).includes(MISS)) logError.apply(scope.console, said);
};
