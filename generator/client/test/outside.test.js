// Files from readers of the page, damaged at random: each is read, or refused with a readable message.
import assert from "node:assert/strict";
import { test } from "node:test";
import { readQueryFile, restoreTargets } from "../src/results/recipes/query-file.js";
import { Refused } from "../src/search/grammar.js";
import { readList } from "../src/search/targets/read.js";
import { guessRoles, nameColumns, resolveTargets } from "../src/search/targets/roles.js";
import { entryName } from "../src/spectrum/download/zip.js";
import { readChoice, readManifest } from "../src/verify/manifest.js";
import { checkSignature } from "../src/verify/signature.js";

const FORM = {
  name: "t",
  rows: 1,
  position: { ra: "ra", dec: "dec" },
  id: "obsid",
  columns: ["obsid", "ra", "dec"].map((name) => ({ name, datatype: name === "obsid" ? "long" : "double" })),
};
const SEED = 20_261;
const TIMES = 150;
/** Longer than any of these may take on a busy machine. */
const SLOW = 5_000;

/** @param {number} seed mulberry32 */
function chance(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const card = (/** @type {string} */ key, /** @type {string} */ value) =>
  `${key.padEnd(8)}= ${value.padStart(20)}`.padEnd(80);

/**
 * A FITS file with a table of ids and positions.
 * @param {Record<string, string>} [odd] values of the table's header @param {[string, string][]} [first] cards of the first header
 */
function fits(odd = {}, first = [["NAXIS", "0"]]) {
  const head = (/** @type {[string, string][]} */ cards) => {
    const text = [...cards.map(([k, v]) => card(k, odd[k] ?? v)), "END".padEnd(80)].join("");
    return text.padEnd(Math.ceil(text.length / 2880) * 2880);
  };
  const primary = head([["SIMPLE", "T"], ["EXTEND", "T"], ...first]);
  const table = head([
    ["XTENSION", "'BINTABLE'"], ["BITPIX", "8"], ["NAXIS", "2"], ["NAXIS1", "24"], ["NAXIS2", "2"], ["PCOUNT", "0"], ["GCOUNT", "1"],
    ["TFIELDS", "3"], ["TTYPE1", "'obsid   '"], ["TFORM1", "'K       '"], ["TTYPE2", "'ra      '"], ["TFORM2", "'D       '"],
    ["TTYPE3", "'dec     '"], ["TFORM3", "'D       '"],
  ]); // prettier-ignore
  const rows = new DataView(new ArrayBuffer(2880));
  rows.setBigInt64(0, 2n ** 60n + 1n);
  rows.setFloat64(8, 10.5);
  rows.setFloat64(16, -20.5);
  rows.setFloat64(32, 11.5);
  const bytes = new TextEncoder().encode(primary + table);
  const all = new Uint8Array(bytes.length + 2880);
  all.set(bytes);
  all.set(new Uint8Array(rows.buffer), bytes.length);
  return all;
}

const VOTABLE = (/** @type {string} */ data) =>
  `<?xml version="1.0"?>\n<VOTABLE version="1.4"><RESOURCE><TABLE><FIELD name="ra" datatype="double" unit="deg"/>` +
  `<FIELD name="dec" datatype="double"/><FIELD name="n" datatype="char" arraysize="*"/><DATA>${data}</DATA></TABLE></RESOURCE></VOTABLE>`;
const SUM = "0".repeat(64);

/** @type {[name: string, read: (blob: Blob) => Promise<unknown>, seeds: (string | Uint8Array<ArrayBuffer>)[]][]} */
const READERS = [
  [
    "a list of targets",
    async (blob) => {
      const table = await readList(blob);
      const roles = guessRoles(table, FORM);
      nameColumns(table, roles);
      return resolveTargets(table, roles, FORM);
    },
    [
      "ra,dec,name\n10.5,-20.5,a\n11,21,\"b, c\"\n",
      "|  ra    |  dec   |\n| double | double |\n| deg    | deg    |\n  10.5     -20.5 \n",
      "00:42:44.3 +41:16:09\n01h02m03s -4d05m06s\n",
      fits(),
      VOTABLE("<TABLEDATA><TR><TD>1.5</TD><TD>2</TD><TD>&lt;a&gt;</TD></TR></TABLEDATA>"),
      VOTABLE(`<BINARY2><STREAM encoding="base64">${btoa(`\0${"\0".repeat(16)}\0\0\0\x01a`)}</STREAM></BINARY2>`),
    ],
  ],
  [
    "a query file",
    async (blob) => {
      const { targets } = await readQueryFile(blob);
      if (targets) await restoreTargets(targets, FORM);
    },
    [
      JSON.stringify({
        drportal: 1,
        release: "dr8/v1.0",
        kind: "search",
        query: { catalogue: "t", cone: "1,2,3" },
        targets: { columns: [{ name: "ra" }, { name: "dec" }], rows: [["1", "2"]], roles: { by: "position", ra: 0, dec: 1 } },
      }),
    ],
  ],
  [
    "a manifest",
    async (blob) => readManifest(await blob.text()),
    [
      JSON.stringify({
        format: "drportal-manifest-1",
        of: "",
        label: "X",
        releases: ["a"],
        files: [{ path: "a", bytes: 1, sha256: SUM }],
        count: 1,
        bytes: 1,
      }),
    ],
  ],
  ["files left out of a mirror", async (blob) => readChoice(await blob.text()), ['{"format":"drportal-mirror-1","releases":["a"],"without":[]}']],
  [
    "a signature",
    async (blob) => checkSignature(new Uint8Array(3), await blob.text(), "RWQ".padEnd(56, "A")),
    [`untrusted comment: x\n${"RUQ".padEnd(100, "A")}\ntrusted comment: y\n${"A".repeat(88)}\n`],
  ],
]; // prettier-ignore
const WORDS = ["\0", "\xff", "\n", '"', "'", "[", "{", "<", ">", "&", "-1", "1e999", "9".repeat(400), "../", "__proto__", "=", "<TR>", "]]>", "<!DOCTYPE a>", "\x1f\x8b"]; // prettier-ignore

/** @param {Uint8Array<ArrayBuffer>} raw @param {() => number} random */
function damaged(raw, random) {
  let bytes = raw;
  for (let n = Math.floor(random() * 5); n >= 0; n--) {
    const at = Math.floor(random() * bytes.length);
    const gone = [0, 0, 1, 2, 8, 80][Math.floor(random() * 6)];
    const word = WORDS[Math.floor(random() * WORDS.length)];
    const made = random() < 0.5 ? Buffer.from(word, "latin1") : Buffer.from([random() * 256]);
    bytes = new Uint8Array(Buffer.concat([bytes.slice(0, at), made, bytes.slice(at + gone)]));
  }
  return bytes;
}

for (const [name, read, seeds] of READERS)
  test(`${name} that is damaged is read or refused`, async () => {
    const random = chance(SEED);
    for (const seed of seeds) {
      const raw = typeof seed === "string" ? new Uint8Array(new TextEncoder().encode(seed)) : seed;
      await read(new Blob([raw]));
      for (let n = 0; n < TIMES; n++) {
        const bytes = damaged(raw, random);
        const began = performance.now();
        try {
          await read(new Blob([bytes]));
        } catch (error) {
          const start = Buffer.from(bytes).toString("latin1").slice(0, 400);
          assert.ok(
            error instanceof Refused || (error instanceof Error && error.constructor === Error),
            `${error instanceof Error ? error.stack : error}\n${start}`,
          );
          assert.ok(error.message.length < 2_000, start);
        }
        assert.ok(performance.now() - began < SLOW, "it took too long");
      }
    }
  });

test("a file in an archive stays in its folder", () => {
  for (const name of [
    "../x",
    "..\\..\\x",
    "/x",
    "C:\\x",
    "a/b",
    "..",
    ".",
    "",
    "a\0b",
    "a\nb",
    "\u202egnp.fits",
    "x. ",
    "~",
    ".ssh",
  ]) {
    const made = entryName(name);
    assert.ok(made && !/[\\/:\0\n\u202e]|^\.|[. ]$/.test(made), `${JSON.stringify(name)}: ${made}`);
  }
  assert.equal(entryName("spec-55859-F5902_sp01-001.fits.gz"), "spec-55859-F5902_sp01-001.fits.gz");
  assert.equal(entryName("光谱 1.fits"), "光谱 1.fits");
});

test("a FITS file with impossible sizes is refused quickly", async () => {
  const [, read] = READERS[0];
  const values = ["-1", "-2880", "1.5", "1E999", "NaN", "'x'", "0", "99999999999999", "4294967296", "T", ""];
  for (const value of values) {
    for (const key of ["NAXIS1", "NAXIS2", "TFIELDS", "TFORM1", "TFORM2", "NAXIS"]) {
      await read(new Blob([fits({ [key]: value })])).catch((error) =>
        assert.ok(error instanceof Refused, `${key} = ${value}: ${error.stack}`),
      );
    }
    for (const bits of ["8", "-64", value]) {
      /** @type {[string, string][]} */
      const first = [["BITPIX", bits], ["NAXIS", "1"], ["NAXIS1", value], ["PCOUNT", value], ["GCOUNT", value]]; // prettier-ignore
      await read(new Blob([fits({}, first)])).catch((error) =>
        assert.ok(error instanceof Refused, `${bits} ${value}: ${error.stack}`),
      );
    }
  }
});
