// Waiting times of readers: `node benchmarks/engine.mjs RELEASE CATALOGUE [chrome,firefox] [http,disk] [latency in ms]`.
// RELEASE contains data/CATALOGUE/ as written by ingest. Prints a table; bytes are those read from data files.
import process from "node:process";
import { launch, makeSite, serve } from "../tests/browser/engine-site.mjs";

const [
  release,
  name,
  browsers = "chrome,firefox",
  media = "http,disk",
  latency = "0",
] = process.argv.slice(2);
if (!name) {
  console.error(
    "usage: node benchmarks/engine.mjs RELEASE CATALOGUE [chrome,firefox] [http,disk] [latency]",
  );
  process.exit(2);
}

const site = await makeSite(release, name);
const server = await serve(site.folder, { delay: Number(latency) });
const row = (cells) => console.log(`| ${cells.join(" | ")} |`);
row(["browser", "from", "what", "ms", "bytes", "reads", "missed"]);
row(Array(7).fill("---"));

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

async function measure(browser, which, medium) {
  const page = await browser.newPage();
  const time = async (what, work, ...args) => {
    const got = await page.evaluate(
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
        const after = counts();
        return [
          Math.round(performance.now() - start),
          after.bytes - before.bytes,
          after.reads - before.reads,
          after.misses - before.misses,
        ];
      },
      work,
      args,
    );
    row([which, medium, what, ...got]);
    return got;
  };
  const opened = Date.now();
  await page.goto(medium === "http" ? server.url : site.disk);
  await page.evaluate(() => {
    const column = () =>
      t.catalogue.columns.find(
        (c) => c.datatype === "double" && !/ra|dec/.test(c.name),
      ).name;
    const text = () =>
      (
        t.catalogue.columns.find((c) => c.name === "class") ??
        t.catalogue.columns[0]
      ).name;
    t.works = {
      start: () => t.start(),
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
      count: () =>
        t.text(`SELECT count(*) FROM ${t.quoteName(t.catalogue.name)}`),
      aggregate: () =>
        t.text(
          `SELECT ${t.quoteName(text())}, count(*), avg(${t.quoteName(column())}) FROM ${t.quoteName(t.catalogue.name)} GROUP BY ALL`,
        ),
      top: () =>
        t.text(
          `SELECT * FROM ${t.quoteName(t.catalogue.name)} ORDER BY ${t.quoteName(column())} DESC LIMIT 20`,
        ),
      head: () =>
        t.text(`SELECT * FROM ${t.quoteName(t.catalogue.name)} LIMIT 100`),
    };
  });
  await time("engine and catalogue ready", "start");
  await time("first 100 rows", "head");
  row([
    which,
    medium,
    "from opening the page to these rows",
    Date.now() - opened,
    "",
    "",
    "",
  ]);
  await page.evaluate(() => t.works.find());
  for (const radius of [10, 600, 3600, 36000])
    await time(`cone of ${radius} arcsec`, "cone", radius);
  await time("cone of 3600 arcsec again", "cone", 3600);
  await time("count(*)", "count");
  await time("two columns of all rows, grouped", "aggregate");
  await time("the same again", "aggregate");
  await time("20 highest of all rows, every column", "top");
  await page.close();
}
