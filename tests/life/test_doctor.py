"""`drportal doctor`, completion of shells, templates of `drportal new`, and schemas for editors."""

from __future__ import annotations

import json
import os
import subprocess
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from pydantic import BaseModel

from drportal.model import Portal, Release, load_portal
from drportal.model.citation import Citable
from drportal.model.editors import SCHEMAS, SECTIONS, documented, made
from drportal.start import KEPT

from ..commands import drportal
from ..conftest import DRPORTAL

ROOT = Path(__file__).resolve().parents[2]
CONFIGURATION = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")


def keys_of(model: type[BaseModel]) -> set[str]:
    return {field.alias or name for name, field in model.model_fields.items()}


@pytest.mark.parametrize("section", SECTIONS)
def test_every_key_of_a_table_exists_and_the_other_way_round(section: str) -> None:
    model, described = SECTIONS[section], set(documented(CONFIGURATION)[section])
    elsewhere = keys_of(Citable) if model in (Portal, Release) else {"ivoid"} if model is Citable else set()
    # A table within the table of [media] is described with it.
    inner = {"name", "where"} if section == "[media]" else set()
    assert keys_of(model) - elsewhere <= described
    assert described - inner <= keys_of(model)


def test_schemas_are_those_of_the_models() -> None:
    for file, text in made():
        assert file.read_text(encoding="utf-8") == text, f"{file}: run python -m drportal.model"


def as_json(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: as_json(one) for key, one in value.items()}
    if isinstance(value, list):
        return [as_json(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def faults(name: str, text: str) -> list[str]:
    schema = json.loads((KEPT / name).read_text(encoding="utf-8"))
    checker = jsonschema.Draft202012Validator(schema)
    return [
        f"{error.json_path}: {error.message}" for error in checker.iter_errors(as_json(tomllib.loads(text)))
    ]


def test_schemas_accept_what_drportal_accepts() -> None:
    assert set(SCHEMAS) == {file.name for file in KEPT.iterdir()}
    releases = [*ROOT.glob("releases/**/release.toml"), *ROOT.glob("generator/starter*/**/release.toml")]
    for file in releases:
        assert faults("release.schema.json", file.read_text(encoding="utf-8")) == [], file
    for file in (ROOT / "portal.toml", *ROOT.glob("generator/starter*/**/portal.toml")):
        assert faults("portal.schema.json", file.read_text(encoding="utf-8")) == [], file
    short = 'name = "x"\npublished = 2026-01-01\npython = ["scipy"]\ntitle = { en = "a" }\n'
    short += '[[catalogues]]\nname = "t"\nsource = "t.csv"\n[catalogues.columns.mask]\nrange = [0, ""]\n'
    short += 'bits = { 0 = "A", 1 = { name = "B" } }\n'
    assert faults("release.schema.json", short) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("portal.schema.json", 'name = "x"\ntitle = "x"\nlanguage = "en"\n'),
        ("portal.schema.json", 'name = "x"\n'),
        ("portal.schema.json", 'name = "x"\ntitle = { english = "x" }\n'),
        ("portal.schema.json", 'name = "x"\ntitle = "x"\ncache_size = 5\n'),
        ("release.schema.json", 'name = "x"\npublished = "2026"\nphase = "v3"\n'),
        ("release.schema.json", 'name = "x"\npublished = "2026"\n[[catalogues]]\nname = "x"\nhdus = 1\n'),
    ],
)
def test_schemas_refuse_what_drportal_refuses(name: str, text: str) -> None:
    assert faults(name, text)


@pytest.mark.parametrize("template", ["survey", "single"])
def test_a_template_builds_and_names_its_schemas(tmp_path: Path, template: str) -> None:
    folder = tmp_path / "portal"
    drportal("new", folder, "--template", template, "--release", "dr2/v1", "--audience", "team", check=True)
    release = load_portal_of(folder)
    assert release.id == "dr2/v1" and release.audience == "team" and release.label == "DR2 v1"
    for file in (folder / "portal.toml", release.file):
        first = file.read_text(encoding="utf-8").splitlines()[0]
        schema = (file.parent / first.removeprefix("#:schema ")).resolve()
        assert schema.read_text() == (KEPT / schema.name).read_text()
    checked = drportal("check", "--portal", folder, "--audience", "team", "--no-rows")
    assert checked.returncode == 0, checked.stderr
    new = tmp_path / "new.csv"
    new.write_text("obsid,ra,dec\n1,2,3\n")
    drportal(
        "add",
        "dr3",
        "--from",
        "dr2/v1",
        "--source",
        new,
        "--published",
        "2027",
        "--portal",
        folder,
        check=True,
    )
    first = (folder / "releases" / "dr3" / "release.toml").read_text(encoding="utf-8").splitlines()[0]
    assert first == "#:schema ../../.drportal/release.schema.json"


def load_portal_of(folder: Path) -> Release:
    from drportal.model import Audience, Edition

    (release,) = load_portal(folder, Edition(Audience.team)).releases
    return release


def test_a_mirror_has_a_script(tmp_path: Path) -> None:
    drportal("new", tmp_path / "m", "--template", "mirror", check=True)
    assert subprocess.run(["sh", "-n", tmp_path / "m" / "mirror.sh"]).returncode == 0
    done = drportal("new", tmp_path / "n", "--template", "mirror", "--release", "dr1")
    assert done.returncode == 2 and "no table of its own" in done.stderr and not (tmp_path / "n").exists()
    done = drportal("new", tmp_path / "n", "--template", "other")
    assert done.returncode == 2 and "use one of: survey, single, mirror" in done.stderr


def test_doctor_says_what_a_build_would_do(tmp_path: Path) -> None:
    folder = tmp_path / "portal"
    drportal("new", folder, check=True)
    (folder / ".drportal" / "portal.schema.json").write_text("{}")
    done = drportal("doctor", "--portal", folder)
    assert done.returncode == 0, done.stdout
    for said in ("ok: drportal ", "packages fit", "engine with", "free", "would make", "of another version"):
        assert said in done.stdout, done.stdout
    assert "DR1: catalogue objects" in done.stdout
    drportal("doctor", "--portal", folder, "--write-schemas", check=True)
    portal = folder / "portal.toml"
    portal.write_text(portal.read_text(encoding="utf-8") + "\nlanguage = 3\n", encoding="utf-8")
    done = drportal("doctor", "--portal", folder)
    assert done.returncode == 1 and "problem: " in done.stdout and "1 problem" in done.stdout
    assert "of another version" not in done.stdout


def test_doctor_finds_folders_that_cannot_be_written(tmp_path: Path) -> None:
    # Root may write anywhere: /proc is where even root may not.
    environment = os.environ | {"XDG_CACHE_HOME": "/proc/cache"}
    done = drportal("doctor", "--portal", tmp_path, env=environment)
    assert done.returncode == 1 and "problem: /proc: cannot be written" in done.stdout
    assert "has no portal.toml" in done.stdout


def test_shells_complete_releases(tmp_path: Path) -> None:
    for name in ("dr8/v1.0", "dr8/v1.1", "dr9"):
        (tmp_path / "releases" / name).mkdir(parents=True)
        (tmp_path / "releases" / name / "release.toml").touch()

    def completed(line: str) -> list[str]:
        environment = os.environ | {"_DRPORTAL_COMPLETE": "complete_bash", "COMP_WORDS": line}
        environment["COMP_CWORD"] = str(len(line.split(" ")) - 1)
        done = subprocess.run([DRPORTAL], env=environment, cwd=tmp_path, capture_output=True, text=True)
        return done.stdout.split()

    assert completed("drportal build dr8") == ["dr8/v1.0", "dr8/v1.1"]
    assert completed("drportal promote dr9") == ["dr9"]
    assert completed("drportal promote dr9 --phase v") == ["v0", "v1", "v2"]
    assert "publish" in completed("drportal pub")
    shown = drportal("--show-completion", "bash")
    assert "Traceback" not in shown.stderr
