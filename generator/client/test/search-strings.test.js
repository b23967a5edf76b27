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
