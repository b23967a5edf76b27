"""The cards of published catalogues: complete, with valid units and UCDs, and true of real files."""

from __future__ import annotations

from pathlib import Path

import pytest

from drportal.match import Card, load_card, load_cards
from drportal.match.card import OWN
from drportal.problems import InputError
from drportal.standards.ucds import ucd_fault
from drportal.standards.vounits import unit_fault

from ..commands import drportal
from ..conftest import SHARED

CARDS = load_cards()
REAL = SHARED / "data" / "crossmatch"


@pytest.mark.parametrize("card", CARDS.values(), ids=CARDS.keys())
def test_units_and_ucds_are_valid(card: Card) -> None:
    faults = {c.name: unit_fault(c.unit) for c in card.columns if c.unit and unit_fault(c.unit)}
    faults |= {f"{c.name}, UCD": ucd_fault(c.ucd) for c in card.columns if c.ucd and ucd_fault(c.ucd)}
    assert not faults
    for name in card.position:
        column = next(c for c in card.columns if c.name == name)
        assert column.unit and column.ucd and column.ucd.startswith("pos.")


@pytest.mark.parametrize("card", CARDS.values(), ids=CARDS.keys())
def test_texts_are_in_both_languages(card: Card) -> None:
    assert set(card.about) == {"en", "zh"} == set(card.radius.reason)
    assert not any(column.description.endswith(".") for column in card.columns)


def test_columns_are_found_under_any_of_their_names() -> None:
    gaia = CARDS["gaia_dr3"]
    assert gaia.found(["Source", "RA_ICRS", "DE_ICRS", "RAdeg"]) == {
        "source_id": "Source",
        "ra": "RA_ICRS",
        "dec": "DE_ICRS",
    }
    assert gaia.found(["SOURCE_ID", "Ra", "ra", "other"]) == {"source_id": "SOURCE_ID", "ra": "ra"}


@pytest.mark.skipif(not REAL.exists(), reason="the real data are not here")
def test_real_files_have_the_positions_of_their_cards() -> None:
    from pyarrow import parquet

    tycho = CARDS["tycho2"]
    names = parquet.read_schema(REAL / "tycho2_positions.parquet").names
    assert {*tycho.position, "VTmag"} <= tycho.found(names).keys()


def test_cards_are_listed_with_those_of_the_portal(tmp_path: Path) -> None:
    (tmp_path / "cards").mkdir()
    own = (OWN / "tycho2.yaml").read_text(encoding="utf-8").replace("title: Tycho-2", "title: Ours")
    (tmp_path / "cards" / "ours.yaml").write_text(own, encoding="utf-8")
    lines = drportal("cards", "--portal", tmp_path, check=True).stdout.splitlines()
    assert [line.split()[0] for line in lines] == sorted([*CARDS, "ours"])
    assert any("Ours, 2,539,913 rows, 1 arcsec, VizieR I/259/tyc2" in line for line in lines)


def _refused(tmp_path: Path, old: str, new: str) -> str:
    text = (OWN / "tycho2.yaml").read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / "tycho2.yaml"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_card(file)
    return str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("position: [RAmdeg,", "position: [RAdeg,", "names the column 'RAdeg' as position"),
        ("name: HIP,", "name: vtmag,", "has the name 'vtmag' twice"),
        ("arcsec: 1.0", "arcsec: 0", "radius.arcsec"),
        ("frame: icrs", "frame: FK6", "frame"),
        ("2000A&A...355L..27H", "2000A&A.355L..27H", "is not a bibcode"),
        ("checked: [", "unchecked: {colour: why}\nchecked: [", "marks 'colour' as unchecked"),
        ("vizier: I/259/tyc2", "vizier: tyc2", "vizier"),
        ("rows:", "rows: [", "is not YAML"),
    ],
)
def test_faults_of_a_card_are_named(tmp_path: Path, old: str, new: str, words: str) -> None:
    text = _refused(tmp_path, old, new)
    assert words in text
    assert "tycho2.yaml" in text
