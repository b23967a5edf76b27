import assert from "node:assert/strict";
import { test } from "node:test";
import { samePage, siteAddress } from "../src/site/mirrors.js";

const BASE = "https://mirror.example/survey/dr8/v1.0/";

test("the same page on a mirror keeps its language and query", () => {
  assert.equal(samePage(BASE, "zh/search.html?class=STAR"), `${BASE}zh/search.html?class=STAR`);
  assert.equal(samePage(BASE, "index.html"), `${BASE}index.html`);
});

test("addresses elsewhere are not pages of a mirror", () => {
  for (const from of [
    null,
    "",
    "//evil.example/x.html",
    "/x.html",
    "../../../x.html",
    "javascript:alert(1)//x.html",
    "https://evil.example/x.html",
    "\\\\evil.example/x.html",
    "x.html#<b>",
    "data/x.parquet",
  ])
    assert.equal(samePage(BASE, from), null, String(from));
});

test("the site's address is the folder's, and none on disc", () => {
  assert.equal(siteAddress("http://h:81/s/zh/mirrors.html?from=x", "../"), "http://h:81/s/");
  assert.equal(siteAddress("https://h/s/mirrors.html", ""), "https://h/s/");
  assert.equal(siteAddress("file:///media/s/mirrors.html", ""), null);
});
