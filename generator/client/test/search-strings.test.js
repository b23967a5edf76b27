import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { ONE, ONE_IN_ALL, countText, setStrings, t } from "../src/shared/strings.js";
import { listedTexts, textsOf } from "../texts.mjs";

const source = new URL("../src/", import.meta.url);
const listed = ["strings.html", "strings-python.html", "strings-save.html"]
  .map((name) => readFileSync(new URL(`../../../themes/default/templates/${name}`, import.meta.url), "utf8"))
  .join("");

test("every text of the scripts is listed for translators", () => {
  for (const name of readdirSync(source, { recursive: true })) {
    if (!String(name).endsWith(".js")) continue;
    for (const [, key] of readFileSync(new URL(String(name), source), "utf8").matchAll(
      /\bt\(\s*("(?:[^"\\]|\\.)*")/g,
    )) {
      assert.ok(listed.includes(`_(${key})`), `${name}: ${key}`);
    }
  }
});

test("a page has the texts of its scripts, and no others", () => {
  const folder = fileURLToPath(new URL("..", import.meta.url));
  const templates = fileURLToPath(new URL("../../../themes/default/templates", import.meta.url));
  const modules = readdirSync(source, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".js"))
    .map((name) => `src/${name.replaceAll("\\", "/")}`);
  const texts = textsOf(
    folder,
    listedTexts(templates),
    Object.fromEntries(modules.map((one) => [one, [one]])),
  );
  let said = 0;
  for (const name of modules)
    for (const [, key] of readFileSync(new URL(`../${name}`, import.meta.url), "utf8").matchAll(
      /\bt\(\s*("(?:[^"\\]|\\.)*")/g,
    )) {
      said++;
      assert.ok(texts[name].includes(JSON.parse(key)), `${name}: ${key}`);
    }
  assert.ok(said > 500);
  const used = modules.find((name) => texts[name].includes("{n} rows in {s} s")) ?? "";
  const found = textsOf(folder, ["{n} rows in {s} s", "{n} row in {s} s", "Nobody says it"], {
    "a.js": [used],
    "b.js": ["src/shared/strings.js"],
  });
  assert.deepEqual(found, { "a.js": ["{n} rows in {s} s", "{n} row in {s} s"], "b.js": [] });
});

test("texts are translated and filled in", () => {
  assert.equal(t("{n} rows in {s} s", { n: 433, s: "0.21" }), "433 rows in 0.21 s");
  for (const n of [1, "1"]) assert.equal(t("{n} rows in {s} s", { n, s: 1 }), "1 row in 1 s");
  setStrings({ "{n} rows in {s} s": "{s} 秒，{n} 行" });
  assert.equal(t("{n} rows in {s} s", { n: "{s}", s: 2 }), "2 秒，{s} 行");
  setStrings({});
});

test("thousands of counts are separated, and texts stay as they are", () => {
  assert.equal(t("{n} rows in {s} s", { n: 1234, s: "0.21" }), "1,234 rows in 0.21 s");
  assert.equal(t("{n} of {all} rows", { n: 999, all: 12345678n }), "999 of 12,345,678 rows");
  const id = "4295806720123456789";
  assert.equal(
    t("This release has no data for {column} {name}.", { column: "id", name: id }).includes(id),
    true,
  );
  assert.equal(
    t("“{text}” does not lie between {low} and {high}.", { text: "2015", low: "1000.5", high: "9000" }),
    "“2015” does not lie between 1000.5 and 9000.",
  );
  assert.equal(t("correlation {r}", { r: 1234.5 }), "correlation 1234.5");
});

/** Plurals after a count that is never one: limits of the program, and columns of a table with many. */
const NEVER_ONE = new Set([
  "A FITS table has at most {n} columns: choose some, or save another format.",
  "A polygon has at least {n} corners.",
  "A polygon has at most {n} corners.",
  "A ZIP contains at most {n} spectra and {size}: choose fewer rows, or take a script.",
  "At most {n} lines.",
  "{n} corners",
  "More than {n} rows match: only the first {n} are kept here. Narrow the search, or download the whole catalogue.",
  "The catalogue has {n} files: too many to send one by one.",
  "The list is too long: at most {n} targets.",
  "The name is too long: at most {n} characters.",
  "There are more rows: only the first {n} are kept here.",
  "This radius makes about {n} pairs, more than {most}: choose a smaller one.",
  "This copy contains only a part of the {all} spectra.",
  "more than {n} bytes",
  "{column}: {matched} of {all} values found, not found: {none} ({names}).",
]);

test("a text with a count has a singular form", () => {
  const keys = [...listed.matchAll(/_\("((?:[^"\\]|\\.)*)"\)/g)].map(([, key]) => key);
  const counted = new RegExp(
    String.raw`\{(n|all|rows|count)\} (?:\w+ )?(?:\w{3,}s|spectra)\b|\{(n)\}[^{:]*\b(?:are|have|were)\b`,
  );
  const limits = /\b(?:the first|best) \{n\}/i;
  const singular = new Set([...Object.values(ONE), ...Object.values(ONE_IN_ALL)]);
  for (const key of keys) {
    const [, by] = counted.exec(key) ?? [];
    if (!counted.test(key) || NEVER_ONE.has(key) || singular.has(key)) continue;
    if (limits.test(key) && !/\brows$/.test(key)) continue;
    assert.ok(by === "all" ? key in ONE_IN_ALL : key in ONE || key in ONE_IN_ALL, key);
  }
  for (const text of [...Object.entries(ONE), ...Object.entries(ONE_IN_ALL)].flat())
    assert.ok(keys.includes(text), text);
});

test("each text uses the singular for one, and not for two", () => {
  for (const [table, name] of /** @type {const} */ ([
    [ONE, "n"],
    [ONE_IN_ALL, "all"],
  ]))
    for (const [many, one] of Object.entries(table)) {
      const text = (/** @type {number | bigint | string} */ count) => t(many, { n: 0, [name]: count });
      for (const count of [1, 1n, "1"]) assert.equal(text(count), t(one, { n: 0, [name]: count }));
      for (const count of [0, 2, 11, 1001]) assert.ok(text(count).includes(countText(count)), many);
      assert.notEqual(text(2).replace("2", "1"), text(1), many);
    }
});
