import assert from "node:assert/strict";
import { test } from "node:test";
import { plainSigns } from "../src/search/sql/dialect-words.js";
import { translate } from "../src/search/sql/dialects.js";
import { readStatement, splitStatements } from "../src/search/sql/statements.js";

const known = { catalogues: ["lrs", "mrs"], columns: ["ra", "dec", "top"] };
/** @param {string} sql */
function run(sql) {
  const put = translate(sql, known);
  readStatement(put);
  return put;
}

/** @type {[string, string][]} statement as written, statement that runs */
const CASES = [
  ["SELECT ra FROM lrs LIMIT 10, 20", "SELECT ra FROM lrs LIMIT 20 OFFSET 10"],
  ["SELECT ra FROM lrs FETCH FIRST 10 PERCENT ROWS ONLY", "SELECT ra FROM lrs LIMIT 10%"],
  ["SELECT ISNULL(ra), ISNULL(dec, 0) FROM lrs", "SELECT (ra IS NULL), coalesce(dec, 0) FROM lrs"],
  [
    "SELECT ISNULL(NVL(SQUARE(ra), ISNULL(dec, 0))) FROM lrs",
    "SELECT (coalesce(pow(ra, 2), coalesce(dec, 0)) IS NULL) FROM lrs",
  ],
  [
    "SELECT NVL2(SQUARE(ra), 1, NVL(dec, 0)) FROM lrs",
    "SELECT CASE WHEN (pow(ra, 2)) IS NOT NULL THEN 1 ELSE coalesce(dec, 0) END FROM lrs",
  ],
  ["SELECT CHARINDEX('a', name) FROM lrs", "SELECT position('a' IN name) FROM lrs"],
  [
    "SELECT COUNT_BIG(*), IIF(ra > 1, 1, 0), GETDATE() FROM lrs",
    "SELECT count(*), if(ra > 1, 1, 0), now() FROM lrs",
  ],
  ["SELECT COORD1(POINT('ICRS', ra, dec)), COORD2(POINT(ra, dec)) FROM lrs", "SELECT ra, dec FROM lrs"],
  [
    "SELECT ra FROM lrs WHERE q3c_radial_query(ra, dec, 10, 20, 0.1)",
    "SELECT ra FROM lrs WHERE cone(ra, dec, 10, 20, 360)",
  ],
  ["SELECT TOP 10 ra FROM lrs", "SELECT ra FROM lrs LIMIT 10"],
  ["select top (10) * from lrs order by ra desc", "select * from lrs order by ra desc LIMIT 10"],
  ["SELECT DISTINCT TOP 5 class FROM lrs", "SELECT DISTINCT class FROM lrs LIMIT 5"],
  ["SELECT TOP 5 DISTINCT class FROM lrs", "SELECT DISTINCT class FROM lrs LIMIT 5"],
  ["SELECT TOP 5 PERCENT ra FROM lrs", "SELECT ra FROM lrs LIMIT 5%"],
  ["SELECT TOP 5 ra FROM lrs -- five", "SELECT ra FROM lrs LIMIT 5 -- five"],
  [
    "SELECT * FROM (SELECT TOP 5 ra FROM lrs ORDER BY ra) a WHERE ra > 1",
    "SELECT * FROM (SELECT ra FROM lrs ORDER BY ra LIMIT 5) a WHERE ra > 1",
  ],
  [
    "SELECT TOP 1 ra FROM lrs UNION ALL SELECT TOP 2 ra FROM mrs ORDER BY ra",
    "(SELECT ra FROM lrs LIMIT 1) UNION ALL (SELECT ra FROM mrs LIMIT 2) ORDER BY ra",
  ],
  [
    "WITH a AS (SELECT TOP 3 ra FROM lrs) SELECT * FROM a",
    "WITH a AS (SELECT ra FROM lrs LIMIT 3) SELECT * FROM a",
  ],
  ["EXPLAIN SELECT TOP 3 ra FROM lrs", "EXPLAIN SELECT ra FROM lrs LIMIT 3"],
  ["SELECT ra FROM lrs FETCH FIRST 10 ROWS ONLY", "SELECT ra FROM lrs LIMIT 10"],
  ["SELECT ra FROM lrs OFFSET 5 ROWS FETCH NEXT 10 ROWS ONLY", "SELECT ra FROM lrs OFFSET 5 LIMIT 10"],
  ["SELECT ra FROM lrs FETCH FIRST ROW ONLY", "SELECT ra FROM lrs LIMIT 1"],
  ["SELECT ra FROM lrs WHERE ROWNUM <= 10", "SELECT ra FROM lrs LIMIT 10"],
  ["SELECT ra FROM lrs WHERE rownum < 10 AND ra > 5", "SELECT ra FROM lrs WHERE ra > 5 LIMIT 9"],
  [
    "SELECT ra FROM lrs WHERE ra > 5 AND ROWNUM = 1 ORDER BY ra",
    "SELECT ra FROM lrs WHERE ra > 5 ORDER BY ra LIMIT 1",
  ],
  ["SELECT [ra], [dec] AS [my dec] FROM [lrs]", 'SELECT ra, dec AS "my dec" FROM lrs'],
  ["SELECT l.[ra] FROM [dbo].[lrs] AS l", "SELECT l.ra FROM lrs AS l"],
  ["SELECT `ra`, `a b` FROM `lrs`", 'SELECT ra, "a b" FROM lrs'],
  ["SELECT ra AS [r], [DEC] FROM lrs WHERE [r] > 5", "SELECT ra AS r, DEC FROM lrs WHERE r > 5"],
  ["SELECT ra FROM dbo.lrs", "SELECT ra FROM lrs"],
  [
    "SELECT a.ra FROM dr8.dbo.lrs a JOIN gaiadr3.mrs b USING (ra)",
    "SELECT a.ra FROM lrs a JOIN mrs b USING (ra)",
  ],
  [
    "SELECT * FROM lrs WHERE 1=CONTAINS(POINT('ICRS', ra, dec), CIRCLE('ICRS', 10.5, -20, 0.1))",
    "SELECT * FROM lrs WHERE cone(ra, dec, 10.5, -20, 360)",
  ],
  [
    "SELECT TOP 3 * FROM lrs WHERE CONTAINS(POINT(ra,dec), CIRCLE(10, 20, 5./60)) = 1 AND z>1",
    "SELECT * FROM lrs WHERE cone(ra, dec, 10, 20, (5./60) * 3600) AND z>1 LIMIT 3",
  ],
  [
    "SELECT * FROM lrs WHERE 0 = CONTAINS(POINT('ICRS',l.ra,l.dec), CIRCLE('ICRS GEOCENTER',1,2,1))",
    "SELECT * FROM lrs WHERE NOT cone(l.ra, l.dec, 1, 2, 3600)",
  ],
  [
    "SELECT DISTANCE(POINT('ICRS',ra,dec),POINT('ICRS',1,2)) AS d FROM lrs",
    "SELECT (separation(ra, dec, 1, 2) / 3600) AS d FROM lrs",
  ],
  [
    "SELECT ISNULL(ra, 0), NVL(dec, 0) FROM lrs WITH (NOLOCK)",
    "SELECT coalesce(ra, 0), coalesce(dec, 0) FROM lrs",
  ],
  ["SELECT ra INTO mydb.mine FROM lrs", "SELECT ra FROM lrs"],
  ["SELECT 1 FROM DUAL", "SELECT 1"],
  ["SELECT CONVERT(varchar(20), dec) FROM lrs", "SELECT CAST( dec AS varchar(20)) FROM lrs"],
  [
    "SELECT CONVERT(date, at, 120), TRY_CONVERT(int, z) FROM lrs",
    "SELECT CAST( at AS date), TRY_CAST( z AS int) FROM lrs",
  ],
  [
    "SELECT CAST(CAST(ra AS real) AS nvarchar(max)), CAST(at AS datetime2(3)) FROM lrs",
    "SELECT CAST(CAST(ra AS real) AS varchar), CAST(at AS timestamp) FROM lrs",
  ],
  [
    "SELECT STR(ra, 10, 4), STR(ra) FROM lrs",
    "SELECT printf('%10.4f', CAST(ra AS DOUBLE)), printf('%10.0f', CAST(ra AS DOUBLE)) FROM lrs",
  ],
  ["SELECT TOP 1 LOG(ra), LOG10(ra) FROM lrs", "SELECT ln(ra), LOG10(ra) FROM lrs LIMIT 1"],
  [
    "SELECT STDEV(ra), ATN2(ra, dec) FROM lrs ORDER BY NEWID()",
    "SELECT stddev(ra), atan2(ra, dec) FROM lrs ORDER BY uuid()",
  ],
  [
    "WITH combined AS (SELECT TOP 1 ra FROM lrs) SELECT * FROM combined",
    "WITH combined AS (SELECT ra FROM lrs LIMIT 1) SELECT * FROM combined",
  ],
];

test("statements of other archives are translated into the SQL of this page", () => {
  for (const [written, put] of CASES) assert.equal(run(written).replace(/ +/g, " ").trim(), put, written);
});

test("correct statements are not changed at all", () => {
  for (const sql of [
    "SELECT  ra, 'SELECT TOP 10 [x] dbo.' FROM lrs -- TOP 10 `x`",
    "SELECT top FROM lrs",
    "SELECT [1, 2], [ra, dec], list[1] FROM lrs",
    "SELECT [NULL], [true], [INTERVAL 1 DAY], [NOT flag], [DATE '2020-01-01'], [[NULL]], [x], [ra]::VARIANT FROM lrs",
    "SELECT [[ra], [dec]], MAP {'k': [ra]} FROM lrs",
    "SELECT contains(class, 'A') FROM lrs",
    "SELECT a.top FROM lrs a WHERE ra != 5 LIMIT 3",
    "FROM lrs LIMIT 3",
    "SELECT * FROM lrs WHERE cone(ra, dec, 1, 2, 3)",
  ])
    assert.equal(run(sql), sql);
  const own = { ...known, columns: ["rownum"] };
  assert.equal(
    translate("SELECT ra FROM lrs WHERE rownum <= 5", own),
    "SELECT ra FROM lrs WHERE rownum <= 5",
  );
});

test("what cannot be translated is refused with advice", () => {
  for (const [sql, said] of /** @type {[string, RegExp][]} */ ([
    ["SELECT * FROM lrs WHERE 1=CONTAINS(POINT('ICRS',ra,dec), BOX('ICRS',ra,2,3,4))", /cone\(ra, dec/],
    [
      "SELECT TOP 10 * FROM gaiadr3.gaia_source",
      /gaiadr3\.gaia_source is a table of another archive.*lrs, mrs/,
    ],
    ["SELECT s.z FROM SpecObj AS s JOIN PhotoObj p ON s.a = p.a", /^Refused: SpecObj is a table of another/],
    ["SELECT * FROM lrs JOIN mydb.mine m ON m.a = lrs.a", /mydb\.mine is a table of your own/],
    ["SELECT * FROM lrs, #upload u", /#upload is a table of your own/],
    ["SELECT * FROM lrs WHERE 1=CONTAINS(POINT('GALACTIC',l,b), CIRCLE('GALACTIC',1,2,3))", /GALACTIC/],
    ["SELECT * FROM dbo.fGetNearbyObjEq(1,2,3)", /cone\(ra, dec/],
    ["SELECT TOP 3 WITH TIES ra FROM lrs ORDER BY ra", /WITH TIES/],
  ]))
    assert.throws(() => run(sql), said, sql);
});

test("boxes and polygons of ADQL are those of the services", () => {
  const box = run("SELECT * FROM lrs WHERE CONTAINS(POINT('ICRS', ra, dec), BOX('ICRS', 0, 20, 2, 4)) = 1");
  const corners = "POLYGON('ICRS', 359, 18, 1, 18, 1, 22, 359, 22)";
  assert.equal(run(`SELECT * FROM lrs WHERE 1=CONTAINS(POINT(ra, dec), ${corners})`), box);
  const cone = /WHERE \(cone\(ra, dec, ([\d.]+), ([\d.]+), ([\d.]+)\) AND list_transform\(/.exec(box);
  const [ra, dec, radius] = (cone ?? []).slice(1).map(Number);
  assert.ok(
    Math.abs(((ra + 180) % 360) - 180) < 0.05 && Math.abs(dec - 20) < 0.05 && radius > 7900 && radius < 8200,
    box,
  );
  const other = run("SELECT a.ra FROM lrs a WHERE 0 = INTERSECTS(BOX(10, 20, 1, 1), POINT(a.ra, a.dec))");
  assert.match(other, /WHERE NOT \(cone\(a\.ra, a\.dec, .*radians\(a\.ra\)/);
});

test("GO in a line of its own ends a statement", () => {
  const text = "SELECT 1\nGO\nSELECT 2\n  go  \nSELECT 'a\nGO\n', go FROM t;\nGO";
  assert.deepEqual(
    splitStatements(text).map(({ sql }) => sql.trim()),
    ["SELECT 1", "SELECT 2", "SELECT 'a\nGO\n', go FROM t"],
  );
});

test("signs of a Chinese keyboard become those of SQL, at the same positions", () => {
  for (const [written, plain] of [
    ["SELECT ra，dec FROM lrs；", "SELECT ra,dec FROM lrs;"],
    ["SELECT ra FROM lrs WHERE class＝‘ST，AR’ AND z＞１", "SELECT ra FROM lrs WHERE class='ST，AR' AND z>1"],
    ["SELECT （ra） FROM lrs WHERE class=“STAR”", "SELECT (ra) FROM lrs WHERE class='STAR'"],
    [
      "SELECT '，' FROM lrs -- ，\nWHERE /* ； */ \"a，b\" = 1",
      "SELECT '，' FROM lrs -- ，\nWHERE /* ； */ \"a，b\" = 1",
    ],
  ]) {
    assert.equal(plainSigns(written), plain);
    assert.equal(plainSigns(written).length, written.length);
  }
});

test("a cone of SDSS's server is refused with the cone of this page", () => {
  for (const sql of [
    "SELECT * FROM lrs, dbo.fGetNearbyObjEq(10, -20.5, 0.5) n",
    "SELECT * FROM fGetNearestObjEq(10, -20.5, 0.5)",
  ])
    assert.throws(() => translate(sql, known), /WHERE cone\(ra, dec, 10, -20\.5, 30\) after/);
  assert.throws(() => translate("SELECT * FROM fGetNearbyObjEq(a, b, 1)", known), /A cone is cone/);
  assert.throws(
    () => translate("SELECT ra FROM lrs ORDER BY ra FETCH FIRST 3 ROWS WITH TIES", known),
    /WITH TIES is not supported/,
  );
});
