// Everything that is read over the network is read in a way that allows the page to be left: see src/shared/leaving.js.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "acorn";
import { ancestor } from "acorn-walk";

const src = join(import.meta.dirname, "../src");
const sources = new Map(
  readdirSync(src, { recursive: true, encoding: "utf8" })
    .map((name) => name.replaceAll("\\", "/"))
    .filter((name) => name.endsWith(".js"))
    .map((name) => [name, bare(readFileSync(join(src, name), "utf8"))]),
);

/** Code without its comments. @param {string} code */
function bare(code) {
  return code.replace(/\/\*[^]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "");
}

/** Functions that read bytes, and the only files that may use them. @type {[RegExp, string[]][]} */
const WAYS = [
  [
    /(?<![.#\w])(?<!function )fetch\(/,
    [
      "places/webdav.js",
      "reading/description.js",
      "reading/sources/http.js",
      "reading/sources/sealed-files.js",
      "results/foreign/other-site.js",
      "results/samp/hub.js",
      "search/names/sesame.js",
      "shared/early.js",
      "verify/file-sources.js",
    ],
  ],
  // It is replaced there: DuckDB is answered from memory.
  [/(globalThis|window|self|scope)\.fetch\b/, ["engine/worker/main.js", "notebook/worker/closed.js"]],
  [/\bnew (Shared)?Worker\(/, ["shared/trusted.js"]],
  [/\bstartWorker\(/, ["shared/trusted.js", "engine/load.js", "notebook/kernel.js"]],
  [/\bsetSource\(/, ["shared/trusted.js", "shared/leaving.js"]],
  [/\b(Dec|C)ompressionStream\b/, ["shared/unpack.js"]],
  // DuckDB's worker reads with it and ends with its page. Files are sent with it: the reader sees a window until that ends.
  [/\bXMLHttpRequest\b/, ["engine/worker/main.js", "places/request.js"]],
  // Python's worker replaces it by one that refuses.
  [/\b(EventSource|WebSocket|sendBeacon|importScripts|WebTransport)\b/, ["notebook/worker/closed.js"]],
  [/createElement\("(script|iframe|object|embed)"\)/, ["shared/leaving.js"]],
];

test("nothing is read without whileHere and runScript", () => {
  assert.ok(sources.size > 100);
  for (const [way, allowed] of WAYS) {
    const users = [...sources]
      .filter(([, code]) => way.test(code) && !/function fetch\(/.test(code))
      .map(([name]) => name);
    assert.deepEqual(users.sort(), allowed.toSorted(), String(way));
  }
});

test("every part of a page is loaded by lazily", () => {
  let parts = 0;
  for (const name of sources.keys()) {
    const program = parse(readFileSync(join(src, name), "utf8"), {
      ecmaVersion: "latest",
      sourceType: "module",
    });
    ancestor(program, {
      ImportExpression(_, __, path) {
        parts++;
        const calls = path.flatMap((node) =>
          node.type === "CallExpression" ? [/** @type {any} */ (node).callee.name] : [],
        );
        assert.ok(calls.includes("lazily"), `${name}: import() outside of lazily`);
      },
    });
  }
  assert.ok(parts > 10);
});

test("every fetch is within whileHere", () => {
  /** Who uses what these files fetch. @type {Record<string, string>} */
  const users = {
    "shared/early.js": "reading/assets.js",
    // Files of a site being checked are opened by check.js.
    "verify/file-sources.js": "verify/check-files.js",
  };
  for (const name of WAYS[0][1]) {
    const user = users[name] ?? name;
    assert.match(String(sources.get(user)), /\bwhileHere\(/, name);
  }
});
