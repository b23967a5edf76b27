// A bare page around the engine, over HTTP and from disk, for the engine's own tests and benchmarks.
import { Buffer } from "node:buffer";
import {
  closeSync,
  createReadStream,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, normalize, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { FLAGS } from "./flags.mjs";

const client = resolve(
  dirname(fileURLToPath(import.meta.url)),
  "../../generator/client",
);
const require = createRequire(join(client, "package.json"));
const { build } = require("esbuild");
const puppeteer = require("puppeteer-core");

const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; " +
  "font-src 'self'; worker-src blob:; connect-src 'self' blob: data:; base-uri 'none'; form-action 'self'; " +
  "require-trusted-types-for 'script'; trusted-types drportal 'allow-duplicates'";

const ENTRY = `
import { openEngine } from "./src/engine/engine.js";
import { literal, quoteName } from "./src/engine/quoting.js";
import { EngineError } from "./src/shared/errors.js";
import { format } from "./src/shared/value-text.js";
import { openCatalogue, usePickedFiles } from "./src/catalogue/catalogue.js";
import { rowsById } from "./src/catalogue/rows.js";
import { readAsset } from "./src/reading/assets.js";
import { execute } from "./src/results/query/execute.js";
import { findRows } from "./src/results/query/find-rows.js";
import { readPermalink } from "./src/search/permalink.js";
import { readStatement } from "./src/search/sql/statements.js";
const page = JSON.parse(document.getElementById("page").textContent);
const t = { page, openEngine, openCatalogue, rowsById, usePickedFiles, format, literal, quoteName, EngineError };
t.start = async () => {
  const engine = openEngine({ base: page.base, assets: page.engine, readAsset });
  t.catalogues = await Promise.all(page.catalogues.map(({ name }) => openCatalogue(engine, name, page)));
  t.catalogue = t.catalogues[0];
  t.engine = await engine;
};
t.text = async (sql, options) => {
  const { rows, types } = await t.engine.rows(sql, options);
  return rows.map((row) => row.map((value, i) => format(value, types[i])));
};
// As the page for SQL does.
t.run = async (sql) => {
  const means = {
    engine: async () => t.engine,
    catalogue: async (name) => t.catalogues.find((one) => one.name === name),
    catalogues: page.catalogues,
    ...{ ask: async () => {}, enough: Infinity, signal: new AbortController().signal, onProgress: () => {} },
  };
  const statement = readStatement(sql);
  return execute(statement, means, async (engine, options) => engine.rows(statement.query, options));
};
// As the page for searches does: the texts of the columns named in the address.
t.search = async (query) => {
  const { meta, columns } = t.catalogue;
  const form = { ...meta, columns };
  const { search, problems } = readPermalink("?" + query, [form]);
  if (problems.length) throw new Error(problems.join());
  const nothing = async () => {};
  const host = { catalogue: async () => t.catalogue, view: { progress() {} }, asker: { ask: nothing }, report: {} };
  const { hits } = await findRows(host, { form, typical: [] }, search, new AbortController());
  const names = search.columns;
  const rows = await hits.rows(await hits.inOrder(""), 0, hits.kept, names);
  const types = names.map((name) => hits.fields.find((field) => field.name === name).type);
  return { total: hits.total, rows: rows.map((row) => row.map((value, i) => format(value, types[i]))) };
};
globalThis.t = t;
document.getElementById("files").addEventListener("change", (event) => { t.files = [...event.target.files]; });
`;

/**
 * A folder with the page, the built engine and a release's data.
 * @param {string} release folder that contains data/<name>/
 * @param {...string} names of catalogues
 */
export async function makeSite(release, ...names) {
  const folder = mkdtempSync(join(tmpdir(), "drportal-engine-"));
  const manifest = JSON.parse(
    readFileSync(join(client, "dist/manifest.json"), "utf8"),
  );
  mkdirSync(join(folder, "assets"));
  symlinkSync(join(client, "dist/engine"), join(folder, "assets/engine"));
  symlinkSync(join(resolve(release), "data"), join(folder, "data"));
  await build({
    stdin: { contents: ENTRY, resolveDir: client },
    bundle: true,
    format: "iife",
    minify: true,
    platform: "browser",
    outfile: join(folder, "assets/test.js"),
    logLevel: "error",
  });
  const page = {
    base: "",
    engine: manifest.engine,
    catalogues: names.map((name) => ({
      name,
      script: `data/${name}/catalogue.js`,
    })),
  };
  writeFileSync(
    join(folder, "engine.html"),
    `<!doctype html><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}"><link rel="icon" href="data:,"><title>engine</title>
<script type="application/json" id="page">${JSON.stringify(page)}</script><input type="file" id="files" multiple>
<script src="assets/test.js"></script>`,
  );
  return {
    folder,
    disk: pathToFileURL(join(folder, "engine.html")).href,
    remove: () => rmSync(folder, { recursive: true }),
  };
}

/**
 * A static server that counts. `mode`: "range" as hosts should be, "single" sends the whole file where several ranges are requested,
 * "whole" ignores Range, "gzip" compresses what it sends, "busy" refuses every third request of data with 429, "overloaded" with 503, "cut"
 * ends every tenth answer of several ranges in its middle, "torn" the first answer to every third range.
 * @param {string} folder
 * @param {{ mode?: string, delay?: number, rate?: number }} options delay: ms before each answer; rate: bytes of data a second, of all
 *   answers together
 */
export async function serve(
  folder,
  { mode = "range", delay = 0, rate = Infinity } = {},
) {
  const log = [];
  let count = 0;
  let free = 0;
  const known = new Set();
  const server = createServer(async (request, answer) => {
    const path = normalize(
      decodeURIComponent(new URL(request.url, "http://x").pathname),
    );
    const file = join(folder, path);
    let size;
    try {
      size = statSync(file).size;
    } catch {
      answer.writeHead(404).end();
      return;
    }
    if (delay) await new Promise((done) => setTimeout(done, delay));
    const data = path.startsWith("/data");
    const refusal = { busy: 429, overloaded: 503 }[mode];
    if (refusal && data && ++count % 3 === 0) {
      answer.writeHead(refusal, { "retry-after": "0" }).end();
      return;
    }
    const asked =
      mode === "whole" || mode === "gzip"
        ? []
        : askedRanges(
            request.headers.range,
            size,
            !["single", "torn"].includes(mode),
          );
    const [from, to] = asked.length === 1 ? asked[0] : [0, size - 1];
    const bytes =
      asked.length > 1
        ? asked.reduce((sum, [a, b]) => sum + b - a + 1, 0)
        : to - from + 1;
    log.push({ method: request.method, path, bytes, ranges: asked.length });
    if (data && rate < Infinity) {
      const now = Date.now();
      free = Math.max(free, now) + (1000 * bytes) / rate;
      await new Promise((done) => setTimeout(done, free - now));
    }
    const type =
      { css: "text/css", html: "text/html", js: "text/javascript" }[
        file.split(".").pop()
      ] ?? "application/octet-stream";
    const headers = {
      "content-type": type,
      "content-length": bytes,
      "accept-ranges": "bytes",
      "cache-control": "no-store",
    };
    if (asked.length > 1) {
      const body = multipart(file, asked, size, type);
      answer.writeHead(206, {
        ...headers,
        "content-type": `multipart/byteranges; boundary=${BOUNDARY}`,
        "content-length": body.length,
      });
      if (mode === "cut" && ++count % 10 === 0) {
        answer.write(body.subarray(0, body.length >> 1));
        setTimeout(() => answer.destroy(), 10);
      } else answer.end(body);
      return;
    }
    if (asked.length) headers["content-range"] = `bytes ${from}-${to}/${size}`;
    if (mode === "gzip" && path.endsWith(".parquet")) {
      const { createGzip } = await import("node:zlib");
      delete headers["content-length"];
      answer.writeHead(200, { ...headers, "content-encoding": "gzip" });
      createReadStream(file)
        .pipe(createGzip({ level: 1 }))
        .pipe(answer);
      return;
    }
    answer.writeHead(asked.length ? 206 : 200, headers);
    /** Every third range, when it is requested for the first time. */
    const torn = () => {
      const range = `${path} ${request.headers.range}`;
      if (known.has(range)) return false;
      known.add(range);
      return ++count % 3 === 0;
    };
    if (request.method === "HEAD") answer.end();
    else if (mode === "torn" && data && asked.length && torn()) {
      createReadStream(file, { start: from, end: (from + to) >> 1 })
        .on("end", () => setTimeout(() => answer.destroy(), 10))
        .pipe(answer, { end: false });
    } else createReadStream(file, { start: from, end: to }).pipe(answer);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address();
  return {
    log,
    url: `http://127.0.0.1:${port}/engine.html`,
    close: () =>
      new Promise((done) => {
        server.close(done);
        server.closeAllConnections();
      }),
  };
}

const BOUNDARY = "drportal-part";

/** @returns {[first: number, last: number][]} none for the whole file */
function askedRanges(header, size, several) {
  const list = /^bytes=([\d, -]+)$/.exec(header ?? "")?.[1].split(",") ?? [];
  if (list.length > 1 && !several) return [];
  return list.map((one) => {
    const [, from, to] = /^\s*(\d+)-(\d*)\s*$/.exec(one);
    return [Number(from), to ? Math.min(Number(to), size - 1) : size - 1];
  });
}

function multipart(file, ranges, size, type) {
  const opened = openSync(file, "r");
  const parts = ranges.flatMap(([from, to]) => {
    const bytes = Buffer.alloc(to - from + 1);
    readSync(opened, bytes, 0, bytes.length, from);
    const head = `\r\n--${BOUNDARY}\r\nContent-Type: ${type}\r\nContent-Range: bytes ${from}-${to}/${size}\r\n\r\n`;
    return [Buffer.from(head), bytes];
  });
  closeSync(opened);
  return Buffer.concat([...parts, Buffer.from(`\r\n--${BOUNDARY}--\r\n`)]);
}

/** @param {"chrome" | "firefox"} name @param {object} [more] options of puppeteer */
export function launch(name, more = {}) {
  return puppeteer.launch({
    browser: name,
    executablePath:
      name === "firefox" ? "/usr/bin/firefox-esr" : "/usr/bin/chromium",
    args: name === "firefox" ? [] : FLAGS,
    extraPrefsFirefox: { "security.fileuri.strict_origin_policy": true },
    protocolTimeout: 180_000,
    ...more,
  });
}
