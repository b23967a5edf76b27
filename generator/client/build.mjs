/**
 * Bundles what runs in the browser into dist/: one classic script per page entry, the engine's files and their
 * script twins, what Python in a page needs, manifest.json and THIRD-PARTY.txt. Run fetch_parts.py first. The same
 * inputs give the same bytes.
 */
import { execFileSync } from "node:child_process";
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
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { zipSync } from "fflate";
import { adapted } from "./duckdb-worker.mjs";
import { asScript } from "./src/reading/carried.js";
import { thirdParty, thirdPartyOfPython } from "./licences.mjs";
import { BUNDLE, pageScripts } from "./parts.mjs";
import { listedTexts, textsOf } from "./texts.mjs";
import { engineFor } from "./trim.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "dist");
/** @typedef {{ files: Record<string, { size: number, sha256: string }> } & Record<string, any>} Lock */
const lock = /** @type {Lock} */ (JSON.parse(readFileSync(join(here, "engine.lock.json"), "utf8")));
const pythonLock = /** @type {Lock} */ (JSON.parse(readFileSync(join(here, "python.lock.json"), "utf8")));
const given = process.env.DRPORTAL_CACHE;
const cache = given || resolve(here, "../../.cache/engine");
const pythonCache = given ? join(given, "python") : resolve(here, "../../.cache/python");
/** Modules that only pages with Python run: their notices travel with Python. */
const OF_PYTHON = ["python.js"];
/** Pages that start the query engine share its script; the others share nothing, and have no more than they use. */
const WITH_ENGINE = ["search.js", "sql.js"];
/** Lists of names of objects, in the order in which pages read them. */
const NAMES = ["openngc.tsv", "stars.tsv", "common.tsv"];
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

/** A script without the address of its source map, which is not in a site. @param {string} code */
const withoutMap = (code) => code.replace(/\/\/# sourceMappingURL=.*\s*$/, "");

/** @param {string[]} entryPoints */
const bundle = (entryPoints) => build({ entryPoints, absWorkingDir: here, ...BUNDLE, format: "iife" });

/**
 * The bytes of a file of a lock; null where the cache has no such file, or another.
 * @param {string} folder
 * @param {Lock} lock
 * @param {string} name
 */
function verified(folder, lock, name) {
  const file = join(folder, name);
  const bytes = existsSync(file) ? readFileSync(file) : null;
  return bytes && createHash("sha256").update(bytes).digest("hex") === lock.files[name].sha256 ? bytes : null;
}

/** @param {string} folder @param {Lock} lock @param {string} name */
function needed(folder, lock, name) {
  const bytes = verified(folder, lock, name);
  if (bytes) return bytes;
  console.error(`drportal: ${name} is missing or altered in ${folder}; run: python fetch_parts.py`);
  process.exit(1);
}

/** @param {string} name a file of the engine's lock */
const engineFile = (name) => needed(cache, lock, name);
/** @param {string} name a file of Python's lock */
const pythonFile = (name) => needed(pythonCache, pythonLock, name);

/**
 * Compress one asset and write it twice: as bytes for HTTP, and as a script for pages opened from disk.
 * The name ends in neither .gz nor .wasm: some hosts would add a Content-Encoding or compress it again.
 * @param {string} name logical name, the key under which the script delivers the bytes
 * @param {Uint8Array} raw
 * @param {string} [stem] of the file names
 */
function asset(name, raw, stem = `engine/${name}`) {
  stem = `${stem}.${hash(raw)}`;
  const files = { file: `${stem}.bin`, script: `${stem}.js` };
  const known = existsSync(join(dist, files.file));
  const packed = known ? readFileSync(join(dist, files.file)) : gzipSync(raw, { level: 9 });
  packed[9] = 255; // the header's "operating system": unknown, wherever it was built
  if (!known) write(files.file, packed);
  kept.add(files.file);
  write(files.script, asScript(`drportal.asset("${name}",`, packed));
  const size = (/** @type {string} */ f) => statSync(join(dist, f)).size;
  return { ...files, size: size(files.file), raw: raw.length };
}

const pages = existsSync(join(here, "src/pages"))
  ? readdirSync(join(here, "src/pages"))
      .filter((f) => f.endsWith(".js"))
      .sort()
  : [];
const groups = [WITH_ENGINE, ...pages.filter((f) => !WITH_ENGINE.includes(f)).map((f) => [f])];
const built = await Promise.all(groups.map((group) => pageScripts(here, group)));
const scripts = Object.assign({}, ...built.map((one) => one.pages));
const worker = await bundle(["src/engine/worker/main.js"]);
const pythonWorker = await bundle(["src/notebook/worker/main.js"]);

const inputs = (/** @type {{ metafile: { inputs: object } }} */ one) => Object.keys(one.metafile.inputs);

/** @type {Record<string, unknown>} */
const manifest = {};
for (const name of pages) {
  manifest[name] = scripts[name].file;
  write(scripts[name].file, scripts[name].content);
}
/** Scripts that pages load when they are first used, by the page's script. */
manifest.parts = Object.fromEntries(
  pages.flatMap((name) => (scripts[name].parts.length ? [[name, scripts[name].parts]] : [])),
);
/** What the workers say is shown by the pages that start them. */
const workersOf = (/** @type {string} */ name) => [
  ...(WITH_ENGINE.includes(name) ? inputs(worker) : []),
  ...(OF_PYTHON.includes(name) ? inputs(pythonWorker) : []),
];
manifest.texts = textsOf(
  here,
  listedTexts(join(here, "../../themes/default/templates")),
  Object.fromEntries(pages.map((name) => [name, [...scripts[name].inputs, ...workersOf(name)]])),
);
/** Names of objects with their positions, for boxes of positions. */
const names = gzipSync(
  Buffer.from(NAMES.map((name) => readFileSync(join(here, "names", name), "utf8")).join("\f")),
  {
    level: 9,
  },
);
names[9] = 255; // the header's "operating system": unknown, wherever it was built
manifest["names.js"] = `names.${hash(names)}.js`;
write(`names.${hash(names)}.js`, asScript('drportal.asset("names",', names));
for (const { parts } of built)
  for (const [file, content] of Object.entries(parts)) {
    const name = file.replace(/\.\w+\.js$/, ".js");
    // The version of a site is known by the names of its scripts.
    if (name in manifest)
      throw new Error(`${name}: rename the module that is loaded later, ${name} is a script of pages`);
    write(file, content);
  }

const prelude = Buffer.from(worker.outputFiles[0].contents);
const duckdb = adapted(withoutMap(engineFile("duckdb-browser-eh.worker.js").toString()));
const extension = engineFile("parquet.duckdb_extension.wasm");
manifest.engine = {
  duckdb: lock.duckdb,
  platform: lock.platform,
  wasm: asset("duckdb", engineFor(engineFile("duckdb-eh.wasm"), duckdb, extension)),
  worker: asset("worker", Buffer.concat([prelude, Buffer.from(`\n${duckdb}`)])),
  parquet: asset("parquet", extension),
};

/** @param {boolean} python */
const modules = (python) =>
  pages.filter((name) => OF_PYTHON.includes(name) === python).flatMap((name) => scripts[name].inputs);
write("THIRD-PARTY.txt", thirdParty(here, [...modules(false), ...inputs(worker)]));
manifest["THIRD-PARTY.txt"] = "THIRD-PARTY.txt";

/** Files of a folder, by path, as a zip archive whose bytes depend on nothing else. */
function zipped(/** @type {string} */ folder) {
  /** @type {Record<string, Uint8Array>} */
  const files = {};
  for (const path of /** @type {string[]} */ (readdirSync(folder, { recursive: true })).sort())
    if (path.endsWith(".py") || path.endsWith("py.typed"))
      files[path.replaceAll("\\", "/")] = readFileSync(join(folder, path));
  return zipSync(files, { level: 9, mtime: new Date(1980, 0, 1), os: 3 });
}

/** Python's memory once it has started. Made again only for other inputs. */
function snapshot() {
  const inputs = ["snapshot.mjs", "src/notebook/worker/handed.js", "python.lock.json"];
  const of = hash(Buffer.concat(inputs.map((file) => readFileSync(join(here, file)))));
  const file = join(pythonCache, `snapshot.${of}`);
  if (!existsSync(file)) {
    for (const name of ["pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json"])
      pythonFile(name);
    const part = `${file}.${process.pid}.part`;
    execFileSync(process.execPath, [join(here, "snapshot.mjs"), pythonCache, part], { stdio: "inherit" });
    renameSync(part, file);
  }
  return readFileSync(file);
}

/** What Pyodide needs to run, without its packages: those are packed for each site that has them. */
function python() {
  // Pyodide's scripts come after ours in the same script, so that no policy has to allow text to be run.
  const scripts = [...pythonWorker.outputFiles.map((one) => Buffer.from(one.contents))];
  for (const name of ["pyodide.asm.js", "pyodide.js"])
    scripts.push(Buffer.from(withoutMap(`\n${pythonFile(name)}`)));
  const part = (/** @type {string} */ name, /** @type {Uint8Array} */ raw) => ({
    ...asset(`python/${name}`, raw, `python/${name}`),
    sha256: createHash("sha256").update(raw).digest("hex"),
  });
  /** @type {Record<string, string>} */
  const wheels = {};
  for (const name of Object.keys(pythonLock.files).filter((f) => /\.(whl|zip)$/.test(f))) {
    const bytes = name === "python_stdlib.zip" ? null : verified(pythonCache, pythonLock, name);
    if (!bytes) continue;
    wheels[name] = `python/packages/${name}`;
    write(wheels[name], bytes);
  }
  /** Notices of packages whose wheels have none, by package. @type {Record<string, string>} */
  const licences = {};
  for (const name of readdirSync(join(here, "licences/packages")).sort()) {
    licences[name.replace(/\.txt$/, "")] = `python/licences/${name}`;
    write(`python/licences/${name}`, readFileSync(join(here, "licences/packages", name)));
  }
  write("python/pyodide-lock.json", pythonFile("pyodide-lock.json"));
  write(
    "python/THIRD-PARTY.txt",
    thirdPartyOfPython(here, [...modules(true), ...inputs(pythonWorker)], pythonLock.pyodide),
  );
  return {
    pyodide: pythonLock.pyodide,
    python: pythonLock.python,
    default: pythonLock.default,
    worker: part("worker", Buffer.concat(scripts)),
    wasm: part("wasm", pythonFile("pyodide.asm.wasm")),
    stdlib: part("stdlib", pythonFile("python_stdlib.zip")),
    snapshot: part("snapshot", snapshot()),
    bridge: part("bridge", zipped(join(here, "../notebook/page"))),
    fonts: part("fonts", readFileSync(join(here, "matplotlib-fonts.json"))),
    lock: part("lock", pythonFile("pyodide-lock.json")),
    notices: "python/THIRD-PARTY.txt",
    licences,
    wheels,
  };
}
manifest.python = python();
write("manifest.json", `${JSON.stringify(manifest, null, 2)}\n`);

// Remove the files of earlier builds, which would otherwise end up in sites and wheels.
for (const folder of ["", "engine", "python", "python/packages", "python/licences"]) {
  for (const name of existsSync(join(dist, folder)) ? readdirSync(join(dist, folder)) : []) {
    const path = join(folder, name);
    if (!kept.has(path) && !name.endsWith(".part") && statSync(join(dist, path)).isFile())
      rmSync(join(dist, path));
  }
}
