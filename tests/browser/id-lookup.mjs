// Look-ups by id in a browser, over HTTP and from disk: `node tests/browser/id-lookup.mjs RELEASE CATALOGUE CASES.json chrome|firefox`.
// CASES.json: [{ name, where, condition, columns, rows, tiles }, …]; whole numbers in `where` are { int: "…" }. Prints what each case read.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import process from "node:process";
import { launch, makeSite, serve } from "./engine-site.mjs";

const [release, name, cases, which] = process.argv.slice(2);
const expected = JSON.parse(readFileSync(cases, "utf8"));

/** In the page: prepare, ask, and say what it took. */
const lookUp = async ({ where, region, condition, columns }) => {
  const exact = (v) =>
    v !== null && typeof v === "object" ? BigInt(v.int) : v;
  const constraints = where.map(({ values, low, high, ...rest }) => ({
    ...rest,
    ...(values && { values: values.map(exact) }),
    ...(low && { low: exact(low), high: exact(high) }),
  }));
  const start = performance.now();
  const plan = await t.catalogue.prepare({
    region: region ?? null,
    where: constraints,
    columns,
  });
  const { misses } = t.engine.store.counts;
  const select = columns.map(t.quoteName).join(", ");
  const rows = await t.text(
    `SELECT ${select} FROM ${plan.relation} WHERE ${condition} ORDER BY ALL`,
  );
  // The same without the engine.
  const [{ column, values }] = constraints;
  const alone = column === "obsid" && values && constraints.length === 1;
  const direct =
    alone && !region
      ? await t.rowsById(t.page, t.catalogue.name, column, values)
      : null;
  return {
    rows,
    direct: direct?.map(({ values }) =>
      columns.map((name) => String(values.get(name) ?? "")),
    ),
    tiles: plan.tiles,
    bytes: plan.bytes,
    misses: t.engine.store.counts.misses - misses,
    time: performance.now() - start,
  };
};

const site = await makeSite(release, name);
const server = await serve(site.folder);
const browser = await launch(which);
try {
  for (const [medium, address] of [
    ["HTTP", server.url],
    ["disk", site.disk],
  ]) {
    for (const fresh of [true, false]) {
      let page;
      for (const one of expected) {
        if (fresh && !one.most) continue;
        if (fresh || !page) {
          page = await browser.newPage();
          await page.goto(address);
          await page.evaluate(() => t.start());
        }
        server.log.length = 0;
        const got = await page.evaluate(lookUp, one);
        const asked = server.log.filter(({ path }) => path.startsWith("/data"));
        const sum = (/** @type {RegExp} */ what) =>
          asked
            .filter(({ path }) => what.test(path))
            .reduce((all, { bytes }) => all + bytes, 0);
        const [index, data] = [sum(/\/ids\//), sum(/\/dataset\//)];
        const text = `${which}, ${medium}, ${fresh ? "fresh page" : "same page"}: ${one.name}`;
        assert.deepEqual(got.rows, one.rows, text);
        if (got.direct)
          assert.deepEqual(got.direct.sort(), [...one.rows].sort(), text);
        if (one.tiles !== undefined) assert.equal(got.tiles, one.tiles, text);
        if (one.tiles === 0) assert.equal(data, 0, text);
        if (one.most && medium === "HTTP") {
          assert.ok(index + data <= one.most, `${text}: ${index + data} bytes`);
          assert.equal(got.misses, 0, text);
        }
        console.log(
          `${text}: ${got.rows.length} rows, ${got.tiles} tiles, ${got.bytes} bytes read, of them over HTTP ${index} index, ${data} data in ${asked.length} requests, ${got.misses} misses, ${Math.round(got.time)} ms`,
        );
        if (fresh) {
          await page.close();
          page = undefined;
        }
      }
      await page?.close();
    }
  }
} finally {
  await browser.close();
  await server.close();
  site.remove();
}
