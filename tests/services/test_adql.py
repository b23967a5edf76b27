# ruff: noqa: E501 (statements are on one line)
"""ADQL: what it means in DuckDB, and what is refused."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import astropy.units as u
import duckdb
import numpy as np
import pyarrow as pa
import pytest
from astropy.coordinates import SkyCoord

from drportal.services.adql.compile import compiled
from drportal.services.adql.parse import NotAdql, parse
from drportal.services.columns import Table
from drportal.services.database import Database, Running
from drportal.standards.arrow_columns import Column

N = 2_000
RANDOM = np.random.default_rng(18)
STARS = pa.table(
    {
        "id": pa.array(2**62 + np.arange(N), pa.int64()),
        "ra": RANDOM.uniform(0, 360, N),
        "dec": np.degrees(np.arcsin(RANDOM.uniform(-1, 1, N))),
        "order": pa.array(np.arange(N) % 7, pa.int32()),
        "name": [f"Star {n}" if n % 3 else None for n in range(N)],
        "z": pa.array(RANDOM.normal(0.1, 0.05, N), pa.float32()),
        "good": [bool(n % 2) for n in range(N)],
    }
)
NIGHTS = pa.table({"order": pa.array([0, 1, 2, 9], pa.int32()), "Night": ["a", "b", "c'd", None]})
UNITS = {"ra": "deg", "dec": "deg"}


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Database, list[Table]]]:
    made = Database(tmp_path_factory.mktemp("scratch"), 500_000_000, 2)
    tables = []
    for name, rows in (("stars", STARS), ("nights", NIGHTS)):
        columns = [Column(c, unit=UNITS.get(c)) for c in rows.column_names]
        tables.append(made.add_rows(Table("dr", name, columns, position=("ra", "dec")), rows))
    made.lock()
    yield made, tables
    made.close()


def ask(database: tuple[Database, list[Table]], statement: str) -> list[tuple[object, ...]]:
    made = compiled(statement, database[1], 200_000)
    with database[0].answer(made.sql, Running(), "") as answer:
        assert len(answer.schema) == len(made.columns)
        return [tuple(row.values()) for batch in answer.batches() for row in batch.to_pylist()]


SAME = [
    ("SELECT TOP 5 id FROM stars ORDER BY id DESC", "SELECT id FROM stars ORDER BY id DESC LIMIT 5"),
    ("SELECT id FROM dr.stars s WHERE s.z > .1 AND NOT (z > 0.2 OR \"order\" = 3) ORDER BY 1 OFFSET 3",
     'SELECT id FROM stars WHERE z > 0.1::DOUBLE AND NOT (z > 0.2::DOUBLE OR "order" = 3) ORDER BY id OFFSET 3'),
    ('SELECT "order", COUNT(*) AS n, AVG(z), SUM(id-id+1) FROM stars GROUP BY "order" HAVING COUNT(*) > 3 ORDER BY n, 1',
     'SELECT "order", count(*) n, avg(z), count(*) FROM stars GROUP BY 1 HAVING n > 3 ORDER BY n, 1'),
    ("SELECT COUNT(DISTINCT \"order\"), MIN(name), MAX(name) FROM stars",
     "SELECT count(DISTINCT \"order\"), min(name), max(name) FROM stars"),
    ('SELECT s.id, n."Night" FROM stars AS s JOIN nights AS n USING ("order") ORDER BY id',
     'SELECT s.id, n."Night" FROM stars s JOIN nights n USING ("order") ORDER BY id'),
    ('SELECT n.*, COUNT(s.id) AS c FROM nights n LEFT OUTER JOIN stars s ON s."order" = n."order" GROUP BY n."order", n.night ORDER BY 1',
     'SELECT n."order", n."Night", count(s.id) FROM nights n LEFT JOIN stars s ON s."order" = n."order" GROUP BY 1, 2 ORDER BY 1'),
    ("SELECT * FROM nights NATURAL FULL OUTER JOIN (SELECT \"order\", MAX(id) AS m FROM stars GROUP BY \"order\") AS q ORDER BY 1",
     "SELECT * FROM nights NATURAL FULL JOIN (SELECT \"order\", max(id) AS m FROM stars GROUP BY 1) ORDER BY 1"),
    ("WITH a AS (SELECT id, z FROM stars WHERE z > 0.15), b (k) AS (SELECT id FROM a WHERE z < 0.2) SELECT k FROM b ORDER BY k",
     "SELECT id FROM stars WHERE z > 0.15::DOUBLE AND z < 0.2::DOUBLE ORDER BY id"),
    ("SELECT \"order\" FROM stars EXCEPT (SELECT \"order\" FROM nights INTERSECT SELECT \"order\" FROM stars) ORDER BY \"order\" DESC",
     "SELECT DISTINCT \"order\" FROM stars WHERE \"order\" NOT IN (0, 1, 2) ORDER BY 1 DESC"),
    ("SELECT id FROM stars WHERE \"order\" IN (SELECT \"order\" FROM nights WHERE Night LIKE '%''%') UNION ALL SELECT 5 FROM nights ORDER BY 1",
     "SELECT id FROM stars WHERE \"order\" = 2 UNION ALL SELECT 5 FROM nights ORDER BY 1"),
    ("SELECT id FROM stars s WHERE EXISTS (SELECT 1 FROM nights n WHERE n.\"order\" = s.\"order\") ORDER BY id",
     'SELECT id FROM stars WHERE "order" < 3 ORDER BY id'),
    ("SELECT TOP 3 UPPER(name) || '!', LOWER(name), COALESCE(name, 'none') AS n, name IS NULL AS x FROM stars ORDER BY id".replace(
        ", name IS NULL AS x", ""),
     "SELECT upper(name) || '!', lower(name), coalesce(name, 'none') FROM stars ORDER BY id LIMIT 3"),
    ("SELECT COUNT(*) FROM stars WHERE name ILIKE 'sTaR 1%' AND name NOT LIKE '%\\_%' ESCAPE '\\'",
     "SELECT count(*) FROM stars WHERE name ILIKE 'star 1%'"),
    ("SELECT id FROM stars WHERE good = TRUE AND id BETWEEN 4611686018427387904 AND 4611686018427387910 ORDER BY id",
     "SELECT id FROM stars WHERE good AND id BETWEEN 4611686018427387904 AND 4611686018427387910 ORDER BY id"),
    ("SELECT id FROM stars WHERE (id, 1) = 1".replace("(id, 1) = 1", "z = (SELECT MAX(z) FROM stars)"),
     "SELECT id FROM stars ORDER BY z DESC LIMIT 1"),
    ("SELECT TOP 4 ABS(-z), CEILING(z), FLOOR(ra), ROUND(ra, 2), TRUNCATE(ra, 1), MOD(id, 7), POWER(z, 2), LOG(ra), LOG10(ra), EXP(z), SQRT(ra), PI(),"
     " DEGREES(z), RADIANS(ra), SIN(ra), ATAN2(z, ra), -z, +z, 7 / 2, 7 / 2.0, CAST(ra AS INTEGER), CAST(id AS VARCHAR), CAST(z AS DOUBLE PRECISION)"
     " FROM stars ORDER BY id",
     "SELECT abs(-z), ceil(z), floor(ra), round(ra, 2), trunc(ra * 10) / 10, id % 7, pow(z, 2), ln(ra), log10(ra), exp(z), sqrt(ra), pi(), degrees(z),"
     " radians(ra), sin(ra), atan2(z, ra), -z, z, 3, 3.5::DOUBLE, ra::INTEGER, id::VARCHAR, z::DOUBLE FROM stars ORDER BY id LIMIT 4"),
    ("SELECT TOP 2 IN_UNIT(ra, 'rad') FROM stars ORDER BY id -- a comment", "SELECT ra * (pi() / 180) FROM stars ORDER BY id LIMIT 2"),
    ('SELECT TOP 1 id AS "Select ""me""" FROM stars ORDER BY "Select ""me""" DESC;', "SELECT max(id) FROM stars"),
]  # fmt: skip


@pytest.mark.parametrize(("adql", "sql"), SAME)
def test_answers_are_those_of_the_same_statement_in_duckdb(
    database: tuple[Database, list[Table]], adql: str, sql: str
) -> None:
    with duckdb.connect() as plain:
        plain.register("stars", STARS)
        plain.register("nights", NIGHTS)
        assert ask(database, adql) == plain.execute(sql).fetchall()


def places() -> SkyCoord:
    return SkyCoord(STARS["ra"].to_numpy(), STARS["dec"].to_numpy(), unit="deg")


@pytest.mark.parametrize(
    "centre", [(10.0, 20.0, 15.0), (0.0, 0.0, 30.0), (123.0, 89.0, 20.0), (359.9, -75.0, 100.0)]
)
def test_circles_are_those_of_astropy(
    database: tuple[Database, list[Table]], centre: tuple[float, float, float]
) -> None:
    ra, dec, radius = centre
    apart = places().separation(SkyCoord(ra, dec, unit="deg")).deg
    wanted = sorted(STARS["id"].to_numpy()[apart <= radius])
    circle = f"CIRCLE({ra}, {dec}, {radius})"
    for condition in (
        f"1 = CONTAINS(POINT('ICRS', ra, dec), {circle})",
        f"CONTAINS(POINT(ra, dec), CIRCLE('', POINT({ra}, {dec}), {radius})) = 1",
        f"NOT 0 = CONTAINS(POINT(ra, dec), {circle})",
        f"INTERSECTS({circle}, POINT(ra, dec)) <> 0",
        f"DISTANCE(ra, dec, {ra}, {dec}) <= {radius}",
        f"{radius} >= DISTANCE(POINT({ra}, {dec}), POINT(ra, dec))",
        f"1 = CONTAINS(POINT(ra, dec), REGION('CIRCLE ICRS {ra} {dec} {radius}'))",
    ):
        assert [i for (i,) in ask(database, f"SELECT id FROM stars WHERE {condition} ORDER BY id")] == wanted
    rows = ask(database, f"SELECT DISTANCE(ra, dec, {ra}, {dec}) FROM stars ORDER BY id")
    assert np.allclose([d for (d,) in rows], apart, rtol=1e-12, atol=1e-12)


POLYGONS = [
    [(10, -20), (50, -25), (60, 20), (20, 30)],
    [(350, 40), (20, 40), (15, 70), (355, 65)],
    [(0, 60), (90, 70), (180, 65), (270, 75)],  # around the north pole
    [(0, -60), (270, -75), (180, -65), (90, -70)],  # around the south pole
    [(100, 0), (140, 0), (140, 30), (120, 5), (100, 30)],  # not convex
]


@pytest.mark.parametrize("corners", POLYGONS)
def test_polygons_are_those_of_their_edges(
    database: tuple[Database, list[Table]], corners: list[tuple[float, float]]
) -> None:
    """A point is inside if the corners go around it once: the sum of angles between them."""

    def vector(ra: float, dec: float) -> np.ndarray:  # type: ignore[type-arg]
        a, d = math.radians(ra), math.radians(dec)
        return np.array([math.cos(d) * math.cos(a), math.cos(d) * math.sin(a), math.sin(d)])

    def inside(ra: float, dec: float) -> bool:
        angles = [SkyCoord(ra, dec, unit="deg").position_angle(SkyCoord(*c, unit="deg")).deg for c in corners]
        turns = [(b - a + 180) % 360 - 180 for a, b in zip(angles, angles[1:] + angles[:1], strict=True)]
        middle = sum(vector(*c) for c in corners)
        return abs(sum(turns)) > 180 and float(vector(ra, dec) @ middle) > 0  # not on the opposite side

    chosen = range(0, N, 5)
    ras, decs = STARS["ra"].to_pylist(), STARS["dec"].to_pylist()
    wanted = [STARS["id"][n].as_py() for n in chosen if inside(ras[n], decs[n])]
    assert wanted
    text = ", ".join(f"{a}, {b}" for a, b in corners)
    found = {
        i
        for (i,) in ask(database, f"SELECT id FROM stars WHERE 1 = CONTAINS(POINT(ra, dec), POLYGON({text}))")
    }
    assert [i for i in (STARS["id"][n].as_py() for n in chosen) if i in found] == wanted


def one(database: tuple[Database, list[Table]], expression: str) -> object:
    ((value,),) = ask(database, f"SELECT TOP 1 {expression} FROM nights")
    return value


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("AREA(CIRCLE(10, 20, 180))", 4 * math.pi * (180 / math.pi) ** 2),
        ("AREA(POLYGON(0, 0, 90, 0, 0, 90))", 4 * math.pi * (180 / math.pi) ** 2 / 8),
        (
            "AREA(POLYGON(0, 60, 90, 60, 180, 60, 270, 60))",
            8 * math.atan(math.tan(math.radians(15)) ** 2) * (180 / math.pi) ** 2,
        ),
        ("AREA(BOX(10, 0, 2, 2))", 3.9997),
        ("COORD1(CENTROID(CIRCLE(10, 20, 3)))", 10.0),
        ("COORD2(CENTROID(POLYGON(0, 10, 10, 10, 10, 20, 0, 20)))", 15.05),
        ("CONTAINS(CIRCLE(10, 10, 1), CIRCLE(10, 11, 3))", 1),
        ("CONTAINS(CIRCLE(10, 10, 1), CIRCLE(10, 11, 1.5))", 0),
        ("CONTAINS(CIRCLE(10, 10, 1), BOX(10, 10, 3, 3))", 1),
        ("CONTAINS(CIRCLE(10, 10, 1.6), BOX(10, 10, 3, 3))", 0),
        ("CONTAINS(BOX(10, 10, 1, 1), BOX(10, 10, 3, 3))", 1),
        ("CONTAINS(BOX(10, 10, 4, 1), BOX(10, 10, 3, 3))", 0),
        ("CONTAINS(BOX(10, 10, 4, 1), CIRCLE(10, 10, 3))", 1),
        ("INTERSECTS(CIRCLE(10, 10, 1), CIRCLE(12.5, 10, 1))", 0),
        ("INTERSECTS(CIRCLE(10, 10, 1), BOX(12, 10, 3, 3))", 1),
        ("INTERSECTS(BOX(10, 10, 4, 1), BOX(10, 10, 1, 4))", 1),
        ("INTERSECTS(BOX(10, 10, 4, 1), BOX(190, 10, 4, 1))", 0),
        ("INTERSECTS(BOX(10, 10, 4, 1), BOX(190, -10, 4, 1))", 0),
        ("CONTAINS(POINT(1, 2), POINT(1, 2))", 1),
        ("COORDSYS(POINT(1, 2))", "ICRS"),
    ],
)
def test_geometry(database: tuple[Database, list[Table]], expression: str, value: object) -> None:
    found = one(database, expression)
    assert found == (value if isinstance(value, int | str) else pytest.approx(value, rel=2e-3))


POLYGON = "POLYGON(350, 40, 20, 40, 15, 70, 355, 65)"


@pytest.mark.parametrize(
    "expression",
    [
        "CONTAINS(POINT(s.ra, s.dec), {})", "CONTAINS(CIRCLE(s.ra, s.dec, 3), {})", "INTERSECTS({}, CIRCLE(s.ra, s.dec, 9))",
        "CONTAINS({}, CIRCLE(s.ra, s.dec, 40))", "INTERSECTS({}, POINT(s.ra, s.dec))", "AREA({})", "COORD2(CENTROID({}))",
    ],
)  # fmt: skip
def test_polygons_of_columns_are_those_of_statements(
    database: tuple[Database, list[Table]], expression: str
) -> None:
    columns = f"SELECT id, ra, dec, {POLYGON} AS p FROM stars WHERE dec > 0 AND (ra < 60 OR ra > 300)"
    made, written = (
        ask(database, f"SELECT s.id, {expression.format(shape)} FROM ({columns}) AS s ORDER BY s.id")
        for shape in ("s.p", POLYGON)
    )
    assert [i for i, _ in made] == [i for i, _ in written]
    assert np.allclose([v for _, v in made], [v for _, v in written], rtol=1e-12)
    assert len({v for _, v in written}) == (1 if "AREA" in expression or "CENTROID" in expression else 2)


def test_geometries_of_queries_are_arrays(database: tuple[Database, list[Table]]) -> None:
    made = compiled("SELECT POINT(1, 2) AS p, CIRCLE(3, 4, 5) AS c FROM nights", database[1], 1_000)
    assert [c.xtype for c in made.columns] == ["point", "circle"]
    arrays = {"POINT(1, 2)": [1.0, 2.0], "CIRCLE(ra, dec, 5)": None, "BOX(10, 0, 2, 2)": [9, -1, 11, -1, 11, 1, 9, 1],
              "POINT(ra, NULL)": None, "POLYGON(0, 0, 1, 0, 1, 1)": [0.0, 0, 1, 0, 1, 1]}  # fmt: skip
    for text, value in arrays.items():
        ((found,),) = ask(database, f"SELECT TOP 1 {text} FROM stars ORDER BY id")
        if text.startswith("CIRCLE"):
            value = [STARS["ra"][0].as_py(), STARS["dec"][0].as_py(), 5.0]
        assert found == value, text
    rows = ask(
        database,
        "SELECT p FROM (SELECT POINT(ra, dec) AS p FROM stars) AS q WHERE 1 = CONTAINS(p, CIRCLE(9, 9, 9))",
    )
    apart = places().separation(SkyCoord(9, 9, unit="deg")) <= 9 * u.deg
    assert len(rows) == np.sum(apart)


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("", "is empty"),
        ("SELECT", "is not complete"),
        ("SELECT id FROM", "is not complete"),
        ("SELECT order FROM stars", 'a reserved word; as a name it is written "order"'),
        ("SELECT nope FROM stars", "there is no column nope"),
        ("SELECT stars.id FROM stars s", "there is no column stars.id"),
        ("SELECT id FROM star", "there is no table star; similar names: dr.stars"),
        ("SELECT id FROM pg_catalog.pg_tables", "there is no table pg_catalog.pg_tables"),
        ('SELECT "ID" FROM stars', 'there is no column "ID"'),
        ("SELECT a.id FROM stars a, stars a", "FROM has two tables called a"),
        ('SELECT "order" FROM stars, nights', "is in several tables"),
        ("SELECT id FROM stars WHERE name = 'x", "a quote that is not closed"),
        ("SELECT id FROM stars; DROP TABLE stars", "unexpected character ';'"),
        ("DROP TABLE stars", "unexpected DROP"),
        ("SELECT read_csv('/etc/passwd') FROM stars", "there is no function read_csv"),
        ("SELECT id FROM stars WHERE CONTAINS(POINT(ra, dec), CIRCLE(1, 2, 3))", "a condition is expected"),
        ("SELECT id FROM stars WHERE 1 = CONTAINS(POINT('GALACTIC', ra, dec), CIRCLE(1, 2, 3))", "ICRS here"),
        ("SELECT POINT(1, 91) FROM stars", "91 is no declination"),
        ("SELECT CIRCLE(1, 2) FROM stars", "CIRCLE takes 3 numbers"),
        ("SELECT ABS(name) FROM stars", "ABS takes a number"),
        ("SELECT ABS(1, 2) FROM stars", "ABS takes 1 arguments"),
        ("SELECT z > 1 FROM stars", "a value is expected instead of a condition"),
        ("SELECT IN_UNIT(z, 'm') FROM stars", "a column with a unit"),
        ("SELECT IN_UNIT(ra, 'm') FROM stars", "IN_UNIT: "),
        ("SELECT id FROM stars UNION SELECT id, z FROM stars", "joins 1 columns with 2"),
        ("SELECT id FROM stars WHERE id IN (SELECT id, z FROM stars)", "selects one column"),
        ("SELECT 1e999 FROM stars", "larger than a double"),
        ("SELECT 99999999999999999999 FROM stars", "is larger than"),
        ("SELECT " + "(" * 100 + "1" + ")" * 100 + " FROM stars", "parentheses within each other"),
        ("SELECT id FROM stars WHERE id IN (" + "1," * 200_000 + "1)", "more than 200,000 bytes"),
        ("SELECT " + "1+" * 60_000 + "1 FROM stars", "terms in a row"),
        ("SELECT " + "'a'||" * 30_000 + "'b' FROM stars", "terms in a row"),
        (
            "SELECT " + "COORD1(CENTROID(BOX(" * 20 + "1" + ",1,1,1)))" * 20 + " FROM stars",
            "too many functions",
        ),
        ("SELECT AREA(POLYGON(" + "1,1," * 20_000 + "1,1)) FROM stars", "has up to 100 points"),
        ("SELECT 1 FROM stars ORDER BY 2", "there are 1 columns"),
        ("SELECT INTERSECTS(p, p) FROM (SELECT BOX(1, 2, 3, 4) AS p FROM stars) AS q", "two polygons can be"),
        ("SELECT id FROM stars WHERE name = 'a\0b'", "NUL"),
    ],
)
def test_what_is_wrong_is_said(database: tuple[Database, list[Table]], statement: str, what: str) -> None:
    with pytest.raises(NotAdql) as refused:
        compiled(statement, database[1], 200_000)
    assert what in str(refused.value)
    assert "\n" not in str(refused.value)


def test_long_statements_are_read(database: tuple[Database, list[Table]]) -> None:
    listed = ", ".join(str(2**62 + n) for n in range(4_000))
    assert ask(database, f"SELECT COUNT(*) FROM stars WHERE id IN ({listed})") == [(N,)]
    many = " OR ".join(f"id = {2**62 + n}" for n in range(900))
    assert ask(database, f"SELECT COUNT(*) FROM stars WHERE {many}") == [(900,)]
    many = " OR ".join(f"id={2**62 + n}" for n in range(7_000))
    assert ask(database, f"SELECT COUNT(*) FROM stars WHERE {many}") == [(N,)]
    chain = " + ".join(["1"] * 300)
    assert ask(database, f"SELECT TOP 1 {chain} FROM stars") == [(300,)]
    deep = "(" * 50 + "z" + ")" * 50
    assert ask(database, f"SELECT COUNT({deep}) FROM stars") == [(N,)]
    nested = "SELECT id FROM stars"
    for number in range(40):
        nested = f"SELECT id FROM ({nested}) AS q{number}"
    assert len(ask(database, nested)) == N


@pytest.mark.parametrize("text", ["it's", '"; DROP TABLE stars; --', "\\", "光谱", "%_", "$1", "{}", "a\nb"])
def test_texts_stay_texts(database: tuple[Database, list[Table]], text: str) -> None:
    quoted, name = text.replace("'", "''"), text.replace('"', '""')
    made = compiled(f"SELECT TOP 1 '{quoted}' AS \"{name}\" FROM nights", database[1], 1_000)
    assert made.columns[0].name == text
    assert ask(database, f"SELECT TOP 1 '{quoted}' AS \"{name}\" FROM nights") == [(text,)]


def test_files_are_closed_to_statements(database: tuple[Database, list[Table]], tmp_path: Path) -> None:
    """Even a statement that is not made from ADQL can open nothing else."""
    file = tmp_path / "secret.csv"
    file.write_text("secret\n1\n")
    for statement in (f"SELECT * FROM read_csv('{file}')", f"SELECT * FROM '{file}'", "SELECT * FROM glob('/*')",
                      "SET enable_external_access = true", "INSTALL httpfs"):  # fmt: skip
        with pytest.raises(duckdb.Error), database[0].answer(statement, Running(), "") as answer:
            list(answer.batches())


def test_the_grammar_has_no_conflicts() -> None:
    assert parse("SELECT 1 FROM t", 100).data == "start"
