"""A change rebuilds only the affected part of a catalogue, with the same bytes as a first build."""

from __future__ import annotations

import io
import os
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from astropy.table import Table
from rich.console import Console

from drportal.build import build
from drportal.formats import Catalogue
from drportal.ingest import piece
from drportal.publish.verify import verify
from drportal.report import Report
from drportal.steps.decide import Options

from ..commands import twin
from ..conftest import once
from ..steps.test_build import tree
from ..steps.test_incremental import Survey
from ..ways import few

RELEASE = """
name = "DR{number}"
published = "202{number}-05"
[[catalogues]]
name = "stars"
source = "stars.csv"
schema = "stars.yaml"
index = ["obsid"]
missing = {{ teff = [-9999] }}
columns.teff.range = [0, 50000]
"""
COLUMNS = [
    ("obsid", "long", None, "meta.id;meta.main", "Number of the row"),
    ("uid", "text", None, "meta.id", "Name of the object"),
    ("ra", "double", "deg", "pos.eq.ra;meta.main", "Right ascension"),
    ("dec", "double", "deg", "pos.eq.dec;meta.main", "Declination"),
    ("teff", "double", "K", "phys.temperature.effective", "Temperature"),
]
TOML, YAML, STARS = "releases/dr2/release.toml", "releases/dr2/stars.yaml", "catalogues[stars]"


def schema() -> str:
    lines = ["name: s", '"@id": "#s"', "tables:", "- name: stars", '  "@id": "#stars"', "  columns:"]
    for name, datatype, unit, ucd, description in COLUMNS:
        lines += [f"  - name: {name}", f'    "@id": "#{name}"', f"    datatype: {datatype}"]
        lines += [f'    "ivoa:unit": {unit}'] if unit else []
        lines += [f'    "ivoa:ucd": {ucd}', f"    description: {description}"]
    return "\n".join(lines) + "\n"


def make_clean(folder: Path) -> Path:
    found = Survey(folder / "survey")
    found.write("portal.toml", 'name = "S"\ntitle = "S"\nlanguages = ["en"]\n')
    for number in (1, 2):
        rows = [f"{i},n{i % 30},{40 + i / 9},{20 + i / 9},{4000 + i % 7 if i else -9999}" for i in range(40)]
        rows[7] += "1" * (number - 1)
        found.write(f"releases/dr{number}/stars.csv", "\n".join(["obsid,uid,ra,dec,teff", *rows]) + "\n")
        found.write(f"releases/dr{number}/stars.yaml", schema())
        found.write(f"releases/dr{number}/release.toml", RELEASE.format(number=number))
    found.build()
    return found.folder


@pytest.fixture(scope="session")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two releases with the same columns, of which a row differs; built. To be copied, not changed."""
    return once(tmp_path_factory, "catalogue-pieces", make_clean)


@pytest.fixture
def survey(clean: Path, tmp_path: Path) -> Survey:
    """A copy in which site and cache are hard links of each other, too."""
    return Survey(twin(clean, tmp_path / "survey"))


def made(survey: Survey) -> set[str]:
    """The data pieces a build would make, and why; without those that depend on them."""
    data = (line for line in survey.explained() if "catalogue" in line or "changes of" in line)
    return {line for line in data if "would be made" not in line}


def files(survey: Survey) -> list[Path]:
    folder = survey.site / "dr2/data/stars"
    return [folder / p.path for p in Catalogue.read(folder).partitions]


def same_files(survey: Survey, before: dict[str, int]) -> set[str]:
    """Files of the changed catalogue that are still those of the former build."""
    above = "dr2/data/stars/"
    now = survey.inodes()
    return {
        path.removeprefix(above) for path in now if path.startswith(above) and now[path] == before.get(path)
    }


def data_twins(survey: Survey) -> set[str]:
    """Script twins of rows and ids, without those of footers that contain texts."""
    about = Catalogue.read(survey.site / "dr2/data/stars")
    ends = {i: p.footer for i, p in enumerate(about.partitions)}
    return {f"chunks/{n:04d}.js" for n, c in enumerate(about.chunks) if c.offset != ends.get(c.file)}


def test_a_changed_description_rewrites_footers_and_leaves_the_rest(survey: Survey, tmp_path: Path) -> None:
    before, rows = survey.inodes(), pq.read_table(files(survey)[0], partitioning=None)
    survey.change("releases/dr2/stars.yaml", "Temperature", "Of the photosphere")
    assert made(survey) == {"DR2: description of catalogue stars: description of teff changed"}
    survey.build()
    twins = data_twins(survey)
    assert len(twins) == len(files(survey)) + 2, "rows, a page of ids and its footer"
    assert same_files(survey, before) >= {*twins, "ids/obsid/0000.parquet", "partition_info.csv"}
    for file in files(survey):
        text = pq.read_metadata(file).metadata[b"IVOA.VOTable-Parquet.content"].decode()
        assert "<DESCRIPTION>Of the photosphere</DESCRIPTION>" in text and "Temperature" not in text
        assert Table.read(file, format="parquet.votable")["teff"].description == "Of the photosphere"
        assert pq.read_table(file, partitioning=None).equals(rows)
        assert duckdb.sql(f"SELECT count(*) FROM '{file}' WHERE teff = 4001").fetchall() == [(6,)]
    assert not verify(str(survey.site), Report(Console(file=io.StringIO())), pytest.fail).wrong
    assert tree(survey.site) == survey.first_build(tmp_path / "again")


def test_a_changed_unit_is_true_in_the_files(survey: Survey, tmp_path: Path) -> None:
    survey.change("releases/dr2/stars.yaml", '"ivoa:unit": K', '"ivoa:unit": mK')
    assert made(survey) == {"DR2: description of catalogue stars: unit of teff changed"}
    _, steps = survey.build()
    assert "DR2: changes of stars since DR1" in steps, "values are converted before they are compared"
    assert str(Table.read(files(survey)[0], format="parquet.votable")["teff"].unit) == "mK"
    assert Catalogue.read(survey.site / "dr2/data/stars").columns[4].unit == "mK"
    assert tree(survey.site) == survey.first_build(tmp_path / "again")


@pytest.mark.parametrize(
    ("file", "old", "new", "reason"),
    [
        (TOML, '["obsid"]', '["obsid", "uid"]', "ids of catalogue stars: ids of uid is new"),
        (TOML, "[-9999]", "[-9999, 4001]", f"statistics of catalogue stars: {STARS}.missing changed"),
        pytest.param(
            *(TOML, "50000", "60000", f"statistics of catalogue stars: {STARS}.columns.teff changed"),
            marks=pytest.mark.slow,
        ),
    ],
)
def test_a_changed_setting_gives_what_a_first_build_gives(
    survey: Survey, tmp_path: Path, file: str, old: str, new: str, reason: str
) -> None:
    before = survey.inodes()
    survey.change(file, old, new)
    assert made(survey) == {f"DR2: {reason}"}
    survey.build()
    kept = {twin for twin in data_twins(survey) if twin <= "chunks/0001.js"}
    assert kept and same_files(survey, before) >= kept
    assert tree(survey.site) == survey.first_build(tmp_path / "again")


@pytest.mark.parametrize(
    ("file", "old", "new", "reason"),
    [
        (TOML, "teff = [-9999]", "dec = [99]", f"catalogue stars: {STARS}.missing changed"),
        (TOML, "columns.teff", 'columns.uid.description = "x"\ncolumns.teff', ""),
        (YAML, "text", "text\n    length: 9", "statistics of catalogue stars: stars.yaml: uid changed"),
        (YAML, "text", "string", "catalogue stars: stars.yaml: uid changed"),
        (YAML, ".effective", "", "description of catalogue stars: ucd of teff changed"),
        (YAML, "phys.temperature", "stat.snr", "statistics of catalogue stars: stars.yaml: teff changed"),
        (YAML, "deg", "rad", "catalogue stars: stars.yaml: ra changed, stars.yaml: dec changed"),
        (YAML, "Number of", "No. of", "description of catalogue stars: description of obsid changed"),
    ],
)  # fmt: skip
def test_what_a_change_concerns(survey: Survey, file: str, old: str, new: str, reason: str) -> None:
    survey.change(file, old, new)
    assert made(survey) == ({f"DR2: {reason}"} if reason else set())


def test_another_format_of_scripts_leaves_what_they_repeat(
    survey: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(piece, "SCRIPTS_BY", "another")
    survey.change("portal.toml", 'title = "S"', 'title = "T"')
    tables = ["DR1: {}catalogue stars", "DR2: {}catalogue stars", "DR2: {}catalogue stars_changes"]
    groups = ["scripts of ", "scripts of ids of ", "scripts of description of "]
    assert made(survey) == {f"{t.format(group)}: format changed" for t in tables for group in groups}


def test_what_changed_is_said_in_the_words_of_today(survey: Survey) -> None:
    survey.change("releases/dr2/stars.yaml", "Temperature", "Of the photosphere")
    _, steps = survey.build()
    assert not [step for step in steps if "changes of" in step or "statistics of" in step]
    page = (survey.site / "dr2/changes.html").read_text(encoding="utf-8")
    assert "Of the photosphere" in page
    table = Catalogue.read(survey.site / "dr2/data/stars_changes")
    assert {c.description for c in table.columns} >= {"DR1: Temperature", "DR2: Of the photosphere"}


def test_a_site_without_its_cache_is_compared_as_it_stands(survey: Survey, tmp_path: Path) -> None:
    whole = survey.first_build(tmp_path / "again")
    survey.change("releases/dr1/stars.yaml", "Temperature", "Of the photosphere")
    survey.build("dr1")
    survey.change("releases/dr1/stars.yaml", "Of the photosphere", "Temperature")
    survey.build("dr1")
    _, steps = survey.build("dr2")
    assert not [step for step in steps if "changes of" in step]
    assert tree(survey.site) == whole


def test_a_search_names_catalogues_of_other_releases_as_they_are_called(
    survey: Survey, tmp_path: Path
) -> None:
    survey.change("releases/dr2/release.toml", "source =", 'title = "Bright stars"\nsource =')
    survey.build()
    assert "Bright stars (stars)</option>" in (survey.site / "dr1/search.html").read_text(encoding="utf-8")
    assert tree(survey.site) == survey.first_build(tmp_path / "again")


PIECES = {
    "rows": "rows/dataset/**/*.parquet",
    "what was read": "notes.json",
    "statistics": "statistics.json",
    "ids": "data/ids/obsid/0000.parquet",
    "words": "data/hats.properties",
    "scripts": "data/chunks/0000.js",
}


@pytest.mark.parametrize("path", few(PIECES.values(), PIECES["rows"], PIECES["ids"]), ids=PIECES)
def test_a_flipped_bit_in_each_piece_is_found(survey: Survey, path: str) -> None:
    before = tree(survey.site)
    damaged = sorted((survey.site.parent / "cache/folders").glob(f"*/{path}"))
    assert damaged
    for file in damaged:
        status, content = file.stat(), bytearray(file.read_bytes())
        content[len(content) // 2] ^= 1
        file.write_bytes(content)
        os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    survey.change("portal.toml", 'title = "S"', 'title = "T"')
    said = io.StringIO()
    with Report(Console(file=said, width=10_000)) as report:
        build(survey.folder, survey.site, [], report, Options(check_cache=True))
    found = " ".join(said.getvalue().split())
    for file in damaged:
        assert f"{file}: changed since an earlier build wrote it" in found
    survey.change("portal.toml", 'title = "T"', 'title = "S"')
    survey.build()
    assert tree(survey.site) == before
