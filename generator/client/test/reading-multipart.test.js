import assert from "node:assert/strict";
import { test } from "node:test";
import { HEADS, NotMultipart, boundaryOf, parts } from "../src/reading/sources/multipart.js";

const FILE = Uint8Array.from({ length: 1000 }, (_, i) => (i * 7) % 256);
FILE.set(new TextEncoder().encode("\r\n--b--\r\n"), 300);

/** @param {[first: number, last: number][]} ranges */
function body(ranges, { start = "\r\n", end = "\r\n", head = "", size = 1000 } = {}) {
  const pieces = ranges.flatMap(([from, to], i) => [
    `${i ? "\r\n" : start}--b\r\n${head}Content-Range: bytes ${from}-${to}/${size}\r\n\r\n`,
    FILE.subarray(from, to + 1),
  ]);
  const all = [...pieces, `\r\n--b--${end}`].map((piece) =>
    typeof piece === "string" ? new TextEncoder().encode(piece) : piece,
  );
  return Uint8Array.from(all.flatMap((piece) => [...piece]));
}
/** @type {[number, number][]} */
const RANGES = [[0, 0], [295, 320], [10, 40]]; // prettier-ignore

test("parts of an answer are split by their lengths, whatever they contain", () => {
  const forms = [{}, { start: "" }, { end: "" }, { head: "Content-Type: a/b\r\nX: y\r\n" }];
  for (const form of forms) {
    const found = parts(body(RANGES, form), "b");
    assert.deepEqual(
      found.map(({ offset, size, bytes }) => [offset, size, [...bytes]]),
      RANGES.map(([from, to]) => [from, 1000, [...FILE.subarray(from, to + 1)]]),
    );
  }
});

test("an answer that is cut or changed anywhere gives no wrong bytes", () => {
  const whole = body(RANGES);
  for (let length = 0; length < whole.length - 2; length++)
    assert.throws(() => parts(whole.slice(0, length), "b"), NotMultipart, `${length}`);
  const text = new TextDecoder("latin1").decode(whole);
  for (const [from, to] of [
    ["bytes 295-320/", "bytes 295-321/"],
    ["bytes 295-320/", "bytes 295-319/"],
    ["bytes 295-320/", "bytes 320-295/"],
    ["bytes 295-320/1000", "bytes 295-320/*"],
    ["bytes 295-320/1000", "bytes 295-320/320"],
    ["Content-Range: bytes 295", "Content-Stage: bytes 295"],
    ["--b\r\n", "--c\r\n"],
  ]) {
    const changed = Uint8Array.from(text.replace(from, to), (char) => char.charCodeAt(0));
    assert.throws(() => parts(changed, "b"), NotMultipart, to);
  }
  assert.throws(() => parts(new Uint8Array(3 * HEADS), "b"), NotMultipart);
});

test("boundaries of media types", () => {
  assert.equal(boundaryOf("multipart/byteranges; boundary=3d6b6a416f9b5"), "3d6b6a416f9b5");
  assert.equal(boundaryOf('Multipart/Byteranges; charset=x; boundary="a b"'), "a b");
  for (const other of [
    null,
    "application/octet-stream",
    "multipart/mixed; boundary=b",
    "multipart/byteranges",
  ])
    assert.equal(boundaryOf(other), null);
});
