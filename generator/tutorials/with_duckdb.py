"""DuckDB: all rows of a catalogue as one table, counted, and within a cone."""

from __future__ import annotations

from ..ingest.values.sql_text import quoted
from ..notebook.examples import statement
from . import python_code as code
from .subject import Cone, Subject
from .text import Cell, Lesson

OPEN = '''\
import json

import duckdb
import fsspec
import pyarrow.dataset

db = duckdb.connect()


def read(path):
    """The text of a file of the release."""
    with fsspec.open(f"{RELEASE}/{path}", encoding="utf-8", mode="r") as file:
        return file.read()


def add(name):
    """All files of a catalogue as one table; of those on the web only needed parts are read."""
    about = json.loads(read(f"data/{name}/catalogue.json"))
    files = [f"{RELEASE}/data/{name}/{part['path']}" for part in about["partitions"]]
    if "://" in RELEASE:
        db.register(name, pyarrow.dataset.dataset(files, filesystem=fsspec.filesystem("http")))
    else:
        db.read_parquet(files, hive_partitioning=False).create_view(name)'''


def lesson(subject: Subject) -> Lesson | None:
    """The tutorial; None without rows."""
    if not subject.sources:
        return None
    cells: list[Cell] = [
        ("text", "Where the release is."),
        ("code", code.release(subject)),
        ("text", "The catalogues as tables."),
        ("code", "\n".join([OPEN, "\n", *(f"add({code.literal(one.name)})" for one, _ in subject.sources)])),
    ]
    catalogue, source = subject.sources[0]
    table, label = quoted(catalogue.name), source.label()
    if label:
        count = (
            f"SELECT {quoted(label)}, count(*) AS number\nFROM {table}\nGROUP BY ALL\nORDER BY number DESC"
        )
        said = f"How many rows of {catalogue.name} there are for each value of {label}."
    else:
        count = f"SELECT count(*) AS number\nFROM {table}"
        said = f"How many rows {catalogue.name} has."
    cells += [("text", said), ("code", f"counts = db.sql({statement(count)})\nprint(counts)")]
    if subject.cone and subject.has("meta/sky.sql"):
        cells += _cone(subject.cone)
    needs = "pip install duckdb pyarrow fsspec aiohttp"
    return Lesson("with-duckdb", "DuckDB", needs, "duckdb", cells)


def _cone(cone: Cone) -> list[Cell]:
    ra, dec = map(quoted, cone.source.position())
    apart = "separation"
    while apart in cone.source.columns():
        apart += "_arcsec"
    shown = ", ".join(map(quoted, cone.shown))
    place = f"{ra}, {dec}, {cone.ra}, {cone.dec}"
    sql = (
        f"SELECT {shown},\n       separation({place}) AS {apart}\nFROM {quoted(cone.catalogue.name)}\n"
        f"WHERE cone({place}, {cone.radius})\nORDER BY {apart}"
    )
    return [
        (
            "text",
            f"DuckDB finds {cone.said}, nearest first. The functions cone and separation are in a file of "
            "the release.",
        ),
        ("code", f'db.execute(read("meta/sky.sql"))\ncone = db.sql({statement(sql)})\nprint(cone)'),
    ]
