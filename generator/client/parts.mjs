/**
 * Pages as classic scripts, the only kind that a page opened from disk may load. esbuild divides the pages' modules into chunks;
 * here all chunks that a page needs at once become its script, and those of an `import()` a script that is loaded at the first use.
 * A chunk that was loaded before is not in it again.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { build } from "esbuild";

/** @typedef {import("esbuild").Metafile["outputs"][string]} Output */
/** @typedef {{ file: string, content: string, parts: string[], inputs: string[] }} Script `parts`: files that it may load; `inputs`: modules in it and in those */

/** How esbuild makes everything that runs in a browser. */
export const BUNDLE = /** @type {const} */ ({
  bundle: true,
  minify: true,
  write: false,
  metafile: true,
  platform: "browser",
  target: "es2022",
  charset: "ascii",
  legalComments: "none",
  logLevel: "warning",
  outdir: "dist",
});

const OWN = readFileSync(new URL(import.meta.url));

/** @param {string} name of a chunk @param {string} text of an ES module by esbuild @param {(chunk: string) => string} fileOf a chunk that is loaded later */
function factory(name, text, fileOf) {
  let before = "";
  let rest = text.trim();
  for (
    let found;
    (found = /^import(?:\{([^}]*)\}from)?"\.\/([^"]+)\.js";/.exec(rest));
    rest = rest.slice(found[0].length)
  )
    before += found[1]
      ? `const{${found[1].replace(/([\w$]+) as /g, "$1:")}}=$need("${found[2]}");`
      : `$need("${found[2]}");`;
  const said = /export\{([^}]*)\};?$/.exec(rest);
  if (said) {
    const names = said[1].split(",").map((one) => one.split(" as "));
    const given = names.map(([own, other = own]) => `${other}:${own}`);
    rest = `${rest.slice(0, said.index)}Object.assign($given,{${given}});`;
  }
  rest = rest.replace(
    /\bimport\("\.\/([^"]+)\.js"\)/g,
    (_, chunk) => `$need.later("${chunk}","${fileOf(chunk)}")`,
  );
  if (/(^|[;}])(import|export)[{"*]/.test(rest))
    throw new Error(`${name}: an import or export that parts.mjs does not know`);
  return `"${name}"($given,$need){${before}${rest}}`;
}

/** @param {string[]} factories */
const delivered = (factories) =>
  `Object.assign((globalThis.drportal??={}).parts??={},{${factories.join(",\n")}});\n`;

/** Runs a page: each has its own instances of its chunks. @param {string} chunk */
const start = (chunk) =>
  `(()=>{const d=globalThis.drportal,m={},n=k=>{if(!m[k]){m[k]={};d.parts[k](m[k],n)}return m[k]};` +
  `n.later=(k,f)=>d.load(f,()=>k in d.parts).then(()=>n(k));n("${chunk}")})();\n`;

/**
 * @param {string} folder of the client
 * @param {string[]} pages files of src/pages/
 * @returns {Promise<{ pages: Record<string, Script>, parts: Record<string, string> }>} pages by name; the content of parts by file name
 */
export async function pageScripts(folder, pages) {
  const { outputFiles, metafile } = await build({
    entryPoints: pages.map((page) => `src/pages/${page}`),
    absWorkingDir: folder,
    ...BUNDLE,
    format: "esm",
    splitting: true,
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
  });
  const texts = new Map(outputFiles.map((one) => [basename(one.path, ".js"), one.text]));
  /** @type {Map<string, Output>} */
  const outputs = new Map(
    Object.entries(metafile.outputs).map(([path, one]) => [basename(path, ".js"), one]),
  );
  const output = (/** @type {string} */ chunk) => /** @type {Output} */ (outputs.get(chunk));
  const imports = (/** @type {string} */ chunk, /** @type {string} */ kind) =>
    output(chunk)
      .imports.filter((one) => one.kind === kind)
      .map((one) => basename(one.path, ".js"));
  const closure = (/** @type {string} */ chunk, found = new Set()) => {
    if (!found.has(chunk)) for (const one of imports(chunk, "import-statement")) closure(one, found);
    return found.add(chunk);
  };
  const later = (/** @type {string} */ chunk) =>
    [...closure(chunk)].flatMap((one) => imports(one, "dynamic-import"));

  const first = [...outputs.keys()].filter((chunk) =>
    pages.some((page) => output(chunk).entryPoint === `src/pages/${page}`),
  );
  // What is there whenever a part is loaded: what all that load it have in common.
  /** @type {Map<string, Set<string>>} */
  const there = new Map(first.map((chunk) => [chunk, new Set()]));
  for (const open = [...first]; open.length;) {
    const chunk = /** @type {string} */ (open.pop());
    const has = new Set([...closure(chunk), .../** @type {Set<string>} */ (there.get(chunk))]);
    for (const part of later(chunk)) {
      const known = there.get(part);
      const common = known ? new Set([...known].filter((one) => has.has(one))) : has;
      if (known && common.size === known.size) continue;
      there.set(part, common);
      open.push(part);
    }
  }

  const members = (/** @type {string} */ chunk) =>
    [...closure(chunk)].filter((one) => !there.get(chunk)?.has(one));
  // The names of chunks are made from their content, with that of the parts that they load; the rest is from here.
  const fileOf = (/** @type {string} */ chunk) => {
    const hash = createHash("sha256").update(OWN).update(members(chunk).join("\n")).digest("hex").slice(0, 8);
    return `${chunk.replace(/-[A-Z0-9]{8}$/, "")}.${hash}.js`;
  };
  const content = (/** @type {string} */ chunk) =>
    `"use strict";${delivered(members(chunk).map((one) => factory(one, texts.get(one) ?? "", fileOf)))}`;

  /** @type {Record<string, string>} */
  const parts = {};
  for (const chunk of there.keys())
    if (!first.includes(chunk) && members(chunk).length) parts[fileOf(chunk)] = content(chunk);
  /** @type {Record<string, Script>} */
  const scripts = {};
  for (const chunk of first) {
    const all = new Set([chunk]);
    for (const one of all) for (const part of later(one)) all.add(part);
    const used = new Set([...all].flatMap((one) => [...closure(one)]));
    scripts[basename(output(chunk).entryPoint ?? "")] = {
      file: fileOf(chunk),
      content: content(chunk) + start(chunk),
      parts: [...all]
        .map(fileOf)
        .filter((file) => file in parts)
        .sort(),
      inputs: [...used].flatMap((one) => Object.keys(output(one).inputs)),
    };
  }
  return { pages: scripts, parts };
}
