"""Progress of the stages that are long for a large release."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from rich.console import Console

from drportal.build import build
from drportal.checksums import PIECE, digests_of
from drportal.ingest.readers.open_source import open_source
from drportal.model import CatalogueSource
from drportal.report import Report

from ..ways import few


class Heard:
    """The progress of each stage: done and total, in order."""

    def __init__(self) -> None:
        self.stages: dict[str, list[tuple[int, int]]] = {}

    def __call__(self, stage: str, done: int, total: int) -> None:
        self.stages.setdefault(stage, []).append((done, total))


def grows_to_the_whole(said: list[tuple[int, int]]) -> bool:
    return [done for done, _ in said] == sorted({done for done, _ in said}) and said[-1][0] == said[-1][1]


@pytest.mark.parametrize("pack", few([gzip.compress, bz2.compress, lzma.compress], gzip.compress))
def test_unpacking_counts_the_bytes_of_the_packed_file(
    pack: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    text = b"obsid,note\n" + b"".join(b"%d,%s\n" % (n, os.urandom(500).hex().encode()) for n in range(4000))
    file, heard = tmp_path / "stars.csv.packed", Heard()
    file.write_bytes(pack(text))
    (tmp_path / "scratch").mkdir()
    source = open_source(file, CatalogueSource(name="stars", source=file.name), tmp_path / "scratch", heard)
    assert sum(batch.num_rows for batch in source.batches()) == 4000
    said = heard.stages["unpack"]
    assert {total for _, total in said} == {file.stat().st_size}
    assert said[0][0] < said[-1][0] == file.stat().st_size


def test_checksums_of_sources_count_their_bytes(tmp_path: Path) -> None:
    contents = {tmp_path / "a": b"a" * (2 * PIECE + 5), tmp_path / "b": b"", tmp_path / "c": b"c"}
    for file, content in contents.items():
        file.write_bytes(content)
    heard = Heard()
    found = digests_of(contents, heard)
    assert found == {file: sha256(content).hexdigest() for file, content in contents.items()}
    [said] = heard.stages.values()
    assert said[0] == (PIECE, 2 * PIECE + 6)
    assert grows_to_the_whole(said)


class Listening(Report):
    def __init__(self) -> None:
        super().__init__(Console(file=io.StringIO()))
        self.heard = Heard()

    def progress(self, stage: str, done: int, total: int) -> None:
        self.heard(f"{self._what}: {stage}", done, total)


def test_pages_are_counted_over_all_releases_of_a_build(tmp_path: Path) -> None:
    (tmp_path / "portal.toml").write_text('name = "P"\ntitle = "P"\nlanguages = ["en", "zh"]\n')
    for number in (1, 2):
        folder = tmp_path / f"releases/dr{number}"
        (folder / "docs").mkdir(parents=True)
        (folder / "docs/about.md").write_text("# About\n\nText.\n")
        (folder / "stars.csv").write_text("obsid,ra,dec\n1,10.5,20.5\n2,11.5,21.5\n")
        table = '[[catalogues]]\nname = "stars"\nsource = "stars.csv"\n'
        (folder / "release.toml").write_text(f'name = "DR{number}"\npublished = "202{number}-01"\n{table}')
    report = Listening()
    with report:
        build(tmp_path, tmp_path / "site", [], report)
    first, second = (report.heard.stages[f"DR{n}: pages: pages of all releases"] for n in (1, 2))
    assert len({total for _, total in first + second}) == 1
    total = first[0][1]
    assert [done for done, _ in first] == list(range(1, len(first) + 1))
    assert second[0][0] == len(first) + 1 and second[-1] == (total, total)
    written = sum(1 for file in (tmp_path / "site").glob("dr?/**/*.html") if file.name != "files.html")
    assert total == written
