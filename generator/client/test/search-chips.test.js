import assert from "node:assert/strict";
import { test } from "node:test";
import { partsOf } from "../src/search/form/chips.js";
import { readPermalink, writePermalink } from "../src/search/permalink.js";
import { formOf } from "./a-form.js";

const form = formOf({ obsid: "long", class: "string", snrg: "float", z: "double" });

/** Name, text and the search that remains, of each chip. @param {string} query */
function chips(query) {
  const { search, problems } = readPermalink(query, [form]);
  assert.deepEqual(problems, []);
  return partsOf(search, true).map(({ name, text, rest }) => [name, text, rest && writePermalink(rest)]);
}

test("a chip for each part, and the search without it", () => {
  assert.deepEqual(
    chips("catalogue=lrs&cone=10,20,60&snrg=50..&z=>0.1..<0.2&class=STAR,QSO&sort=-snrg&limit=100"),
    [
      ["Cone", "10, 20, 60″", "catalogue=lrs&snrg=50..&z=%3E0.1..%3C0.2&class=STAR,QSO&sort=-snrg&limit=100"],
      ["snrg", "≥ 50", "catalogue=lrs&cone=10,20,60&z=%3E0.1..%3C0.2&class=STAR,QSO&sort=-snrg&limit=100"],
      ["z", ">0.1 – <0.2", "catalogue=lrs&cone=10,20,60&snrg=50..&class=STAR,QSO&sort=-snrg&limit=100"],
      ["class", "STAR,QSO", "catalogue=lrs&cone=10,20,60&snrg=50..&z=%3E0.1..%3C0.2&sort=-snrg&limit=100"],
      [
        "At most",
        "100 rows",
        "catalogue=lrs&cone=10,20,60&snrg=50..&z=%3E0.1..%3C0.2&class=STAR,QSO&sort=-snrg",
      ],
    ],
  );
});

test("without its last part a search asks for the whole sky, which cannot be removed", () => {
  assert.deepEqual(chips("catalogue=lrs&snrg=..<5"), [["snrg", "< 5", "catalogue=lrs&sky=all"]]);
  assert.deepEqual(chips("catalogue=lrs&sky=all"), [["Whole sky", "", undefined]]);
});

test("regions and lists", () => {
  const text = (/** @type {string} */ query) => chips(query)[0].slice(0, 2);
  assert.deepEqual(text("box=350,10,-1,1"), ["Box", "350 – 10, -1 – 1"]);
  assert.deepEqual(text("polygon=1,1,2,1,2,2"), ["Polygon", "3 corners"]);
  assert.deepEqual(text("match_with=mrs&match_radius=3"), ["Match", "mrs, 3″"]);
  assert.deepEqual(text("targets=10,20;11,21"), ["List", "2 targets"]);
});
