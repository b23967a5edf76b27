/**
 * Bundles what runs in the browser into dist/: one classic script per page entry, the engine's files and their
 * script twins, manifest.json and THIRD-PARTY.txt. Run fetch_engine.py first. The same inputs give the same bytes.
 */
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { thirdParty } from "./licences.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "dist");
const lock = JSON.parse(readFileSync(join(here, "engine.lock.json"), "utf8"));
const cache = process.env.DRPORTAL_CACHE || resolve(here, "../../.cache/engine");
/** @type {Set<string>} */
const kept = new Set();

/** @param {string | Uint8Array} bytes */
const hash = (bytes) => createHash("sha256").update(bytes).digest("hex").slice(0, 8);

/**
 * Write a file of dist/ atomically: a process that copies dist/ at the same time never sees part of a file.
 * @param {string} name
 * @param {string | Uint8Array} content
 */
function write(name, content) {
  const file = join(dist, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.${process.pid}.part`, content);
  renameSync(`${file}.${process.pid}.part`, file);
  kept.add(name);
}

/** @param {string[]} entryPoints */
const bundle = (entryPoints) =>
  build({
    entryPoints,
    absWorkingDir: here,
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: "iife",
    platform: "browser",
    target: "es2022",
    charset: "ascii",
    legalComments: "none",
    logLevel: "warning",
    outdir: "dist",
  });

/** @param {string} name a file of the lock */
function engineFile(name) {
  const file = join(cache, name);
  const bytes = existsSync(file) ? readFileSync(file) : null;
  if (!bytes || createHash("sha256").update(bytes).digest("hex") !== lock.files[name].sha256) {
    console.error(`drportal: ${name} is missing or altered in ${cache}; run: python fetch_engine.py`);
    process.exit(1);
  }
  return bytes;
}

/**
 * Compress one asset and write it twice: as bytes for HTTP, and as a script for pages opened from disk.
 * The name ends in neither .gz nor .wasm: some hosts would add a Content-Encoding or compress it again.
 * @param {string} name logical name, the key under which the script delivers the bytes
 * @param {Uint8Array} raw
 */
function asset(name, raw) {
  const stem = `engine/${name}.${hash(raw)}`;
  const files = { file: `${stem}.bin`, script: `${stem}.js` };
  if (!existsSync(join(dist, files.file)) || !existsSync(join(dist, files.script))) {
    const packed = gzipSync(raw, { level: 9 });
    packed[9] = 255; // the header's "operating system": unknown, wherever it was built
    write(files.file, packed);
    write(files.script, `drportal.asset("${name}","${packed.toString("base64")}");\n`);
  }
  kept.add(files.file).add(files.script);
  const size = (/** @type {string} */ f) => statSync(join(dist, f)).size;
  return { ...files, size: size(files.file), script_size: size(files.script), raw: raw.length };
}

const pages = existsSync(join(here, "src/pages"))
  ? readdirSync(join(here, "src/pages"))
      .filter((f) => f.endsWith(".js"))
      .sort()
  : [];
const bundled = await bundle(pages.map((f) => `src/pages/${f}`));
const worker = await bundle(["src/engine/worker/main.js"]);

/** @type {Record<string, unknown>} */
const manifest = {};
for (const output of bundled.outputFiles) {
  const name = relative(dist, output.path);
  manifest[name] = name.replace(/\.js$/, `.${hash(output.contents)}.js`);
  write(/** @type {string} */ (manifest[name]), output.contents);
}

const prelude = Buffer.from(worker.outputFiles[0].contents);
const duckdb = engineFile("duckdb-browser-eh.worker.js")
  .toString()
  .replace(/\/\/# sourceMappingURL=.*\s*$/, "");
manifest.engine = {
  duckdb: lock.duckdb,
  platform: lock.platform,
  wasm: asset("duckdb", engineFile("duckdb-eh.wasm")),
  worker: asset("worker", Buffer.concat([prelude, Buffer.from(`\n${duckdb}`)])),
  parquet: asset("parquet", engineFile("parquet.duckdb_extension.wasm")),
};
write(
  "THIRD-PARTY.txt",
  thirdParty(here, [...Object.keys(bundled.metafile.inputs), ...Object.keys(worker.metafile.inputs)]),
);
manifest["THIRD-PARTY.txt"] = "THIRD-PARTY.txt";
write("manifest.json", `${JSON.stringify(manifest, null, 2)}\n`);

// Remove the files of earlier builds, which would otherwise end up in sites and wheels.
for (const folder of ["", "engine"]) {
  for (const name of readdirSync(join(dist, folder))) {
    const path = join(folder, name);
    if (!kept.has(path) && !name.endsWith(".part") && statSync(join(dist, path)).isFile())
      rmSync(join(dist, path));
  }
}
