import assert from "node:assert/strict";
import { test } from "node:test";
import {
  CONE_RADIUS,
  greyRadius,
  parseBox,
  parseBoxes,
  parseCone,
  parseDec,
  parsePlace,
  parsePosition,
  parseRa,
  parseRadius,
  readRadius,
  writeRegion,
} from "../src/search/position.js";

/** @param {string} text @param {number} ra @param {number} dec */
function near(text, ra, dec) {
  const found = parsePosition(text);
  assert.ok(found, text);
  assert.ok(
    Math.abs(found.ra - ra) < 1e-9 && Math.abs(found.dec - dec) < 1e-9,
    `${text}: ${found.ra} ${found.dec}`,
  );
}

test("both coordinates in one text", () => {
  for (const text of ["150.1 2.2", "150.1,2.2", "150.1, +2.2", "150.1 +2.2", " 150.1\t2.2 ", "150.1+2.2"])
    near(text, 150.1, 2.2);
  near("150.1 -2.2", 150.1, -2.2);
  near("150.1 \u22122.2", 150.1, -2.2);
  const [ra, dec] = [(10 + 21 / 60 + 3.1 / 3600) * 15, 41.2];
  for (const text of [
    "10 21 03.1 +41 12 00",
    "10:21:03.1 +41:12:00",
    "10h21m03.1s +41d12m00s",
    "10h21m03.1s+41d12m00s",
    "10 21 03.1, 41 12 00",
    "10h 21m 03.1s, +41° 12′ 00″",
    "10 21 03.1 41 12 00",
    "10:21:03.1,41:12:00",
  ])
    near(text, ra, dec);
  near("J004244.3+411609", (42 / 60 + 44.3 / 3600) * 15, 41 + 16 / 60 + 9 / 3600);
  near("LAMOST J004244.33-000609.4", (42 / 60 + 44.33 / 3600) * 15, -(6 / 60 + 9.4 / 3600));
  near("00 42 44.3 -00 06 09", (42 / 60 + 44.3 / 3600) * 15, -(6 / 60 + 9 / 3600));
});

test("one coordinate alone", () => {
  assert.equal(parsePosition("150.1"), null);
  assert.equal(parsePosition("10:21:03.1"), null);
  assert.equal(parseRa("10:30:00"), 157.5);
  assert.equal(parseRa("10h30m"), 157.5);
  assert.equal(parseRa("157.5"), 157.5);
  assert.equal(parseDec("-00:30:00"), -0.5);
  assert.equal(parseDec("-0d30m"), -0.5);
});

test("invalid positions are refused", () => {
  for (const bad of ["", "abc", "361", "-1", "25:00:00", "10:61:00", "10:30:61", "NaN", "1 2 3 4"]) {
    assert.throws(() => parseRa(bad), { name: "Refused" }, bad);
  }
  for (const bad of ["91", "-90.1", "10:60:00", "x"])
    assert.throws(() => parseDec(bad), { name: "Refused" }, bad);
  assert.throws(() => parsePosition("J004299.3+411609"), { name: "Refused" });
});

test("radius and its units", () => {
  assert.equal(parseRadius("1.1", "arcmin"), 66);
  assert.equal(parseRadius("0.1", "deg"), 360);
  assert.equal(parseRadius("0.001"), 0.001);
  for (const bad of ["0", "-1", "648001", "x"])
    assert.throws(() => parseRadius(bad), { name: "Refused" }, bad);
  assert.throws(() => parseRadius("200", "deg"), /at most 180/);
  assert.throws(() => readRadius("-1", "deg", Infinity), { message: "The radius must be more than 0." });
  assert.equal(readRadius("200", "deg", Infinity), 720000);
});

test("regions of permalinks", () => {
  const cone = parseCone("150.1,2.2,60");
  assert.deepEqual(cone, { type: "cone", ra: 150.1, dec: 2.2, radius: 60 });
  assert.equal(writeRegion(cone), "150.1,2.2,60");
  const box = parseBox("350,10,-5,5");
  assert.deepEqual(box, { type: "box", ra_min: 350, ra_max: 10, dec_min: -5, dec_max: 5 });
  assert.equal(writeRegion(box), "350,10,-5,5");
  for (const bad of ["1", "1,2,3,4", "1,2,0", "a,2,3", "1,2,x"])
    assert.throws(() => parseCone(bad), { name: "Refused" }, bad);
  for (const bad of ["1,2,3", "1,2,5,4", "1,2,3,91"])
    assert.throws(() => parseBox(bad), { name: "Refused" }, bad);
});

test("galactic coordinates are astropy's", () => {
  for (const [text, ra, dec] of /** @type {[string, number, number][]} */ ([
    ["G121.17-21.57", 10.679195464, 41.271910219],
    ["l=121.17, b=-21.57", 10.679195464, 41.271910219],
    ["l 0 b 0", 266.404988287, -28.936177762],
    ["gal 33.5 +70", 215.138301131, 25.56295498],
    ["l = 120; b = 90", 192.859477895, 27.128252412],
  ])) {
    const place = parsePosition(text);
    assert.ok(place && Math.abs(place.ra - ra) < 1e-8 && Math.abs(place.dec - dec) < 1e-8, text);
  }
  assert.throws(() => parsePosition("G361+1"), { name: "Refused" });
  assert.throws(() => parsePosition("l=10, b=91"), { name: "Refused" });
});

test("a radius may have a unit", () => {
  assert.deepEqual(
    [
      readRadius("1.5'", "deg"),
      readRadius("2 deg", "arcsec"),
      readRadius('5"', "deg"),
      readRadius("3", "arcmin"),
    ],
    [90, 7200, 5, 180],
  );
});

test("a cone without a radius has the one shown in grey", () => {
  for (const text of ["150.1,2.2", "150.1, 2.2,", "150.1 2.2", "10:00:24 +02:12:00"])
    assert.deepEqual(parseCone(text), { type: "cone", ra: 150.1, dec: 2.2, radius: CONE_RADIUS }, text);
  assert.equal(CONE_RADIUS, 60);
  assert.deepEqual(
    ["arcsec", "arcmin", "deg"].map((unit) => greyRadius(CONE_RADIUS, unit)),
    ["60", "1", "0.0166667"],
  );
});

test("a position may have a radius after it", () => {
  for (const [text, radius] of /** @type {[string, number | undefined][]} */ ([
    ["150.1, 2.2", undefined],
    ["150.1, 2.2, 30", 30],
    ["150.1，2.2，2′", 120],
    ["150.1,2.2,2'", 120],
    ["150.1 2.2 0.1 deg", 360],
    ["150.1 2.2 2 arcmin", 120],
    ["150.1 deg 2.2 deg", undefined],
    ["10:00:24 +02:12:00 r=5arcsec", 5],
    ["10h00m24s +02d12m00s, radius 2 arcmin", 120],
    ["１５０．１ ２．２", undefined],
  ]))
    assert.deepEqual(parsePlace(text), { ra: 150.1, dec: 2.2, ...(radius ? { radius } : {}) }, text);
  assert.equal(parsePlace("150.1"), null);
  assert.equal(parsePlace("10 21 03"), null);
  assert.throws(() => parsePlace("150.1, 2.2, x"), { name: "Refused" });
});

test("names contain positions with a point in the seconds or, as in 2MASS, without", () => {
  const place = parsePosition("2MASS J00424433+4116074");
  assert.ok(place && Math.abs(place.ra - 10.684708333) < 1e-8 && Math.abs(place.dec - 41.268722222) < 1e-8);
  assert.deepEqual(parsePosition("sdss j004244.33+411607.4"), place);
  assert.throws(() => parsePosition("J250000.0+100000.0"), { name: "Refused" });
  assert.throws(() => parsePosition("J100000.0+950000.0"), { name: "Refused" });
});

test("positions with labels and separators of other programs", () => {
  for (const text of [
    "150.1; 2.2",
    "150.1；2.2",
    "150.1/2.2",
    "(150.1, 2.2)",
    "ra=150.1 dec=2.2",
    "RA: 150.1, Dec: +2.2",
    "RA 10:00:24 Dec +02:12:00",
    "RA 10:00:24 Dec +02:12:00 (J2000)",
    "ICRS 10 00 24 +02 12 00",
    "赤经 150.1 赤纬 2.2",
    "α=150.1 δ=2.2",
    "J 10 00 24 +02 12 00",
    "SDSS J10:00:24.00+02:12:00.0",
    "100024.00+021200.0",
  ])
    near(text, 150.1, 2.2);
  near("GLON 120 GLAT -21", 9.187515443, 41.788117286);
});

test("a position in two boxes, or all of it in one", () => {
  const place = { ra: 150.1, dec: 2.2 };
  for (const [ra, dec] of [
    ["J100024.00", "+021200.0"],
    ["LAMOST J100024.00", "021200.0"],
    ["2MASS J10002400", "+0212000"],
    ["", "150.1 2.2"],
    ["150.1 2.2", ""],
    ["10 00 24 +02 12 00", ""],
    ["150.1, 2.2", "77"],
  ]) {
    const found = parseBoxes(ra, dec);
    assert.ok(found && Math.hypot(found.ra - place.ra, found.dec - place.dec) < 1e-9, `${ra} | ${dec}`);
  }
  assert.equal(parseBoxes("10 00 24", "+02 12 00"), null);
  assert.deepEqual(parseBoxes("l=120", "b=-21"), parsePosition("l=120 b=-21"));
  assert.throws(() => parseBoxes("", "2.2"), /Write a right ascension/);
  for (const name of ["M31", "M 31", "NGC 224", "HD 12345", "Gaia DR3 4295806720", "TIC 261136679", "Sirius"])
    for (const read of [() => parsePlace(name), () => parseBoxes(name, ""), () => parseCone(name)])
      assert.throws(read, /is neither a position nor a name/, name);
  for (const text of ["12h", "12", "12:34", "10.5h", "150.1d"]) assert.equal(parsePlace(text), null, text);
});

test("a radius after complete coordinates", () => {
  for (const [text, radius] of /** @type {[string, number][]} */ ([
    ["150.1 2.2 60", 60],
    ["150.1 2.2 5'", 300],
    ['10:00:24 +02:12:00 5"', 5],
    ["10h00m24s +02d12m00s 0.1d", 360],
  ]))
    assert.equal(parsePlace(text)?.radius, radius, text);
  assert.equal(parsePlace("10 00 24"), null);
});

test("units of a radius", () => {
  for (const [text, radius] of /** @type {[string, number][]} */ ([
    ["５", 5],
    ["５′", 300],
    ["5 arc min", 300],
    ["5 arc seconds", 5],
    ["0.1 degs", 360],
    ["1,000", 1000],
    ["50 mas", 0.05],
  ]))
    assert.equal(readRadius(text, "arcsec"), radius, text);
  for (const text of ["~5", "<5", "5 min", "5s", "five", "5 parsec", "1,00"])
    assert.throws(() => readRadius(text, "arcsec"), /not a radius. Examples/, text);
});

test("positions with a named radius, in brackets or without blanks", () => {
  for (const [text, radius] of /** @type {[string, number | undefined][]} */ ([
    ["12h30m-00d30m00s", undefined],
    ["12h30m00s-00d30m", undefined],
    ["(187.5, -0.5, 60)", 60],
    ["{187.5 -0.5}", undefined],
    ["RA=187.5 DEC=-0.5 R=60", 60],
    ["ra=12:30:00; dec=-00:30:00; radius=2'", 120],
    ["CIRCLE('ICRS', 187.5, -0.5, 0.1)", 360],
    ["circle(187.5,-0.5,1)", 3600],
  ])) {
    const found = parsePlace(text);
    assert.ok(found && Math.hypot(found.ra - 187.5, found.dec + 0.5) < 1e-9, text);
    assert.equal(found.radius, radius, text);
  }
  for (const text of ["ra=187.5 radius=5", "(187.5)", "circle(187.5, -0.5, x)"])
    assert.throws(() => parseCone(text), text);
});
