// Statements in a page beside native DuckDB on one thread, in the same run and on the same files, and a cone beside lsdb:
//   node benchmarks/engine.mjs RELEASE CATALOGUE [RUNS]
// RELEASE contains data/CATALOGUE/ as written by ingest. Requests and bytes are those that the server has counted, without pages, scripts
// and the engine (from disk: those that the page has read). PYTHON is the interpreter with DuckDB and lsdb. The page's rows must be those of
// DuckDB.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { launch, makeSite, serve } from "../tests/browser/engine-site.mjs";
import { memory, processor, printLine } from "./processes.mjs";

const [release, name, runs = "1"] = process.argv.slice(2);
if (!name) {
  console.error("usage: node benchmarks/engine.mjs RELEASE CATALOGUE [RUNS]");
  process.exit(2);
}
const folder = resolve(release, "data", name);
const meta = JSON.parse(readFileSync(join(folder, "catalogue.json"), "utf8"));
const files = meta.partitions.map(({ path }) => join(folder, path));
const STATEMENTS = {
  "group by class, avg(teff)": `SELECT class, count(*), avg(teff) FROM "${name}" GROUP BY ALL`,
  "filter, top 20 of five columns": `SELECT obsid, ra, dec, class, teff FROM "${name}" WHERE snrg > 20 ORDER BY teff DESC LIMIT 20`,
};
const WAYS = [
  ["Chromium", "chrome", "http"],
  ["Chromium, disk", "chrome", "disk"],
  ["Firefox", "firefox", "http"],
];
const RADIUS = 3600;

const site = await makeSite(release, name);
const server = await serve(site.folder);
try {
  for (let run = 0; run < Number(runs); run++)
    for (const way of WAYS) await measure(...way);
} finally {
  await server.close();
  site.remove();
}

function python(script, given, input = "") {
  const file = fileURLToPath(new URL(script, import.meta.url));
  const output = execFileSync(
    process.env.PYTHON ?? "python3",
    [file, ...given],
    { input, maxBuffer: 1e9 },
  );
  return JSON.parse(output.toString());
}
function native(sql) {
  return python("native.py", [], JSON.stringify({ name, files, sql }));
}

async function measure(way, which, medium) {
  const browser = await launch(which);
  const open = async () => {
    const page = await browser.newPage();
    await page.goto(medium === "http" ? server.url : site.disk);
    await page.evaluate(prepareWorks);
    await page.evaluate(() => t.works.start());
    return page;
  };
  try {
    for (const [what, sql] of Object.entries(STATEMENTS)) {
      const peer = native(sql);
      // Each statement has a page of its own, whose engine has no bytes yet.
      const page = await open();
      for (const [when, beside] of [
        ["cold", peer.first],
        ["again", peer.again],
      ]) {
        const { seconds, answer, ...more } = await timed(
          browser,
          page,
          "sql",
          sql,
        );
        agree(answer, peer.rows, `${what}: ${way}, ${when}`);
        printLine(`${what}: ${way}, ${when}`, seconds, {
          ...more,
          peer: beside,
        });
      }
      await page.close();
    }
    if (way !== "Chromium") return;
    await lookUp(browser, await open());
    await cone(browser, await open());
  } finally {
    await browser.close();
  }
}

async function lookUp(browser, page) {
  const index = meta.ids.find(({ column }) => column === meta.id);
  const { last } = index.files[Math.floor(index.files.length / 2)];
  const peer = native(`SELECT * FROM "${name}" WHERE ${meta.id} = ${last}`);
  const { seconds, answer, ...more } = await timed(
    browser,
    page,
    "id",
    meta.id,
    String(last),
  );
  agree(answer, peer.rows, "look-up of an id");
  printLine("look-up of an id", seconds, { ...more, peer: peer.first });
  await page.close();
}

async function cone(browser, page) {
  const [[ra, dec]] = native(
    `SELECT ra, dec FROM "${name}" LIMIT 1 OFFSET ${Math.floor(meta.rows / 2)}`,
  ).rows;
  const peer = python("lsdb_peer.py", [folder, ra, dec, String(RADIUS)]);
  const { seconds, answer, ...more } = await timed(
    browser,
    page,
    "cone",
    Number(ra),
    Number(dec),
    RADIUS,
  );
  assert.equal(answer.length, peer.rows, "rows of the cone and of lsdb");
  printLine("cone of 1 deg beside lsdb", seconds, {
    ...more,
    peer: peer.seconds,
  });
  await page.close();
}

/** The page's time of one work, its rows as texts, and what the server has counted meanwhile. */
async function timed(browser, page, work, ...args) {
  server.log.length = 0;
  const before = processor(browser);
  const [seconds, answer, read, reads] = await page.evaluate(
    async (source, rest) => {
      const counts = () => ({ ...t.engine.store.counts });
      const first = counts();
      const start = performance.now();
      const { rows, types } = await t.works[source](...rest);
      const spent = (performance.now() - start) / 1000;
      const last = counts();
      const texts = rows.map((row) =>
        row.map((value, i) => t.format(value, types[i])),
      );
      return [spent, texts, last.bytes - first.bytes, last.reads - first.reads];
    },
    work,
    args,
  );
  const data = server.log.filter(({ path }) => path.startsWith("/data"));
  const sent = data.reduce((all, one) => all + one.bytes, 0);
  return {
    seconds,
    answer,
    processor: processor(browser) - before,
    memory: memory(browser),
    requests: data.length || reads,
    bytes: data.length ? sent : read,
  };
}

/** Rows in any order; sums may differ by rounding. Of rows that tie for the last place of a list either may be shown. */
function agree(ours, theirs, what) {
  assert.equal(ours.length, theirs.length, `${what}: rows`);
  const sorted = (rows) =>
    rows
      .map((row) => row.map(plain))
      .sort((a, b) => (a.join() < b.join() ? -1 : 1));
  const least = Math.min(...theirs.map((row) => Number(row.at(-1))));
  const sure = (rows) =>
    sorted(
      rows.filter((row) => rows.length < 20 || Number(row.at(-1)) > least),
    );
  assert.deepEqual(sure(ours), sure(theirs), what);
}

/** Whole numbers as they are, others with ten digits. */
function plain(text) {
  if (text === null || /^-?\d+$/.test(text) || !Number.isFinite(Number(text)))
    return text ?? "";
  return Number(text).toPrecision(10);
}

/** In the page. */
function prepareWorks() {
  t.works = {
    start: () => t.start(),
    sql: (text) => t.run(text),
    cone: async (ra, dec, radius) => {
      const plan = await t.catalogue.prepare({
        region: { type: "cone", ra, dec, radius },
      });
      const squares = `sin(radians(dec - ${dec}) / 2) ** 2
        + cos(radians(dec)) * cos(radians(${dec})) * sin(radians(ra - ${ra}) / 2) ** 2`;
      const within = `2 * degrees(asin(sqrt(${squares}))) <= ${radius / 3600}`;
      return t.engine.rows(`SELECT * FROM ${plan.relation} WHERE ${within}`, {
        rows: 1e6,
      });
    },
    id: async (column, id) => {
      const plan = await t.catalogue.prepare({
        where: [{ column, values: [BigInt(id)] }],
      });
      return t.engine.rows(
        `SELECT * FROM ${plan.relation} WHERE ${t.quoteName(column)} = ${id}`,
      );
    },
  };
}
