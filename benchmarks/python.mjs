// How long Python in a page takes: `node benchmarks/python.mjs RELEASE [--runs 3] [--browsers chrome,firefox]
// [--cases disk,http,again,million] [--pause SECONDS]`. RELEASE is the folder of a built release with Python; `drportal serve` serves it.
//
// disk, http   a fresh browser: from the request of the page to the mean of a column, and to a first plot after it
// again        the same for the second visit over HTTP of one browser
// million      a table of 1,000,000 rows and five columns for Python, once it runs
//
// Prints medians as JSON: milliseconds, seconds of processor time of the browser, requests and bytes of Python's parts,
// and of the middle run when each step began.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { launch } from "../tests/browser/engine-site.mjs";
import { processor } from "./processes.mjs";

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: "string", default: "3" },
    browsers: { type: "string", default: "chrome,firefox" },
    cases: { type: "string", default: "disk,http,again,million" },
    pause: { type: "string", default: "0" },
  },
});
const [release] = positionals;
if (!release || !existsSync(join(release, "python.html"))) {
  console.error(
    "usage: node benchmarks/python.mjs RELEASE; it must have python.html",
  );
  process.exit(2);
}

/** The first catalogue's first column of real numbers. */
function column() {
  const html = readFileSync(join(release, "python.html"), "utf8");
  const [, json] = /id="console">([^<]*)</.exec(html);
  for (const { name, columns } of JSON.parse(json))
    for (const one of columns)
      if (/^(float|double)/i.test(one.datatype)) return [name, one.name];
  throw new Error("no catalogue has a column of real numbers");
}
const [catalogue, name] = column();
const CELLS = [
  `import drportal\nx = (await drportal.sql('SELECT "${name}" AS x FROM "${catalogue}"'))["x"]\nprint(x.mean())`,
  "import matplotlib.pyplot as plt\nplt.hist(x.compressed(), 50);",
];
const MILLION =
  'rows = await drportal.sql("SELECT range AS a, range * 2.5 AS b, range % 7 AS c, (range % 100)::FLOAT AS d, range / 3 AS e FROM range(1000000)")\n' +
  "print(len(rows))";
const pageOf = (cells) =>
  `python.html?cells=${encodeURIComponent(JSON.stringify(cells.map((source) => ["c", source])))}`;

/** Serve the release as readers of `drportal serve` have it. */
function serve() {
  const venv = resolve(
    dirname(fileURLToPath(import.meta.url)),
    "../.venv/bin/drportal",
  );
  const server = spawn(
    existsSync(venv) ? venv : "drportal",
    ["serve", release, "--port", "0", "--quiet"],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  return new Promise((done, failed) => {
    let said = "";
    const hear = (bytes) => {
      const [url] = /http:\/\/127[^\s]*/.exec((said += bytes)) ?? [];
      if (url)
        done({ url: url.replace(/\/*$/, "/"), close: () => server.kill() });
    };
    server.stdout.on("data", hear);
    server.stderr.on("data", hear);
    server.on("exit", () => failed(new Error(`drportal serve ended: ${said}`)));
  });
}

/** In the page: note when what it says of Python changes, and when a cell begins and ends. */
function note() {
  globalThis.noted = [];
  const last = {};
  const say = (what, value) => {
    if (!value || last[what] === value) return;
    last[what] = value;
    globalThis.noted.push([Math.round(performance.now()), value]);
  };
  const look = () => {
    say("state", document.getElementById("python-status")?.dataset.state);
    const step = document.querySelector("#python-progress:not([hidden]) span");
    say("step", step?.textContent.split(":")[0]);
    for (const [i, cell] of document.querySelectorAll("[data-cell]").entries())
      say(
        `cell ${i}`,
        cell.dataset.state && `cell ${i + 1} ${cell.dataset.state}`,
      );
  };
  new MutationObserver(look).observe(document, {
    subtree: true,
    childList: true,
    characterData: true,
    attributes: true,
  });
}

const SHOWN = "document.querySelectorAll('[data-output]')";
const ENDED = (n) =>
  `${SHOWN}[${n}]?.childElementCount > 0 && !document.querySelectorAll('[data-cell]')[${n}].dataset.state`;

const RUN = (n) =>
  `document.querySelectorAll('[data-cell]')[${n}].querySelector('[data-cell-action=run]').click()`;

/** Wait for something, and note the processor time of what the page has noted meanwhile. */
async function until(tab, script) {
  const end = performance.now() + 170_000;
  for (;;) {
    const [done, events] = await tab.evaluate(
      `[Boolean(${script}), globalThis.noted.splice(0)]`,
    );
    const cpu = processor(tab.browser()) - tab.began;
    for (const [ms, what] of events) tab.events.push([ms, round(cpu), what]);
    if (done) return;
    if (performance.now() > end) {
      const said = await tab.evaluate(
        "document.querySelector('.notebook-pane').innerText",
      );
      throw new Error(`in vain: ${script}\n${said}`);
    }
    await new Promise((next) => setTimeout(next, 50));
  }
}

/** Open the page, run its cells, and say what it took up to the mean and from there to the plot. */
async function visit(browser, url) {
  const tab = await browser.newPage();
  await tab.evaluateOnNewDocument(note);
  const cpu = (tab.began = processor(browser));
  tab.events = [];
  const began = performance.now();
  await tab.goto(url, { waitUntil: "domcontentloaded", timeout: 120_000 });
  await until(tab, "document.querySelector('[data-cell]')");
  const steps = [];
  let [before, spent] = [began, cpu];
  for (let n = 0; n < CELLS.length; n++) {
    await tab.evaluate(RUN(n));
    await until(tab, ENDED(n));
    const [now, used] = [performance.now(), processor(browser)];
    steps.push({ ms: now - before, cpu: used - spent });
    // as a reader who looks at the number before the plot
    await new Promise((done) => setTimeout(done, 1000 * options.pause));
    [before, spent] = [performance.now(), processor(browser)];
  }
  const bytes = await tab.evaluate(
    `performance.getEntriesByType("resource").filter((one) => one.name.includes("assets/python/"))
      .reduce((sum, one) => sum + one.transferSize, 0)`,
  );
  return { tab, steps, events: tab.events, bytes };
}

/** Rows through the bridge, in a page whose Python runs. */
async function million(browser, { tab }) {
  await until(
    tab,
    "document.getElementById('python-status').dataset.state === 'idle'",
  );
  // The other packages are loaded, and the browser does its own work: on a busy machine that may never end.
  for (let last = -1, left = 20; left-- && processor(browser) - last > 0.05;) {
    last = processor(browser);
    await new Promise((done) => setTimeout(done, 1000));
  }
  const n = CELLS.length;
  const cpu = processor(browser);
  const began = performance.now();
  await tab.evaluate(RUN(n));
  await until(tab, ENDED(n));
  const said = await tab.evaluate(`${SHOWN}[${n}].textContent`);
  if (said.trim() !== "1000000") throw new Error(said);
  return { ms: performance.now() - began, cpu: processor(browser) - cpu };
}

const middle = (values, of = (one) => one) =>
  values.toSorted((one, other) => of(one) - of(other))[
    Math.floor(values.length / 2)
  ];
const round = (value) => Math.round(value * 100) / 100;

const server = await serve();
const disk = pathToFileURL(`${resolve(release)}/`).href;
const results = [];
for (const which of options.browsers.split(",")) {
  const found = {};
  const add = (name, one) => (found[name] ??= []).push(one);
  for (let run = 0; run < Number(options.runs); run++) {
    for (const one of options.cases.split(",")) {
      const profile = mkdtempSync(join(tmpdir(), "drportal-python-"));
      const browser = await launch(which, { userDataDir: profile });
      const cells = one === "million" ? [...CELLS, MILLION] : CELLS;
      const address = (one === "disk" ? disk : server.url) + pageOf(cells);
      console.error(`${which}, run ${run + 1}: ${one}`);
      try {
        let seen = await visit(browser, address);
        if (one === "again") {
          // as long as a reader looks at a plot; the browser keeps compiled code meanwhile
          await new Promise((done) => setTimeout(done, 5000));
          await seen.tab.goto("about:blank");
          seen = await visit(browser, address);
        }
        if (one === "million")
          add("million rows", await million(browser, seen));
        else
          for (const [i, what] of ["mean", "plot"].entries())
            add(`${one} ${what}`, {
              ...seen.steps[i],
              events: i ? undefined : seen.events,
              bytes: i ? undefined : seen.bytes,
            });
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
  for (const [name, all] of Object.entries(found)) {
    const { events, bytes } = middle(all, ({ cpu }) => cpu);
    const [ms, cpu] = ["ms", "cpu"].map((key) =>
      round(middle(all.map((one) => one[key]))),
    );
    results.push({ browser: which, case: name, ms, cpu, bytes, events });
  }
}
server.close();
console.log(
  JSON.stringify(
    {
      catalogue,
      column: name,
      cores: cpus().length,
      processor: cpus()[0].model,
      runs: Number(options.runs),
      results,
    },
    null,
    1,
  ),
);
