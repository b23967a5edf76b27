"""ADQL that nobody writes, from the grammar, long and deep: the right answer, or a proper error."""

from __future__ import annotations

import os
import random
import sqlite3
from collections.abc import Callable, Iterator

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lark.grammar import NonTerminal, Rule, Symbol

from drportal.services.adql.compile import compiled
from drportal.services.adql.parse import NotAdql, _parser
from drportal.services.columns import Column, Table
from drportal.services.database import Database, Running

from ..ways import few

EXAMPLES = int(os.environ.get("ADQL_EXAMPLES", "60"))
COUNT = 40
CHARACTERS = "SELECT FROM t WHERE a=1 ()',\".*+-/<>|;\\\0\n%_é光1e9"
RANDOM = random.Random(5)
ROWS = pa.table(
    {
        "id": pa.array(range(COUNT), pa.int64()),
        "a": pa.array([RANDOM.choice([None, *range(-5, 6)]) for _ in range(COUNT)], pa.int64()),
        "b": pa.array([RANDOM.choice([None, -2, -1, 1, 2, 3]) for _ in range(COUNT)], pa.int64()),
        "x": pa.array([RANDOM.choice([None, RANDOM.uniform(-9, 9)]) for _ in range(COUNT)], pa.float64()),
        "ra": [RANDOM.uniform(0, 360) for _ in range(COUNT)],
        "dec": [RANDOM.uniform(-90, 90) for _ in range(COUNT)],
        "name": pa.array([RANDOM.choice([None, "", "ab", "a%", "Ü'", "b_"]) for _ in range(COUNT)]),
    }
)
WORDS = {
    "NAME": [*ROWS.column_names, "t", "u", "p", "ABS", "MAX", "SUM", "POINT", "CIRCLE", "POLYGON", "CONTAINS",
             "AREA", "ROUND", "LOWER", "IN_UNIT", "VARCHAR", "INTEGER", "DISTANCE", "select_"],
    "DELIMITED": ['"a"', '"nope"', '"x""y"'],
    "UNSIGNED": ["0", "1", "2", "90", "9223372036854775807", "9" * 30],
    "REAL": ["0.5", "1e-3", ".25", "1e308", "2E400"],
    "STRING": ["''", "'ab'", "'it''s'", "'%'", "'ICRS'", "'\u5149'"],
    "COMPARISON": ["=", "<>", "<", ">=", "!="],
    "CONCAT": ["||"], "PLUS": ["+"], "MINUS": ["-"], "STAR": ["*"], "SLASH": ["/"], "OF_TABLE": [".*"],
    "COMMA": [","], "LPAR": ["("], "RPAR": [")"], "DOT": ["."], "$END": [""],
}  # fmt: skip


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], list[tuple[object, ...]]]]:
    """Answers of the database. Raises NotAdql, duckdb.Error."""
    database = Database(tmp_path_factory.mktemp("scratch"), 200_000_000, 1)
    columns = [Column(c, unit="deg" if c in ("ra", "dec") else None) for c in ROWS.column_names]
    table = database.add_rows(Table("s", "t", columns, position=("ra", "dec")), ROWS)
    database.lock()

    def ask(statement: str) -> list[tuple[object, ...]]:
        made = compiled(statement, [table], 200_000)
        with database.answer(f"SELECT * FROM ({made.sql}) LIMIT 1000", Running(), "") as answer:
            assert len(answer.schema) == len(made.columns)
            return [tuple(row.values()) for batch in answer.batches() for row in batch.to_pylist()]

    yield ask
    assert ask("SELECT COUNT(*) FROM t") == [(COUNT,)]  # it has survived
    database.close()


def rules() -> dict[str, list[Rule]]:
    found: dict[str, list[Rule]] = {}
    for rule in _parser().rules:
        found.setdefault(rule.origin.name, []).append(rule)
    return found


RULES = rules()


def costs() -> dict[str, int]:
    """The depth of the shortest text of each symbol."""
    cost: dict[str, int] = {}
    for _ in RULES:
        for name, every in RULES.items():
            known = [
                1 + max((cost[s.name] if isinstance(s, NonTerminal) else 0 for s in r.expansion), default=0)
                for r in every
                if all(not isinstance(s, NonTerminal) or s.name in cost for s in r.expansion)
            ]
            if known:
                cost[name] = min(known)
    return cost


COSTS = costs()


def written(symbol: Symbol, depth: int, source: random.Random) -> list[str]:
    """A text of the grammar; when it is deep enough, the shortest."""
    if not isinstance(symbol, NonTerminal):
        return [source.choice(WORDS.get(symbol.name, [symbol.name]))]

    def cost(rule: Rule) -> int:
        return max((COSTS[s.name] for s in rule.expansion if isinstance(s, NonTerminal)), default=0)

    every = RULES[symbol.name]
    if depth <= 0:
        least = min(map(cost, every))
        every = [rule for rule in every if cost(rule) == least]
    return [word for part in source.choice(every).expansion for word in written(part, depth - 1, source)]


@settings(
    max_examples=60 if not os.environ.get("THOROUGH") else 5_000,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(st.randoms(use_true_random=False), st.integers(4, 22))
def test_every_text_of_the_grammar_has_an_answer_or_an_error(
    asked: Callable[[str], object], source: random.Random, depth: int
) -> None:
    statement = " ".join(written(NonTerminal("start"), depth, source))
    said = refused(asked, statement)
    assert said is None or (said and "\n" not in said), statement


def refused(asked: Callable[[str], object], statement: str) -> str | None:
    """What is wrong with a statement; None if it has an answer."""
    try:
        asked(statement)
    except NotAdql as error:
        return str(error)
    except duckdb.Error as error:
        assert not isinstance(error, duckdb.InternalException | duckdb.FatalException), error
        return " ".join(str(error).split())
    return None


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.text(st.sampled_from("SELECT FROM t WHERE a=1 ()',\".*+-/<>|;\\\0\n%_é光1e9"), max_size=80),
    st.integers(0, 60),
)
def test_torn_statements_are_errors(asked: Callable[[str], object], noise: str, at: int) -> None:
    whole = "SELECT a, COUNT(*) AS n FROM t WHERE x > 1 GROUP BY a ORDER BY n"
    refused(asked, whole[:at] + noise + whole[at:])
    refused(asked, noise)


# ---- right answers: SQLite, which shares no code with DuckDB, is asked the same

NUMBERS = st.one_of(
    st.sampled_from(["a", "b", "id", "x"]), st.integers(-9, 9).map(lambda n: f"({n})"),
    st.sampled_from(["0.5", "2.25", "1e1"]),
)  # fmt: skip


def larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(inner, st.sampled_from("+-*"), inner).map(lambda p: f"({p[0]} {p[1]} {p[2]})"),
        inner.map(lambda one: f"(- {one})"), inner.map(lambda one: f"ABS({one})"),
        st.tuples(inner, inner).map(lambda p: f"COALESCE({p[0]}, {p[1]})"),
    )  # fmt: skip


SUMS = st.recursive(NUMBERS, larger, max_leaves=6)
SIMPLE = st.one_of(
    st.tuples(SUMS, st.sampled_from(["=", "<>", "<", "<=", ">", ">="]), SUMS).map(" ".join),
    st.tuples(SUMS, st.sampled_from(["", "NOT "]), SUMS, SUMS).map(
        lambda p: f"{p[0]} {p[1]}BETWEEN {p[2]} AND {p[3]}"
    ),
    st.tuples(SUMS, st.sampled_from(["", "NOT "]), st.lists(SUMS, min_size=1, max_size=4)).map(
        lambda p: f"{p[0]} {p[1]}IN ({', '.join(p[2])})"
    ),
    st.tuples(st.sampled_from(["a", "x", "name"]), st.sampled_from(["", "NOT "])).map(
        lambda p: f"{p[0]} IS {p[1]}NULL"
    ),
    st.sampled_from(["name LIKE 'a%'", "name NOT LIKE '%!_' ESCAPE '!'", "name || 'b' = 'abb'",
                     "id IN (SELECT b FROM t AS u WHERE u.a > 0)",
                     "EXISTS (SELECT 1 FROM t AS u WHERE u.id = t.a)",
                     "a = (SELECT MAX(u.b) FROM t AS u)"]),
)  # fmt: skip
CONDITIONS = st.recursive(
    SIMPLE,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["AND", "OR"]), inner).map(lambda p: f"({p[0]} {p[1]} {p[2]})"),
        st.tuples(inner, st.sampled_from(["AND", "OR"]), inner).map(" ".join),
        inner.map(lambda one: f"NOT ({one})"),
    ),
    max_leaves=5,
)


@pytest.fixture(scope="module")
def sqlite() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    connection.execute("PRAGMA case_sensitive_like = ON")
    connection.execute(f"CREATE TABLE t ({', '.join(ROWS.column_names)})")
    marks = ", ".join("?" * ROWS.num_columns)
    connection.executemany(f"INSERT INTO t VALUES ({marks})", [tuple(r.values()) for r in ROWS.to_pylist()])
    yield connection
    connection.close()


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(CONDITIONS)
def test_conditions_are_true_where_sqlite_says_so(
    asked: Callable[[str], object], sqlite: sqlite3.Connection, condition: str
) -> None:
    statement = f"SELECT id FROM t WHERE {condition} ORDER BY id"
    assert asked(statement) == sqlite.execute(statement).fetchall(), statement


# ---- long and deep

LONG = {
    "UNION ALL": "SELECT 1 FROM t" + " UNION ALL SELECT 1 FROM t" * 4_000,
    "INTERSECT": "SELECT 1 FROM t" + " INTERSECT SELECT 1 FROM t" * 4_000,
    "joins": "SELECT 1 FROM t AS t0" + "".join(f" JOIN t AS t{n} USING (id)" for n in range(1, 4_000)),
    "tables": "SELECT 1 FROM " + ", ".join(f"t AS t{n}" for n in range(9_000)),
    "WITH": "WITH "
    + ", ".join(f"w{n} AS (SELECT 1 AS a FROM t)" for n in range(2_500))
    + " SELECT a FROM w0",
    "columns": "SELECT " + ", ".join(f"a AS c{n}" for n in range(9_000)) + " FROM t",
    "GROUP BY": "SELECT 1 FROM t GROUP BY " + ", ".join(["a"] * 40_000),
    "ORDER BY": "SELECT a FROM t ORDER BY " + ", ".join(["a"] * 40_000),
    "NOT": "SELECT 1 FROM t WHERE " + "NOT " * 25_000 + "a = 1",
    "signs": "SELECT " + "- " * 50_000 + "a FROM t",
    "AND": "SELECT 1 FROM t WHERE " + " AND ".join(["a=1"] * 12_000),
    "IN": "SELECT 1 FROM t WHERE a IN (" + ", ".join(["1"] * 40_000) + ")",
    "IN of sums": "SELECT 1 FROM t WHERE a IN (" + ", ".join(["a+b"] * 20_000) + ")",
    "name": f'SELECT 1 AS "{"n" * 100_000}" FROM t',
    "text": f"SELECT '{'x' * 100_000}' FROM t",
    "digits": f"SELECT {'1' * 100_000} FROM t",
    "comments": "SELECT 1 FROM t" + " -- x\n" * 15_000,
    "qualified": "SELECT " + "a." * 40_000 + "a FROM t",
    "COALESCE": "SELECT COALESCE(" + "a, " * 30_000 + "1) FROM t",
    "strings": "SELECT " + "'a' " * 25_000 + "FROM t",
    "parentheses": "SELECT " + "(" * 50_000 + "a" + ")" * 50_000 + " FROM t",
    "functions": "SELECT " + "ABS(" * 59 + "a" + ")" * 59 + " FROM t",
    "queries": "SELECT id FROM " + "(SELECT id FROM " * 59 + "t" + ") AS q" * 59,
    "EXISTS": "SELECT id FROM t" + " WHERE EXISTS (SELECT id FROM t" * 59 + ")" * 59,
    "lopsided": "SELECT 1 FROM t WHERE " + "(a = 1 OR " * 59 + "a = 2" + ")" * 59,
}


@pytest.mark.parametrize("name", few(LONG, "qualified", "NOT", "EXISTS", "parentheses", "lopsided"))
def test_long_and_deep_statements_are_answered_or_refused(asked: Callable[[str], object], name: str) -> None:
    said = refused(asked, LONG[name])
    assert said is None or len(said) < 600, said


def test_what_is_too_long_is_said(asked: Callable[[str], object]) -> None:
    for name, limit in (
        ("UNION ALL", "queries"),
        ("joins", "tables"),
        ("tables", "tables"),
        ("WITH", "queries"),
    ):
        assert limit in (refused(asked, LONG[name]) or ""), name
    assert all(len(text) <= 200_000 for text in LONG.values())
