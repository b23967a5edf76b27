/**
 * Closes the worker's scope. Python has no JavaScript, and the Content-Security-Policy refuses connections and code from
 * text; what this file removes would be within reach only if both failed.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { MOST_MEMORY, PARTS } from "./names.js";

const scope = /** @type {any} */ (globalThis);

/** What Pyodide and the language itself use. Everything else of the scope is removed. */
const KEPT = new Set(
  `Object Function Array Number parseFloat parseInt Infinity NaN undefined Boolean String Symbol Date Promise RegExp
  Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError globalThis JSON Math Intl
  ArrayBuffer Atomics Uint8Array Int8Array Uint16Array Int16Array Uint32Array Int32Array Float16Array Float32Array
  Float64Array Uint8ClampedArray BigUint64Array BigInt64Array DataView Map BigInt Set Iterator WeakMap WeakSet WeakRef
  Proxy Reflect FinalizationRegistry SharedArrayBuffer decodeURI decodeURIComponent encodeURI encodeURIComponent escape
  unescape eval isFinite isNaN WebAssembly console self TextDecoder TextEncoder performance setTimeout clearTimeout
  setInterval clearInterval queueMicrotask structuredClone crypto MessageChannel MessagePort MessageEvent Event
  EventTarget AbortController AbortSignal DOMException SuppressedError DisposableStack constructor
  __defineGetter__ __defineSetter__ __lookupGetter__ __lookupSetter__ __proto__ hasOwnProperty isPrototypeOf
  propertyIsEnumerable toLocaleString toString valueOf close_ loadPyodide _createPyodideModule`.split(/\s+/),
);

/** What Pyodide uses to load packages after `close`. @type {Record<string, unknown>} */
let means = {};

/**
 * Until `close` is called, and during `loading`, `fetch` answers from these bytes, and nothing else.
 * @param {(name: string) => Promise<ArrayBuffer> | null} bytesOf a file, once it has arrived; null for what there is not
 * @param {WebAssembly.Module} module of the interpreter, compiled by the page
 */
export function open(bytesOf, module) {
  scope.importScripts = () => {
    throw new Error("Scripts are not loaded here");
  };
  const { Response } = scope;
  scope.fetch = async (
    /** @type {string | URL} */ address,
    /** @type {RequestInit} */ { integrity } = {},
  ) => {
    const name = decodeURIComponent(String(address)).slice(PARTS.length);
    if (name.endsWith(".wasm"))
      return new Response(null, { headers: { "content-type": "application/wasm" } });
    const bytes = String(address).startsWith(PARTS) ? await bytesOf(name) : null;
    if (!bytes) return new Response(null, { status: 404 });
    if (integrity && (await sum(bytes)) !== integrity)
      throw new Error(`${name} is not the file that this release was made with`);
    return new Response(bytes);
  };
  means = { fetch: scope.fetch, URL: scope.URL, btoa: scope.btoa, location: PARTS };
  scope.WebAssembly.instantiateStreaming = async (
    /** @type {unknown} */ _,
    /** @type {WebAssembly.Imports} */ imports,
  ) => ({ module, instance: await WebAssembly.instantiate(module, imports) });
}

/** Let Python's memory grow only up to a limit: a browser that runs out of it ends the whole page. */
export function limit() {
  const { prototype } = scope.WebAssembly.Memory;
  const { grow } = prototype;
  prototype.grow = function (/** @type {number} */ pages) {
    if (this.buffer.byteLength + pages * 65536 > MOST_MEMORY) throw new RangeError("Python's memory is full");
    return grow.call(this, pages);
  };
}

/** @param {ArrayBuffer} bytes @returns {Promise<string>} as Subresource Integrity writes it */
async function sum(bytes) {
  // Pages that were not opened from disk or by https have no crypto.subtle.
  const digest = scope.crypto?.subtle
    ? new Uint8Array(await scope.crypto.subtle.digest("SHA-256", bytes))
    : sha256(new Uint8Array(bytes));
  return `sha256-${btoa(String.fromCharCode(...digest))}`;
}

/** Load packages in the closed scope. @template T @param {() => Promise<T>} load @returns {Promise<T>} */
export async function loading(load) {
  Object.assign(scope, means);
  try {
    return await load();
  } finally {
    for (const name of Object.keys(means)) delete scope[name];
  }
}

/** Remove from the scope all that is not kept. */
export function close() {
  for (let place = scope; place && place !== Object.prototype; place = Object.getPrototypeOf(place)) {
    for (const name of Object.getOwnPropertyNames(place)) {
      if (KEPT.has(name)) continue;
      try {
        if (!delete place[name]) place[name] = undefined;
      } catch {
        // not configurable: constants of the interfaces, e.g. PERSISTENT
      }
    }
  }
}
