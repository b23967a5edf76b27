"""Simple Cone Search: rows as astropy finds them in the source, errors in VOTables."""

from __future__ import annotations

import io
import shutil
import subprocess
import warnings
from pathlib import Path

import astropy.units as u
import numpy as np
import pytest
import requests
from astropy.coordinates import SkyCoord
from astropy.io.votable import parse
from astropy.table import Table

from ..conftest import Made, odd_table
from .running import Served


def search(vo: str, name: str, **parameters: object) -> Table:
    answer = requests.get(f"{vo}scs/{name}", params=parameters, timeout=60)  # type: ignore[arg-type]
    assert answer.headers["Content-Type"] == "application/x-votable+xml"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return parse(io.BytesIO(answer.content)).get_first_table().to_table(use_names_over_ids=True)


@pytest.mark.parametrize(
    ("ra", "dec", "radius"),
    [
        (150.0, 30.0, 3.0),
        (0.0, 5.0, 4.0),
        (359.99, -2.0, 5.0),
        (10.0, 89.5, 20.0),
        (200.0, 40.0, 0.02),
        (5, 5, 180),
    ],
)
def test_rows_are_those_of_the_source(vo: str, made: Made, ra: float, dec: float, radius: float) -> None:
    source = Table.read(made.portal / "releases" / "test" / "v1" / "sim.fits")
    places = SkyCoord(source["ra"], source["dec"], unit="deg")
    near = places.separation(SkyCoord(ra, dec, unit="deg")) <= radius * u.deg
    found = search(vo, "sim", RA=ra, DEC=dec, SR=radius, VERB=3, MAXREC=100_000)
    assert sorted(found["obsid"]) == sorted(source["obsid"][near])
    by_id = source[np.isin(source["obsid"], found["obsid"])]
    by_id.sort("obsid")
    found.sort("obsid")
    assert np.array_equal(found["ra"], by_id["ra"])
    assert np.array_equal(found["dec"], by_id["dec"])


def test_ids_are_exact_and_poles_are_found(vo: str) -> None:
    source = odd_table()
    found = search(vo, "odd", RA=0, DEC=0, SR=180, VERB=3)
    assert sorted(found["Id"]) == sorted(source["Id"])
    assert sorted(map(int, found["Id_text"])) == sorted(map(int, source["Id"]))
    words = dict(zip(source["Id"], source["Wörter"], strict=True))
    pairs = zip(found["Id"], found["Wörter"], strict=True)
    assert {i: "" if w is np.ma.masked else str(w) for i, w in pairs} == words
    places = SkyCoord(source["RAJ2000"], source["DEJ2000"], unit="deg")
    for dec, radius, count in ((90, 0.001, 2), (90, 0.00009, 1), (-90, 0.001, 1)):
        near = places.separation(SkyCoord(17, dec, unit="deg")) <= radius * u.deg
        assert sum(near) == count
        assert sorted(search(vo, "odd", RA=17, DEC=dec, SR=radius)["Id"]) == sorted(source["Id"][near])


def test_verbosity_and_limits(vo: str) -> None:
    columns = [len(search(vo, "sim", RA=150, DEC=30, SR=3, VERB=verb).colnames) for verb in (1, 2, 3)]
    assert columns[0] < columns[1] < columns[2]
    answer = requests.get(f"{vo}scs/sim?RA=150&DEC=30&SR=20&MAXREC=2", timeout=60).text
    assert answer.count("<TR>") == 2
    assert 'value="OVERFLOW"' in answer
    assert len(search(vo, "sim", RA=150, DEC=30, SR=0)) == 0
    binary = requests.get(f"{vo}scs/sim?RA=150&DEC=30&SR=3&RESPONSEFORMAT=votable", timeout=60).content
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        same = parse(io.BytesIO(binary)).get_first_table().to_table(use_names_over_ids=True)
    assert same.pformat(max_lines=-1) == search(vo, "sim", RA=150, DEC=30, SR=3).pformat(max_lines=-1)


@pytest.mark.parametrize(
    ("question", "what"),
    [
        ("RA=1&DEC=2", "SR is missing"),
        ("RA=1&DEC=2&SR=-1", "SR is 0 to 180"),
        ("RA=1&DEC=91&SR=1", "DEC is -90 to 90"),
        ("RA=nan&DEC=2&SR=1", "RA is a number"),
        ("RA=1&RA=2&DEC=2&SR=1", "RA is given 2 times"),
        ("RA=1&DEC=2&SR=1;DROP", "SR is a number"),
        ("RA=1&DEC=2&SR=1&VERB=9", "VERB is 1, 2 or 3"),
        ("RA=1&DEC=2&SR=1&MAXREC=-1", "MAXREC is a whole number"),
        ("RA=1&DEC=2&SR=1&RESPONSEFORMAT=pdf", "is not known here"),
    ],
)
def test_errors_are_votables(vo: str, question: str, what: str) -> None:
    answer = requests.get(f"{vo}scs/sim?{question}", timeout=60)
    assert answer.status_code == 200
    infos = {i.name: i for i in parse(io.BytesIO(answer.content)).resources[0].infos}
    assert what in str(infos["Error"].value)
    assert infos["QUERY_STATUS"].value == "ERROR"


def test_unknown_catalogues_and_those_without_positions(vo: str) -> None:
    for name in ("nothing", "plain", "..%2f..", "sim'--"):
        assert requests.get(f"{vo}scs/{name}?RA=1&DEC=2&SR=1", timeout=60).status_code == 404


def test_a_portal_has_the_catalogues_of_all_releases(portal: Served) -> None:
    for name in ("sim", "test_v1.sim"):
        found = search(f"{portal.address}vo/", name, RA=150, DEC=30, SR=3)
        assert len(found) > 0


def test_stilts_and_pyvo(vo: str, made: Made, tmp_path: Path) -> None:
    from pyvo.dal import SCSService

    source = Table.read(made.portal / "releases" / "test" / "v1" / "sim.fits")
    centre = SkyCoord(source["ra"][7], source["dec"][7], unit="deg")
    wanted = np.sum(SkyCoord(source["ra"], source["dec"], unit="deg").separation(centre) <= 2 * u.deg)
    found = SCSService(f"{vo}scs/sim").search(centre, 2.0)
    assert len(found) == wanted
    stilts = shutil.which("stilts")
    assert stilts
    Table({"ra": [centre.ra.deg], "dec": [centre.dec.deg]}).write(tmp_path / "in.fits")
    command = [stilts, "coneskymatch", f"in={tmp_path / 'in.fits'}", "ra=ra", "dec=dec", "sr=2", "find=all",
               f"serviceurl={vo}scs/sim", f"out={tmp_path / 'out.fits'}", "ofmt=fits"]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True)
    assert len(Table.read(tmp_path / "out.fits")) == wanted
