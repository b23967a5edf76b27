import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { HttpRanges } from "../src/reading/sources/http.js";

const SIZE = 1 << 20;
const FILE = Uint8Array.from({ length: SIZE }, (_, i) => (i * 31 + (i >> 8)) % 256);
/** Twenty ranges of a file, too far apart to be read as one. */
const RANGES = Array.from({ length: 20 }, (_, i) => ({ path: "p", offset: i * 50_000 + 7, length: 100 + i }));

/** @type {string[]} ranges requested */
let asked = [];
let hosts = 0;
/** @type {(ranges: [number, number][], request: { signal: AbortSignal }) => Response | Promise<Response>} */
let host;
beforeEach(() => {
  asked = [];
  hosts++;
});
globalThis.fetch = /** @type {any} */ (
  async (/** @type {string} */ _, /** @type {any} */ request) => {
    const text = request.headers?.range?.slice("bytes=".length) ?? "";
    asked.push(text);
    const ranges = text ? text.split(",").map((/** @type {string} */ one) => one.split("-").map(Number)) : [];
    request.signal.throwIfAborted();
    return host(ranges, request);
  }
);

const whole = () => new Response(FILE.slice(), { status: 200 });
const single = (/** @type {[number, number]} */ [from, to]) =>
  new Response(FILE.slice(from, to + 1), {
    status: 206,
    headers: { "content-range": `bytes ${from}-${to}/${SIZE}` },
  });
const several = (/** @type {[number, number][]} */ ranges, size = SIZE) => {
  const pieces = ranges.flatMap(([from, to]) => [
    `\r\n--x\r\nContent-Range: bytes ${from}-${to}/${size}\r\n\r\n`,
    FILE.slice(from, to + 1),
  ]);
  const headers = { "content-type": "multipart/byteranges; boundary=x" };
  return new Response(new Blob([...pieces, "\r\n--x--\r\n"]), { status: 206, headers });
};
const good = (/** @type {[number, number][]} */ ranges) =>
  ranges.length > 1 ? several(ranges) : single(ranges[0]);

/** A source on a host of its own, and a function that reads ranges through it and compares every byte. */
function source() {
  const own = new HttpRanges(`http://host${hosts}/`, () => SIZE);
  const read = async (ranges = RANGES, options = {}) => {
    const got = new Map();
    await own.readMany(
      ranges,
      (_, parts) =>
        parts.forEach(({ offset, bytes }) => bytes.forEach((byte, i) => got.set(offset + i, byte))),
      options,
    );
    for (const { offset, length } of ranges)
      for (let i = offset; i < offset + length; i++) assert.equal(got.get(i), FILE[i], String(i));
  };
  return { own, read };
}

test("many ranges of a file are read by one request, after one that tries it", async () => {
  host = good;
  const { own, read } = source();
  await read();
  assert.equal(asked.length, 1);
  assert.equal(own.url("p"), `http://host${hosts}/p`);
  const many = Array.from({ length: 400 }, (_, i) => ({ path: "p", offset: i * 2000, length: 10 }));
  const progress = /** @type {number[]} */ ([]);
  await read(many, { onProgress: (/** @type {number} */ n) => progress.push(n), gap: 0 });
  assert.equal(asked.length, 1 + 3);
  assert.equal(progress.at(-1), 4000);
});

test("a host that sends the whole file, one range or nonsense for several ranges is asked for one at a time", async () => {
  for (const answer of [
    whole,
    (/** @type {[number, number][]} */ ranges) => single([ranges[0][0], ranges[ranges.length - 1][1]]),
    (/** @type {[number, number][]} */ ranges) => several(ranges.slice(1)),
    (/** @type {[number, number][]} */ ranges) => several(ranges, SIZE + 1),
    () => new Response("", { status: 416 }),
    () =>
      new Response("x".repeat(1 << 16), {
        status: 206,
        headers: { "content-type": "multipart/byteranges; boundary=x" },
      }),
  ]) {
    asked = [];
    hosts++;
    host = (ranges) => (ranges.length > 1 ? answer(ranges) : single(ranges[0]));
    const { read } = source();
    await read();
    assert.equal(asked.length, 1 + RANGES.length);
    await read();
    assert.equal(asked.length, 1 + 2 * RANGES.length, "it is not tried again");
  }
});

test("a host without ranges sends the file once", async () => {
  host = whole;
  const { own, read } = source();
  await read();
  assert.deepEqual(asked.slice(-1), [""]);
  assert.ok(asked.length <= 3);
  assert.equal(own.url("p"), null);
});

test("a refused request is sent again after the time that the host gives", async () => {
  let refused = 0;
  host = (ranges) => {
    if (++refused % 2) return new Response("", { status: 429, headers: { "retry-after": "0" } });
    return good(ranges);
  };
  await source().read();
  assert.equal(asked.length, 2);
  host = () => new Response("", { status: 429, headers: { "retry-after": "0" } });
  hosts++;
  await assert.rejects(source().read(), /status 429/);
  assert.ok(asked.length < 2 + 20);
});

test("a cancelled read ends, also while the host refuses", async () => {
  for (const answer of [
    () => new Response("", { status: 429, headers: { "retry-after": "3600" } }),
    (/** @type {unknown} */ _, /** @type {{ signal: AbortSignal }} */ { signal }) =>
      new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
  ]) {
    hosts++;
    host = /** @type {any} */ (answer);
    const abort = new AbortController();
    const reading = source().read(RANGES, { signal: abort.signal });
    setImmediate(() => abort.abort());
    await assert.rejects(reading, { name: "AbortError" });
  }
});

test("what a broken connection did not bring is read by requests of single ranges", async () => {
  let count = 0;
  host = (ranges) => {
    if (ranges.length > 1 && ++count === 2) throw new TypeError("cut");
    return good(ranges);
  };
  const { read } = source();
  await read();
  await read();
  assert.equal(asked.length, 2 + RANGES.length);
  await read();
  assert.equal(asked.length, 3 + RANGES.length, "several ranges are still requested together");
});
