// Only src/shared/trusted.js of the client starts scripts or workers, or turns text into markup.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";

const src = fileURLToPath(new URL("../src", import.meta.url));
const SINKS =
  /\b(innerHTML|outerHTML|insertAdjacentHTML|srcdoc|createContextualFragment|parseHTML\w*|setHTML\w*|DOMParser|importScripts)\b|\bdocument\s*\.\s*write|\bnew\s+(Worker|SharedWorker|Function)\b|\beval\s*\(|\bset(Timeout|Interval)\s*\(\s*["'`]|\bscript\.(src|text|textContent|innerText)\s*=[^=]|\.on[a-z]+\s*=\s*["'`]|setAttribute\(\s*["'`]on|javascript:/;

test("sinks of script and markup are in src/shared/trusted.js only", () => {
  const names = readdirSync(src, { recursive: true }).map(String);
  const own = names.filter((name) => name.endsWith(".js") && name !== "shared/trusted.js");
  assert.ok(own.length > 100);
  for (const name of own) {
    let text = readFileSync(join(src, name), "utf8");
    // Python's worker replaces it by one that refuses.
    if (name === "notebook/worker/closed.js") text = text.replace("scope.importScripts = () => {", "");
    const found = SINKS.exec(text);
    assert.equal(found?.[0], undefined, `${name}: ${found?.[0]}`);
  }
  assert.match(readFileSync(join(src, "shared/trusted.js"), "utf8"), SINKS);
});

test("only scripts of this site are loaded, whatever the address", async () => {
  const scope = /** @type {any} */ (globalThis);
  scope.document = {
    baseURI: "https://survey.org/dr8/v1.0/zh/search.html?x=1",
    currentScript: { src: "https://survey.org/dr8/v1.0/assets/search.0a0a0a0a.js" },
  };
  const { ownScript } = await import("../src/shared/trusted.js");
  delete scope.document.currentScript;
  assert.equal(
    ownScript("../data/lrs/chunks/0000.js"),
    "https://survey.org/dr8/v1.0/data/lrs/chunks/0000.js",
  );
  for (const address of [
    "https://evil.org/dr8/v1.0/assets/x.js",
    "//evil.org/x.js",
    "http://survey.org/dr8/v1.0/assets/x.js",
    "https://survey.org.evil.org/dr8/v1.0/x.js",
    "https://user@survey.org/dr8/v1.0/x.js",
    "https://survey.org:8443/dr8/v1.0/x.js",
    "../../v2.0/assets/x.js",
    "../%2e%2e/x.js",
    "../data/..%2f..%2fupload.js",
    "../data/..%5c..%5cupload.js",
    "../data/..\\..\\upload.js",
    "../data/x.html",
    "../data/x.js?callback=alert",
    "../data/x.js#y",
    "data:text/javascript,alert(1)",
    "javascript:alert(1)//x.js",
    "blob:https://survey.org/0-0",
    "file:///dr8/v1.0/x.js",
    "",
  ])
    assert.throws(() => ownScript(address), TypeError, address);
});
