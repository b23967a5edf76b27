"""Models of files on disk: reading, writing, and everything generated from them."""

from __future__ import annotations

import functools
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from pydantic import TypeAdapter

from drportal.formats import Catalogue, Format, Spectra, Statistics
from drportal.formats.__main__ import ROOT, stale
from drportal.formats.blocks import (
    ConsoleSchema,
    Cover,
    FormBlock,
    ObjectBlock,
    PageBlock,
    ShownHistograms,
    ShownLines,
    SkyCover,
)
from drportal.formats.listed import FORMATS, Listed
from drportal.formats.schema import schema_of
from drportal.problems import InputError

from .. import every_type
from ..conftest import Made
from ..ingest_fixtures import ingest
from ..spectral_portal import Spectral

CALL = re.compile(r'drportal\.\w+\((?:"[^"]*",)*([\[{].*)\);\n', re.S)
FILES = {
    r"data/\w+/catalogue\.js(on)?": "catalogue",
    r"data/\w+/statistics\.json": "statistics",
    r"data/spectra/\w+/spectra\.js(on)?": "spectra",
    r"manifest\.json": "manifest",
    r"known-issues/issues\.json": "issues",
    r"known-issues/\w+\.js": "catalogue-issues",
    r"assets/records\.\w+\.js": "search-records",
}


def test_nothing_made_from_the_models_is_stale() -> None:
    assert [str(file.relative_to(ROOT)) for file in stale()] == []


def test_the_types_of_the_client_are_those_of_the_models() -> None:
    node = [sys.executable, "hatch_build.py", "node", "types.mjs", "--check"]
    done = subprocess.run(node, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("one", FORMATS, ids=lambda one: one.name)
def test_every_member_says_what_it_means(one: Listed) -> None:
    schema, silent = schema_of(one), []
    for name, part in [(schema["title"], schema), *schema.get("$defs", {}).items()]:
        members = part.get("properties", {}).items()
        places = [(place["title"], place) for place in part.get("prefixItems", [])]
        reported = [("", part), *members, *places]
        silent += [f"{name}.{key}" for key, member in reported if not member.get("description")]
    assert silent == []


@functools.cache
def schema(name: str) -> dict[str, Any]:
    return schema_of(next(one for one in FORMATS if one.name == name))


def known_files(release: Path) -> Iterator[tuple[str, str, Any]]:
    """Of a release: path, format and content of each file that has one."""
    for file in sorted(release.rglob("*.js*")):
        path = file.relative_to(release).as_posix()
        for pattern, name in FILES.items():
            if re.fullmatch(pattern, path):
                text = file.read_text(encoding="utf-8")
                found = CALL.fullmatch(text)
                yield path, name, json.loads(found[1] if found else text)


def check_release(release: Path, wanted: set[str]) -> None:
    seen = set()
    for path, name, content in known_files(release):
        errors = list(jsonschema.Draft202012Validator(schema(name)).iter_errors(content))
        assert not errors, f"{path}: {errors[0].json_path} {errors[0].message[:300]}"
        seen.add(name)
    assert wanted <= seen


BLOCKS: dict[str, Any] = {
    'id="page"': PageBlock,
    "data-form=": FormBlock,
    'id="console"': list[ConsoleSchema],
    'id="object-facts"': ObjectBlock,
    'id="line-lists"': list[ShownLines],
    'data-part="facts"': Cover,
    'id="plot-sky"': dict[str, SkyCover],
}


def check_blocks(release: Path, wanted: set[str]) -> None:
    """The JSON in the pages of a release agrees with the models, and that of these marks exists."""
    seen = set()
    for page in release.rglob("*.html"):
        for mark, model in BLOCKS.items():
            element = rf'<script type="application/json" {mark}[^>]*>(.*?)</script>'
            for text in re.findall(element, page.read_text(encoding="utf-8")):
                TypeAdapter(model).validate_json(text, strict=True)
                seen.add(mark)
    for script in (release / "assets").glob("histograms.*.js"):
        text = script.read_text(encoding="utf-8").partition("{")[2].rpartition("}")[0]
        assert ShownHistograms.model_validate_json(f"{{{text}}}", strict=True).root, script.name
        seen.add("histograms")
    assert wanted <= seen


def test_json_in_pages_is_as_its_models_say(made: Made, spectral: Spectral) -> None:
    check_blocks(made.moved, BLOCKS.keys() - {'id="line-lists"'} | {"histograms"})
    check_blocks(spectral.release, {'id="page"', 'id="line-lists"'})


def test_files_of_a_release_are_as_their_schemas_say(made: Made) -> None:
    check_release(made.moved, {"catalogue", "statistics", "manifest", "search-records"})


def test_files_of_a_release_with_spectra_are_as_their_schemas_say(spectral: Spectral) -> None:
    check_release(spectral.release, {"catalogue", "spectra", "manifest"})


def same_after_writing(model: type[Format], folder: Path, out: Path) -> None:
    out.mkdir()
    model.read(folder).write(out)
    assert [p.name for p in out.iterdir()]
    for file in out.iterdir():
        assert file.read_bytes() == (folder / file.name).read_bytes()


@pytest.mark.not_quick
def test_what_is_read_and_written_again_has_the_same_bytes(tmp_path: Path) -> None:
    every_type.write(every_type.every_type(), tmp_path / "t.parquet")
    folder = ingest(tmp_path, "t.parquet", missing={"c_int32": [5]}, roles={"id": "gaia_id"})
    same_after_writing(Catalogue, folder, tmp_path / "catalogue")
    same_after_writing(Statistics, folder, tmp_path / "statistics")


def test_spectra_that_are_read_and_written_again_have_the_same_bytes(
    spectral: Spectral, tmp_path: Path
) -> None:
    for folder in sorted(p.parent for p in spectral.release.glob("data/spectra/*/spectra.json")):
        same_after_writing(Spectra, folder, tmp_path / folder.name)


@pytest.mark.parametrize(
    ("change", "reported"),
    [
        ({"rows": "3"}, "catalogue.json: rows: '3': input should be a valid integer"),
        ({"rows": -1}, "catalogue.json: rows: -1: input should be greater than or equal to 0"),
        ({"more": 1}, "catalogue.json: more: is not a member of this format"),
        ({"position": {"ra": "ra"}}, "catalogue.json: position.dec: is missing"),
        ({"columns": [{"name": "a"}]}, "catalogue.json: columns[0].datatype: is missing (and 6 more)"),
        ({"partitions": [{}]}, "catalogue.json: partitions[0].path: is missing (and 4 more)"),
    ],
)
def test_a_wrong_file_is_reported_in_a_line(tmp_path: Path, change: dict[str, Any], reported: str) -> None:
    whole = {"name": "t", "rows": 0, "position": None, "id": None, "columns": [], "partitions": []}
    whole |= {"ids": [], "chunks": [], "bytes": 0}
    file = tmp_path / "catalogue.json"
    file.write_text(json.dumps(whole))
    assert Catalogue.read(tmp_path).rows == 0
    file.write_text(json.dumps(whole | change))
    with pytest.raises(InputError) as error:
        Catalogue.read(tmp_path)
    assert str(error.value) == f"{tmp_path}/{reported}; build the release again"


def test_half_a_file_is_reported_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "statistics.json").write_text('{"name": "t", "ro')
    with pytest.raises(InputError, match=r"statistics\.json: is not JSON: EOF.*; build the release again"):
        Statistics.read(tmp_path)
