// How long a page takes to its first answer: `node benchmarks/start.mjs RELEASE [--runs 3] [--browsers chrome,firefox]
// [--cases fresh,again,slow,disk] [--page "search.html?…"]`. RELEASE is the folder of a built release.
// Prints medians as JSON: milliseconds from the request of the page to rows on the screen, the browser's processor time, requests and bytes
// as the server counted them.
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
import { cpus, tmpdir } from "node:os";
import { join, normalize } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { launch } from "../tests/browser/engine-site.mjs";

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: "string", default: "3" },
    browsers: { type: "string", default: "chrome,firefox" },
    cases: { type: "string", default: "fresh,again,slow,disk" },
    page: { type: "string" },
  },
});
const [release] = positionals;
if (!release || !existsSync(join(release, "search.html"))) {
  console.error(
    "usage: node benchmarks/start.mjs RELEASE; it must have search.html",
  );
  process.exit(2);
}

/** The first example of the search page, unless another question is given. */
function question() {
  const [, link] =
    /href="(\?catalogue=[^"]*)"/.exec(
      readFileSync(join(release, "search.html"), "utf8"),
    ) ?? [];
  return `search.html${(link ?? "").replaceAll("&amp;", "&")}`;
}
const asked = options.page ?? question();

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

/** Seconds of processor time of a process and all that it started. */
function processor(root) {
  const all = new Map();
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
        .split(") ")[1]
        .split(" ");
      all.set(Number(pid), {
        parent: Number(fields[1]),
        ticks: fields.slice(11, 15).reduce((sum, n) => sum + Number(n), 0),
      });
    } catch {
      /* it has ended */
    }
  }
  const within = (pid) =>
    pid === root || (all.has(pid) && within(all.get(pid).parent));
  let ticks = 0;
  for (const [pid, one] of all) if (within(pid)) ticks += one.ticks;
  return ticks / 100;
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
  const pid = browser.process().pid;
  for (let before = -1, tries = 0; tries < 30; tries++) {
    const now = processor(pid);
    if (now - before < 0.03) return;
    before = now;
    await new Promise((done) => setTimeout(done, 500));
  }
}

/** Open the page and wait for rows. */
async function measure(browser, url, counter, throttle) {
  const page = await browser.newPage();
  await page.evaluateOnNewDocument(WATCH);
  const client = throttle ? await page.createCDPSession() : null;
  if (client) {
    await client.send("Network.enable");
    await client.send("Network.emulateNetworkConditions", {
      offline: false,
      latency: 100,
      downloadThroughput: 2.5e6,
      uploadThroughput: 2.5e6,
    });
  }
  await settled(browser);
  const before = { ...counter, cpu: processor(browser.process().pid) };
  await page.goto(url, { waitUntil: "domcontentloaded", timeout: 120_000 });
  await page.waitForFunction("globalThis.rowsAt", {
    timeout: 120_000,
    polling: 200,
  });
  const cpu = processor(browser.process().pid) - before.cpu;
  const after = { ...counter };
  return {
    page,
    ms: await page.evaluate("globalThis.rowsAt"),
    cpu,
    requests: after.requests - before.requests,
    bytes: after.bytes - before.bytes,
  };
}

const median = (values) =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)];
const runs = Number(options.runs);
const cases = options.cases.split(",");
const server = await serve(release);
const disk = pathToFileURL(join(release, "x")).href.replace(/x$/, "");
const results = [];

for (const which of options.browsers.split(",")) {
  /** @type {Record<string, any[]>} */
  const found = {};
  const add = (name, { page: _, ...rest }) => (found[name] ??= []).push(rest);
  for (let run = 0; run < runs; run++) {
    for (const name of cases) {
      if (name === "slow" && which !== "chrome") continue;
      const profile = mkdtempSync(join(tmpdir(), "drportal-start-"));
      const browser = await launch(which, { userDataDir: profile });
      try {
        if (name === "again") {
          // The first visit stays open as long as a reader looks at the rows; the browser keeps compiled code meanwhile.
          const first = await measure(
            browser,
            server.url + asked,
            server.count,
            false,
          );
          await new Promise((done) => setTimeout(done, 4000));
          await first.page.goto("about:blank");
          add(
            name,
            await measure(browser, server.url + asked, server.count, false),
          );
        } else
          add(
            name,
            await measure(
              browser,
              (name === "disk" ? disk : server.url) + asked,
              server.count,
              name === "slow",
            ),
          );
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
  }
  for (const [name, all] of Object.entries(found))
    results.push({
      browser: which,
      case: name,
      ...Object.fromEntries(
        ["ms", "cpu", "requests", "bytes"].map((key) => [
          key,
          Math.round(median(all.map((one) => one[key])) * 100) / 100,
        ]),
      ),
    });
}
server.close();
console.log(
  JSON.stringify(
    {
      question: asked,
      cores: cpus().length,
      processor: cpus()[0].model,
      runs,
      results,
    },
    null,
    1,
  ),
);
