"""Roles of columns: units and UCDs take precedence over names."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from drportal.check import check_portal
from drportal.ingest.roles import explained_roles, find_roles, roles_line
from drportal.ingest.values.fields import Field
from drportal.model import Roles
from drportal.problems import InputError

TYPES = {"t": pa.string(), "i": pa.int64(), "d": pa.float64(), "a": pa.list_(pa.float64())}


def columns(text: str) -> list[Field]:
    """`z/km/s|src.redshift:d` is column z in km/s with a UCD, of doubles."""
    fields = []
    for one in text.split():
        said, _, kind = one.partition(":")
        said, _, ucd = said.partition("|")
        name, _, unit = said.partition("/")
        fields.append(Field(name, TYPES[kind or "d"], unit=unit or None, ucd=ucd or None))
    return fields


def role(name: str, text: str) -> object:
    return find_roles(columns(text), Roles(), Path("r.toml"), "c").members()[name]


REDSHIFTS = {
    "z": "z",
    "Z": "Z",
    "Z/kpc": None,
    "Z/KPC": None,
    "X/kpc Y/kpc Z/kpc z": "z",
    "z/km/s": None,
    "z/km.s-1 redshift": "redshift",
    "z/mag": None,
    "z/deg": None,
    "z/pix": None,
    "z/Angstrom": None,
    "z/km/sec": None,
    "z/parsecs": None,
    "z/1e3.pc": None,
    "z/-": "z",
    "z/unitless": "z",
    "z/redshift": "z",
    "Z z": "z",
    "z Z": "z",
    "Z/kpc z": "z",
    "z/kpc Z": "Z",
    "z|pos.cartesian.z": None,
    "z|phot.mag;em.opt.I": None,
    "z|PHOT_SDSS_Z": None,
    "z|stat.error;src.redshift": None,
    "z|src.redshift": "z",
    "z|REDSHIFT_HC": "z",
    "z|unknown": "z",
    "z|pos.cartesian.z zsp|src.redshift": "zsp",
    "z zsp|src.redshift": "zsp",
    "z|src.redshift/x zsp|src.redshift;meta.main": "zsp",
    "z zsp/km/s|src.redshift": "z",
    "z zerr|stat.error;src.redshift": "z",
    "u g r i z": None,
    "u g r i z redshift": "redshift",
    "U G R I Z z": "z",
    "x y z": None,
    "X Y Z z": "z",
    "x y z z_err": "z",
    "z:t": None,
    "z:a": None,
    "z/kpc:t": None,
}


@pytest.mark.parametrize("text", REDSHIFTS)
def test_redshift(text: str) -> None:
    assert role("redshift", text) == REDSHIFTS[text]


POSITIONS = {
    "ra dec": ("ra", "dec"),
    "ra/deg dec/deg": ("ra", "dec"),
    "ra/degrees dec/Degrees": ("ra", "dec"),
    "RA dec": ("RA", "dec"),
    "ra/h dec/deg": None,
    "ra/hourangle dec/deg": None,
    "ra/hours dec": None,
    "ra dec/rad": None,
    "ra/arcsec dec/arcsec": None,
    "ra/mas dec/mas": None,
    "ra/kpc dec/kpc": None,
    "ra/mag dec": None,
    "ra/d dec": None,
    "ra/h dec/deg ra_deg/deg dec_deg/deg": ("ra_deg", "dec_deg"),
    "ra/h dec/deg ra_obs dec_obs": ("ra_obs", "dec_obs"),
    "ra:t dec:t radeg dedeg": ("radeg", "dedeg"),
    "RA DEC ra_pnt dec_pnt": ("RA", "DEC"),
    "RA|pos.eq.ra;instr.fov DEC|pos.eq.dec;instr.fov ra_x|pos.eq.ra;meta.main dec_x|pos.eq.dec;meta.main": (
        "ra_x",
        "dec_x",
    ),
    "a|POS_EQ_RA_MAIN b|POS_EQ_DEC_MAIN ra dec": ("a", "b"),
    "ra|pos.eq.ra ra2|pos.eq.ra dec|pos.eq.dec dec2|pos.eq.dec": ("ra", "dec"),
    "ra|stat.error;pos.eq.ra dec|stat.error;pos.eq.dec ra_obs dec_obs": ("ra_obs", "dec_obs"),
    "ra|pos.pm;pos.eq.ra dec|pos.pm;pos.eq.dec": None,
    "ra/h|pos.eq.ra;meta.main dec|pos.eq.dec;meta.main": None,
    "ra|pos.galactic.lon dec|pos.galactic.lat": None,
    "l/deg b/deg": None,
    "ra_obs dec_obs dec": ("ra_obs", "dec_obs"),
}


@pytest.mark.parametrize("text", POSITIONS)
def test_positions(text: str) -> None:
    found = role("ra", text), role("dec", text)
    assert found == (POSITIONS[text] or (None, None))


OTHERS = [
    ("id", "obsid:i", "obsid"),
    ("id", "obsid/d:i uid|meta.id;meta.main:i", "uid"),
    ("id", "id/s:i", None),
    ("id", "id|time.epoch:i targetid:i", "targetid"),
    ("id", "source_id|meta.id.cross:i", "source_id"),
    ("id", "obsid:d objid:t", "objid"),
    ("designation", "name|meta.ref.url:t designation:t", "designation"),
    ("designation", "name|phys.atmol.element:t", None),
    ("class", "class:i", None),
    ("class", "type|src.morph.type:t", "type"),
    ("class", "class|phot.color:t", None),
    ("subclass", "subclass:t", "subclass"),
    ("subclass", "x|src.spType:t subclass:t", "x"),
    ("night", "mjd/d", "mjd"),
    ("night", "mjd/day", "mjd"),
    ("night", "mjd/MJD", "mjd"),
    ("night", "mjd/s night:i", "night"),
    ("night", "lmjd/mag:i", None),
    ("plate", "plate:i", "plate"),
    ("plate", "plate/mm", None),
    ("plate", "planid|pos.eq.ra:t", None),
    ("snr", "snru snrg/mag snrr", ["snru", "snrr"]),
    ("snr", "snr/pix-1", ["snr"]),
    ("snr", "snr/Angstrom-1", ["snr"]),
    ("snr", "sn|src.class:i snr_g|stat.snr;em.opt.B", ["snr_g"]),
    ("snr", "snr|stat.error", []),
    ("snr", "snr:t q|stat.snr", ["q"]),
]


@pytest.mark.parametrize(("name", "text", "wanted"), OTHERS)
def test_other_roles(name: str, text: str, wanted: object) -> None:
    assert role(name, text) == wanted


def test_a_column_that_is_named_is_held_to_its_unit() -> None:
    fields = columns("rv/km/s ra/h dec/deg Z|pos.cartesian.z")
    for named, said in (
        ({"redshift": "rv"}, "r.toml: c.roles.redshift: 'rv' is in 'km/s', where no unit is expected"),
        ({"ra": "ra"}, "r.toml: c.roles.ra: 'ra' is in 'h', where degrees are needed"),
    ):
        with pytest.raises(InputError) as caught:
            find_roles(fields, Roles.model_validate(named), Path("r.toml"), "c")
        assert said in str(caught.value)
    assert find_roles(fields, Roles(redshift="Z"), Path("r.toml"), "c").redshift == "Z"


def test_every_choice_has_a_reason() -> None:
    text = "obsid:i a|pos.eq.ra;meta.main dec Z/kpc snrg snrr/mag zsp|src.redshift"
    _, reasons = explained_roles(columns(text), Roles(night="dec"), Path("r.toml"), "c")
    assert roles_line(reasons) == (
        "ra is a (UCD pos.eq.ra;meta.main); dec is dec (name); id is obsid (name); "
        "redshift is zsp (UCD src.redshift); night is dec (named in roles); snr is snrg (name); "
        "snrr is not snr (is in 'mag', where no unit is expected)"
    )


def test_check_says_which_column_plays_which_part(tmp_path: Path) -> None:
    (tmp_path / "releases/dr1").mkdir(parents=True)
    (tmp_path / "portal.toml").write_text('name = "T"\ntitle = "T"\nlanguages = ["en"]\n')
    here = tmp_path / "releases/dr1"
    (here / "release.toml").write_text(
        'name = "DR1"\npublished = "2026"\n[[catalogues]]\nname = "t"\nsource = "t.ecsv"\n'
        '[[catalogues]]\nname = "u"\nsource = "t.ecsv"\npositions = "none"\n'
    )
    (here / "t.ecsv").write_text(
        "# %ECSV 1.0\n# ---\n# datatype:\n"
        "# - {name: id, datatype: int64}\n# - {name: ra, unit: deg, datatype: float64}\n"
        "# - {name: dec, unit: deg, datatype: float64}\n# - {name: Z, unit: kpc, datatype: float64}\n"
        "id ra dec Z\n1 10.5 20.5 8.2\n"
    )
    notices, problems = check_portal(tmp_path, [], False)
    lines = [str(one) for one in notices if one.level == "said"]
    refused = "Z is not redshift (is in 'kpc', where no unit is expected)"
    assert problems == [] and lines == [
        f"{here}/release.toml: catalogues[t]: ra is ra (name); dec is dec (name); id is id (name); {refused}",
        f"{here}/release.toml: catalogues[u]: id is id (name); {refused}",
    ]
