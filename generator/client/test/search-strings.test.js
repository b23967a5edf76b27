import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { setStrings, t } from "../src/strings.js";

const source = new URL("../src/", import.meta.url);
const listed = readFileSync(
  new URL("../../../themes/default/templates/strings.html", import.meta.url),
  "utf8",
);

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
    t("This release has nothing of {column} {name}.", { column: "id", name: id }).includes(id),
    true,
  );
  assert.equal(
    t("“{text}” does not lie between {low} and {high}.", { text: "2015", low: "1000.5", high: "9000" }),
    "“2015” does not lie between 1000.5 and 9000.",
  );
  assert.equal(t("correlation {r}", { r: 1234.5 }), "correlation 1234.5");
});
