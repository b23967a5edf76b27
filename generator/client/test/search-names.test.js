import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { nameIn } from "../src/search/names/named.js";
import { beginnings, keyOf } from "../src/search/names/normal.js";
import { Names, readObjects, shownNames } from "../src/search/names/objects.js";
import { Refused } from "../src/search/grammar.js";
import { withPlaces } from "../src/search/names/corners.js";
import { readPolygon } from "../src/search/polygon-text.js";
import { readList } from "../src/search/targets/read.js";
import { guessNames, guessRoles, resolveTargets } from "../src/search/targets/roles.js";
import { readAnswer } from "../src/search/names/sesame.js";
import { formOf } from "./a-form.js";

const text = ["openngc", "stars", "common"]
  .map((name) => readFileSync(new URL(`../names/${name}.tsv`, import.meta.url), "utf8"))
  .join("\f");
const objects = readObjects(text);
const names = new Names();
names.add(objects);

/** Positions of SIMBAD in degrees, ICRS. @type {[ra: number, dec: number, names: string[]][]} */
const PLACES = [
  [
    10.68471,
    41.26875,
    ["M31", "m 31", "Messier 031", "NGC0224", "ngc 224", "仙女座星系", "Andromeda Galaxy", "梅西耶 31"],
  ],
  [56.601, 24.114, ["M45", "Pleiades", "昴星团", "七姐妹星团", "Mel 22"]],
  [83.6324, 22.0174, ["M 1", "Crab", "crab nebula", "蟹状星云", "NGC 1952"]],
  [
    101.28716,
    -16.71612,
    [
      "Sirius",
      "alpha CMa",
      "α CMa",
      "Alpha Canis Majoris",
      "9 CMa",
      "HD 48915",
      "HR2491",
      "hip 32349",
      "天狼星",
    ],
  ],
  [219.90206, -60.83399, ["α Cen", "Alpha Centauri", "alp1 Cen", "α¹ Cen", "南门二"]],
  [37.95456, 89.26411, ["Polaris", "北极星", "勾陈一", "1 UMi"]],
  [316.72475, 38.74942, ["61 Cyg", "61 Cygni"]],
  [344.36658, 20.76883, ["51 Peg"]],
  [6.0224, -72.0815, ["47 Tuc", "NGC 104", "Caldwell 106"]],
  [56.70212, 68.09611, ["IC 342", "C5", "Caldwell 5"]],
  [201.697, -47.4795, ["ω Cen", "Omega Centauri", "NGC5139"]],
  [80.89417, -69.75611, ["LMC", "大麦哲伦云"]],
  [187.27792, 2.05239, ["3C 273", "3c273"]],
  [83.82208, -5.39111, ["M 42", "Orion Nebula", "猎户座大星云"]],
  [279.23473, 38.78369, ["Vega", "vega", "织女星", "HD172167"]],
];

test("objects have the positions of SIMBAD, by whichever name", () => {
  for (const [ra, dec, all] of PLACES)
    for (const name of all) {
      const found = names.find(name);
      assert.ok(found, name);
      const away = Math.hypot((found.ra - ra) * Math.cos((dec * Math.PI) / 180), found.dec - dec);
      assert.ok(away < 0.35, `${name}: ${away} deg`);
    }
  for (const name of ["M 131", "NGC 9999", "HD 999999", "Nibiru", "", "31"])
    assert.equal(names.find(name), null, name);
});

test("the list is complete", () => {
  for (let i = 1; i <= 110; i++) assert.ok(names.find(`M ${i}`), `M ${i}`);
  for (let i = 1; i <= 109; i++) assert.ok(names.find(`C ${i}`), `C ${i}`);
  /** Numbers that OpenNGC has in parts only, or without a position. */
  const lost = [
    ...Array.from({ length: 7840 }, (_, i) => `NGC ${i + 1}`),
    ...Array.from({ length: 5386 }, (_, i) => `IC ${i + 1}`),
  ].filter((name) => !names.find(name));
  assert.ok(lost.length < 20, lost.join(", "));
  for (const { ra, dec, names: own } of objects)
    assert.ok(ra >= 0 && ra < 360 && Math.abs(dec) <= 90, own[0]);
  assert.ok(objects.filter(({ source }) => source === "Bright Star Catalogue").length > 9000);
});

test("names are suggested while they are typed, the best known first", () => {
  const first = (/** @type {string} */ typed) => shownNames(names.suggest(typed)[0], typed, "en")[0];
  for (const [typed, name] of [
    ["M3", "M 3"],
    ["andr", "Andromeda Galaxy"],
    ["alpha cen", "α¹ Cen"],
    ["alpha centa", "α¹ Cen"],
    ["sir", "Sirius"],
    ["天狼", "天狼星"],
    ["hd 4891", "HD 48915"],
    ["nebula in", ""],
  ])
    if (name) assert.equal(first(typed), name, typed);
    else assert.deepEqual(names.suggest(typed), [], typed);
  assert.ok(names.suggest("n").length <= 8);
  assert.deepEqual(names.suggest("?!"), []);
  assert.ok(shownNames(names.suggest("M31")[0], "M31", "zh").some((name) => /\p{Script=Han}/u.test(name)));
  assert.ok(shownNames(names.suggest("M31")[0], "M31", "en").every((name) => !/\p{Script=Han}/u.test(name)));
});

test("plates of the release are names too, after those of objects", () => {
  const own = new Names();
  own.add([{ names: ["M 31"], ra: 1, dec: 2, source: "list" }]);
  own.add([
    { names: ["M31", "planid M31"], ra: 3, dec: 4, source: "lrs" },
    { names: ["4055", "plate 4055"], ra: 5, dec: 6, source: "lrs" },
  ]);
  assert.equal(own.find("M31")?.source, "list");
  assert.equal(own.find("planid M31")?.source, "lrs");
  assert.equal(own.find("plate 4055")?.ra, 5);
  assert.deepEqual(
    own.suggest("plate 40").map(({ ra }) => ra),
    [5],
  );
});

test("what is a name, and what is meant as a position", () => {
  for (const [typed, name, radius] of /** @type {[string, string, number?][]} */ ([
    ["M31", "M31"],
    ["61 Cyg", "61 Cyg"],
    ["3C 273", "3C 273"],
    ["昴星团", "昴星团"],
    ["M31, 60", "M31", 60],
    ["M31; 5'", "M31", 300],
    ["NGC 224 2 arcmin", "NGC 224", 120],
    ["Vega r=30", "Vega", 30],
    ["h Persei", "h Persei"],
    ["HD 48915", "HD 48915"],
    ["ＮＧＣ　２２４", "NGC 224"],
  ]))
    assert.deepEqual(nameIn(typed), { name, ...(radius ? { radius } : {}) }, typed);
  for (const typed of [
    "",
    "10.5 20.5",
    "10h",
    "12h30m-00d30m00s",
    "12h61m00s 10d",
    "RA=10 DEC=20",
    "RA=10h DEC=95d",
    "l=121.17, b=-21.57",
    "J004244.3+411609",
    "SDSS J004244.3+411609",
    "赤经 10 赤纬 20",
    "10 deg 20 deg",
    "x".repeat(200),
  ])
    assert.equal(nameIn(typed), null, typed);
});

test("keys ignore blanks, case, zeros and accents of writing", () => {
  assert.equal(keyOf("NGC 0224"), keyOf("ngc224"));
  assert.equal(keyOf("Stephan’s Quintet"), keyOf("stephans quintet"));
  assert.equal(keyOf("η Carinae"), keyOf("eta Car"));
  assert.deepEqual(beginnings("alph"), ["alph", "alp"]);
  assert.deepEqual(beginnings("*"), []);
});

test("answers of Sesame", () => {
  const answer =
    "# M31\t#Q22522\n#=S=Simbad (CDS, via client/server):    1     1ms\n%@ 1575544\n%C.0 AGN\n%J 10.68470833 +41.26875000 = 00:42:44.33 +41:16:07.5\n%J.E [25.00 25.00 0]\n";
  assert.deepEqual(readAnswer(answer), { ra: 10.68470833, dec: 41.26875 });
  for (const bad of ["", "#!S=Simbad: Nothing found", "%J 400 +10", "%J 10 -91", "<html>%J 10 10</html>"])
    assert.equal(readAnswer(bad), null, bad);
});

/** Targets of a list, as the form reads it. @param {string} text @param {object} [chosen] roles of the reader */
async function targetsOf(text, chosen = {}) {
  const form = formOf({ obsid: "long", ra: "double", dec: "double", designation: "string" });
  const table = await readList(new Blob([text]));
  const roles = guessRoles(table, form);
  const open = async () => names;
  await guessNames(table, form, roles, open);
  return resolveTargets(table, { ...roles, ...chosen }, form, { open });
}

test("lists of targets may consist of names", async () => {
  for (const list of [
    "M31\n昴星团\nHD 48915\nnowhere 7\n10.5 +20.25\n",
    "star,mag\nM31,1\n昴星团,2\nHD 48915,3\nnowhere 7,4\n10.5 +20.25,5\n",
  ]) {
    const { ra, dec, named, problems, ids } = await targetsOf(list);
    assert.equal(ids, null);
    assert.equal(named, 3);
    const close = (/** @type {number} */ i, /** @type {number} */ a, /** @type {number} */ d) =>
      assert.ok(Math.hypot((ra?.[i] ?? NaN) - a, (dec?.[i] ?? NaN) - d) < 0.5, `${ra?.[i]} ${dec?.[i]}`);
    close(0, 10.685, 41.269);
    close(1, 56.75, 24.12);
    close(2, 101.287, -16.716);
    close(3, 10.5, 20.25);
    assert.equal(problems.count, 1);
    assert.match(problems.first[0].message, /“nowhere 7” is neither a position nor a name/);
  }
  // identifiers of the catalogue stay identifiers
  assert.deepEqual(Array.from(/** @type {string[]} */ ((await targetsOf("designation\nVega\nM31\n")).ids)), [
    "Vega",
    "M31",
  ]);
});

test("the coordinates of a list are galactic where the reader says so", async () => {
  const given = await targetsOf("glon,glat\n121.17,-21.57\n");
  assert.equal(given.galactic, true);
  assert.ok(Math.abs((given.ra?.[0] ?? 0) - 10.68) < 0.1);
  const other = await targetsOf("glon,glat\n121.17,-21.57\n", { galactic: false });
  assert.deepEqual([other.ra?.[0], other.dec?.[0]], [121.17, -21.57]);
  const named = await targetsOf("x,y\n121.17,-21.57\n", { by: "position", ra: 0, dec: 1, galactic: true });
  assert.deepEqual(named.ra, given.ra);
  const one = await targetsOf("121.17 -21.57\n", { by: "position", ra: 0, dec: 0, galactic: true }).catch(
    () => null,
  );
  if (one?.table.columns.length === 1) assert.deepEqual(one.ra, given.ra);
  // the unit of the head counts
  const radians = await targetsOf("l [rad],b [rad]\n2.114815454,-0.376467520\n");
  assert.ok(Math.abs((radians.ra?.[0] ?? 0) - (given.ra?.[0] ?? 1)) < 1e-4);
});

test("corners of a polygon may be names", async () => {
  const find = async (/** @type {string} */ text) => {
    const object = /\p{L}/u.test(text) ? names.find(text) : null;
    if (/\p{L}/u.test(text) && !object) throw new Refused("unknown");
    return object && { ...object, object, name: text };
  };
  const text = await withPlaces("M31\n10 40\nM33\n", /** @type {any} */ (find));
  assert.equal(readPolygon(text).points.length, 6);
  await assert.rejects(withPlaces("M31\nnowhere\n", /** @type {any} */ (find)), /Line 2: unknown/);
  assert.equal(await withPlaces("polygon(1,2,3,4,5,6)"), "polygon(1,2,3,4,5,6)");
});
