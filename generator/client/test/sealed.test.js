import assert from "node:assert/strict";
import { test } from "node:test";
import { Cipher, deriveKey, isHeader } from "../src/sealed/cipher.js";
import { carried } from "../src/sealed/keep.js";
import { Listing } from "../src/sealed/listing.js";

// Output of Python's `cryptography` for the same key, passphrase and index.
const KEY = Uint8Array.from({ length: 32 }, (_, i) => i);
const SEALED = Buffer.from("2cf4a79504fafab0d7691c6512399f3c7aaadfe0fae64f6309ae3b1e131c6e", "hex");
const PAGE =
  "H4sIAAAAAAACA4uOVkpU0lEqSixX0jHQMY3ViVZK0n+yY61eSUUJUDy9KrNAScdUx1LHyAAklwwUK8hJzMxT0jHUUapQio0FAOntaNtBAAAA";

const header = {
  format: "drportal-sealed-2",
  kdf: { name: /** @type {const} */ ("scrypt"), n: 1024, r: 8, p: 1, salt: "AAECAwQFBgcICQoLDA0ODw==" },
  check: "39+Sn5mIAVPsruTU1wLJmg==",
  piece: 524288,
  pieces: 3,
};

test("a piece can be decrypted only under its own number, with WebCrypto and without", async () => {
  const own = Object.getOwnPropertyDescriptor(globalThis, "crypto");
  for (const there of [true, false]) {
    if (!there) Object.defineProperty(globalThis, "crypto", { value: {}, configurable: true });
    const cipher = new Cipher(KEY, 3);
    assert.equal(new TextDecoder().decode(await cipher.open(2, SEALED)), "光谱 and text");
    await assert.rejects(cipher.open(1, SEALED));
    await assert.rejects(new Cipher(KEY, 4).open(2, SEALED));
    const flipped = Uint8Array.from(SEALED);
    flipped[3] ^= 1;
    await assert.rejects(cipher.open(2, flipped));
  }
  Object.defineProperty(globalThis, "crypto", /** @type {PropertyDescriptor} */ (own));
});

test("the key depends on the passphrase, not on the Unicode normalization of its letters", async () => {
  const key = "323edb6db4b31bbd2a115cba5e3bfd30d79719fa60017ce735207ee13ba46679";
  for (const said of ["sieben A\u0308pfel", "sieben \u00c4pfel"])
    assert.equal(Buffer.from((await deriveKey(said, header)) ?? []).toString("hex"), key);
  assert.equal(await deriveKey("sieben Apfel", header), null);
});

test("a header that requires too much memory is invalid", () => {
  assert.ok(isHeader(header));
  assert.ok(!isHeader({ ...header, kdf: { ...header.kdf, n: 2 ** 30 } }));
  assert.ok(!isHeader({ ...header, format: "drportal-sealed-1" }));
  assert.ok(!isHeader({ ...header, pieces: "3" }));
  assert.ok(!isHeader(null));
});

test("a file is found in its index page", async () => {
  const page = new Uint8Array(Buffer.from(PAGE, "base64"));
  const listing = new Listing({ pages: [["a", 10, page.length]], shells: {} }, async (offset, length) => {
    assert.deepEqual([offset, length], [10, page.length]);
    return page;
  });
  assert.deepEqual(await listing.find("a"), { kind: "raw", offset: 0, bytes: 5, size: 5 });
  assert.deepEqual(await listing.find("b/中.txt"), { kind: "gzip", offset: 5, bytes: 9, size: 20 });
  for (const none of ["c", "b", "", "0", "__proto__"]) assert.equal(await listing.find(none), null);
});

test("the key is put before the fragment of the page", () => {
  assert.equal(carried("", "K"), "#drportal-key=K");
  assert.equal(carried("#snr", "K"), "#drportal-key=K&snr");
});
