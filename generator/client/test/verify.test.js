import assert from "node:assert/strict";
import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import test from "node:test";
import { hashOf } from "../src/verify/hash.js";
import { isKept, isSafe, readChoice, readManifest, sumsOf } from "../src/verify/manifest.js";
import { checkSignature } from "../src/verify/signature.js";

const SUM = "0".repeat(64);
const manifest = (/** @type {any[]} */ files, /** @type {any} */ more = {}) =>
  JSON.stringify({
    format: "drportal-manifest-1",
    of: "",
    label: "X",
    releases: ["dr1", "dr1/v2"],
    files,
    count: files.length,
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    ...more,
  });

test("paths stay in their folder", () => {
  for (const path of ["a", "a/b", "Norder=0/Npix=1.parquet", "光谱 #1 (50%).txt", "a..b", "..a"])
    assert.ok(isSafe(path), path);
  for (const path of ["", "/a", "../a", "a/../b", "a//b", "a/", "./a", "C:/a", "a\\b", "a\nb", "\0", null, 7])
    assert.ok(!isSafe(path), String(path));
});

test("impossible manifests are refused", () => {
  const good = { path: "a", bytes: 1, sha256: SUM };
  assert.equal(readManifest(manifest([good])).bytes, 1);
  for (const files of [
    [good, good],
    [{ ...good, path: "../a" }],
    [{ ...good, path: "manifest.json" }],
    [{ ...good, bytes: -1 }],
    [{ ...good, bytes: 2 ** 60 }],
    [{ ...good, bytes: "1" }],
    [{ ...good, sha256: "x" }],
    [null],
  ])
    assert.throws(() => readManifest(manifest(/** @type {any} */ (files.map((f) => f ?? { bytes: 0 })))));
  assert.throws(() => readManifest(manifest([good], { count: 2 })));
  assert.throws(() => readManifest(manifest([good], { bytes: 2 })));
  for (const text of ["", "null", "[]", "{}", '{"format":"drportal-manifest-1"}'])
    assert.throws(() => readManifest(text));
});

test("SHA256SUMS follows from the manifest", () => {
  const files = ["a", "z"].map((path) => ({ path, bytes: 1, sha256: SUM }));
  const own = "1".repeat(64);
  assert.equal(sumsOf(files, own), `${SUM}  a\n${own}  manifest.json\n${SUM}  z\n`);
  assert.equal(sumsOf(files.slice(0, 1), own), `${SUM}  a\n${own}  manifest.json\n`);
});

test("a mirror's choice", () => {
  const said = readManifest(manifest([]));
  const choice = { releases: ["dr1/v2"], without: ["data"] };
  for (const [path, kept] of /** @type {[string, boolean][]} */ ([
    ["index.html", true],
    ["dr1/index.html", false],
    ["dr1/v2/index.html", true],
    ["dr1/v2/data", false],
    ["dr1/v2/data/x", false],
    ["dr1/v2/data.html", true],
  ]))
    assert.equal(isKept(path, said, choice), kept, path);
  assert.equal(readChoice('{"format":"drportal-mirror-1","releases":[],"without":["../x"]}'), null);
});

test("streams of any length are hashed as node does, with and without the browser's own", async () => {
  for (const length of [0, 1, 65_537, 40 << 20]) {
    const bytes = randomBytes(length);
    const expected = createHash("sha256").update(bytes).digest("hex");
    let hashed = 0;
    const found = await hashOf(new Blob([bytes]).stream(), length, (n) => (hashed += n));
    assert.deepEqual([found.size, found.sha256, hashed], [length, expected, length]);
  }
  const endless = new ReadableStream({ pull: (to) => to.enqueue(new Uint8Array(1000)) });
  const long = await hashOf(endless, 5000, () => {});
  assert.deepEqual(long, { size: 6000, sha256: "" });
});

test("signatures made by minisign", async () => {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const raw = publicKey.export({ format: "der", type: "spki" }).subarray(-32);
  const number = Buffer.from("0123456789abcdef", "hex");
  const line = Buffer.concat([Buffer.from("Ed"), number, raw]).toString("base64");
  const file = new TextEncoder().encode("what is signed");
  const made = sign(null, createHash("blake2b512").update(file).digest(), privateKey);
  const both = sign(null, Buffer.concat([made, Buffer.from("é")]), privateKey);
  const packed = Buffer.concat([Buffer.from("ED"), number, made]).toString("base64");
  const text = `untrusted comment: x\n${packed}\ntrusted comment: é\n${both.toString("base64")}\n`;
  const state = async (/** @type {[any, any, any]} */ ...given) => (await checkSignature(...given)).state;
  assert.deepEqual(await checkSignature(file, text, line), { state: "good", id: "EFCDAB8967452301" });
  assert.equal(await state(new TextEncoder().encode("another"), text, line), "bad");
  assert.equal(await state(file, text.replace("comment: é", "comment: e"), line), "bad");
  assert.equal(await state(file, "nonsense", line), "bad");
  assert.equal(await state(file, text, ""), "keyless");
  assert.equal(await state(file, null, line), "unsigned");
  const other = Buffer.concat([Buffer.from("Ed"), Buffer.alloc(8), raw]).toString("base64");
  assert.equal(await state(file, text, other), "other");
});
