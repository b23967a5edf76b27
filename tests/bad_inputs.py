"""A portal with a bit of everything, and a thousand ways to spoil one of its files."""

from __future__ import annotations

import json
import shutil
import types
import typing
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

import numpy as np
from astropy.table import Table
from pydantic import BaseModel

from drportal.model.lines import LineList
from drportal.model.portal import Portal
from drportal.model.release import Release
from drportal.model.text import Text

AUTHOR = {"family": "Cui", "given": "Xiang-Qun", "orcid": "0000-0002-1825-0097", "affiliation": "NAOC"}
PAPER = {
    "key": "cui2012", "type": "article", "title": "The telescope", "authors": [AUTHOR], "year": 2012,
    "journal": "RAA", "volume": "12", "pages": "1197", "doi": "10.1088/1674-4527/12/9/003",
    "bibcode": "2012RAA....12.1197C", "arxiv": "1206.3569", "about": {"en": "the telescope"},
}  # fmt: skip
PORTAL: dict[str, Any] = {
    "name": "TEST", "title": {"en": "Test", "zh": "测试"}, "description": "Words", "organisation": "NAOC",
    "languages": ["en", "zh"], "theme": "default", "homepage": "https://survey.example/",
    "contact": "help@survey.example", "contact_form": "https://survey.example/form",
    "base_url": "https://survey.example/data/", "acknowledgement": "Thanks", "authors": [AUTHOR],
    "papers": [PAPER], "license": "CC-BY-4.0", "ivoid": "ivo://survey",
    "naming": {"rule": "TEST JHHMMSS.ss+DDMMSS.s", "example": "TEST J010203.45+010203.4"},
}  # fmt: skip
RELEASE: dict[str, Any] = {
    "name": "TEST", "version": "v1", "title": "First", "description": {"en": "Words"}, "survey_phase": 1,
    "phase": "v2", "status": "current", "published": "2026-01", "original": "https://survey.example/dr1",
    "doi": "10.1234/abc", "theme": "default", "compare": [],
    "resolutions": [{"kind": "low", "observed_from": "2020-01", "observed_to": "2021", "spectra": 5}],
    "catalogues": [
        {
            "name": "stars", "title": "Stars", "description": "Words", "resolution": "low",
            "source": "stars.fits", "hdu": 1, "schema": "schema.yaml", "table": "stars",
            "missing": {"z": [-9999]}, "index": ["id"], "positions": "require", "wrap_ra": False,
            "roles": {"ra": "ra", "dec": "dec", "id": "id", "class": "class", "redshift": "z", "snr": ["snrg"]},
            "columns": {
                "z": {"description": {"zh": "红移"}, "range": [-1, 9]},
                "class": {"values": ["STAR", "QSO"]},
                "flag": {"bits": {"0": "BAD", "1": {"name": "WORSE", "description": "words"}}},
            },
            "compare_by": "id", "doi": "10.1234/abd",
        },
        {"name": "plain", "source": "plain.csv", "positions": "none"},
        {"name": "sky", "source": "sky.vot"},
        {"name": "packed", "source": "packed.parquet"},
        {"name": "listed", "source": "listed.ecsv"},
        {"name": "made", "simulate": {"kind": "lrs", "rows": 20, "seed": 1}},
    ],
    "known_issues": [
        {
            "name": "bad-z", "title": "Bad z", "description": "words", "status": "open", "found": "2026-02",
            "catalogue": "stars", "columns": ["z"], "ids": [3],
        },
        {"name": "file", "title": "More", "catalogue": "stars", "ids_file": "ids.csv"},
        {"name": "where", "title": "More", "catalogue": "stars", "where": "z > 1"},
    ],
}  # fmt: skip
LINES: dict[str, Any] = {
    "title": {"en": "Lines"}, "wavelengths": "vacuum", "moves": True, "shown_for": ["STAR"],
    "lines": [{"name": "Ha", "wavelength": 6564.6, "weight": 1}, {"name": "B", "wavelength": 10.5, "to": 20.5}],
}  # fmt: skip
SCHEMA = {
    "name": "test", "description": "words",
    "tables": [{
        "name": "stars", "@id": "#stars", "description": "words", "primaryKey": "#stars.id",
        "columns": [
            {"name": "id", "@id": "#stars.id", "datatype": "long", "ivoa:ucd": "meta.id;meta.main"},
            {"name": "ra", "@id": "#stars.ra", "datatype": "double", "ivoa:unit": "deg", "ivoa:ucd": "pos.eq.ra"},
            {"name": "dec", "@id": "#stars.dec", "datatype": "double", "ivoa:unit": "deg"},
            {"name": "class", "@id": "#stars.class", "datatype": "string", "length": 8},
            {"name": "z", "@id": "#stars.z", "datatype": "double", "tap:principal": 1, "nullable": True},
            {"name": "snrg", "@id": "#stars.snrg", "datatype": "float"},
            {"name": "flag", "@id": "#stars.flag", "datatype": "short"},
        ],
    }],
}  # fmt: skip
BIB = "@article{one2020,\n author = {One, A. and Two, B.},\n title = {Words},\n journal = {RAA},\n year = 2020\n}\n"
FOLDER = "releases/test/v1"


def toml(value: Any) -> str:
    """A value on one line of TOML."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(k)} = {toml(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return value.isoformat() if isinstance(value, date) else json.dumps(value, ensure_ascii=False)


def document(table: dict[str, Any]) -> str:
    return "".join(f"{key} = {toml(value)}\n" for key, value in table.items())


def stars() -> Table:
    n = np.arange(12)
    kinds = ["STAR", "QSO"] * 6
    columns = {"id": n, "ra": n * 3.0, "dec": -n * 2.0, "class": kinds, "z": n / 20}
    table = Table(columns | {"snrg": n.astype("f4"), "flag": (n % 4).astype("i2")})
    table["ra"].unit = table["dec"].unit = "deg"
    return table


def write(folder: Path) -> None:
    """The portal as it should be."""
    release = folder / FOLDER
    for path in (release / "docs", folder / "lines", folder / "content", folder / "releases/test/v2"):
        path.mkdir(parents=True)
    (folder / "portal.toml").write_text(document(PORTAL))
    (folder / "lines/own.toml").write_text(document(LINES))
    (release / "release.toml").write_text(document(RELEASE))
    (release / "schema.yaml").write_text(json.dumps(SCHEMA))
    table = stars()
    table.write(release / "stars.fits")
    table.write(release / "sky.vot", format="votable", table_id="sky", tabledata_format="tabledata")
    table.write(release / "packed.parquet")
    table.write(release / "listed.ecsv")
    (release / "plain.csv").write_text("plate,n\n" + "".join(f"P{i:03},{i * i}\n" for i in range(30)))
    (release / "ids.csv").write_text("id\n4\n5\n")
    (release / "docs/about.md").write_text(
        "# About\n\n{{ stats.stars.rows }} rows [@one2020].\n\n## More {#more}\n"
    )
    (release / "docs/references.bib").write_text(BIB)
    second = {"name": "TEST", "version": "v2", "published": "2026-03"}
    (folder / "releases/test/v2/release.toml").write_text(document(second))


@dataclass(frozen=True)
class Bad:
    """One spoilt file: how, and what the lines that tell of it must name."""

    name: str
    file: str
    spoil: Callable[[Path], object]
    told: str


def _spoilt(kind: object) -> Iterator[tuple[str, object]]:
    """Values that a key of a type cannot have."""
    texts, numbers = (
        [("number", 5), ("fraction", 1.5), ("truth", True)],
        [("text", "many"), ("date", date(2026, 1, 2))],
    )
    lists = [("list", [[]]), ("table", {"no such key": {}})]
    origin = typing.get_origin(kind)
    if kind == Text:
        yield from [*texts, ("list", ["a"]), ("language", {"english": "a"}), ("inner", {"en": 5})]
    elif origin is typing.Annotated:
        yield from _spoilt(typing.get_args(kind)[0])
    elif origin in (typing.Union, types.UnionType):
        kinds = [k for k in typing.get_args(kind) if k is not type(None)]
        yield from _spoilt(kinds[0]) if len(kinds) == 1 else lists
    elif origin is Literal:
        yield from [*texts, *lists, ("word", "whatever"), ("empty", "")]
    elif origin in (list, tuple):
        yield from [*texts, ("text", "one"), ("table", {"a": 1}), ("inner", [{"no such key": []}])]
    elif origin is dict or (isinstance(kind, type) and issubclass(kind, BaseModel)):
        yield from [*texts, ("text", "one"), ("list", [5])]
    elif kind is bool:
        yield from [*numbers, *lists, ("number", 5)]
    elif kind in (int, float):
        yield from [*numbers, *lists]
    elif kind is str:
        yield from [*texts, *lists]


def _model(kind: object) -> type[BaseModel] | None:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return kind
    return next((m for k in typing.get_args(kind) if (m := _model(k))), None)


def _places(
    model: type[BaseModel], table: Any, path: tuple[Any, ...] = ()
) -> Iterator[tuple[tuple[Any, ...], type[BaseModel]]]:
    """Every table of a file, with the model that it is held to."""
    yield path, model
    for name, field in model.model_fields.items():
        key = field.alias or name
        inner = _model(field.annotation)
        value = table.get(key)
        if inner is None or value is None:
            continue
        if isinstance(value, list):
            ways = [(key, i) for i in range(len(value))]
        elif typing.get_origin(field.annotation) is dict:
            ways = [(key, k) for k in value if isinstance(value[k], dict)]
        else:
            ways = [(key,)]
        for way in ways:
            below = value if len(way) == 1 else value[way[1]]
            yield from _places(inner, below, (*path, *way))


def _with(table: Any, path: tuple[Any, ...], change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    copy = json.loads(json.dumps(table))
    here = copy
    for step in path:
        here = here[step]
    change(here)
    return copy


def _tables(file: str, table: dict[str, Any], model: type[BaseModel]) -> Iterator[Bad]:
    """Each key of a TOML file with values it cannot have, misspelt, missing where it must be there."""

    def bad(what: str, path: tuple[Any, ...], key: str, change: Callable[[dict[str, Any]], object]) -> Bad:
        text = document(_with(table, path, change))
        place = ".".join(map(str, (*path, key)))
        return Bad(f"{file}: {place}: {what}", file, lambda p: p.write_text(text), key)

    for path, one in _places(model, table):
        here = table
        for step in path:
            here = here[step]
        for name, field in one.model_fields.items():
            key = field.alias or name
            kind = Text if field.annotation == dict[str, str] and field.metadata else field.annotation
            for what, value in _spoilt(kind):
                if {"what": what, "key": key} in HARMLESS:
                    continue
                yield bad(what, path, key, lambda t, k=key, v=value: t.update({k: v}))
            yield bad("misspelt", path, f"{key}x", lambda t, k=key: t.update({f"{k}x": t.get(k, "a")}))
            if field.is_required() and key in here:
                yield bad("missing", path, key, lambda t, k=key: t.pop(k))


HARMLESS: list[dict[str, str]] = [
    {"what": "date", "key": "published"},
]


def _changed(file: str, name: str, told: str, *changes: tuple[str, str]) -> Bad:
    def spoil(path: Path) -> None:
        text = path.read_text()
        for old, new in changes:
            assert old in text, f"{name}: {old!r} is not in {file}"
            text = text.replace(old, new, 1)
        path.write_text(text)

    return Bad(f"{file}: {name}", file, spoil, told)


def _bytes(file: str, name: str, told: str, change: Callable[[bytes], bytes]) -> Bad:
    return Bad(f"{file}: {name}", file, lambda p: p.write_bytes(change(p.read_bytes())), told)


def _broken_text(file: str, junk: str, lines: int) -> Iterator[Bad]:
    """No syntax at all in each line; bytes that are no UTF-8 in each; cut off within the line."""
    for n in range(lines):

        def insert(raw: bytes, n: int = n, what: bytes = junk.encode()) -> bytes:
            split = raw.split(b"\n")
            return b"\n".join([*split[:n], what, *split[n:]])

        yield _bytes(file, f"junk in line {n + 1}", "", insert)
        yield _bytes(
            file, f"no UTF-8 in line {n + 1}", "UTF-8", lambda raw, i=insert: i(raw, what=b"# \xff\xfe")
        )


def _values() -> Iterator[Bad]:
    """Values of the right type that cannot be."""
    release, portal, schema = f"{FOLDER}/release.toml", "portal.toml", f"{FOLDER}/schema.yaml"
    for when in (
        "26",
        "2026-13",
        "2026-00",
        "2026-02-30",
        "2026-02-32",
        "tomorrow",
        "01/02/2026",
        "2026-1",
        "",
        " ",
    ):
        for key in ("published", "observed_from", "found"):
            old = {"published": "2026-01", "observed_from": "2020-01", "found": "2026-02"}[key]
            mark = f"{key} = " if key == "published" else f'"{key}" = '
            yield _changed(release, f"{key} {when!r}", key, (f"{mark}{toml(old)}", f"{mark}{toml(when)}"))
    for name in (
        "",
        "Stars",
        "a b",
        "../x",
        "a/b",
        "con",
        "lpt1",
        "1a",
        "ä",
        "x" * 41,
        "a;b",
        "<b>",
        "spectra",
        "plain",
    ):
        yield _changed(
            release, f"catalogue {name[:9]!r}", "catalogues", ('"name" = "stars"', f'"name" = {toml(name)}')
        )
    for name in ("", "Bad z", "../x", "ä", "x" * 61, "file"):
        yield _changed(
            release, f"issue {name[:9]!r}", "known_issue", ('"name" = "bad-z"', f'"name" = {toml(name)}')
        )
    for doi in ("https://doi.org/10.1/a", "10.1", "doi:10.1234/abc", "10.1234/<b>", "10.1234/a b", ""):
        yield _changed(release, f"doi {doi!r}", "doi", ('doi = "10.1234/abc"', f"doi = {toml(doi)}"))
    for address in (
        "javascript:alert(1)",
        "data:text/html,x",
        "survey.example",
        "//x",
        "file:///etc",
        "https://a b",
        "",
        'https://"><b>',
    ):
        yield _changed(
            release, f"original {address!r}", "original", ('"https://survey.example/dr1"', toml(address))
        )
        for key in ("homepage", "base_url", "contact_form"):
            yield _changed(
                portal,
                f"{key} {address!r}",
                key,
                (f"{key} = {toml(PORTAL[key])}", f"{key} = {toml(address)}"),
            )
    for mail in ("help", "a b@c", "<b>@x.y", "a@b@c", "", "mailto:a@b.c"):
        yield _changed(portal, f"contact {mail!r}", "contact", ('"help@survey.example"', toml(mail)))
    for codes in (
        [],
        ["xx"],
        ["english"],
        ["../x"],
        ["en", "en"],
        ["EN"],
        ["en", ""],
        ["en/zh"],
        ["."],
        ["zz-QQ"],
    ):
        yield _changed(portal, f"languages {codes}", "languages", ('["en", "zh"]', toml(codes)))
    for licence in ("free", "", "CC-BY", "MIT OR Apache-2.0", "LicenseRef-x", "<b>"):
        yield _changed(portal, f"license {licence!r}", "license", ('"CC-BY-4.0"', toml(licence)))
    for orcid in ("0000-0002-1825-0098", "0000", "https://orcid.org/0000-0002-1825-0097", ""):
        for file in (portal,):
            yield _changed(file, f"orcid {orcid!r}", "orcid", ('"0000-0002-1825-0097"', toml(orcid)))
    for key, bad in [("bibcode", "2012RAA"), ("arxiv", "12"), ("key", "a b"), ("key", ""), ("year", -1)]:
        old = f'"{key}" = {toml(PAPER[key])}'
        yield _changed(portal, f"papers {key} {bad!r}", "papers", (old, f'"{key}" = {toml(bad)}'))
    for example in ("", "TEST", "TEST J0102", "TEST J010203.4+010203.4"):
        yield _changed(portal, f"naming {example!r}", "naming", ('"TEST J010203.45+010203.4"', toml(example)))
    for theme in ("nowhere", "../default", "", "/etc", "de fault"):
        yield _changed(portal, f"theme {theme!r}", "theme", ('theme = "default"', f"theme = {toml(theme)}"))
        yield _changed(release, f"theme {theme!r}", "theme", ('theme = "default"', f"theme = {toml(theme)}"))
    for ivoid in ("survey", "ivo:/x", "ivo://a", "ivo://a b/c", ""):
        yield _changed(portal, f"ivoid {ivoid!r}", "ivoid", ('"ivo://survey"', toml(ivoid)))
    for source in (
        "nothing.fits",
        "",
        ".",
        "..",
        "docs",
        "*.nothing",
        "/nowhere/x.fits",
        "a\u0000b.csv",
        "x" * 300,
        "release.toml",
    ):
        yield _changed(release, f"source {source[:9]!r}", "", ('"stars.fits"', toml(source)))
        yield _changed(release, f"schema {source[:9]!r}", "", ('"schema.yaml"', toml(source)))
        yield _changed(release, f"ids_file {source[:9]!r}", "ids", ('"ids.csv"', toml(source)))
    for hdu in (0, 2, 99, -1, "NOTHING", ""):
        yield _changed(release, f"hdu {hdu!r}", "stars.fits", ('"hdu" = 1', f'"hdu" = {toml(hdu)}'))
    for role in ("ra", "dec", "id", "class", "redshift"):
        old = f'"{role}" = {toml(RELEASE["catalogues"][0]["roles"][role])}'
        yield _changed(release, f"role {role}", "nowhere", (old, f'"{role}" = "nowhere"'))
    for where in (
        "",
        "z >",
        "nowhere = 1",
        "1; DROP TABLE x",
        "z = 'a'",
        "(SELECT 1",
        "read_text('/etc/passwd') = ''",
        "count(*) > 1",
    ):
        yield _changed(release, f"where {where!r}", "where", ('"z > 1"', toml(where)))
    for bits in ({"63": "A"}, {"-1": "A"}, {"a": "A"}, {"0": ""}, {"0": 5}):
        yield _changed(
            release, f"bits {bits}", "bits", ('"bits" = { "0" = "BAD"', f'"bits" = {toml(bits)[:-2]}')
        )
    for ends in ([9, -1], [1], [1, 2, 3], ["a", 1], [True, 2], {}, "1..2"):
        yield _changed(release, f"range {ends}", "range", ('"range" = [-1, 9]', f'"range" = {toml(ends)}'))
    for key, old, bad in [
        ("compare", "compare = []", 'compare = ["test/v9"]'), ("compare", "compare = []", 'compare = ["test/v1"]'),
        ("catalogue", '"catalogue" = "stars"', '"catalogue" = "nowhere"'),
        ("columns", '"columns" = ["z"]', '"columns" = ["nowhere"]'), ("index", '"index" = ["id"]', '"index" = ["nowhere"]'),
        ("superseded_by", "status =", 'superseded_by = "test/v9"\nstatus ='), ("missing", '"z" = [-9999]', '"nowhere" = [1]'),
        ("compare_by", '"compare_by" = "id"', '"compare_by" = "nowhere"'), ("table", '"table" = "stars"', '"table" = "no"'),
    ]:  # fmt: skip
        yield _changed(release, f"{key}: {bad}", key, (old, bad))
    for key, old, bad in [
        ("datatype", '"datatype": "long"', '"datatype": "integer"'), ("datatype", ', "datatype": "long"', ""),
        ("columns", '"name": "dec"', '"name": "RA"'), ("ra", '"name": "ra"', '"name": "right"'),
        ("length", '"length": 8', '"length": 0'), ("length", '"length": 8', '"length": "a"'), ("nullable", '"nullable": true', '"nullable": 7'),
        ("ucd", '"ivoa:ucd": "meta.id;meta.main"', '"ivoa:ucd": 5'), ("unit", '"ivoa:unit": "deg"', '"ivoa:unit": ["deg"]'),
        ("columns", '"columns": [', '"colums": ['), ("tables", '"tables": [', '"tables": [5, '), ("name", '"name": "snrg"', '"nam": "snrg"'),
        ("principal", '"tap:principal": 1', '"tap:principal": 2'), ("", '{"name": "test"', "{{{"), ("", '"tables"', "\t- :\n&a"),
        ("", '{"name": "test"', "!!python/object/apply:os.system ['true']\n#"), ("", '{"name"', "- *nothing\n- {"),
    ]:  # fmt: skip
        yield _changed(schema, f"{key}: {bad}", key, (old, bad))


def _data() -> Iterator[Bad]:
    """Tables that are broken, cut short, or say what cannot be."""
    for name, size in [
        ("stars.fits", 11520),
        ("sky.vot", 2600),
        ("packed.parquet", 5000),
        ("listed.ecsv", 600),
        ("plain.csv", 250),
    ]:
        file = f"{FOLDER}/{name}"
        yield _bytes(file, "empty", name, lambda raw: b"")
        yield _bytes(file, "zeros", name, lambda raw: bytes(len(raw)))
        yield _bytes(file, "noise", name, lambda raw: np.random.default_rng(1).bytes(len(raw)))
        yield _bytes(file, "another kind", name, lambda raw: b"%PDF-1.7\n" + raw[:300])
        yield Bad(f"{file}: gone", file, lambda p: p.unlink(), name)
        yield Bad(f"{file}: a folder", file, lambda p: (p.unlink(), p.mkdir()), name)
        yield Bad(f"{file}: a link to itself", file, lambda p: (p.unlink(), p.symlink_to(p.name)), name)
        if name in ("stars.fits", "sky.vot", "packed.parquet"):
            for part in range(1, 14):  # the end of a FITS file is padding
                yield _bytes(
                    file, f"{part}/20 of it", name, lambda raw, part=part: raw[: len(raw) * part // 20]
                )
    plain, sky = f"{FOLDER}/plain.csv", f"{FOLDER}/sky.vot"
    for n in range(1, 31, 3):
        yield _bytes(
            plain, f"a value too many in row {n}", "plain.csv", lambda raw, n=n: _row(raw, n, b"P,1,2")
        )
        yield _bytes(plain, f"a value too few in row {n}", "plain.csv", lambda raw, n=n: _row(raw, n, b"P"))
        yield _bytes(
            plain,
            f"a quotation mark left open in row {n}",
            "plain.csv",
            lambda raw, n=n: _row(raw, n, b'"P,1'),
        )
        yield _bytes(plain, f"no UTF-8 in row {n}", "plain.csv", lambda raw, n=n: _row(raw, n, b"\xff\xfe,1"))
    yield _changed(plain, "a name twice", "plain.csv", ("plate,n", "n,n"))
    yield _changed(plain, "a name twice but for case", "plain.csv", ("plate,n", "N,n"))
    yield _changed(plain, "no name", "plain.csv", ("plate,n", "plate,"))
    for field in ("ra", "dec"):
        for value in (360.5, -0.5, 999, -999, 1e30) if field == "ra" else (90.5, -90.5, 999, 1e30):
            yield Bad(
                f"stars.fits: {field} {value}", f"{FOLDER}/stars.fits", _position(field, value), "stars.fits"
            )
        yield Bad(f"stars.fits: no {field}", f"{FOLDER}/stars.fits", _position(field, np.nan), "stars.fits")
    for card, old, new in [
        ("BITPIX", b"BITPIX  =                    8", b"BITPIX  =                    7"), ("TFORM1", b"TFORM1  = 'K", b"TFORM1  = '?"),
        ("TFIELDS", b"TFIELDS =                    7", b"TFIELDS =                    9"), ("NAXIS1", b"NAXIS1  =", b"NAXIS9  ="),
        ("XTENSION", b"XTENSION= 'BINTABLE'", b"XTENSION= 'NOTHING '"), ("NAXIS2", b"NAXIS2  =                   12", b"NAXIS2  =                  -12"),
        ("END", b"END     ", b"ENDE    "), ("TTYPE2", b"TTYPE2  = 'ra", b"TTYPE2  = 'id"), ("SIMPLE", b"SIMPLE  =", b"SIMPEL  ="),
    ]:  # fmt: skip
        yield _bytes(
            f"{FOLDER}/stars.fits", f"broken {card}", "stars.fits", lambda raw, o=old, n=new: _swap(raw, o, n)
        )
    for name, old, new in [
        ("not closed", "</TABLE>", ""), ("no such type", 'datatype="long"', 'datatype="many"'), ("no number", "<TD>11</TD>", "<TD>eleven</TD>"),
        ("too many cells", "<TD>", "<TD>1</TD><TD>"), ("no table", "<TABLE", "<TABEL"), ("an entity", "<VOTABLE", "&nothing;<VOTABLE"),
        ("a file of this computer", "<?xml version=\"1.0\" encoding=\"utf-8\"?>", '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>&b;'),
    ]:  # fmt: skip
        yield _changed(sky, name, "sky.vot", (old, new))


def _row(raw: bytes, n: int, row: bytes) -> bytes:
    rows = raw.split(b"\n")
    return b"\n".join([*rows[:n], row, *rows[n + 1 :]])


def _swap(raw: bytes, old: bytes, new: bytes) -> bytes:
    assert old in raw, old
    return raw.replace(old, new, 1)


def _position(field: str, value: float) -> Callable[[Path], object]:
    def spoil(path: Path) -> None:
        table = stars()
        table[field][5] = value
        table.write(path, overwrite=True)

    return spoil


def _documents() -> Iterator[Bad]:
    about, bib = f"{FOLDER}/docs/about.md", f"{FOLDER}/docs/references.bib"
    for name, told, fact in [
        ("no such fact", "nowhere", "{{ stats.nowhere.rows }}"), ("no fact", "about.md", "{{ }}"), ("not closed", "about.md", "{{ stats.stars.rows"),
        ("a program", "about.md", "{{ ''.__class__.__mro__ }}"), ("a call", "about.md", "{{ range(9) }}"),
        ("no filter", "about.md", "{{ stats.stars.rows | nothing }}"), ("a sum", "about.md", "{{ 1 + 1 }}"),
    ]:  # fmt: skip
        yield _changed(about, name, told, ("{{ stats.stars.rows }}", fact))
    for link in ("nowhere.md", "about.md#nowhere", "#nowhere", "../../../etc/passwd", "figure.png"):
        yield _changed(about, f"link {link}", "about.md", ("rows [", f"[words]({link}) rows ["))
    yield _changed(about, "no such reference", "nobody", ("@one2020", "@nobody"))
    yield _bytes(about, "no UTF-8", "about.md", lambda raw: b"\xff" + raw)
    for n, (old, new) in enumerate(
        [
            ("@article{", "@article{,"),
            ("year = 2020\n}", "year = 2020\n"),
            ("@article{one2020", "@article one2020"),
        ]
    ):
        yield _changed(bib, f"broken {n}", "", (old, new))
    yield Bad("bib: twice", bib, lambda p: p.write_text(BIB + BIB), "one2020")


def cases() -> list[Bad]:
    release, lines = f"{FOLDER}/release.toml", "lines/own.toml"
    made = [
        *_tables("portal.toml", PORTAL, Portal), *_tables(release, RELEASE, Release), *_tables(lines, LINES, LineList),
        *_broken_text("portal.toml", "= =", len(PORTAL)), *_broken_text(release, "[[", len(RELEASE)),
        *_broken_text(lines, "a = b = c", len(LINES)),
        *_values(), *_data(), *_documents(),
    ]  # fmt: skip
    assert len({bad.name for bad in made}) == len(made), "names must differ"
    return made


def restore(good: Path, file: str, folder: Path) -> None:
    """Bring a file back that was spoilt."""
    path = folder / file
    if path.is_dir() and not path.is_symlink():
        path.rmdir()
    else:
        path.unlink(missing_ok=True)
    shutil.copy2(good / file, path)
