import assert from "node:assert/strict";
import { test } from "node:test";
import { readPermalink, writePermalink } from "../src/search/permalink.js";
import { conditions, plan } from "../src/search/conditions.js";

/** @type {import("../src/search/columns.js").Form} */
const lrs = {
  name: "lrs",
  rows: 10,
  position: { ra: "ra", dec: "dec" },
  id: "obsid",
  columns: [
    { name: "obsid", datatype: "long" },
    { name: "ra", datatype: "double" },
    { name: "dec", datatype: "double" },
    { name: "class", datatype: "string" },
    { name: "snrg", datatype: "float" },
    { name: "z", datatype: "double", missing: [-9999] },
    { name: "limit", datatype: "int" },
    { name: '-odd, "name"*', datatype: "string" },
    { name: "column.x", datatype: "string" },
    { name: "a=b&c", datatype: "string" },
    { name: "类型", datatype: "string" },
  ],
};
const plain = { ...lrs, name: "plain", position: null };
const forms = [lrs, plain];

test("the example of the documentation", () => {
  const query =
    "catalogue=lrs&cone=150.1,2.2,60&snrg=10..&class=STAR,QSO&columns=obsid,ra,dec,z&sort=-snrg&limit=100";
  const { search, problems, asked } = readPermalink(`?${query}`, forms);
  assert.deepEqual(problems, []);
  assert.ok(asked);
  assert.deepEqual(search.region, { type: "cone", ra: 150.1, dec: 2.2, radius: 60 });
  assert.deepEqual(search.sort, [{ column: "snrg", descending: true }]);
  assert.equal(search.limit, 100);
  assert.equal(writePermalink(search), query);
});

test("everything that is not understood is reported", () => {
  /** @type {[string, string, RegExp][]} */
  const cases = [
    ["snr=10..", "snr", /no column “snr”/],
    ["catalogue=xyz", "catalogue", /no catalogue “xyz”.*lrs, plain/],
    ["columns=obsid,foo", "columns", /“foo”/],
    ["sort=-bar", "sort", /“bar”/],
    ["limit=0", "limit", /above 0/],
    ["limit=1e3", "limit", /above 0/],
    ["cone=1", "cone", /ra,dec,radius/],
    ["cone=NaN,2,3", "cone", /not a number/],
    ["box=1,2,3,4&cone=1,2,3", "cone", /either/],
    ["snrg=abc", "snrg", /not understood/],
    ["obsid=1.5", "obsid", /whole/],
    ["obsid=1&obsid=2", "obsid", /twice/],
    ["obsid=1&OBSID=2", "OBSID", /twice/],
    ["catalogue=plain&cone=1,2,3", "cone", /no positions/],
    ["class=%22x", "class", /not closed/],
    ["z=5..1", "z", /wrong way/],
  ];
  for (const [query, parameter, message] of cases) {
    const { problems } = readPermalink(query, forms);
    assert.equal(problems.length, 1, query);
    assert.equal(problems[0].parameter, parameter, query);
    assert.match(problems[0].message, message, query);
  }
  assert.equal(readPermalink("foo=1&cone=x&limit=-1", forms).problems.length, 3);
});

test("without constraints nothing runs", () => {
  for (const query of ["", "?", "catalogue=plain", "class=&theme=dark", "columns=obsid&limit=5"]) {
    const { problems, asked } = readPermalink(query, forms);
    assert.deepEqual([problems, asked], [[], false], query);
  }
});

test("column names that are also parameters, or hostile", () => {
  const { search, problems } = readPermalink("column.limit=1..5&column.column.x=a&limit=7", forms);
  assert.deepEqual(problems, []);
  assert.deepEqual(
    search.constraints.map((c) => c.column),
    ["limit", "column.x"],
  );
  assert.equal(search.limit, 7);
});

test("parse and write are inverse for random searches", () => {
  let seed = 20240229;
  const random = () => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) / 2 ** 32;
  const pick = (/** @type {any[]} */ list) => list[Math.floor(random() * list.length)];
  const alphabet = [
    "a",
    "B",
    "7",
    " ",
    ",",
    ".",
    "..",
    "*",
    '"',
    "'",
    "%",
    "&",
    "=",
    "+",
    "#",
    "\\",
    "\n",
    "星",
    "😀",
    "-",
    "/",
    "<",
  ];
  const text = () => Array.from({ length: Math.floor(random() * 8) }, () => pick(alphabet)).join("");
  const number = () => pick(["0", "-5", "1e3", "10.25", ".5", "9007199254740993"]);
  for (let round = 0; round < 2000; round++) {
    /** @type {import("../src/search/permalink.js").Search} */
    const search = { catalogue: "lrs", region: null, constraints: [], columns: null, sort: [], limit: null };
    const kind = pick(["cone", "box", ""]);
    if (kind === "cone")
      search.region = {
        type: "cone",
        ra: random() * 360,
        dec: random() * 180 - 90,
        radius: random() * 1e-5 + 1e-9,
      };
    if (kind === "box")
      search.region = {
        type: "box",
        ra_min: random() * 360,
        ra_max: random() * 360,
        dec_min: -random(),
        dec_max: random(),
      };
    for (const column of lrs.columns) {
      if (random() < 0.6) continue;
      const textual = column.datatype === "string";
      const items = Array.from({ length: 1 + Math.floor(random() * 3) }, () => {
        if (textual && random() < 0.3) return { kind: "pattern", text: `${pick(["K", "M 1", "星"])}*` };
        if (!textual && random() < 0.4)
          return { kind: "range", low: pick(["", "-7"]), high: pick(["", "1e4"]) };
        return {
          kind: "value",
          text: textual ? text() : column.datatype === "double" ? number() : pick(["0", "-5", "42"]),
        };
      });
      search.constraints.push({ column: column.name, items: /** @type {any} */ (items) });
    }
    const names = lrs.columns.map((c) => c.name).filter(() => random() < 0.3);
    search.columns = random() < 0.2 ? ["*"] : names.length ? names : null;
    search.sort = lrs.columns
      .filter(() => random() < 0.15)
      .map((c) => ({ column: c.name, descending: random() < 0.5 }));
    if (random() < 0.5) search.limit = 1 + Math.floor(random() * 1e6);
    const query = writePermalink(search);
    const back = readPermalink(query, forms);
    assert.deepEqual(back.problems, [], query);
    assert.deepEqual(back.search, search, query);
    assert.equal(writePermalink(back.search), query);
  }
});

test("where and plan of a search", () => {
  const { search } = readPermalink("box=350,10,-5,5&z=..0.1", forms);
  assert.equal(
    conditions(search, lrs),
    `("ra" >= CAST('350' AS DOUBLE) OR "ra" <= CAST('10' AS DOUBLE)) AND "dec" >= CAST('-5' AS DOUBLE) AND "dec" <= CAST('5' AS DOUBLE)` +
      ` AND "z" IS NOT NULL AND "z" <= CAST('0.1' AS DOUBLE) AND "z" NOT IN (CAST('-9999' AS DOUBLE))`,
  );
  const cone = plan(readPermalink("cone=10,20,30&class=STAR&columns=obsid&sort=-z", forms).search, lrs, [
    "obsid",
    "ra",
  ]);
  assert.deepEqual(cone.shown, ["separation", "obsid"]);
  assert.deepEqual(cone.read, ["obsid", "z", "class", "ra", "dec"]);
  assert.deepEqual(plan(readPermalink("cone=10,20,30", forms).search, lrs, ["obsid"]).sort, [
    { column: "separation", descending: false },
  ]);
  assert.deepEqual(plan(readPermalink("class=STAR&sort=separation", forms).search, lrs, ["obsid"]).sort, []);
});
