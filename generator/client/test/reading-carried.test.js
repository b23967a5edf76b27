import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import vm from "node:vm";
import { asScript, bytesOf } from "../src/reading/carried.js";

/** @type {Record<string, Uint8Array>} */
const DATA = {
  nothing: new Uint8Array(),
  odd: Uint8Array.of(7),
  "all characters": new Uint8Array(Uint16Array.from({ length: 65536 }, (_, i) => i).buffer),
  "far apart": Uint8Array.from({ length: 300_003 }, (_, i) => (i % 150_000 === 1 ? 0xd9 : 0)),
  noise: Uint8Array.from({ length: 99_999 }, (_, i) => (Math.imul(i + 1, 2654435761) >>> 13) & 255),
};

/** What Python writes for the same bytes. @param {Uint8Array} bytes */
function byPython(bytes) {
  const code =
    "import sys; from drportal.carried import as_script;" +
    `sys.stdout.buffer.write(as_script('drportal.chunk("t",1,', sys.stdin.buffer.read()))`;
  const { stdout, stderr, status } = spawnSync("python3", ["-c", code], {
    input: bytes,
    maxBuffer: 1 << 24,
  });
  assert.equal(status, 0, stderr.toString());
  return stdout;
}

for (const [name, bytes] of Object.entries(DATA))
  test(`a script delivers its bytes: ${name}`, () => {
    const script = asScript('drportal.chunk("t",1,', bytes);
    assert.ok(byPython(bytes).equals(script));
    /** @type {any[]} */
    const got = [];
    const drportal = { chunk: (/** @type {any[]} */ ...all) => got.push(...all) };
    vm.runInNewContext(new TextDecoder("utf-16le").decode(script), { drportal });
    const [owner, number, text, marks] = got;
    assert.deepEqual([owner, number], ["t", 1]);
    assert.ok(Buffer.from(bytesOf(text, marks)).equals(Buffer.from(bytes)));
  });

test("marks that do not fit are damage", () => {
  assert.throws(() => bytesOf("ab", "0\u0009"), RangeError);
  assert.throws(() => bytesOf("ab", ""), RangeError);
});
