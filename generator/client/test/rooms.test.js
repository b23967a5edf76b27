// Imports go down through the rooms of src/ (rooms.mjs), and never in a circle: the check must fail on test cases with errors.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, sep } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { LEVELS } from "../rooms.mjs";

const client = fileURLToPath(new URL("..", import.meta.url));
const cruiser = join(client, "node_modules/dependency-cruiser/bin/dependency-cruise.mjs");

/**
 * Output of the check for a tree of sources.
 * @param {Record<string, string>} files by path below src/
 * @returns {Promise<string>} "" without errors
 */
async function said(files) {
  const folder = mkdtempSync(join(tmpdir(), "rooms-"));
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, "src", name)), { recursive: true });
      writeFileSync(join(folder, "src", name), text);
    }
    const args = [cruiser, "--config", join(client, "rooms.mjs"), "--output-type", "err", "src"];
    const run = promisify(execFile)(process.execPath, args, { cwd: folder });
    return await run.then(
      () => "",
      (/** @type {{ stdout: string }} */ { stdout }) => stdout,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("every file of src/ is in a room of the table, and every room of the table is there", () => {
  const rooms = LEVELS.flatMap((level) => level.rooms).sort();
  const there = readdirSync(join(client, "src")).filter((name) => !name.endsWith(".d.ts"));
  assert.deepEqual(there.sort(), rooms);
});

test("imports within a room and down are allowed", async () => {
  const files = {
    "pages/search.js": 'import "../results/table.js";\n',
    "results/table.js": 'import "./row.js";\n',
    "results/row.js": 'import "../engine/index.js";\n',
    "engine/index.js": "export {};\n",
  };
  assert.equal(await said(files), "");
});

test("a circle is found", async () => {
  const files = { "engine/a.js": 'import "./b.js";\n', "engine/b.js": 'import "./a.js";\n' };
  assert.match(await said(files), /no-circles: src\/engine\/a\.js/);
});

test("an import of a room above is found, also a dynamic one", async () => {
  const above = { "results/table.js": "export {};\n" };
  const now = { ...above, "engine/index.js": 'import "../results/table.js";\n' };
  assert.match(await said(now), /upward-from-engine: src\/engine\/index\.js → src\/results\/table\.js/);
  const later = { ...above, "search/form.js": 'export const later = () => import("../results/table.js");\n' };
  assert.match(await said(later), /upward-from-search/);
});

test("an import of a neighbour on the same level is found", async () => {
  const files = { "sky/map.js": 'import "../spectrum/set.js";\n', "spectrum/set.js": "export {};\n" };
  assert.match(await said(files), /sideways-from-spectrum: src\/sky\/map\.js/);
});

test("types in comments are of the same room or of one below, too", () => {
  const src = join(client, "src");
  // Declarations in src/ itself are below all rooms.
  const level = (/** @type {string} */ room) =>
    room.endsWith(".d.ts") ? LEVELS.length : LEVELS.findIndex(({ rooms }) => rooms.includes(room));
  for (const name of readdirSync(src, { recursive: true, encoding: "utf8" }).filter((n) =>
    n.endsWith(".js"),
  )) {
    for (const [, path] of readFileSync(join(src, name), "utf8").matchAll(
      /import\(["'](\.[^"']+)["']\)\./g,
    )) {
      const [own, other] = [name, relative(src, join(src, dirname(name), path))].map(
        (file) => file.split(sep)[0],
      );
      assert.ok(own === other || level(own) < level(other), `${name} names a type of ${path}`);
    }
  }
});
