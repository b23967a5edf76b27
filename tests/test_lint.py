"""Units and UCDs: invalid ones are reported with their line and a suggestion."""

from __future__ import annotations

from pathlib import Path

import pytest
from astropy.io.votable.ucd import check_ucd
from astropy.table import Table
from astropy.units import Unit

from drportal.check import check_portal
from drportal.lint import lint_schema
from drportal.model import load_schema
from drportal.simulate import KINDS, simulated_table
from drportal.standards.ucds import _meanings, _words, ucd_fault, ucd_meaning
from drportal.standards.vounits import meant, unit_fault, unit_text


@pytest.mark.parametrize(
    ("unit", "right"),
    [
        ("km/sec", "km/s"),
        ("km s^-1", "km.s**-1"),
        ("km.s-1", "km.s**-1"),
        ("kms", "km/s"),
        ("KM/S", "km/s"),
        ("Angstorm", "Angstrom"),
        ("Å", "Angstrom"),
        ("degrees", "deg"),
        ("degg", "deg"),
        ("mas/year", "mas/yr"),
        ("arcsecs", "arcsec"),
        ("micron", "um"),
        ("cm/s2", "cm/s**2"),
        ("erg/s/cm2/Angstrom", "erg.s**-1.cm**-2.Angstrom**-1"),
        ("Kelvn", "K"),
    ],
)
def test_a_unit_misspelt(unit: str, right: str) -> None:
    fault = unit_fault(unit)
    assert fault is not None
    assert fault == (f"unit {unit!r} is not a VOUnit", f"did you mean {right!r}?")
    assert unit_fault(right) is None
    Unit(right, format="vounit")


@pytest.mark.parametrize("unit", ["deg", "km/s", "mag", "Angstrom", "erg.s**-1", "0.1nm", "mas.yr**-1", "d"])
def test_a_unit_as_it_should_be(unit: str) -> None:
    assert unit_fault(unit) is None
    assert Unit(unit_text(unit)) == Unit(unit, format="vounit")


def test_what_has_no_unit() -> None:
    assert unit_fault("%") == ("unit '%' is not a VOUnit", "leave it out: a pure number has no unit")
    _, fix = unit_fault("dex(cm/s2)") or ("", "")
    assert fix == "leave it out, and say in the description that it is log10 of a value in cm/s**2"
    assert meant("blablabla") is None
    assert unit_text("km/s") == "km s⁻¹"
    assert unit_text("arcsec/yr") == "arcsec yr⁻¹"
    assert unit_text("<b>no unit</b>") == "<b>no unit</b>"


@pytest.mark.parametrize(
    ("ucd", "reported", "right"),
    [
        ("phys.temprature", "'phys.temprature' is not a word of UCD1+", "phys.temperature"),
        ("meta.main;pos.eq.ra", "'meta.main' cannot come first", "pos.eq.ra;meta.main"),
        ("src.redshift;stat.error", "'stat.error' can only come first", "stat.error;src.redshift"),
        ("em.opt.V;phot.magg", "'phot.magg' is not a word of UCD1+", "phot.mag;em.opt.V"),
        ("stat.error,src.redshift", "words are joined by ;", "stat.error;src.redshift"),
        ("POS_EQ_RA_MAIN;meta.main", "'POS_EQ_RA_MAIN' is not a word of UCD1+", "pos.eq.ra;meta.main"),
    ],
)
def test_a_ucd_that_is_none(ucd: str, reported: str, right: str) -> None:
    assert ucd_fault(ucd) == (f"UCD {ucd!r}: {reported}", f"did you mean {right!r}?")
    assert check_ucd(right, check_controlled_vocabulary=True)
    assert ucd_fault(right) is None


def test_meanings_of_words() -> None:
    assert ucd_meaning("stat.error;src.redshift", "en") == [
        ("stat.error", "Statistical error"),
        ("src.redshift", "Redshift"),
    ]
    assert ucd_meaning("stat.error;src.redshift", "zh-Hans")[1] == ("src.redshift", "红移")
    assert ucd_meaning("no.word", "en") == [("no.word", "")]
    assert set(_meanings("zh")) <= set(_words()), "translations are of words that there are"


def test_the_line_is_named(tmp_path: Path) -> None:
    file = tmp_path / "t.yaml"
    file.write_text(
        'name: t\n"@id": "#t"\ntables:\n  - name: t\n    "@id": "#t.t"\n    columns:\n'
        '      - name: rv\n        "@id": "#t.rv"\n        datatype: double\n        description: Velocity\n'
        '        "ivoa:unit": km/sec\n'
        '      - { name: select, "@id": "#t.s", datatype: int, "ivoa:ucd": meta.main }\n'
    )
    problems, hints = lint_schema(load_schema(file), file)
    assert [str(p) for p in problems] == [
        f"{file}: line 11, column rv: unit 'km/sec' is not a VOUnit; did you mean 'km/s'?",
        f"{file}: line 12, column select: UCD 'meta.main': 'meta.main' cannot come first; "
        "begin with a primary word, add secondary ones after ;",
    ]
    assert [str(hint).partition(": ")[2] for hint in hints] == [
        "line 12, column select: has no description; say what it is",
        "line 12, column select: its name is an SQL keyword; "
        'readers have to write "select"; another name is easier',
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_the_simulated_schemas_have_no_fault(kind: str) -> None:
    file = simulated_table(kind)[1]
    assert lint_schema(load_schema(file), file)[0] == []


def test_units_of_a_source_without_a_schema_are_reported(tmp_path: Path) -> None:
    source = tmp_path / "t.fits"
    Table({"ra": [1.0], "dec": [2.0], "rv": [3.0]}, units={"rv": "km s-1"}).write(source)
    (tmp_path / "portal.toml").write_text('name = "T"\ntitle = "T"\n')
    release = tmp_path / "releases" / "a" / "release.toml"
    release.parent.mkdir(parents=True)
    release.write_text(
        'name = "A"\npublished = "2020"\n[[catalogues]]\nname = "t"\nsource = "../../t.fits"\n'
    )
    notices, problems = check_portal(tmp_path, [], write=False)
    assert not problems
    lines = [one for one in notices if one.level != "said"]
    assert [one.level for one in lines] == ["doubt"]
    assert [str(line).partition("release.toml: ")[2] for line in lines] == [
        "catalogues[t], column rv: unit 'km s-1' is not a VOUnit; did you mean 'km.s**-1'? (in a schema)"
    ]
