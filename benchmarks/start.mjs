// How long a page takes to its first answer, beside the engine alone on a bare page that answers one statement:
//   node benchmarks/start.mjs RELEASE CATALOGUE [RUNS]
// RELEASE is the folder of a built release. "fresh" is a new profile, "again" a second visit, "slow" a network of 100 ms and 20 Mbit/s.
// Times are from the request of the page to rows on the screen; requests and bytes are those that the server has counted.
import {
  createReadStream,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
} from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join, normalize } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { launch, makeSite } from "../tests/browser/engine-site.mjs";
import { memory, processor, printLine } from "./processes.mjs";

const [release, catalogue, runs = "1"] = process.argv.slice(2);
if (!catalogue || !existsSync(join(release, "search.html"))) {
  console.error(
    "usage: node benchmarks/start.mjs RELEASE CATALOGUE [RUNS]; the release must have search.html",
  );
  process.exit(2);
}

/** The first example of the search page. */
function question() {
  const page = readFileSync(join(release, "search.html"), "utf8");
  const [, link] = /href="(\?catalogue=[^"]*)"/.exec(page) ?? [];
  if (!link) throw new Error("the search page has no example");
  return `search.html${link.replaceAll("&amp;", "&")}`;
}

const TYPES = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
  wasm: "application/wasm",
  json: "application/json",
};
const HASHED = /\/assets\/((engine|python)\/)?[^/]+\.[0-9a-f]{8}\.[a-z0-9]+$/;
const PACKED = /\/(assets\/engine|assets\/python|chunks|scripts)\//;

/** A server that follows the rules of generator/hosting/rules.py, as `drportal host nginx` does, and counts. */
async function serve(folder) {
  const count = { requests: 0, bytes: 0 };
  const small = new Map();
  const server = createServer((request, answer) => {
    const path = normalize(
      decodeURIComponent(new URL(request.url, "http://x").pathname),
    );
    const file = join(folder, path);
    count.requests++;
    if (!existsSync(file) || !statSync(file).isFile())
      return answer.writeHead(404).end();
    const { size, mtimeMs } = statSync(file);
    const ending = file.split(".").pop();
    const tag = `"${mtimeMs}-${size}"`;
    const headers = {
      "content-type": TYPES[ending] ?? "application/octet-stream",
      "accept-ranges": "bytes",
      etag: tag,
      "cache-control": HASHED.test(path)
        ? "public, max-age=31536000, immutable"
        : "no-cache",
    };
    if (request.headers["if-none-match"] === tag)
      return answer.writeHead(304, headers).end();
    const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "");
    if (!range && /gzip/.test(request.headers["accept-encoding"] ?? "")) {
      if (
        ["html", "js", "css", "svg", "json"].includes(ending) &&
        !PACKED.test(path)
      ) {
        if (!small.has(file))
          small.set(file, gzipSync(readFileSync(file), { level: 6 }));
        const body = small.get(file);
        count.bytes += body.length;
        return answer
          .writeHead(200, {
            ...headers,
            "content-encoding": "gzip",
            "content-length": body.length,
          })
          .end(body);
      }
    }
    const start = range ? Number(range[1]) : 0;
    const end = range?.[2] ? Math.min(Number(range[2]), size - 1) : size - 1;
    if (range) headers["content-range"] = `bytes ${start}-${end}/${size}`;
    count.bytes += end - start + 1;
    answer.writeHead(range ? 206 : 200, {
      ...headers,
      "content-length": end - start + 1,
    });
    createReadStream(file, { start, end }).pipe(answer);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return {
    count,
    url: `http://127.0.0.1:${server.address().port}/`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

// Runs in the page before its own scripts, and notes when rows are there.
const WATCH = () => {
  const rows =
    "#results-table tbody tr, .results tbody tr, [role=grid] [role=row] [role=gridcell]";
  new MutationObserver((_, observer) => {
    if (
      !document.querySelector(rows) ||
      !document.getElementById("status")?.textContent
    )
      return;
    globalThis.rowsAt = performance.now();
    observer.disconnect();
  }).observe(document, { childList: true, subtree: true });
};

/** Wait until the browser has made its own window: its processor time would be counted as the page's. */
async function settled(browser) {
  for (let before = -1, tries = 0; tries < 30; tries++) {
    const now = processor(browser);
    if (now - before < 0.03) return;
    before = now;
    await new Promise((done) => setTimeout(done, 500));
  }
}

/** The bare page's answer: rows of the same catalogue. */
const ANSWER = `(async () => {
  await t.start();
  const { rows } = await t.engine.rows('SELECT * FROM "${catalogue}" LIMIT 100');
  if (rows.length !== 100) throw new Error(rows.length + " rows");
})()`;

/** Open a page and wait for rows. */
async function visit(browser, { address, bare }, counter, slow) {
  const page = await browser.newPage();
  if (!bare) await page.evaluateOnNewDocument(WATCH);
  await page.goto("about:blank");
  if (slow) {
    const client = await page.createCDPSession();
    await client.send("Network.enable");
    await client.send("Network.emulateNetworkConditions", {
      offline: false,
      latency: 100,
      downloadThroughput: 2.5e6,
      uploadThroughput: 2.5e6,
    });
  }
  await settled(browser);
  const before = { ...counter };
  const used = processor(browser);
  const began = performance.now();
  await page.goto(address, { waitUntil: "domcontentloaded", timeout: 180_000 });
  if (bare) await page.evaluate(ANSWER);
  else
    await page.waitForFunction("globalThis.rowsAt", {
      timeout: 180_000,
      polling: 200,
    });
  const cpu = processor(browser) - used;
  return {
    page,
    seconds:
      (bare
        ? performance.now() - began
        : await page.evaluate("globalThis.rowsAt")) / 1000,
    processor: cpu,
    memory: memory(browser),
    requests: counter.requests - before.requests,
    bytes: counter.bytes - before.bytes,
  };
}

/** One case in a new profile. */
async function measure(which, name, place, counter) {
  const profile = mkdtempSync(join(tmpdir(), "drportal-start-"));
  const browser = await launch(which, { userDataDir: profile });
  try {
    if (name === "again") {
      // The first visit stays open as long as a reader looks at the rows; the browser keeps compiled code meanwhile.
      const first = await visit(browser, place, counter, false);
      await new Promise((done) => setTimeout(done, 4000));
      await first.page.goto("about:blank");
    }
    const { page: _, ...found } = await visit(
      browser,
      place,
      counter,
      name === "slow",
    );
    return found;
  } finally {
    await browser.close();
    rmSync(profile, {
      recursive: true,
      force: true,
      maxRetries: 20,
      retryDelay: 100,
    });
  }
}

const asked = question();
const site = await makeSite(release, catalogue);
const servers = [await serve(release), await serve(site.folder)];
const disk = pathToFileURL(join(release, "x")).href.replace(/x$/, "");
const places = {
  ours: { served: servers[0].url + asked, disk: disk + asked },
  bare: { served: `${servers[1].url}engine.html`, disk: site.disk },
};

try {
  for (let run = 0; run < Number(runs); run++)
    for (const [browser, which] of [
      ["Chromium", "chrome"],
      ["Firefox", "firefox"],
    ])
      for (const name of ["fresh", "again", "slow", "disk"]) {
        if (name === "slow" && which !== "chrome") continue;
        const at = (place) => (name === "disk" ? place.disk : place.served);
        const peer = await measure(
          which,
          name,
          { address: at(places.bare), bare: true },
          servers[1].count,
        );
        const { seconds, ...more } = await measure(
          which,
          name,
          { address: at(places.ours) },
          servers[0].count,
        );
        const facts = {
          ...more,
          peer: peer.seconds,
          peer_processor: peer.processor,
          peer_memory: peer.memory,
        };
        printLine(
          `first answer of a search: ${browser}, ${name}`,
          seconds,
          facts,
        );
      }
} finally {
  for (const server of servers) server.close();
  site.remove();
}
