/** The licence notices of everything in the bundles, for THIRD-PARTY.txt of all sites and of those with Python. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const MIT = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
`;

/** Copyright holders of software that ships without a licence text of its own. All of it is under the MIT licence. */
const HOLDERS = /** @type {Record<string, string>} */ ({
  "@duckdb/duckdb-wasm": "Copyright 2021 DuckDB WASM Contributors",
  "DuckDB and its Parquet extension": "Copyright 2018-2026 Stichting DuckDB Foundation",
  "embedding-atlas (the wheel that carries the Parquet extension)": "Copyright (c) 2025 Apple Inc.",
});

/**
 * The notices of every site: packages included in the bundles, from esbuild's list of inputs, and those inside DuckDB's
 * own worker.
 * @param {string} root folder with node_modules
 * @param {string[]} inputs paths relative to root
 * @returns {string} plain text, sorted by name
 */
export function thirdParty(root, inputs) {
  // DuckDB's worker and the package's main file are bundles themselves; these packages are in them.
  const names = new Set([
    "@duckdb/duckdb-wasm",
    "apache-arrow",
    "flatbuffers",
    "tslib",
    "qs",
    ...Object.keys(HOLDERS),
    ...packages(inputs),
  ]);
  const parts = [...names].sort().map((name) => notice(root, name));
  parts.push(titled("Names of objects", readFileSync(join(root, "licences/names.txt"), "utf8")));
  return `What these pages carry of other people's work, and its licences.\n\n${parts.join("\n")}`;
}

/**
 * The notices of sites with Python, in addition: of Pyodide, and of packages that only pages with Python include.
 * @param {string} root folder with node_modules and licences/
 * @param {string[]} inputs paths relative to root
 * @param {string} version of Pyodide
 */
export function thirdPartyOfPython(root, inputs, version) {
  const folder = join(root, "licences/runtime");
  const texts = ["parts.txt", "MPL-2.0.txt", "Python-3.12.txt", "incorporated.txt", "Apache-2.0.txt"].map(
    (name) => readFileSync(join(folder, name), "utf8").trim(),
  );
  const parts = [...packages(inputs)].sort().map((name) => notice(root, name));
  return [
    titled(`pyodide ${version} MPL-2.0`, texts.join(`\n\n${"- ".repeat(50).trim()}\n\n`)),
    ...parts,
  ].join("\n");
}

/** @param {string[]} inputs */
function packages(inputs) {
  /** @type {Set<string>} */
  const names = new Set();
  for (const path of inputs) {
    const found = /^.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path);
    if (found) names.add(found[1]);
  }
  return names;
}

/** @param {string} title @param {string} text */
const titled = (title, text) =>
  `${"-".repeat(100)}\n${title}\n${"-".repeat(100)}\n\n${text.replace(/\r\n/g, "\n").trim()}\n`;

/**
 * @param {string} root
 * @param {string} name
 */
function notice(root, name) {
  const folder = join(root, "node_modules", name);
  const described = existsSync(join(folder, "package.json"))
    ? JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))
    : {};
  const texts = existsSync(folder)
    ? readdirSync(folder)
        .filter((f) => /^(licen[sc]e|notice|copyright)/i.test(f))
        .sort()
        .map((f) => readFileSync(join(folder, f), "utf8"))
    : [];
  const text =
    texts.join("\n") ||
    `${HOLDERS[name] ?? `Copyright (c) ${author(described.author) || `the authors of ${name}`}`}\n\n${MIT}`;
  const title = [name, described.version, described.license].filter(Boolean).join(" ");
  return titled(title, text);
}

/** @param {undefined | string | { name: string }} author */
const author = (author) => (typeof author === "string" ? author : author?.name);
