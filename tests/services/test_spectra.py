"""SSA, DataLink and SODA: pixels are those of the files, to the last bit."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import warnings
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest
import requests
from astropy.io import fits
from astropy.io.votable import parse
from astropy.table import Table

from ..spectral_portal import TEXT_IDS, Spectral

PREFIX = "ivo://drportal.unregistered/s1?"


def table(content: bytes) -> Table:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return parse(io.BytesIO(content)).get_first_table().to_table(use_names_over_ids=True)


def get(address: str, **parameters: Any) -> requests.Response:
    return requests.get(address, params=parameters, timeout=120)


def test_pixels_are_those_of_the_files(spectra_vo: str, spectral: Spectral) -> None:
    for ident, file in zip(TEXT_IDS, spectral.files["plain"], strict=True):
        answer = get(f"{spectra_vo}soda", ID=f"{PREFIX}plain/{ident}")
        assert answer.status_code == 200, answer.text
        found, source = table(answer.content), fits.getdata(file, 1)
        for mine, theirs in (("flux", "F"), ("wavelength", "WAVE"), ("error", "ERR")):
            wanted = np.asarray(source[theirs]).reshape(-1).astype(found[mine].dtype)
            assert np.array_equal(np.ma.getdata(found[mine]), wanted, equal_nan=True), (ident, mine)


def test_a_band_is_what_astropy_selects(spectra_vo: str, spectral: Spectral) -> None:
    whole = table(get(f"{spectra_vo}soda", ID=first(spectra_vo, "lrs")).content)
    wavelength = np.asarray(whole["wavelength"], float)
    low, high = 5000.5, 5321.0
    for band, wanted in (
        (f"{low * 1e-10} {high * 1e-10}", (wavelength >= low) & (wavelength <= high)),
        (f"-Inf {high * 1e-10}", wavelength <= high),
        (f"{low * 1e-10} +Inf", wavelength >= low),
    ):
        answer = get(f"{spectra_vo}soda", ID=first(spectra_vo, "lrs"), BAND=band)
        assert np.array_equal(table(answer.content)["flux"], whole["flux"][wanted])
    assert get(f"{spectra_vo}soda", ID=first(spectra_vo, "lrs"), BAND="1 2").status_code == 204
    made = get(f"{spectra_vo}soda", ID=first(spectra_vo, "lrs"), BAND="5e-7 5.3e-7", RESPONSEFORMAT="fits")
    with fits.open(io.BytesIO(made.content)) as hdus:
        assert hdus[1].data["flux"].dtype.kind == "f"
        assert len(hdus[1].data) == np.sum((wavelength >= 5000) & (wavelength <= 5300))


def first(vo: str, name: str) -> str:
    """The identifier of the first spectrum of a set."""
    found = table(get(f"{vo}ssa", COLLECTION=f": {name}", MAXREC=1).content)
    return str(found["publisher_did"][0])


@pytest.mark.parametrize(
    ("given", "status", "what"),
    [
        ({}, 400, "UsageFault: the parameter ID is missing"),
        ({"ID": "nonsense"}, 404, "NotFoundFault"),
        ({"ID": f"{PREFIX}lrs/99999999999999999999"}, 404, "NotFoundFault"),
        ({"ID": f"{PREFIX}lrs/../../x"}, 404, "NotFoundFault"),
        ({"ID": f"{PREFIX}../lrs/1"}, 404, "NotFoundFault"),
        ({"ID": f"{PREFIX}plain/007", "BAND": "x"}, 400, "UsageFault: BAND"),
        ({"ID": f"{PREFIX}plain/007", "BAND": "2 1"}, 400, "UsageFault: BAND"),
        ({"ID": f"{PREFIX}plain/007", "BAND": "NaN 1"}, 400, "UsageFault: BAND"),
        ({"ID": f"{PREFIX}plain/007", "BAND": ["1 2", "3 4"]}, 400, "MultiValuedParamNotSupported"),
        ({"ID": f"{PREFIX}plain/007", "POS": "CIRCLE 1 2 3"}, 400, "UsageFault: POS"),
    ],
)
def test_faults_of_cutouts(spectra_vo: str, given: dict[str, Any], status: int, what: str) -> None:
    answer = get(f"{spectra_vo}soda", **given)
    assert (answer.status_code, what in answer.text) == (status, True)


def test_links_lead_to_the_data(spectra_vo: str, spectral: Spectral) -> None:
    for ident in TEXT_IDS:
        links = table(get(f"{spectra_vo}datalink", ID=f"{PREFIX}plain/{ident}").content)
        assert set(links["ID"]) == {f"{PREFIX}plain/{ident}"}
        for address in filter(None, map(str, np.ma.filled(links["access_url"], ""))):
            assert requests.get(address.split("#")[0], timeout=60).status_code == 200, address
    links = table(get(f"{spectra_vo}datalink", ID=first(spectra_vo, "mrs")).content)
    original = str(links["access_url"][links["semantics"] == "#progenitor"][0])
    content = requests.get(original, timeout=60).content
    assert content in [file.read_bytes() for file in spectral.files["mrs"]]
    missing = table(get(f"{spectra_vo}datalink", ID=f"{PREFIX}lrs/7").content)
    assert "NotFoundFault" in str(missing["error_message"][0])


def test_searches_are_those_of_the_catalogue(spectra_vo: str, spectral: Spectral) -> None:
    every = table(get(f"{spectra_vo}ssa", COLLECTION=": lrs").content)
    assert len(every) == 400
    ra, dec = float(every["ra"][3]), float(every["dec"][3])
    near = table(get(f"{spectra_vo}ssa", COLLECTION=": lrs", POS=f"{ra},{dec}", SIZE=10).content)
    from astropy.coordinates import SkyCoord

    apart = SkyCoord(every["ra"], every["dec"], unit="deg").separation(SkyCoord(ra, dec, unit="deg")).deg
    assert sorted(near["publisher_did"]) == sorted(every["publisher_did"][apart <= 5])
    day = float(every["time_start"][3])
    found = table(get(f"{spectra_vo}ssa", COLLECTION=": lrs", TIME=iso(day + 0.5)).content)
    inside = (every["time_start"] <= day + 0.5) & (every["time_stop"] >= day + 0.5)
    assert sorted(found["publisher_did"]) == sorted(every["publisher_did"][inside])
    assert len(table(get(f"{spectra_vo}ssa", BAND="1e-3/2e-3").content)) == 0
    assert len(table(get(f"{spectra_vo}ssa", COLLECTION=": lrs", BAND="5e-7").content)) == 400
    assert len(table(get(f"{spectra_vo}ssa", FORMAT="fits").content)) == 0
    days = sorted(set(map(float, every["time_start"])))
    several = table(
        get(f"{spectra_vo}ssa", COLLECTION=": lrs", TIME=f"{iso(days[1] + 0.5)},/{iso(days[0])}").content
    )
    assert set(several["time_start"]) == set(days[:2])
    name = str(every["target_name"][7])
    both = table(get(f"{spectra_vo}ssa", TARGETNAME=f"{name},nothing", COLLECTION=": lrs").content)
    assert list(both["publisher_did"]) == list(every["publisher_did"][every["target_name"] == name])
    some = table(get(f"{spectra_vo}ssa", PUBDID=",".join(every["publisher_did"][:3])).content)
    assert sorted(some["publisher_did"]) == sorted(every["publisher_did"][:3])
    assert "OVERFLOW" in get(f"{spectra_vo}ssa", MAXREC=3).text


BANDS = [
    ("5e-7", True), ("1e-3", False), ("4e-7/5e-7", True), ("/5e-7", True), ("5e-7/", True),
    ("-Inf/+Inf", True),
    ("1e-3/2e-3", False), ("1e-3,5e-7", True), ("1e-3/2e-3,/1e-9", False), ("1e-3/2e-3,4e-7/5e-7,1", True),
    ("5e-7;source", True), ("5e-7/6e-7;observer", True), (" 5E-7 / 6.0e-7 ", True), ("0/inf", True),
]  # fmt: skip


@pytest.mark.parametrize(("band", "some"), BANDS)
def test_bands_in_every_form(spectra_vo: str, band: str, some: bool) -> None:
    found = table(get(f"{spectra_vo}ssa", COLLECTION=": lrs", BAND=band, MAXREC=5).content)
    assert len(found) == (5 if some else 0)


def test_regions_of_spectra_are_circles_that_queries_use(spectra_vo: str) -> None:
    adql = (
        "SELECT TOP 1 s_region, s_ra, s_dec, t_min FROM ivoa.obscore AS o WHERE obs_collection LIKE '%: lrs'"
        " AND 1 = INTERSECTS(o.s_region, CIRCLE(o.s_ra, o.s_dec, 1e-5)) AND AREA(s_region) < 1e-5"
    )
    answer = get(f"{spectra_vo}tap/sync", LANG="ADQL", QUERY=adql)
    made = parse(io.BytesIO(answer.content)).get_first_table()
    ((region, ra, dec, _),) = made.array.data.tolist()
    assert np.array_equal(region, [ra, dec, 3.3 / 7200])
    fields = {f.name: f for f in made.fields}
    assert (fields["s_region"].xtype, fields["s_region"].arraysize) == ("circle", "3")
    assert [fields[n].ref for n in ("s_region", "s_ra", "t_min")] == ["ICRS", "ICRS", "mjd_utc"]
    assert 'timescale="UTC"' in answer.text


def iso(mjd: float) -> str:
    from astropy.time import Time

    return str(Time(mjd, format="mjd").isot)


@pytest.mark.parametrize(
    "given",
    [
        {"POS": "1"}, {"POS": "1,95"}, {"POS": "1,2;GALACTIC"}, {"POS": "1,2", "SIZE": "-1"}, {"BAND": "V"},
        {"BAND": "2/1"}, {"BAND": "/"}, {"BAND": "1,"}, {"BAND": "1/2/3"},
        {"BAND": "1e-7," * 300 + "1"}, {"BAND": "NaN"}, {"TIME": "yesterday"},
        {"TIME": "2015/2014"}, {"REQUEST": "x"}, {"VERSION": "9"}, {"MAXREC": "x"}, {"RESPONSEFORMAT": "csv"},
    ],
)  # fmt: skip
def test_wrong_searches_are_said_so_in_votables(spectra_vo: str, given: dict[str, str]) -> None:
    answer = get(f"{spectra_vo}ssa", **given)
    (status,) = parse(io.BytesIO(answer.content)).resources[0].infos
    assert (answer.status_code, status.value) == (200, "ERROR")


def test_metadata_have_parameters_and_columns(spectra_vo: str) -> None:
    text = get(f"{spectra_vo}ssa", FORMAT="METADATA").text
    assert {"INPUT:POS", "INPUT:SIZE", "INPUT:BAND", "INPUT:TIME"} <= set(
        re.findall(r'PARAM name="([^"]*)"', text)
    )
    assert "ssa:Access.Reference" in text
    assert "<TR>" not in text


def test_obscore_leads_to_links(spectra_vo: str) -> None:
    adql = "SELECT TOP 2 obs_publisher_did, access_url FROM ivoa.obscore WHERE obs_collection LIKE '%: lrs'"
    found = table(get(f"{spectra_vo}tap/sync", LANG="ADQL", QUERY=adql).content)
    for did, address in found:
        assert str(address) == f"{spectra_vo}datalink?ID={quote(str(did), safe='')}"
        assert set(table(requests.get(str(address), timeout=60).content)["ID"]) == {str(did)}


def test_pyvo_searches_and_follows(spectra_vo: str) -> None:
    from pyvo.dal import SSAService

    found = SSAService(f"{spectra_vo}ssa").search(format="votable", collection=": lrs", maxrec=500)
    assert len(found) == 400
    links = found[0].getdatalink()
    assert {row["semantics"] for row in links} >= {"#this", "#cutout"}
    cut = links.get_first_proc().process(band=(5e-7, 5.1e-7)).read()
    assert len(table(cut)) > 10


@pytest.mark.parametrize("path", ["ssa?MAXREC=4", "ssa?FORMAT=METADATA", "datalink?ID={}", "soda?ID={}"])
def test_stilts_finds_nothing_wrong(spectra_vo: str, tmp_path: Path, path: str) -> None:
    stilts = shutil.which("stilts")
    assert stilts
    file = tmp_path / "answer.vot"
    file.write_bytes(
        requests.get(spectra_vo + path.format(quote(f"{PREFIX}plain/{TEXT_IDS[3]}")), timeout=60).content
    )
    done = subprocess.run([stilts, "votlint", f"votable={file}"], capture_output=True, text=True, check=False)
    assert (done.stdout + done.stderr).strip() == ""
    if "datalink" in path:
        done = subprocess.run(
            [stilts, "datalinklint", str(file)], capture_output=True, text=True, check=False
        )
        assert "Errors: 0; Warnings: 0" in done.stdout
