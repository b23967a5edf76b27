import assert from "node:assert/strict";
import { test } from "node:test";

/** The worker's requests to the host, and how many bytes short each answer is, one after another. */
const asked = /** @type {Record<string, string>[]} */ ([]);
let short = /** @type {number[]} */ ([]);
const FILE = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);

class Host {
  status = 0;
  response = /** @type {ArrayBuffer | null} */ (null);
  headers = /** @type {Record<string, string>} */ ({});
  open() {}
  /** @param {string} name @param {string} value */
  setRequestHeader(name, value) {
    this.headers[name] = value;
  }
  send() {
    asked.push(this.headers);
    const [, from, to] = (/bytes=(\d+)-(\d+)/.exec(this.headers.Range) ?? []).map(Number);
    this.status = 206;
    this.response = FILE.slice(from, to + 1 - (short.shift() ?? 0)).buffer;
  }
}

const scope = /** @type {any} */ (globalThis);
/** @type {(event: any) => void} */
let give = () => {};
scope.XMLHttpRequest = Host;
scope.addEventListener = (/** @type {string} */ _, /** @type {typeof give} */ listener) => (give = listener);
scope.postMessage = () => {};
await import("../src/engine/worker/main.js");
const { HOST } = await import("../src/engine/worker/names.js");

/** Bytes that DuckDB reads of a new file on the host, from byte 100 on. @param {string} path */
function read(path) {
  const order = (/** @type {object} */ data) => give({ data, stopImmediatePropagation() {} });
  order({ drportal: "file", path, size: FILE.length, url: `https://host.invalid/${path}` });
  order({ drportal: "readThrough", on: true });
  const request = new scope.XMLHttpRequest();
  request.open("GET", HOST + path, false);
  request.setRequestHeader("Range", "bytes=100-199");
  asked.length = 0;
  request.send();
  return new Uint8Array(request.response);
}

test("a range that arrives complete is requested once", () => {
  assert.deepEqual(read("whole"), FILE.slice(100, 200));
  assert.deepEqual(asked, [{ Range: "bytes=100-999" }]);
});

test("a range that a browser's cache truncated is requested again without the cache", () => {
  short = [1];
  assert.deepEqual(read("short"), FILE.slice(100, 200));
  assert.deepEqual(asked, [
    { Range: "bytes=100-999" },
    { Range: "bytes=100-999", "Cache-Control": "no-cache" },
  ]);
});

test("a range that is short twice is an error, and never invented", () => {
  short = [1, 900];
  assert.throws(() => read("never"), /the host did not answer a range of never \(status 206\)/);
  assert.equal(asked.length, 2);
});
