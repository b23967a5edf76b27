// What the engine must withstand: `node tests/browser/engine-withstands.mjs RELEASE ABOUT.json chrome|firefox [words of a title]`.
// ABOUT.json: {"names": catalogues, the largest first, "answers": {title: [[sql, rows as text], …]}}, of DuckDB outside the browser.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import process from "node:process";
import { launch, makeSite, serve } from "./engine-site.mjs";

const [release, about, which, wanted = ""] = process.argv.slice(2);
const { names, answers } = JSON.parse(readFileSync(about, "utf8"));
const MB = 1 << 20;

/** Little memory for bytes; a statement that reads all of `sums` (13 MB) needs more. Scripts carry a little more than is asked for. */
const CEILING = 4 * MB;
const small = (page) =>
  page.evaluate((bytes) => {
    t.engine.store.limit = bytes / 2;
    t.engine.store.ceiling = bytes;
  }, CEILING);

async function answered(page, title) {
  for (const [sql, rows] of answers[title])
    assert.deepEqual(
      await page.evaluate((text) => t.text(text), sql),
      rows,
      sql,
    );
}

/** The same statements, none of which fits in memory. */
async function inParts(page) {
  await small(page);
  for (const [sql, rows] of answers.large) {
    const [got, bytes, misses, kept] = await page.evaluate(async (text) => {
      const { store } = t.engine;
      const before = { ...store.counts };
      let kept = 0;
      const onProgress = () => (kept = Math.max(kept, store.kept));
      const result = await t.text(text, { onProgress });
      const { counts } = store;
      return [
        result,
        counts.bytes - before.bytes,
        counts.misses - before.misses,
        kept,
      ];
    }, sql);
    assert.deepEqual(got, rows, sql);
    assert.ok(bytes > CEILING, `${bytes} bytes would fit: ${sql}`);
    assert.ok(
      kept > 0 && kept < 1.5 * CEILING,
      `${kept} bytes in memory: ${sql}`,
    );
    assert.equal(misses, 0, sql);
  }
}

/** Bytes that a task in the page reads when nothing is in memory but the ends of files, and what it returns. */
const anew = (page, task, text) =>
  page.evaluate(
    async (source, given) => {
      const { store } = t.engine;
      const { limit } = store;
      store.limit = 0;
      await t.text("SELECT 1");
      store.limit = limit;
      const before = store.counts.bytes;
      const found = await t[source](given);
      const { types } = found;
      if (types)
        found.rows = found.rows.map((row) =>
          row.map((one, i) => t.format(one, types[i])),
        );
      return { ...found, bytes: store.counts.bytes - before };
    },
    task,
    text,
  );

/** What wants the first rows in the order of a column, of a catalogue of 50 tiles: statements, and searches. */
async function firstRows(page) {
  for (const [sql, expected] of answers.first) {
    const { rows, bytes } = await anew(page, "run", sql);
    assert.deepEqual(rows, expected, sql);
    // Bounds do not say where NULL is, nor what is next to the values that mean nothing; of an expression its columns are read
    // everywhere. What may name a column in another way is not looked at.
    const all = /NULLS FIRST|BY w, |[-:] ?y|\(SELECT/.test(sql);
    const most = all ? Infinity : sql.includes("abs(") ? 9 * MB : 5 * MB;
    assert.ok(bytes < most, `${bytes} bytes: ${sql}`);
  }
  for (const [query, [[count], ...expected]] of answers.searches) {
    const { rows, total, bytes } = await anew(page, "search", query);
    assert.deepEqual([String(total), rows], [count, expected], query);
    assert.ok(bytes < 6 * MB, `${bytes} bytes: ${query}`);
  }
}

const checks = {
  "the first rows in an order are found in few tiles": {
    media: ["http"],
    check: ({ page }) => firstRows(page),
  },
  "a statement that needs more than the memory waits for its bytes": {
    media: ["http", "disk"],
    check: ({ page }) => inParts(page),
  },
  "a statement that waits is cancelled, and the next one is right": {
    media: ["disk", "http"],
    delay: 20,
    async check({ page }) {
      await small(page);
      const running = await page.evaluate(async (sql) => {
        const { running } = await t.engine.start();
        const ends = [];
        // After some pieces have been brought, in the middle of the statement.
        for (const pieces of [1, 4, 9]) {
          const abort = new AbortController();
          let come = 0;
          const onProgress = () => ++come >= pieces && abort.abort();
          ends.push(await t.text(sql, { signal: abort.signal, onProgress }).then(() => "done", (e) => e.name)); // prettier-ignore
        }
        return [ends, (await t.engine.start()).running === running];
      }, answers.large.at(-1)[0]);
      assert.deepEqual(running, [Array(3).fill("AbortError"), true]);
      await answered(page, "large");
    },
  },
  "a statement is cancelled at any moment, and the next one is right": {
    media: ["http"],
    delay: 30,
    async check({ page }) {
      for (const wait of [0, 10, 40, 80, 150, 250]) {
        const said = await page.evaluate(
          async (sql, ms) => {
            // Everything is read anew.
            const { store } = t.engine;
            const { limit } = store;
            store.limit = 0;
            await t.text("SELECT 1");
            store.limit = limit;
            const abort = new AbortController();
            setTimeout(() => abort.abort(), ms);
            return t.text(sql, { signal: abort.signal }).then(() => "done", (e) => e.name); // prettier-ignore
          },
          answers.large[1][0],
          wait,
        );
        assert.ok(["AbortError", "done"].includes(said), said);
        assert.deepEqual(await page.evaluate(() => t.text("SELECT 6 * 7")), [
          ["42"],
        ]);
      }
      await answered(page, "large");
    },
  },
  "bytes that cannot be brought while a statement runs are reported": {
    media: ["http"],
    async check({ page, server }) {
      await small(page);
      const [name, kind, after] = await page.evaluate(async (sql) => {
        let stop = () => {};
        const stopped = new Promise((done) => (stop = done));
        let come = 0;
        const onProgress = () => ++come === 3 && stop();
        const running = t.text(sql, { onProgress }).catch((e) => e);
        await stopped;
        document.title = "stop";
        const error = await running;
        return [
          error.constructor === t.EngineError,
          error.kind,
          await t.text("SELECT 1"),
        ];
      }, answers.large.at(-1)[0]);
      assert.deepEqual([name, kind, after], [true, "bytes", [["1"]]]);
      assert.ok(server.closed);
    },
    async during({ page, server }) {
      await page.waitForFunction(() => document.title === "stop");
      server.closed = true;
      await server.close();
    },
  },
  "without suspension the worker reads from the host itself": {
    media: ["http"],
    old: true,
    check: async ({ page }) => {
      await small(page);
      await answered(page, "large");
    },
  },
  "without suspension a statement from disk that needs too much is refused in one line":
    {
      media: ["disk"],
      old: true,
      async check({ page }) {
        await small(page);
        const said = await page.evaluate(
          (sql) =>
            t
              .text(sql)
              .catch((e) => [e.constructor === t.EngineError, e.message]),
          answers.large.at(-1)[0],
        );
        assert.equal(said[0], true);
        assert.doesNotMatch(said[1], /\n/);
        assert.deepEqual(await page.evaluate(() => t.text("SELECT 1")), [
          ["1"],
        ]);
      },
    },
  "a tab with little memory": {
    media: ["http"],
    memory: 0.5,
    async check({ page }) {
      const [kind, message, after] = await page.evaluate(async () => {
        const error = await t
          .text(
            "SELECT count(*) FROM (SELECT DISTINCT range, hash(range) FROM range(30000000))",
          )
          .catch((e) => e);
        return [error.kind, error.message, await t.text("SELECT 6 * 7")];
      });
      assert.deepEqual([kind, after], ["memory", [["42"]]]);
      assert.doesNotMatch(message, /\n/);
      await answered(page, "large");
    },
  },
  "a host of 5 MB a second": {
    media: ["http"],
    rate: 5e6,
    async check({ page }) {
      const [sql, rows] = answers.large.at(-1);
      const [got, seen] = await page.evaluate(async (text) => {
        const seen = [];
        const onProgress = (loaded, total) => seen.push([loaded, total]);
        return [await t.text(text, { onProgress }), seen];
      }, sql);
      assert.deepEqual(got, rows);
      assert.ok(seen.length > 3, "the reader sees how far it is");
      assert.ok(
        seen.every(
          ([loaded, total], i) =>
            loaded <= total && loaded >= (seen[i - 1]?.[0] ?? 0),
        ),
      );
    },
  },
  "tables of every shape, and ten of them in one statement": {
    media: ["http", "disk"],
    check: ({ page }) => answered(page, "shapes"),
  },
};

/** In a page: as a browser that cannot suspend WebAssembly, neither here nor in the worker. */
function unsuspended() {
  const { Blob } = globalThis;
  delete WebAssembly.Suspending;
  globalThis.Blob = class extends Blob {
    constructor(parts, options) {
      const script = options?.type === "text/javascript";
      super(
        script ? ["delete WebAssembly.Suspending;", ...parts] : parts,
        options,
      );
    }
  };
}

const site = await makeSite(release, ...names);
const browser = await launch(which);
let failed = 0;
for (const [
  title,
  { media, check, during, memory, old, ...options },
] of Object.entries(checks)) {
  for (const medium of title.includes(wanted) ? media : []) {
    const server = await serve(site.folder, options);
    const page = await browser.newPage();
    try {
      if (old) await page.evaluateOnNewDocument(unsuspended);
      if (memory)
        await page.evaluateOnNewDocument((value) => {
          Object.defineProperty(Navigator.prototype, "deviceMemory", { value });
        }, memory);
      await page.goto(medium === "http" ? server.url : site.disk);
      await page.evaluate(() => t.start());
      await Promise.all([check({ page, server }), during?.({ page, server })]);
      console.log(`ok      ${which} ${medium}: ${title}`);
    } catch (error) {
      failed++;
      console.log(`NOT OK  ${which} ${medium}: ${title}\n${error.message}`);
    } finally {
      await page.close();
      await server.close().catch(() => {});
    }
  }
}
await browser.close();
site.remove();
process.exit(failed ? 1 : 0);
