// Waiting times of readers beside native DuckDB on one thread, in the same run and on the same files:
//   node benchmarks/engine.mjs RELEASE CATALOGUE [chrome,firefox] [http,disk] [latency in ms] [FILE.json]
// RELEASE contains data/CATALOGUE/ as written by ingest. Prints a table; requests and bytes are those that the server has counted, without pages,
// scripts and the engine (from disk: those that the page has read). PYTHON is the interpreter with DuckDB, .venv/bin/python by default.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join, resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { launch, makeSite, serve } from "../tests/browser/engine-site.mjs";

const [
  release,
  name,
  browsers = "chrome,firefox",
  media = "http,disk",
  latency = "0",
  output,
] = process.argv.slice(2);
if (!name) {
  console.error(
    "usage: node benchmarks/engine.mjs RELEASE CATALOGUE [chrome,firefox] [http,disk] [latency] [FILE.json]",
  );
  process.exit(2);
}
const folder = resolve(release, "data", name);
const meta = JSON.parse(readFileSync(join(folder, "catalogue.json"), "utf8"));
const statements = statementsOf(meta);
const native = JSON.parse(
  execFileSync(
    process.env.PYTHON ??
      fileURLToPath(new URL("../.venv/bin/python", import.meta.url)),
    [fileURLToPath(new URL("native.py", import.meta.url))],
    {
      input: JSON.stringify({
        name,
        files: meta.partitions.map(({ path }) => join(folder, path)),
        statements,
      }),
      encoding: "utf8",
    },
  ),
);

/** Statements on the catalogue's own columns: one of few texts, two of numbers. */
function statementsOf({ columns, position, rows }) {
  const quoted = (column) => `"${column.name.replaceAll('"', '""')}"`;
  const places = [position?.ra, position?.dec];
  const numbers = columns.filter(
    ({ name: one, datatype, arraysize }) =>
      ["float", "double"].includes(datatype) &&
      !arraysize &&
      !/ra|dec/.test(one) &&
      !places.includes(one),
  );
  const pick = (names, among) =>
    quoted(among.find((one) => names.includes(one.name)) ?? among[0]);
  const text = pick(
    ["class"],
    columns.filter(({ datatype }) => datatype === "string"),
  );
  const value = pick(["teff", "z"], numbers);
  const signal = pick(["snrg"], numbers.toReversed());
  const five = [
    ...new Set([...columns.slice(0, 3).map(quoted), text, value]),
  ].join(", ");
  const table = quoted({ name });
  return {
    "two columns of all rows, grouped": `SELECT ${text}, count(*), avg(${value}) FROM ${table} GROUP BY ALL`,
    "filter, 20 highest, five columns": `SELECT ${five} FROM ${table} WHERE ${signal} > 20 ORDER BY ${value} DESC LIMIT 20`,
    "every column of the rows with the highest values": `SELECT * FROM ${table} WHERE ${signal} > 200`,
    "count(*)": `SELECT count(*) FROM ${table}`,
    "least and greatest value": `SELECT min(${value}), max(${value}) FROM ${table}`,
    [`${Math.min(rows, 1e6).toLocaleString("en")} rows kept for the result`]: `CREATE OR REPLACE TABLE kept AS SELECT (row_number() OVER () - 1)::INTEGER AS _row, * FROM (SELECT * FROM ${table}) LIMIT 1000000`,
  };
}

const site = await makeSite(release, name);
const server = await serve(site.folder, { delay: Number(latency) });
const results = [];
const row = (cells) => console.log(`| ${cells.join(" | ")} |`);
const HEAD = ["browser", "from", "what", "cold s", "of native", "again s"];
row([...HEAD, "of native", "requests", "MB", "requests again", "missed"]);
row(Array(11).fill("---"));

for (const which of browsers.split(",")) {
  const browser = await launch(which);
  try {
    for (const medium of media.split(","))
      await measure(browser, which, medium);
  } finally {
    await browser.close();
  }
}
await server.close();
site.remove();
if (output)
  writeFileSync(
    output,
    `${JSON.stringify(
      {
        catalogue: name,
        rows: meta.rows,
        columns: meta.columns.length,
        bytes: meta.bytes,
        partitions: meta.partitions.length,
        machine: {
          cores: cpus().length,
          processor: cpus()[0]?.model,
          memory: totalmem(),
        },
        native,
        results,
      },
      null,
      1,
    )}\n`,
  );

/** The page's time and counts of one work, and what the server has counted meanwhile. */
async function timed(page, work, ...args) {
  server.log.length = 0;
  const [seconds, bytes, reads, missed] = await page.evaluate(
    async (source, rest) => {
      const counts = () => ({
        bytes: 0,
        reads: 0,
        misses: 0,
        ...t.engine?.store.counts,
      });
      const before = counts();
      const start = performance.now();
      await (0, t.works[source])(...rest);
      const spent = (performance.now() - start) / 1000;
      const after = counts();
      return [
        spent,
        ...Object.keys(before).map((key) => after[key] - before[key]),
      ];
    },
    work,
    args,
  );
  const data = server.log.filter(({ path }) => path.startsWith("/data"));
  const sum = data.reduce((all, one) => all + one.bytes, 0);
  return data.length
    ? { seconds, requests: data.length, bytes: sum, missed }
    : { seconds, requests: reads, bytes, missed };
}

async function measure(browser, which, medium) {
  const tell = (what, cold, again, peer) => {
    const ratio = (one, other) =>
      other ? (one.seconds / other).toFixed(1) : "";
    const cells = [which, medium, what, cold.seconds.toFixed(2)];
    cells.push(ratio(cold, peer?.[0]), again?.seconds.toFixed(2) ?? "");
    cells.push(again ? ratio(again, peer?.[1]) : "", cold.requests);
    cells.push((cold.bytes / 1e6).toFixed(2), again?.requests ?? "");
    row([...cells, cold.missed]);
    results.push({
      browser: which,
      from: medium,
      what,
      cold,
      again,
      native: peer,
    });
  };
  const page = await browser.newPage();
  const opened = Date.now();
  await page.goto(medium === "http" ? server.url : site.disk);
  await page.evaluate(prepareWorks);
  tell("engine and catalogue ready", await timed(page, "start"));
  await timed(page, "sql", `SELECT * FROM "${name}" LIMIT 100`);
  const waited = {
    seconds: (Date.now() - opened) / 1000,
    requests: "",
    bytes: 0,
    missed: 0,
  };
  tell("from opening the page to its first rows", waited);
  if (meta.position) {
    await page.evaluate(() => t.works.find());
    for (const radius of [10, 600, 3600, 36000])
      tell(
        `cone of ${radius} arcsec`,
        await timed(page, "cone", radius),
        await timed(page, "cone", radius),
      );
  }
  if (meta.id && meta.ids?.some(({ column }) => column === meta.id))
    tell("look-up of an id", await timed(page, "id", meta.id));
  await page.close();
  for (const [what, sql] of Object.entries(statements)) {
    // Each statement has a page of its own, whose engine has no bytes yet.
    const own = await browser.newPage();
    await own.goto(medium === "http" ? server.url : site.disk);
    await own.evaluate(prepareWorks);
    await own.evaluate(() => t.works.start());
    const cold = await timed(own, "sql", sql);
    const again = await timed(own, "sql", sql);
    tell(what, cold, again, native[what]);
    await own.close();
  }
}

/** In the page. */
function prepareWorks() {
  t.works = {
    start: () => t.start(),
    sql: (text) => t.engine.rows(text, { rows: 1e6 }),
    // A position far from the first rows, which other measurements have read.
    find: async () => {
      const { ra, dec } = t.catalogue.meta.position;
      const skip = Math.floor(t.catalogue.meta.rows / 2);
      t.middle = (
        await t.engine.rows(
          `SELECT ${t.quoteName(ra)}, ${t.quoteName(dec)} FROM ${t.quoteName(t.catalogue.name)} LIMIT 1 OFFSET ${skip}`,
        )
      ).rows[0];
      // The search for this position must not speed up the measurement.
      await t.engine.close();
      await t.engine.start();
    },
    cone: async (radius) => {
      const [a, d] = t.middle;
      const plan = await t.catalogue.prepare({
        region: { type: "cone", ra: a, dec: d, radius },
      });
      await t.engine.rows(`SELECT * FROM ${plan.relation} LIMIT 100`);
    },
    id: async (column) => {
      const { files } = t.catalogue.meta.ids.find(
        (one) => one.column === column,
      );
      const { last } = files[Math.floor(files.length / 2)];
      const text = typeof last === "string" && !/^\d+$/.test(last);
      const plan = await t.catalogue.prepare({
        where: [{ column, values: [text ? last : BigInt(last)] }],
      });
      await t.engine.rows(
        `SELECT * FROM ${plan.relation} WHERE ${t.quoteName(column)} = ${text ? t.literal(last) : last}`,
      );
    },
  };
}
