// A newcomer reads a function on one screen and a file in one sitting.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { parse } from "acorn";
import { full } from "acorn-walk";

const MOST = { file: 400, front: 60, function: 60 };
const src = fileURLToPath(new URL("../src", import.meta.url));

/**
 * Functions and files that are too long.
 * @param {string} name of the file @param {string} text
 * @returns {string[]}
 */
function tooLong(name, text) {
  const found = [];
  const lines = text.trimEnd().split("\n").length;
  if (lines > (basename(name) === "index.js" ? MOST.front : MOST.file)) found.push(`${name}: ${lines} lines`);
  full(parse(text, { ecmaVersion: "latest", sourceType: "module", locations: true }), (node) => {
    const { start, end } = /** @type {import("acorn").SourceLocation} */ (node.loc);
    const length = end.line - start.line + 1;
    if (/Function/.test(node.type) && length > MOST.function)
      found.push(`${name}:${start.line}: a function of ${length} lines`);
  });
  return found;
}

test("no function and no file of src/ is too long", () => {
  const names = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".js"),
  );
  assert.ok(names.length > 100);
  assert.deepEqual(
    names.flatMap((name) => tooLong(name, readFileSync(join(src, name), "utf8"))),
    [],
  );
});

test("long functions, files and fronts are found", () => {
  const body = "\n  one();".repeat(60);
  assert.deepEqual(tooLong("a.js", `export const a = () => {${body}\n};\n`), [
    "a.js:1: a function of 62 lines",
  ]);
  assert.deepEqual(tooLong("a.js", `class A {\n  get b() {${body}\n  }\n}\n`), [
    "a.js:2: a function of 62 lines",
  ]);
  assert.deepEqual(tooLong("a.js", "one();\n".repeat(401)), ["a.js: 401 lines"]);
  assert.deepEqual(tooLong("room/index.js", "one();\n".repeat(61)), ["room/index.js: 61 lines"]);
});
