import { launch, makeSite, serve } from "./engine-site.mjs";
const [release, name, which, media] = process.argv.slice(2);
const site = await makeSite(release, name);
const browser = await launch(which);
for (const medium of media.split(",")) {
  const server = medium === "disk" ? null : await serve(site.folder, { mode: medium });
  const page = await browser.newPage();
  const scripts = [];
  if (!server) page.on("request", (r) => { if (r.url().includes("/chunks/")) scripts.push(r.url()); });
  await page.goto(server ? server.url : site.disk);
  const run = async (what, js) => {
    if (server) server.log.length = 0; scripts.length = 0;
    const t = performance.now();
    const got = await page.evaluate(js);
    const log = (server?.log ?? []).filter((l) => l.path.includes("/data/"));
    const counts = await page.evaluate("({bytes:t.engine.store.counts.bytes,misses:t.engine.store.counts.misses})");
    console.log([which, medium, what, `${Math.round(performance.now() - t)} ms`, server ? `${log.length} requests (${log.reduce((a,b)=>a+(b.ranges||1),0)} ranges) ${(log.reduce((a,b)=>a+b.bytes,0)/1e6).toFixed(2)} MB` : `${scripts.length} scripts`, JSON.stringify(counts), JSON.stringify(got)?.slice(0,120)].join(" | "));
  };
  await run("start", "t.start()");
  const cone = (ra, dec, cols) => `(async()=>{const p=await t.catalogue.prepare({region:{type:'cone',ra:${ra},dec:${dec},radius:30},columns:${cols}});const r=await t.engine.rows('SELECT count(*),sum(teff) FROM '+p.relation);return [p.tiles,p.bytes,String(r.rows[0])]})()`;
  await run("cone all columns", cone(150, 20, "null"));
  await run("cone of a neighbour", cone(150.1, 20.1, "null"));
  await run("cone three columns elsewhere", cone(220, 40, "['ra','dec','teff']"));
  await run("group by", "t.text('SELECT class, avg(teff), count(*) FROM t GROUP BY 1 ORDER BY 1')");
  await run("again", "t.text('SELECT class, avg(teff), count(*) FROM t GROUP BY 1 ORDER BY 1')");
  await run("top", "t.text('SELECT * FROM t WHERE snrg > 200 ORDER BY teff DESC LIMIT 20')");
  await page.close(); await server?.close();
}
await browser.close(); site.remove();
