"""Readers of files written by others: for each kind some valid files, and how it is read.

A reader returns, or rejects with a clear message. Any other exception, an endless loop or a file written
elsewhere is a fault of drportal, whatever the file contains.
"""

from __future__ import annotations

import functools
import io
import json
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from astropy.io import fits
from astropy.table import Table

from drportal.documents.bibliography import read_bibliography
from drportal.documents.markdown import render_markdown
from drportal.files import Entry
from drportal.ingest.readers.open_source import open_source
from drportal.model import CatalogueSource, SpectraSet, load_portal, load_schema
from drportal.model.lines import load_lines
from drportal.problems import InputError
from drportal.publish.choice import read_choice
from drportal.publish.listing import Head, Listing, entry_line, head_line, tail_line
from drportal.publish.minisign import PublicKey, signing_key
from drportal.spectra.read import identify, read_spectrum
from drportal.spectra.spectrum import Unreadable

from ..signed_portal import key_of, secret_key

LONGEST = 1_500
RUNS = re.compile(
    r"<(script|iframe|style|object|embed|base|meta|form)\b|<[^>]*\s(on\w+|style|srcdoc)\s*="
    r"|\s(href|src)\s*=\s*[\"']?\s*(javascript|data|vbscript):",
    re.I,
)
"""Markup that runs, loads or restyles."""


def _table(file: Path) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        source = open_source(file, CatalogueSource(name="x", source=file.name), Path(scratch))
        for batch in source.batches():
            batch.validate(full=True)


def _spectrum(file: Path) -> None:
    spec = SpectraSet(name="x", source=file.name)
    status = file.stat()
    for row, _, _ in identify(spec, file)[:3]:
        read_spectrum(spec, file, row, status.st_size, hash(file.read_bytes()))


def _portal(file: Path) -> None:
    load_portal(file.parent)


def _release(file: Path) -> None:
    home = file.parent
    (home / "portal.toml").write_text('name = "T"\ntitle = "T"\n')
    (home / "releases/a").mkdir(parents=True, exist_ok=True)
    (home / "releases/a/release.toml").write_bytes(file.read_bytes())
    load_portal(home)


def _lines(file: Path) -> None:
    load_lines([file.parent])


def _manifest(file: Path) -> None:
    listing = Listing(file)
    assert sum(1 for _ in listing) == listing.count


def _signature(file: Path) -> None:
    key = PublicKey(b"12345678", b"1" * 32)
    key.check(file, file.read_bytes().decode("utf-8", "replace"))


def _markdown(file: Path) -> None:
    said = render_markdown(file.read_bytes().decode("utf-8", "replace"), file=file).html
    assert not RUNS.search(said), RUNS.search(said)


@dataclass(frozen=True)
class Reader:
    """A kind of file."""

    name: str
    read: Callable[[Path], object]
    """Raises InputError or Unreadable for what it cannot use."""
    made: Callable[[], list[bytes]]
    deep: int = 2_000
    """How many brackets are opened at a time: Markdown takes the square of it, and is the team's own."""

    @functools.cached_property
    def seeds(self) -> list[bytes]:
        """Valid files of the kind."""
        return self.made()


def outcome(reader: Reader, raw: bytes, folder: Path) -> str:
    """Read bytes as a file of that kind: "" if valid, else the error message."""
    file = folder / reader.name
    file.write_bytes(raw)
    try:
        reader.read(file)
    except InputError as error:
        assert error.problems, "refused without a word"
        for problem in error.problems:
            line = str(problem)
            assert "\n" not in line and line.isprintable() and len(line) < LONGEST, f"{line[:300]!r}"
        return str(error)
    except Unreadable as error:
        return str(error)
    return ""


def _fits() -> list[bytes]:
    table = Table({"id": np.arange(5), "x": np.linspace(0, 1, 5), "name": ["a", "bc", "", "d", "e"]})
    table["list"] = np.arange(10.0, dtype="f4").reshape(5, 2)
    plain = io.BytesIO()
    table.write(plain, format="fits")
    scaled = fits.BinTableHDU.from_columns(
        [
            fits.Column("v", "PJ()", array=np.array([np.arange(i) for i in range(4)], dtype=object)),
            fits.Column("b", "11X", array=np.ones((4, 11), bool)),
            fits.Column("n", "I", array=np.arange(4), null=2),
        ]
    )
    scaled.header["TSCAL3"], scaled.header["TZERO3"] = 0.5, 3.0
    odd = io.BytesIO()
    fits.HDUList([fits.PrimaryHDU(), scaled]).writeto(odd)
    return [plain.getvalue(), odd.getvalue()]


def _spectra() -> list[bytes]:
    flux = np.linspace(1, 2, 20, dtype="f4")
    columns = [
        fits.Column("FLUX", "20E", array=[flux]),
        fits.Column("WAVELENGTH", "20E", array=[flux + 4000]),
    ]
    columns += [fits.Column("IVAR", "20E", array=[flux]), fits.Column("ANDMASK", "20E", array=[flux * 0])]
    table = fits.BinTableHDU.from_columns(columns)
    primary = fits.PrimaryHDU()
    for key, value in {"TELESCOP": "LAMOST", "OBSID": 101, "RA": 1.5, "DEC": 2.5, "CLASS": "STAR"}.items():
        primary.header[key] = value
    made = io.BytesIO()
    fits.HDUList([primary, table]).writeto(made)
    image = fits.PrimaryHDU(np.vstack([flux, flux, flux + 4000, flux * 0, flux * 0]))
    for key, value in {
        "TELESCOP": "LAMOST",
        "OBSID": 101,
        "COEFF0": 3.57,
        "COEFF1": 1e-4,
        "VERSPIPE": "v2.7",
    }.items():
        image.header[key] = value
    other = io.BytesIO()
    image.writeto(other)
    return [made.getvalue(), other.getvalue()]


def _written(format: str, **options: object) -> bytes:
    out = io.BytesIO()
    table = Table({"id": [1, 2**60, 3], "x": [0.5, np.nan, -1e300], "name": ["a", "<b>", "光谱"]})
    table["x"].unit = "km/s"
    table.write(out, format=format, **options)
    return out.getvalue()


def _csv(format: str) -> bytes:
    out = io.StringIO()
    Table({"id": [1, 2], "x": [0.5, 1e9], "name": ["a, b", 'c "d"']}).write(out, format=format)
    return out.getvalue().encode()


def _parquet() -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    out = io.BytesIO()
    pq.write_table(pa.table({"id": [1, 2], "x": [0.5, None], "name": ["a", "b"], "l": [[1], [2, 3]]}), out)
    return out.getvalue()


def _signed() -> bytes:
    with tempfile.NamedTemporaryFile() as file:
        return key_of(b"1" * 32).sign(Path(file.name), "of a test").encode()


VOTABLES = ["tabledata", "binary", "binary2"]
TEXTS = ["commented_header", "ipac", "mrt", "fixed_width", "fixed_width_two_line", "rdb"]
MANIFEST = head_line(Head("", "X", ("r",))) + entry_line(Entry("a", 1, "0" * 64), True) + tail_line(1, 1)
RELEASE = """name = "T"
published = 2026-01-01
[[catalogues]]
name = "stars"
source = "stars.csv"
missing = { "*" = [-9999] }
[catalogues.columns.z]
range = [0, 9]
[[known_issues]]
name = "a"
title = { en = "A" }
[[spectra]]
name = "s"
source = "*.fits"
id = { file = "(.*)" }
"""
SCHEMA = {
    "name": "t",
    "tables": [{"name": "a", "columns": [{"name": "x", "datatype": "int", "ivoa:ucd": "meta.id"}]}],
}
MARKDOWN = """---
title: "A"
---
# A {#a}

Some *words*, $x^2$, [a link](https://x.example), <b>bold</b> ![](a.png)

| a | b |
|---|---|
| 1 | `2` |

!!! note
    More.[^1]

[^1]: Foot.
"""
BIB = r"""@article{a2020,
 author = {One, A. and {Two} and B. Three},
 title = {W\"ords $x$},
 year = 2020,
 journal = \aap
}
"""

READERS = [
    Reader(
        "portal.toml",
        _portal,
        lambda: [b'name = "T"\ntitle = { en = "T" }\nlanguages = ["en", "zh"]\nlicense = "MIT"\n'],
    ),
    Reader("release.toml", _release, lambda: [RELEASE.encode()]),
    Reader(
        "lines.toml",
        _lines,
        lambda: [b'title = "L"\nwavelengths = "air"\n[[lines]]\nname = "Ha"\nwavelength = 6562.8\n'],
    ),
    Reader(
        "schema.yaml",
        load_schema,
        lambda: [
            json.dumps(SCHEMA).encode(),
            b"name: t\ntables:\n- name: a\n  columns:\n  - &x\n    name: b\n    datatype: int\n",
        ],
        deep=600,
    ),
    Reader("table.fits", _table, _fits),
    Reader("table.csv", _table, lambda: [_csv("ascii.csv"), b"a|b\n1|2\n"]),
    Reader("table.dat", _table, lambda: [_csv(f"ascii.{form}") for form in TEXTS]),
    Reader("table.ecsv", _table, lambda: [_csv("ascii.ecsv")]),
    Reader("table.vot", _table, lambda: [_written("votable", tabledata_format=form) for form in VOTABLES]),
    Reader("table.parquet", _table, lambda: [_parquet()]),
    Reader("spectrum.fits", _spectrum, _spectra),
    Reader("manifest.json", _manifest, lambda: [MANIFEST.encode()]),
    Reader(
        "mirror.json",
        lambda file: read_choice(file.parent),
        lambda: [b'{"format":"drportal-mirror-1","releases":["a"],"without":["data"]}'],
    ),
    Reader(
        "minisign.pub",
        lambda file: PublicKey.read(str(file)),
        lambda: [PublicKey(b"12345678", b"1" * 32).text().encode()],
    ),
    Reader(
        "secret.key",
        lambda file: signing_key(file.name, file.parent),
        lambda: [secret_key(b"1" * 32).encode()],
    ),
    Reader("manifest.json.minisig", _signature, lambda: [_signed()]),
    Reader("references.bib", read_bibliography, lambda: [BIB.encode()]),
    Reader("document.md", _markdown, lambda: [MARKDOWN.encode()], deep=200),
]
BY_NAME = {reader.name: reader for reader in READERS}
