import assert from "node:assert/strict";
import { test } from "node:test";
import { forms, tableHead } from "../src/results/export/fits.js";
import { csvHead, csvRows } from "../src/results/export/csv.js";
import { fileName, isNumeric, sizeText } from "../src/results/format.js";
import { Binary2, base64 } from "../src/results/export/votable-binary2.js";
import {
  votableHead,
  votableKinds,
  votableRows,
  votableTail,
  votableType,
  xmlText,
} from "../src/results/export/votable.js";

test("CSV", () => {
  assert.equal(csvHead(["obsid", 'say "hi"', "a,b"]), 'obsid,"say ""hi""","a,b"\r\n');
  assert.equal(
    csvRows(
      [
        [101n, null, "a\nb"],
        [-1n, "", " x"],
      ],
      ["BIGINT", "VARCHAR", "VARCHAR"],
    ),
    '101,,"a\nb"\r\n-1,""," x"\r\n',
  );
  // numbers stay numbers; a text never begins a formula
  assert.equal(
    csvRows(
      [[-1n, "=1+1", "-1", "+2", "@x", "\tx", "fine", "＝1"]],
      ["BIGINT", ...Array(7).fill("VARCHAR")],
      true,
    ),
    "-1,'=1+1,'-1,'+2,'@x,'\tx,fine,'＝1\r\n",
  );
  assert.equal(csvHead(["=a", "b"], true), "'=a,b\r\n");
  // values that a spreadsheet would round, or take for another number
  assert.equal(
    csvRows(
      [
        [2n ** 63n - 1n, -(2n ** 53n), 999999999999999n, 0.1 + 0.2, -Infinity],
        ["1234567890123456.5", "-0.50", "007", "1E5", "1e5x"],
        ["2020-01-01", "0", "1234567890123456", "0.5", "12"],
        ["0.5", "0.5", "1234567890.123456", "a", "-290.20919926120376"],
        ["0.5", "0.5", "a", "a", "-1234567890123456"],
      ],
      ["DECIMAL(38,1)", "DECIMAL(5,2)", "VARCHAR", "VARCHAR", "number"],
      true,
    ),
    "'9223372036854775807,'-9007199254740992,999999999999999,0.30000000000000004,'-Infinity\r\n" +
      "'1234567890123456.5,-0.50,'007,'1E5,1e5x\r\n" +
      "2020-01-01,0,'1234567890123456,0.5,12\r\n" +
      "0.5,0.5,1234567890.123456,a,-290.20919926120376\r\n" +
      "0.5,0.5,a,a,'-1234567890123456\r\n",
  );
});

test("VOTable: types, units, hostile text", () => {
  assert.equal(votableType("BIGINT"), "long");
  assert.equal(votableType("Int64"), "long");
  assert.equal(votableType("DECIMAL(15,3)"), "double");
  assert.equal(votableType("DECIMAL(16,3)"), "unicodeChar");
  assert.equal(votableType("HUGEINT"), "unicodeChar");
  assert.equal(
    xmlText(`<a b="c">&'\0\x01\r\ud800]]>`),
    "&lt;a b=&quot;c&quot;&gt;&amp;&apos;&#13;\ufffd]]&gt;",
  );
  const head = votableHead(
    [
      { name: "obsid", type: "BIGINT", missing: [-9999], ucd: "meta.id;meta.main" },
      { name: "r<a", type: "DOUBLE", unit: "deg", description: "a & b" },
    ],
    {
      release: "dr8/v1.0",
      catalogue: "lrs",
      query: 'class="x"&z=1..',
      cite: "TEST <DR8>",
      date: "2024-01-01T00:00:00Z",
    },
    ["long", "double"],
    "TABLEDATA",
  );
  assert.match(
    head,
    /<FIELD name="obsid" datatype="long" ucd="meta.id;meta.main"><VALUES null="-9999"\/><\/FIELD>/,
  );
  assert.match(
    head,
    /<FIELD name="r&lt;a" datatype="double" unit="deg"><DESCRIPTION>a &amp; b<\/DESCRIPTION><\/FIELD>/,
  );
  assert.match(head, /<INFO name="cite" value="TEST &lt;DR8&gt;"\/>/);
  assert.match(head, /name="query" value="class=&quot;x&quot;&amp;z=1.."/);
  assert.equal(
    votableRows(
      [
        [1n, NaN],
        [null, -Infinity],
      ],
      ["BIGINT", "DOUBLE"],
      ["long", "double"],
    ),
    "<TR><TD>1</TD><TD>NaN</TD></TR>\n<TR><TD></TD><TD>-Inf</TD></TR>\n",
  );
  assert.equal(votableRows([["<&\0>"]], ["VARCHAR"], ["char"]), "<TR><TD>&lt;&amp;&gt;</TD></TR>\n");
  assert.ok(votableTail("TABLEDATA").endsWith("</VOTABLE>\n"));
});

test("VOTable: texts, times and positions have their types", () => {
  const fields = [
    { name: "a", type: "VARCHAR" },
    { name: "b", type: "VARCHAR" },
    { name: "t", type: "TIMESTAMP" },
    { name: "ra", type: "DOUBLE", ucd: "pos.eq.ra;meta.main" },
  ];
  const lengths = new Map([
    ["a", { longest: 3, ascii: true }],
    ["b", { longest: 3, ascii: false }],
  ]);
  const kinds = votableKinds(fields, lengths);
  assert.deepEqual(kinds, ["char", "unicodeChar", "char", "double"]);
  const about = { release: "r", catalogue: "c", query: "q\n1", cite: "", date: "d" };
  const head = votableHead(fields, about, kinds, "BINARY2");
  assert.match(head, /<COOSYS ID="ICRS" system="ICRS"\/>/);
  assert.match(head, /<FIELD name="ra" datatype="double" ucd="pos.eq.ra;meta.main" ref="ICRS">/);
  assert.match(head, /name="t" datatype="char" arraysize="\*" xtype="timestamp"/);
  assert.match(head, /value="q&#10;1"/);
  assert.doesNotMatch(head, /name="cite"/);
});

test("BINARY2 in pieces is the same as in one", () => {
  const types = ["BIGINT", "FLOAT", "VARCHAR", "VARCHAR", "BOOLEAN"];
  const kinds = ["long", "float", "char", "unicodeChar", "boolean"];
  const rows = Array.from({ length: 50 }, (_, i) => [
    i % 3 ? 2n ** 63n - BigInt(i + 1) : null,
    i % 4 ? i / 2 : null,
    "x".repeat(i),
    i % 5 ? "光🔭" : null,
    i % 2 === 0,
  ]);
  const decode = (/** @type {Uint8Array[]} */ parts) =>
    Buffer.from(Buffer.concat(parts).toString(), "base64");
  const one = new Binary2(types, kinds);
  const whole = decode([one.rows(rows), one.end()]);
  const many = new Binary2(types, kinds);
  const parts = [0, 1, 7, 20].map((from, k, all) => many.rows(rows.slice(from, all[k + 1] ?? 50)));
  assert.deepEqual(decode([...parts, many.end()]), whole);
  // the first row: the long, the float and the wide text are NULL
  assert.equal(whole[0], 0b11010000);
  assert.equal(whole.readUInt32BE(1 + 8 + 4), 0);
  assert.equal(whole.readUInt32BE(1 + 8 + 4 + 4), 0);
  assert.equal(whole[1 + 8 + 4 + 4 + 4], 84);
  assert.equal(Buffer.from(base64(Uint8Array.of(1))).toString(), "AQ==\n");
});

test("names, sizes and alignment", () => {
  assert.deepEqual([0, 999, 1500, 35_700_000, 123_456_789].map(sizeText), [
    "0 B",
    "999 B",
    "1.5 kB",
    "35.7 MB",
    "123 MB",
  ]);
  assert.equal(fileName(["dr8/v1.0".replace("/", "_"), "lrs", "433rows"], "csv"), "dr8_v1.0_lrs_433rows.csv");
  for (const type of ["BIGINT", "DOUBLE", "Int64", "Float32", "DECIMAL(3,2)", "HUGEINT", "UTINYINT"])
    assert.ok(isNumeric(type), type);
  for (const type of ["VARCHAR", "Utf8", "DATE", "INTERVAL", "BOOLEAN", "POINT"])
    assert.ok(!isNumeric(type), type);
});

test("FITS has no more columns than its keywords allow", async () => {
  const fields = Array.from({ length: 1000 }, (_, i) => ({ name: `c${i}`, type: "DOUBLE" }));
  const nothing = async function* () {};
  assert.equal((await forms(fields.slice(1), nothing)).length, 999);
  await assert.rejects(forms(fields, nothing), /at most 999 columns/);
});

/** Format of whole numbers of a type, given those of the rows. */
const whole = async (/** @type {string} */ type, /** @type {unknown[]} */ values) => {
  const [form] = await forms([{ name: "n", type }], async function* () {
    yield values.slice(0, 1).map((value) => [value]);
    yield values.slice(1).map((value) => [value]);
  });
  return form;
};

test("FITS: the value for NULL among whole numbers occurs in no row", async () => {
  const [least, most] = [-32768, 32767];
  const cases = /** @type {[string, unknown[], string, number, bigint | null][]} */ ([
    ["SMALLINT", [least, most], "I", 2, null], // nothing is NULL
    ["SMALLINT", [null, least + 1, most], "I", 2, BigInt(least)],
    ["SMALLINT", [least, null, most - 1], "I", 2, BigInt(most)],
    ["SMALLINT", [most, null, least], "J", 4, -(2n ** 31n)], // none is free: a wider type
    ["UTINYINT", [1, null], "B", 1, 0n],
    ["UTINYINT", [0, null], "B", 1, 255n],
    ["UTINYINT", [0, 255, null], "I", 2, -(2n ** 15n)],
    ["INTEGER", [2147483647, null, -2147483648], "K", 8, -(2n ** 63n)],
    ["BIGINT", [-(2n ** 63n), null, 0n], "K", 8, 2n ** 63n - 1n],
    ["BIGINT", [2n ** 63n - 1n, null, -(2n ** 63n)], "A", 20, null],
    ["BIGINT", [null, null], "K", 8, -(2n ** 63n)],
  ]);
  for (const [type, values, code, width, empty] of cases)
    assert.deepEqual(await whole(type, values), { code, width, empty }, `${type} ${values}`);
  const form = await whole("SMALLINT", [null, 5]);
  assert.match(
    tableHead([{ name: "n", type: "SMALLINT" }], [form], 2, []),
    /TFORM1  = '1I {6}'.*TNULL1  = {15}-32768 /,
  );
});
