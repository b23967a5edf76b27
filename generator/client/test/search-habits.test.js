import assert from "node:assert/strict";
import { test } from "node:test";
import { parseItems, writeItems } from "../src/search/grammar.js";
import { readItems } from "../src/search/habits.js";
import { meantPattern, meantTexts, similar } from "../src/results/query/diagnosis.js";
import { readPermalink, writePermalink } from "../src/search/permalink.js";
import { condition } from "../src/search/conditions.js";
import { condition as pandas } from "../src/results/recipes/lsdb.js";

const real = { name: "snrg", datatype: "double", unit: "K", missing: [] };
const whole = { name: "n", datatype: "int", missing: [] };
const id = { name: "gaia_source_id", datatype: "long" };
const text = { name: "class", datatype: "string", missing: [] };
const time = { name: "at", datatype: "timestamp", missing: [] };
const dates = { name: "obsdate", datatype: "string", dates: true };
const BOX = { low: -100, high: 100000 };

/** @param {import("../src/search/columns.js").Column} column @param {string} written @param {import("../src/search/habits.js").Extremes | null} [box] */
function canon(column, written, box = null) {
  const items = readItems(column, written, box);
  if (items.length) condition(column, items);
  const link = writeItems(items);
  assert.deepEqual(parseItems(link), items, `${written} → ${link}`);
  return link;
}

/** @param {import("../src/search/columns.js").Column} column @param {[string, string][]} cases @param {import("../src/search/habits.js").Extremes | null} [box] */
function all(column, cases, box = null) {
  for (const [written, link] of cases) assert.equal(canon(column, written, box), link, written);
}

test("comparisons, ranges and lists of numbers as people write them", () => {
  all(real, [
    [">50", ">50.."],
    ["> 50", ">50.."],
    [">=50", "50.."],
    [">= 50", "50.."],
    ["≥50", "50.."],
    ["=>50", "50.."],
    ["<10", "..<10"],
    ["<=10", "..10"],
    ["≤ 10", "..10"],
    ["＞５０", ">50.."],
    ["＜＝１０", "..10"],
    ["=50", "50"],
    ["50-100", "50..100"],
    ["50 - 100", "50..100"],
    ["50 to 100", "50..100"],
    ["50..100", "50..100"],
    ["50...100", "50..100"],
    ["50…100", "50..100"],
    ["50–100", "50..100"],
    ["50—100", "50..100"],
    ["50~100", "50..100"],
    ["50～100", "50..100"],
    ["５０－１００", "50..100"],
    ["50至100", "50..100"],
    ["50 到 100", "50..100"],
    ["50 -100", "50..100"],
    ["-5--2", "-5..-2"],
    ["-5 - -2", "-5..-2"],
    ["-5..-2", "-5..-2"],
    ["−5–−2", "-5..-2"],
    ["-5-2", "-5..2"],
    ["1e-3", "1e-3"],
    ["1e-3-1e-2", "1e-3..1e-2"],
    [">1e-3", ">1e-3.."],
    ["5.", "5"],
    ["1，2、3", "1,2,3"],
    ["1 or 2", "1,2"],
    ["!=5", "..<5,>5.."],
    ["≠5", "..<5,>5.."],
    ["<>5", "..<5,>5.."],
    ["!=7, !=5", "..<5,>5..<7,>7.."],
    [">5 <10", ">5..<10"],
    [">5, <=10", ">5..10"],
    [">5 and <10", ">5..<10"],
    ["<5, >10", "..<5,>10.."],
    ["5 < x <= 10", ">5..10"],
    ["5<=snrg<10", "5..<10"],
    ["10 > x > 5", ">5..<10"],
    ["snrg > 5", ">5.."],
    ["between 5 and 10", "5..10"],
    ["from 5 to 10", "5..10"],
    ["[5, 10)", "5..<10"],
    ["(5,10]", ">5..10"],
    ["5000 K", "5000"],
    ["5000-6000K", "5000..6000"],
    ["1 000", "1000"],
    ["1'000'000", "1000000"],
    ["1 000 - 2 000", "1000..2000"],
    ["大于50", ">50.."],
    ["不小于５０", "50.."],
    ["at least 50", "50.."],
    ["less than 10", "..<10"],
    ["5..10, >20", ">20..,5..10"],
  ]);
});

test("commas between thousands, where the column has such a number", () => {
  all(
    real,
    [
      ["1,000", "1000"],
      ["1,000-2,000", "1000..2000"],
      [">12,500.5", ">12500.5.."],
      ["１，０００", "1000"],
      ["1,000, 2,000", "1000,2000"],
      ["100, 200", "100,200"],
      ["10,20", "10,20"],
      ["1,3,10..20", "1,3,10..20"],
      ["-1,000..5", "-1000..5"],
    ],
    BOX,
  );
  assert.equal(canon(real, "101,102", { low: 0, high: 300 }), "101,102");
  assert.equal(canon(real, "101,102", { low: NaN, high: NaN }), "101102");
  assert.equal(canon(real, "1,000"), "1,000", "elsewhere a comma separates values");
});

test("whole numbers and names before them", () => {
  all(whole, [
    [">5", ">5.."],
    ["3-5", "3..5"],
    ["!=0", "..<0,>0.."],
  ]);
  all(id, [
    ["Gaia DR3 4295806720", "4295806720"],
    ["gaia dr2:9223372036854775807", "9223372036854775807"],
    ["TIC 261136679", "261136679"],
    ["HD189733, HD 209458", "189733,209458"],
  ]);
  assert.throws(() => readItems(whole, "Gaia DR3 12"), /not understood/);
});

test("an excluded end is excluded exactly", () => {
  const where = (/** @type {any} */ column, /** @type {string} */ written) =>
    condition(column, readItems(column, written)).replaceAll(/"\w+" IS NOT NULL AND /g, "");
  assert.equal(where(whole, ">5"), `"n" >= CAST('6' AS BIGINT)`);
  assert.equal(where(whole, ">5.5"), `"n" >= CAST('6' AS BIGINT)`);
  assert.equal(where(whole, "<5"), `"n" <= CAST('4' AS BIGINT)`);
  assert.equal(where(whole, "<5.5"), `"n" <= CAST('5' AS BIGINT)`);
  assert.equal(where(whole, "<-5"), `"n" <= CAST('-6' AS BIGINT)`);
  assert.equal(
    where(id, "<9223372036854775808"),
    `"gaia_source_id" <= CAST('9223372036854775807' AS BIGINT)`,
  );
  assert.equal(where(real, ">5"), `"snrg" > CAST('5' AS DOUBLE)`);
  assert.equal(where({ ...real, datatype: "float" }, "<0.1"), `"snrg" < CAST('0.1' AS FLOAT)`);
  assert.equal(where(text, '>"a".."z"'), `"class" > 'a' AND "class" <= 'z'`);
  assert.equal(where(text, "!=STAR"), `(("class" < 'STAR') OR ("class" > 'STAR'))`);
  const decimal = { name: "mag", datatype: "double", scale: 1, missing: [] };
  assert.equal(where(decimal, ">1.25"), `"mag" > CAST('1.2' AS DECIMAL(38,1))`);
  assert.equal(where(decimal, "<1.25"), `"mag" < CAST('1.3' AS DECIMAL(38,1))`);
  assert.equal(where(decimal, ">=1.25"), `"mag" >= CAST('1.3' AS DECIMAL(38,1))`);
  assert.equal(where(real, ">-inf"), `"snrg" > CAST('-Infinity' AS DOUBLE)`);
  assert.equal(
    where(real, "3..inf"),
    `"snrg" >= CAST('3' AS DOUBLE) AND "snrg" <= CAST('Infinity' AS DOUBLE)`,
  );
  assert.equal(where(whole, "3..inf"), `"n" >= CAST('3' AS BIGINT)`);
  assert.equal(where(decimal, "-inf..3"), `"mag" <= CAST('3.0' AS DECIMAL(38,1))`);
  const day = `CAST('2015-10-27 00:00:00' AS TIMESTAMP)`;
  const next = `CAST('2015-10-28 00:00:00' AS TIMESTAMP)`;
  assert.equal(where(time, ">2015-10-27"), `"at" >= ${next}`);
  assert.equal(where(time, ">=2015-10-27"), `"at" >= ${day}`);
  assert.equal(where(time, "<2015-10-27"), `"at" < ${day}`);
  assert.equal(where(time, "<=2015-10-27"), `"at" < ${next}`);
  assert.equal(where(dates, ">2015-10"), `"obsdate" >= '2015-11'`);
  assert.equal(where(dates, "<2015-10"), `"obsdate" < '2015-10'`);
  for (const bad of [">5..<5", ">5..5", "5..<5"])
    assert.throws(() => where(real, bad), /wrong way round/, bad);
  assert.throws(() => where(whole, ">5..<5"), /wrong way round/);
  assert.equal(
    pandas(real, parseItems(">5..<6")),
    `(rows["snrg"].notna() & (rows["snrg"] > 5) & (rows["snrg"] < 6))`,
  );
  assert.match(
    pandas(time, parseItems(">2015..<2016-02")),
    />= \(np.datetime64\("2015", "Y"\) \+ 1\)\.astype\("datetime64\[us\]"\)\) & \(rows\["at"\] < np.datetime64\("2016-02", "us"\)\)/,
  );
});

test("dates as people write them", () => {
  for (const column of [time, dates])
    all(column, [
      ["2015-10-27", "2015-10-27"],
      ["2015/10/27", "2015-10-27"],
      ["2015.1.7", "2015-01-07"],
      ["20151027", "2015-10-27"],
      ["2015年10月27日", "2015-10-27"],
      ["2015年1月", "2015-01"],
      [">2015-10-27", ">2015-10-27.."],
      ["2015-2016", "2015..2016"],
      ["2015-10-27 - 2015-11-03", "2015-10-27..2015-11-03"],
      ["2015-10-27 to 2015-11-03", "2015-10-27..2015-11-03"],
      ["2015-10~2016-02", "2015-10..2016-02"],
      ["2015年10月27日至2016年2月1日", "2015-10-27..2016-02-01"],
    ]);
});

test("texts stay texts", () => {
  all(text, [
    ["<b>C</b>", "<b>C</b>"],
    [">50", ">50"],
    ["A-B", "A-B"],
    ["K*", "K*"],
    ["!=STAR, !=QSO", "..<QSO,>QSO..<STAR,>STAR.."],
    ['!="a,b"', '..<"a,b",>"a,b"..'],
  ]);
});

test("what is not understood is refused with examples", () => {
  for (const bad of ["abc", "50-", "-5 -2", "5--", ">", "> >5", ">5 !=7", "5..10, !=7", "> 5 < 3 < 2"])
    assert.throws(() => canon(real, bad), /Examples: .*50\.\.100/, bad);
  for (const bad of ["yesterday", "27.10.2015", "2015-02-30"])
    assert.throws(() => canon(time, bad), /2015-10-27/, bad);
  assert.throws(() => canon(real, "100-50"), /wrong way round/);
  assert.throws(() => canon(real, ">1e999"), /too large/);
  assert.throws(() => canon(real, "4*"), /text columns only/);
});

test("links have open ends, and hand-written ones may have signs alone", () => {
  const form = { name: "t", rows: 1, position: null, id: null, columns: [real, whole, text] };
  for (const [query, link] of [
    ["snrg=>50", "catalogue=t&snrg=%3E50.."],
    ["snrg=%3E50..", "catalogue=t&snrg=%3E50.."],
    ["snrg=>=50&n=<3", "catalogue=t&snrg=50..&n=..%3C3"],
    ["class=!=STAR", "catalogue=t&class=..%3CSTAR,%3ESTAR.."],
    ["n=1,000", "catalogue=t&n=1,000"],
  ]) {
    const { search, problems } = readPermalink(query, [form]);
    assert.deepEqual(problems, [], query);
    assert.equal(writePermalink(search), link);
    assert.deepEqual(readPermalink(link, [form]).search, search);
  }
});

test("words about a number are read, or the reader is asked for them", () => {
  const real = { name: "snrg", datatype: "float" };
  const box = { low: -50, high: 20000 };
  const read = (/** @type {string} */ text) => writeItems(readItems(real, text, box));
  for (const [text, items] of Object.entries({
    "50±5": "45..55",
    "50 +/- 5": "45..55",
    "0.3+-0.1": "0.2..0.4",
    "-5±1": "-6..-4",
    "５０±５": "45..55",
    "50以上": "50..",
    "100以下": "..100",
    "50+": "50..",
    "!50": "..<50,>50..",
    "50;60": "50,60",
    "50\n60\t70": "50,60,70",
    "is null": "null",
    "not null": "..",
    不为空: "..",
    "1 000": "1000",
  }))
    assert.equal(read(text), items, text);
  for (const text of ["~50", "≈50", "约50", "about 50", "～５０", "ca. 50"])
    assert.throws(() => read(text), /50±1/, text);
  assert.throws(() => readItems(real, "50 100", { low: 0, high: 2000 }), /50\.\.100/);
  const id = { name: "gaia_source_id", datatype: "long" };
  assert.equal(writeItems(readItems(id, "123 456\n789")), "123,456,789");
});

test("other meanings of a text", () => {
  assert.equal(meantPattern("ST%"), "ST*");
  assert.equal(meantPattern("like 'ST%'"), "ST*");
  assert.equal(meantPattern("STAR"), null);
  for (const text of [
    "STAR;QSO",
    "STAR or QSO",
    "STAR|QSO",
    "in ('STAR'、'QSO')",
    "“STAR”，“QSO”",
    "STAR QSO",
  ])
    assert.deepEqual(meantTexts(text), ["STAR", "QSO"], text);
  assert.deepEqual(meantTexts("STAR"), []);
  for (const text of ["'STAR'", "“star”", "= STAR", "==STAR", "「STAR」"])
    assert.match(similar("class", text), /'star'/, text);
});

test("signs of equality before texts, and brackets around ids, are not part of them", () => {
  all(text, [
    ["~K5*", "K5*"],
    ["= STAR", "STAR"],
    ["==STAR", "STAR"],
    ["＝STAR, QSO", "STAR,QSO"],
    ["like 'K5%'", "K5*"],
    ["LIKE %dK%", "*dK*"],
    ["K5=K7", "K5=K7"],
    ["likely", "likely"],
    ['"=K5"', '"=K5"'],
    ['"~K5","like a"', '"~K5","like a"'],
  ]);
  all(id, [
    ["[4295806720]", "4295806720"],
    ["(4295806720, 5295806720)", "4295806720,5295806720"],
    ["in (4295806720，5295806720)", "4295806720,5295806720"],
    ["Gaia DR3 4295806720", "4295806720"],
  ]);
});
