import assert from "node:assert/strict";
import { test } from "node:test";
import { parseItems, writeItems } from "../src/search/grammar.js";
import { condition, ordering } from "../src/search/conditions.js";
import { quoteName, quoteText, readNumber, readWhole } from "../src/search/literals.js";

/** @type {import("../src/search/columns.js").Column} */
const whole = { name: "obsid", datatype: "long", missing: [-9999] };
const real = { name: "teff", datatype: "double", missing: [-9999, -999] };
const single = { name: "snrg", datatype: "float", missing: [] };
const text = { name: "subclass", datatype: "string", missing: ["Non"] };
const time = { name: "at", datatype: "timestamp", missing: [] };
const truth = { name: "ok", datatype: "boolean" };
/** @param {import("../src/search/columns.js").Column} column @param {string} value */
const where = (column, value) => condition(column, parseItems(value));

test("numbers are read strictly", () => {
  for (const good of ["1", "-5", "+5", "1e3", ".5", "1.25E-4", " 7 ", "\u22125"])
    assert.ok(Number.isFinite(readNumber(good)), good);
  for (const bad of [
    "",
    "NaN",
    "Infinity",
    "1e",
    "0x10",
    "1_000",
    "5.",
    "--5",
    "1;2",
    "1 2",
    "1e99999",
    "1e400",
    "'1'",
  ]) {
    assert.throws(() => readNumber(bad), { name: "Refused" }, bad);
  }
});

test("whole numbers are exact to the last of 64 bits", () => {
  assert.deepEqual(readWhole("9223372036854775807"), {
    floor: 9223372036854775807n,
    ceil: 9223372036854775807n,
  });
  assert.deepEqual(readWhole("-1.5"), { floor: -2n, ceil: -1n });
  assert.deepEqual(readWhole("1.5"), { floor: 1n, ceil: 2n });
  assert.deepEqual(readWhole("1e3"), { floor: 1000n, ceil: 1000n });
  assert.deepEqual(readWhole("12.50e1"), { floor: 125n, ceil: 125n });
  assert.deepEqual(readWhole("0e4000"), { floor: 0n, ceil: 0n });
  assert.throws(() => readWhole("1e400"), { name: "Refused" });
  assert.equal(where(whole, "9223372036854775807"), `"obsid" = CAST('9223372036854775807' AS BIGINT)`);
  assert.equal(where(whole, "9223372036854775808"), `"obsid" = CAST('9223372036854775808' AS UBIGINT)`);
  assert.throws(() => where(whole, "18446744073709551616"), /too large/);
  assert.equal(where(whole, "-9223372036854775808"), `"obsid" = CAST('-9223372036854775808' AS BIGINT)`);
});

test("decimals are compared as decimals", () => {
  const decimal = { name: "mag", datatype: "double", scale: 2, missing: [99.9] };
  assert.equal(where(decimal, "15.25"), `"mag" = CAST('15.25' AS DECIMAL(38,2))`);
  assert.equal(where(decimal, "-.5"), `"mag" = CAST('-0.50' AS DECIMAL(38,2))`);
  assert.equal(where(decimal, "152.5e-1"), `"mag" = CAST('15.25' AS DECIMAL(38,2))`);
  assert.equal(where(decimal, "15.255"), "FALSE");
  assert.equal(
    where(decimal, "15.251..15.259"),
    `"mag" IS NOT NULL AND "mag" >= CAST('15.26' AS DECIMAL(38,2)) AND "mag" <= CAST('15.25' AS DECIMAL(38,2)) ` +
      `AND "mag" NOT IN (CAST('99.90' AS DECIMAL(38,2)))`,
  );
  assert.throws(() => where(decimal, "1e37"), /too large/);
});

test("a list is an IN list; a range excludes missing values", () => {
  assert.equal(
    where(whole, "101001,101002"),
    `"obsid" IN (CAST('101001' AS BIGINT), CAST('101002' AS BIGINT))`,
  );
  assert.equal(
    where(real, "4000..5000"),
    `"teff" IS NOT NULL AND "teff" >= CAST('4000' AS DOUBLE) AND "teff" <= CAST('5000' AS DOUBLE)` +
      ` AND "teff" NOT IN (CAST('-9999' AS DOUBLE), CAST('-999' AS DOUBLE))`,
  );
  assert.equal(where(single, "10.."), `"snrg" IS NOT NULL AND "snrg" >= CAST('10' AS FLOAT)`);
  assert.equal(where(single, "..10"), `"snrg" IS NOT NULL AND "snrg" <= CAST('10' AS FLOAT)`);
  assert.match(where(real, "-5..-1"), />= CAST\('-5' AS DOUBLE\) AND "teff" <= CAST\('-1' AS DOUBLE\)/);
  assert.match(where(real, "1e3..2e3"), />= CAST\('1000' AS DOUBLE\)/);
  assert.equal(
    where(real, ".."),
    `"teff" IS NOT NULL AND "teff" NOT IN (CAST('-9999' AS DOUBLE), CAST('-999' AS DOUBLE))`,
  );
  assert.match(where(whole, "10.5..20.5"), />= CAST\('11' AS BIGINT\) AND "obsid" <= CAST\('20' AS BIGINT\)/);
});

test("a sentinel can be searched for exactly", () => {
  assert.equal(where(real, "-9999"), `"teff" = CAST('-9999' AS DOUBLE)`);
  assert.equal(where(real, "-9999..-9999"), `"teff" = CAST('-9999' AS DOUBLE)`);
});

test("infinities, NaN and NULL are searched for by name", () => {
  for (const word of ["-inf", "-Infinity", "-INF", "\u2212inf"])
    assert.equal(where(real, word), `"teff" = CAST('-Infinity' AS DOUBLE)`);
  for (const word of ["inf", "+inf", "Infinity"])
    assert.equal(where(single, word), `"snrg" = CAST('Infinity' AS FLOAT)`);
  assert.match(
    where(real, "3..inf"),
    /"teff" >= CAST\('3' AS DOUBLE\) AND "teff" <= CAST\('Infinity' AS DOUBLE\)/,
  );
  assert.match(where(real, "-inf..3"), />= CAST\('-Infinity' AS DOUBLE\)/);
  assert.throws(() => where(real, "inf..3"), /wrong way round/);
  // no whole number is infinite
  assert.match(
    where(whole, "3..inf"),
    /^"obsid" IS NOT NULL AND "obsid" >= CAST\('3' AS BIGINT\) AND "obsid" NOT IN/,
  );
  assert.throws(() => where(whole, "inf"), { name: "Refused" });
  for (const column of [real, single, whole, text]) assert.match(where(column, "null"), /^"\w+" IS NULL$/);
  assert.equal(where(text, '"null"'), `"subclass" = 'null'`);
  assert.equal(where(text, "inf,nan"), `"subclass" IN ('inf', 'nan')`);
  assert.equal(where(real, "NaN"), `"teff" IS NULL`);
  // what a statement computes may be either
  const computed = { ...real, nan: true };
  assert.equal(where(computed, "nan"), `isnan("teff")`);
  assert.match(where(computed, "3.."), /AND NOT isnan\("teff"\)/);
  assert.equal(where(real, "null,5"), `(("teff" = CAST('5' AS DOUBLE)) OR ("teff" IS NULL))`);
  assert.equal(writeItems(parseItems('null,"NULL",-inf,3..inf')), 'null,"NULL",-inf,3..inf');
});

test("text: exact, quoted, and * as wildcard", () => {
  assert.equal(where(text, "G2"), `"subclass" = 'G2'`);
  assert.equal(where(text, "O'Neil\\"), `"subclass" = 'O''Neil\\'`);
  assert.equal(where(text, "K*"), `"subclass" LIKE 'K%' ESCAPE '\\'`);
  assert.equal(where(text, "a_%\\b*c"), `"subclass" LIKE 'a\\_\\%\\\\b%c' ESCAPE '\\'`);
  assert.equal(where(text, '"a,b*"'), `"subclass" = 'a,b*'`);
  assert.equal(
    where(text, "K*,G2,M1"),
    `(("subclass" IN ('G2', 'M1')) OR ("subclass" LIKE 'K%' ESCAPE '\\'))`,
  );
  assert.equal(where(text, '""'), `"subclass" = ''`);
  assert.throws(() => where(real, "4*"), /text columns only/);
  assert.throws(() => where(text, "a\0b"), { name: "Refused" });
  assert.throws(() => where(text, '"open'), /not closed/);
});

test("hostile values stay values", () => {
  const hostile = `'; DROP TABLE lrs; --`;
  assert.equal(where(text, `"${hostile}"`), `"subclass" = '''; DROP TABLE lrs; --'`);
  assert.throws(() => where(real, "1); DROP TABLE lrs"), { name: "Refused" });
  assert.throws(() => where(whole, "NaN"), { name: "Refused" });
  assert.equal(quoteName(`a"b`), `"a""b"`);
  assert.equal(quoteText("\ud800"), "'\ufffd'");
});

test("dates cover the day, month or year that was written", () => {
  const from = (/** @type {string} */ d) => `CAST('${d} 00:00:00' AS TIMESTAMP)`;
  assert.equal(where(time, "2015-10-27"), `("at" >= ${from("2015-10-27")} AND "at" < ${from("2015-10-28")})`);
  assert.equal(
    where(time, "2015..2016-02"),
    `"at" IS NOT NULL AND "at" >= ${from("2015-01-01")} AND "at" < ${from("2016-03-01")}`,
  );
  assert.equal(where(time, "2015-10-27T01:02:03.5"), `"at" = CAST('2015-10-27 01:02:03.5' AS TIMESTAMP)`);
  for (const part of ["2015", "2015-10", "2015-10-27"])
    for (const rest of ["*", "-*"]) assert.equal(where(time, part + rest), where(time, part));
  for (const pattern of ["201*", "*-10", "2015-1*"])
    assert.throws(() => where(time, pattern), /text columns only/);
  assert.throws(() => where(time, "2015-02-30"), /not a date/);
  assert.throws(() => where(time, "yesterday"), /not a date/);
});

test("timestamps have as many digits as their column", () => {
  const us = (/** @type {string} */ d) => `CAST('${d}' AS TIMESTAMP)`;
  assert.equal(where(time, "2020-01-01T00:00:00.123456789"), "FALSE");
  assert.equal(
    where(time, "2020-01-01T00:00:00.123456789..2020-01-02T00:00:00.1234560"),
    `"at" IS NOT NULL AND "at" > ${us("2020-01-01 00:00:00.123456")} AND "at" <= ${us("2020-01-02 00:00:00.123456")}`,
  );
  assert.equal(
    where(time, "..<2020-01-01T00:00:00.1234567"),
    `"at" IS NOT NULL AND "at" <= ${us("2020-01-01 00:00:00.123456")}`,
  );
  assert.equal(
    where(time, "9999"),
    `("at" >= ${us("9999-01-01 00:00:00")} AND "at" < ${us("10000-01-01 00:00:00")})`,
  );
  const fine = { ...time, scale: 9 };
  const ns = (/** @type {string} */ d) => `CAST('${d}' AS TIMESTAMP_NS)`;
  assert.equal(where(fine, "2262-04-10T23:59:59.999999999"), `"at" = ${ns("2262-04-10 23:59:59.999999999")}`);
  assert.equal(
    where(fine, "0001..2262"),
    `"at" IS NOT NULL AND "at" >= ${ns("-infinity")} AND "at" < ${ns("infinity")}`,
  );
});

test("true and false", () => {
  assert.equal(where(truth, "true"), `"ok" = TRUE`);
  assert.throws(() => where(truth, "maybe"), { name: "Refused" });
  assert.throws(() => where(truth, "false..true"), { name: "Refused" });
});

test("a range whose ends are swapped is refused, instead of finding nothing", () => {
  assert.throws(() => where(real, "5..1"), /wrong way round/);
  assert.throws(() => where(whole, "5..1"), /wrong way round/);
});

test("sorting puts NULL and sentinels last in both directions", () => {
  assert.equal(
    ordering(
      [
        { column: "teff", descending: true },
        { column: "obsid", descending: false },
      ],
      [whole, real],
    ),
    `coalesce("teff" IN (CAST('-9999' AS DOUBLE), CAST('-999' AS DOUBLE)), FALSE), "teff" DESC NULLS LAST, ` +
      `coalesce("obsid" IN (CAST('-9999' AS BIGINT)), FALSE), "obsid" ASC NULLS LAST`,
  );
});

test("values kept as text are sorted by value", () => {
  const own = new Map([
    ["age", `TRY_CAST("age" AS INTERVAL)`],
    ["any", "(SELECT rank)"],
  ]);
  const sort = ["age", "any", "name"].map((column) => ({ column, descending: column === "age" }));
  assert.equal(
    ordering(sort, [], own),
    `TRY_CAST("age" AS INTERVAL) DESC NULLS LAST, (SELECT rank) ASC NULLS LAST, "name" ASC NULLS LAST`,
  );
});

test("items are written so that they read back the same", () => {
  for (const value of [
    "a",
    "a,b",
    "1..2",
    "..2",
    "1..",
    "..",
    "-5..-1",
    "K*,M*",
    `"a,b",c`,
    `""`,
    `"a..b"`,
    `"x*y"`,
    `1..".5"`,
    `"say ""hi"""`,
  ]) {
    assert.equal(writeItems(parseItems(value)), value);
  }
  assert.deepEqual(
    parseItems("a, b ,,c"),
    ["a", "b", "c"].map((t) => ({ kind: "value", text: t })),
  );
  assert.deepEqual(parseItems(""), []);
  for (const bad of ["1..2..3", `"a"b`, `"a`]) assert.throws(() => parseItems(bad), { name: "Refused" }, bad);
});

test("arrays are not searched, including those of texts", () => {
  for (const arraysize of ["3", "*"])
    assert.throws(() => where({ ...text, arraysize }, "a"), /cannot be searched/);
});
