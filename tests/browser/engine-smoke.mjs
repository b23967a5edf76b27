// The engine in both browsers, over HTTP and from disk: `node tests/browser/engine-smoke.mjs RELEASE CATALOGUE ANSWERS.json [chrome|firefox [words of a title]]`.
// RELEASE contains data/CATALOGUE/. ANSWERS.json: [[sql, rows as text], …], what DuckDB answers outside the browser.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { launch, makeSite, serve } from "./engine-site.mjs";

const [release, name, answers, only, wanted = ""] = process.argv.slice(2);
const expected = JSON.parse(readFileSync(answers, "utf8"));
const meta = JSON.parse(
  readFileSync(join(release, "data", name, "catalogue.json"), "utf8"),
);

const checks = {
  async "answers as DuckDB does elsewhere"({ page }) {
    for (const [sql, rows] of expected) {
      const got = await page.evaluate((text) => t.text(text), sql);
      assert.deepEqual(got, rows, sql);
    }
  },

  async "rows are the same where every column is read only where it is needed"({
    page,
  }) {
    for (const [sql, rows] of expected) {
      const got = await page.evaluate(async (text) => {
        const { store } = t.engine;
        const { limit } = store;
        // Everything is read anew for each statement.
        store.limit = 0;
        await t.text("SELECT 1");
        store.limit = limit;
        t.catalogue.planner.worth = 0;
        return t.text(text);
      }, sql);
      assert.deepEqual(got, rows, sql);
    }
  },

  async "least and greatest values are read from the tiles that contain them"({
    page,
  }) {
    const got = await page.evaluate(async () => {
      const number = t.catalogue.columns.find(
        (c) => c.datatype === "double" && !c.marked.length,
      );
      const column = number.name;
      const sql = `SELECT min(${t.quoteName(column)}), max(${t.quoteName(column)}), count(*) FROM ${t.quoteName(t.catalogue.name)}`;
      const some = await t.catalogue.within(
        [],
        () => t.text(sql),
        undefined,
        [true, false].map((greatest) => ({ column, greatest })),
      );
      return [some[0], (await t.text(sql))[0]];
    });
    assert.deepEqual(got[0].slice(0, 2), got[1].slice(0, 2));
    if (meta.partitions.some(({ tiles }) => tiles.length > 2))
      assert.ok(Number(got[0][2]) < Number(got[1][2]));
    assert.equal(got[1][2], String(meta.rows), "the view is whole again");
  },

  async "a planned cone asks for nothing more"({ page }) {
    const [offset] = meta.partitions[0].tiles;
    assert.ok(offset);
    const got = await page.evaluate(async () => {
      const { ra, dec } = t.catalogue.meta.position;
      const [[a, d]] = (
        await t.engine.rows(
          `SELECT ${t.quoteName(ra)}, ${t.quoteName(dec)} FROM ${t.quoteName(t.catalogue.name)} LIMIT 1 OFFSET 500`,
        )
      ).rows;
      const near = `degrees(2 * asin(sqrt(pow(sin(radians(${t.quoteName(dec)} - ${d}) / 2), 2) + cos(radians(${d})) * cos(radians(${t.quoteName(dec)})) * pow(sin(radians(${t.quoteName(ra)} - ${a}) / 2), 2)))) * 3600`;
      const found = [];
      for (const radius of [0.1, 60, 1800, 20000, 648000]) {
        const plan = await t.catalogue.prepare({
          region: { type: "cone", ra: a, dec: d, radius },
        });
        const misses = t.engine.store.counts.misses;
        const [[planned]] = await t.text(
          `SELECT count(*) FROM ${plan.relation} WHERE ${near} <= ${radius}`,
        );
        const missed =
          radius < 20000 ? t.engine.store.counts.misses - misses : 0;
        const [[all]] = await t.text(
          `SELECT count(*) FROM ${t.quoteName(t.catalogue.name)} WHERE ${near} <= ${radius}`,
        );
        found.push({ radius, planned, all, missed });
      }
      return found;
    });
    for (const { radius, planned, all, missed } of got) {
      assert.equal(planned, all, `radius ${radius}`);
      assert.equal(missed, 0, `radius ${radius}`);
      assert.ok(Number(planned) > 0);
    }
  },

  async "a statement can be cancelled, and the engine goes on"({ page }) {
    const [kind, goesOn] = await page.evaluate(async () => {
      const abort = new AbortController();
      setTimeout(() => abort.abort(), 200);
      const { running } = await t.engine.start();
      const error = await t
        .text(
          "SELECT count(*) FROM range(100000) a, range(1000000) b WHERE a.range % 7 = b.range % 5",
          { signal: abort.signal },
        )
        .catch((e) => e);
      return [error.name, (await t.engine.start()).running === running];
    });
    assert.equal(kind, "AbortError");
    assert.ok(goesOn, "its worker was replaced");
    assert.deepEqual(await page.evaluate(() => t.text("SELECT 6 * 7")), [
      ["42"],
    ]);
    const early = await page.evaluate(() =>
      t.text("SELECT 1", { signal: AbortSignal.abort() }).catch((e) => e.name),
    );
    assert.equal(early, "AbortError");
  },

  async "streams in order, also when bytes come late"({ page }) {
    const got = await page.evaluate(async () => {
      const key = t.quoteName(t.catalogue.columns[0].name);
      const sql = `SELECT ${key} FROM ${t.quoteName(t.catalogue.name)}`;
      const read = async (stream) => {
        const { batches } = await t.engine.query(sql, { stream });
        const parts = [];
        for await (const batch of batches)
          for (const value of batch.getChildAt(0)) parts.push(String(value));
        return parts.join();
      };
      const streamed = await read(true);
      const other = t.engine.query(sql, { stream: true });
      for await (const _ of (await other).batches) break;
      return [streamed === (await read(false)), streamed.length];
    });
    assert.ok(got[0] && got[1] > 0);
  },

  async "no statement reaches another host"({ page }) {
    const errors = await page.evaluate(() =>
      Promise.all(
        [
          "FROM read_parquet('http://example.com/x.parquet')",
          "COPY (SELECT 1) TO 'http://example.com/x.csv'",
          "COPY (SELECT 1) TO 's3://bucket/x.csv'",
          "LOAD json",
        ].map((sql) =>
          t.text(sql).then(
            () => "done",
            (e) => e.name,
          ),
        ),
      ),
    );
    assert.deepEqual(
      errors.filter((e) => e !== "EngineError"),
      [],
    );
    assert.deepEqual(await page.evaluate(() => t.text("SELECT 1")), [["1"]]);
  },

  async "values keep every digit"({ page }) {
    const got = await page.evaluate(() =>
      t.text(`SELECT 9223372036854775807, 0.1::FLOAT, 1.230::DECIMAL(38,3), DATE '2012-10-24',
      TIMESTAMP '2012-10-24 12:00:00.123456', [1, NULL, 3], {'a': 9007199254740993, 'b': 'x'}, NULL, 'Ünïcödé', true, '\\x00\\xFF'::BLOB,
      1e308, 'nan'::DOUBLE, 255::UTINYINT, TIME '01:02:03.5', MAP {'k': 1}, 18446744073709551615::UBIGINT, (-5)::TINYINT`),
    );
    assert.deepEqual(got, [
      [
        "9223372036854775807",
        "0.1",
        "1.230",
        "2012-10-24",
        "2012-10-24T12:00:00.123456",
        "[1,null,3]",
        '{"a":"9007199254740993","b":"x"}',
        "",
        "Ünïcödé",
        "true",
        "00ff",
        "1e+308",
        "NaN",
        "255",
        "01:02:03.5",
        '[{"key":"k","value":1}]',
        "18446744073709551615",
        "-5",
      ],
    ]);
  },
};

/** Checks of HTTP hosts that are not as they should be. */
const hosts = {
  async "a host without ranges is read whole"({ folder, browser }) {
    for (const mode of ["whole", "gzip"]) await onHost(folder, browser, mode);
  },

  async "hosts that serve one range at a time, refuse requests or cut connections"({
    folder,
    browser,
  }) {
    for (const mode of ["single", "busy", "overloaded", "cut", "torn"])
      await onHost(folder, browser, mode);
  },

  async "the worker reads by itself where the page stops foreseeing"({
    page,
    server,
  }) {
    const got = await page.evaluate(async () => {
      t.engine.store.readThrough(true);
      const misses = t.engine.store.counts.misses;
      const rows = await t.text(
        `SELECT count(*), max(columns(*))::VARCHAR FROM ${t.quoteName(t.catalogue.name)}`,
      );
      t.engine.store.readThrough(false);
      return [
        rows,
        t.engine.store.counts.misses - misses,
        await t.text(
          `SELECT count(*), max(columns(*))::VARCHAR FROM ${t.quoteName(t.catalogue.name)}`,
        ),
      ];
    });
    assert.deepEqual(got[0], got[2]);
    assert.equal(got[1], 0);
    assert.ok(server.log.length > 0);
  },
};

/** Checks after which a page is no longer as it was; each works in the state that the one before has left. */
const last = {
  async "starts anew after its worker died"({ page }) {
    await page.evaluate(() =>
      t.engine.define(
        "mine",
        "CREATE OR REPLACE VIEW mine AS SELECT 5 AS five",
      ),
    );
    const error = await page.evaluate(async () => {
      const dead = t
        .text(
          "SELECT count(*) FROM range(100000) a, range(1000000) b WHERE a.range % 7 = b.range % 5",
        )
        .catch((e) => e.constructor === t.EngineError);
      (await t.engine.start()).running.post({ drportal: "no such order" });
      return dead;
    });
    assert.equal(error, true);
    const [rows, mine] = await page.evaluate(async () => [
      await t.text(`SELECT count(*) FROM ${t.quoteName(t.catalogue.name)}`),
      await t.text("FROM mine"),
    ]);
    assert.deepEqual([rows, mine], [[[String(meta.rows)]], [["5"]]]);
    await page.evaluate(() => t.engine.close());
    assert.deepEqual(await page.evaluate(() => t.text("FROM mine")), [["5"]]);
  },

  async "forgets under pressure and still answers right"({ page }) {
    const got = await page.evaluate(async () => {
      t.engine.store.limit = 1 << 20;
      const sql = `SELECT count(*), min(columns(*))::VARCHAR, max(columns(*))::VARCHAR FROM ${t.quoteName(t.catalogue.name)}`;
      const first = await t.text(sql);
      const kept = t.engine.store.kept;
      const again = await t.text(sql);
      return [JSON.stringify(first) === JSON.stringify(again), kept];
    });
    assert.ok(got[0] && got[1] <= 1 << 20, String(got));
  },
};

const lastOfHosts = {
  async "missing data is reported"({ page, server }) {
    await server.close();
    const error = await page.evaluate(() =>
      t
        .text(
          `SELECT max(columns(*))::VARCHAR FROM ${t.quoteName(t.catalogue.name)}`,
        )
        .catch((e) => [e.name, e.kind]),
    );
    assert.deepEqual(error, ["EngineError", "bytes"]);
  },
};

const lastOnDisk = {
  async "picked files are read instead of scripts"({ page, folder }) {
    const input = await page.$("#files");
    await input.uploadFile(
      ...meta.partitions.map(({ path }) => join(folder, "data", name, path)),
    );
    const got = await page.evaluate(async () => {
      await new Promise((done) => setTimeout(done, 100));
      // A picked folder gives the path of each file; an automated input does not.
      const paths = t.catalogue.meta.partitions.map(({ path, size }) => ({
        path,
        size,
      }));
      const files = t.files.map((file, i) =>
        Object.defineProperty(file, "webkitRelativePath", {
          value: `release/data/${t.catalogue.name}/${paths[i].path}`,
        }),
      );
      const before = performance.getEntriesByType("resource").length;
      const used = await t.usePickedFiles(files);
      const rows = await t.text(
        `SELECT count(*), max(columns(*))::VARCHAR FROM ${t.quoteName(t.catalogue.name)}`,
      );
      return [
        used,
        rows[0][0],
        t.catalogue.source.kind,
        performance.getEntriesByType("resource").length - before,
      ];
    });
    assert.deepEqual(got, [[name], String(meta.rows), "picked", 0]);
  },
};

/** A page with a started engine, and what it did that it should not have done. */
async function open(browser, medium) {
  const server = await serve(site.folder);
  const page = await browser.newPage();
  const strange = [];
  const own = new URL(".", medium === "http" ? server.url : site.disk).href;
  page.on("request", (request) => {
    if (!request.url().startsWith(own) && !/^(blob|data):/.test(request.url()))
      strange.push(request.url());
  });
  page.on("pageerror", (error) => strange.push(String(error)));
  await page.goto(medium === "http" ? server.url : site.disk);
  await page.evaluate(() => t.start());
  const close = async () => {
    await page.close();
    await server.close().catch(() => {});
  };
  return { page, server, strange, close };
}

async function onHost(folder, browser, mode) {
  const server = await serve(folder, { mode });
  const page = await browser.newPage();
  try {
    await page.goto(server.url);
    await page.evaluate(() => t.start());
    for (const [sql, rows] of expected.slice(0, 3))
      assert.deepEqual(
        await page.evaluate((text) => t.text(text), sql),
        rows,
        `${mode}: ${sql}`,
      );
  } finally {
    await page.close();
    await server.close();
  }
}

const site = await makeSite(release, name);
let failed = 0;
for (const which of only ? [only] : ["chrome", "firefox"]) {
  const browser = await launch(which);
  try {
    for (const medium of ["http", "disk"]) {
      let shared;
      for (const [title, check] of Object.entries({
        ...checks,
        ...(medium === "http" ? hosts : {}),
        ...last,
        ...(medium === "http" ? lastOfHosts : lastOnDisk),
      })) {
        if (!title.includes(wanted)) continue;
        shared ??= await open(browser, medium);
        try {
          await check({ ...shared, browser, folder: site.folder });
          assert.deepEqual(
            shared.strange.filter(
              (s) => !/no such order|orders\[|is not a function/.test(s),
            ),
            [],
          );
          console.log(`ok      ${which} ${medium}: ${title}`);
        } catch (error) {
          failed++;
          console.log(`NOT OK  ${which} ${medium}: ${title}\n${error.message}`);
        }
        if (failed) shared = await shared.close();
      }
      await shared?.close();
    }
  } finally {
    await browser.close();
  }
}
site.remove();
process.exit(failed ? 1 : 0);
