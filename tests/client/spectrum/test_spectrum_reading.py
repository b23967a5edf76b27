"""The page reads spectra bit for bit as astropy reads the original files, in few reads, without DuckDB."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from astropy import units
from astropy.coordinates import SkyCoord
from astropy.io import fits

from ...browser import Browser
from ...spectra_fixtures import expected, same
from ...spectral_portal import Spectral

pytestmark = pytest.mark.browser
TYPES = {"Float32Array": "<f4", "Float64Array": "<f8", "Int32Array": "<i4", "BigInt64Array": "<i8"}
LOADED = "performance.getEntriesByType('resource').map(({ name }) => name)"
MOST = 150_000
"""Bytes that one spectrum of low resolution may take."""

Parts = list[dict[str, Any]]


def array(reported: dict[str, str]) -> np.ndarray:
    return np.frombuffer(base64.b64decode(reported["bytes"]), TYPES[reported["type"]])


def sdss_parts(file: Path) -> tuple[str, Parts]:
    with fits.open(file) as hdus:
        names = {"loglam": "wavelength"}
        parts = [
            {names.get(n, n): np.array(hdu.data[n]) for n in hdu.data.names} for hdu in [hdus[1], *hdus[4:]]
        ]
        return str(hdus[2].data["SPECOBJID"][0]), parts


def lamost_parts(file: Path) -> tuple[str, Parts]:
    with fits.open(file) as hdus:
        header = hdus[0].header
        if header["OBSID"] == 7:  # the pilot survey's wavelengths stand in its header
            flux, ivar, subtracted, and_mask, or_mask = hdus[0].data
            wavelength = header["COEFF0"] + header["COEFF1"] * np.arange(len(flux))
            arrays = {"flux": flux, "ivar": ivar, "wavelength": wavelength}
            return "7", [{**arrays, "subtracted": subtracted, "and_mask": and_mask, "or_mask": or_mask}]
        own = expected(hdus)
        order = sorted(own, key=lambda key: (key[1] != "", key[1], key[0]))
        return str(header["OBSID"]), [own[key] for key in order]


def originals(spectral: Spectral) -> dict[str, dict[str, Parts]]:
    """The parts of every file as read by astropy, in order, by set and id."""
    found: dict[str, dict[str, Parts]] = {
        "mrs": dict(map(lamost_parts, spectral.files["mrs"])),
        "dr10": dict(map(lamost_parts, spectral.files["dr10"])),
        "sdss": dict(map(sdss_parts, spectral.files["sdss"])),
        "desi": {},
        "plain": {},
    }
    for file in spectral.files["desi"]:
        with fits.open(file) as hdus:
            for row, ident in enumerate(hdus["FIBERMAP"].data["TARGETID"]):
                found["desi"][str(ident)] = [
                    {"wavelength": np.array(hdus[f"{arm}_WAVELENGTH"].data)}
                    | {k: np.array(hdus[f"{arm}_{k.upper()}"].data[row]) for k in ("flux", "ivar", "mask")}
                    for arm in "BRZ"
                ]
    for file in spectral.files["plain"]:
        with fits.open(file) as hdus:
            data = hdus[1].data
            arrays = {"wavelength": data["WAVE"], "flux": data["F"], "error": data["ERR"]}
            found["plain"][hdus[0].header["SPECNAME"]] = [{k: np.array(v) for k, v in arrays.items()}]
    return found


def assert_same(reported: dict[str, Any], parts: Parts) -> None:
    assert len(reported["parts"]) == len(parts)
    for part, own in zip(reported["parts"], parts, strict=True):
        assert part["arrays"].keys() == own.keys()
        for name, values in own.items():
            same(array(part["arrays"][name]), values)
        linear, stored = array(part["wavelength"]), array(part["arrays"]["wavelength"])
        if part["scale"] == "log10":
            assert np.allclose(linear, 10 ** stored.astype("f8"), rtol=1e-15, atol=0)
        else:
            assert np.array_equal(linear, stored)


def ask(browser: Browser, call: str, *values: Any) -> Any:
    return browser.evaluate(f"bench.{call}(...{json.dumps(values)})")


def test_every_value_of_every_layout(watched: Browser, spectral: Spectral, spectral_base: str) -> None:
    truth = originals(spectral)
    watched.open(spectral_base + "bench.html")
    for name, spectra in truth.items():
        ids = list(spectra)
        for ident, reported in zip(ids, ask(watched, "readMany", name, ids, True), strict=True):
            assert reported["id"] == ident
            assert_same(reported, spectra[ident])
        sums = [p for p in ask(watched, "read", name, ids[0], False)["parts"] if p["kind"] == "coadd"]
        assert len(sums) >= 1
        assert ask(watched, "has", name, [ids[0], "5", ids[-1]]) == [True, False, True]
    assert ask(watched, "read", "sdss", "299489677444933699", True) is None
    # A double would take this id for its neighbour.
    assert ask(watched, "has", "desi", ["39627652591521181", "39627652591521180"]) == [True, False]
    assert not any("duckdb" in address for address in watched.evaluate(LOADED))


def test_one_spectrum_costs_one_read_or_two(
    watched: Browser, spectral: Spectral, spectral_served: str
) -> None:
    ids = pq.read_table(next((spectral.release / "data/spectra/lrs/index").iterdir())).column("id")
    watched.open(spectral_served + "bench.html")
    reported = ask(watched, "read", "lrs", str(ids[200]), False)
    asked = watched.evaluate("bench.asked.splice(0)")
    beyond = [a for a in asked if "/index/" not in a["path"]]
    script = (spectral.release / "data/spectra/lrs/spectra.js").stat().st_size
    assert 1 <= len(beyond) <= 2 and sum(a["bytes"] for a in asked) + script < MOST
    assert reported["facts"]["simulated"] is True
    # The next one of the set: nothing but its own bytes.
    ask(watched, "read", "lrs", str(ids[7]), False)
    asked = watched.evaluate("bench.asked.splice(0)")
    assert len(asked) == 1 and asked[0]["bytes"] < 60_000
    many = [str(i) for i in ids[:100]]
    assert len(set(map(json.dumps, ask(watched, "readMany", "lrs", many, False)))) == 100
    asked = watched.evaluate("bench.asked.splice(0)")
    assert len(asked) < 10


def test_a_picked_folder_is_read_instead(watched: Browser, spectral: Spectral) -> None:
    watched.open((spectral.release / "bench.html").as_uri())
    watched.evaluate("bench.openSet(bench.page, 'sdss').then(() => true)")
    folder = spectral.release / "data" / "spectra" / "sdss"
    files = [p for p in sorted(folder.rglob("*")) if p.is_file() and "chunks" not in p.parts]
    watched.upload("#files", *files)
    watched.wait(f"bench.files?.length === {len(files)}")
    # What picking a folder adds; Firefox lets no driver pick one.
    paths = json.dumps([f"data/spectra/sdss/{p.relative_to(folder).as_posix()}" for p in files])
    script = f"for (const [i, value] of {paths}.entries()) "
    watched.evaluate(
        f"(() => {{ {script} Object.defineProperty(bench.files[i], 'webkitRelativePath', {{ value }}); }})()"
    )
    assert watched.evaluate("bench.usePickedSpectra(bench.files)") == ["sdss"]
    ident, parts = sdss_parts(spectral.files["sdss"][0])
    assert_same(ask(watched, "read", "sdss", ident, True), parts)
    assert watched.evaluate("bench.openSet(bench.page, 'sdss').then((set) => set.source.kind)") == "picked"


def test_rows_are_found_by_id_and_by_place(watched: Browser, spectral: Spectral, spectral_base: str) -> None:
    files = sorted((spectral.release / "data/lrs/dataset").rglob("*.parquet"))
    table = pq.read_table(files[0], partitioning=None)
    rows = [row for file in files for row in pq.read_table(file, partitioning=None).to_pylist()]
    watched.open(spectral_base + "bench.html")
    chosen = rows[len(rows) // 3]
    (found,) = watched.evaluate(f"bench.byId('lrs', 'obsid', [{chosen['obsid']}n])")
    for name, value in chosen.items():
        if name == "_healpix_29":
            continue
        kind, text = found["values"][name]
        if value is None:
            assert text == ""
        elif isinstance(value, int) and not isinstance(value, bool):
            assert int(text) == value
            assert kind == ("bigint" if str(table.schema.field(name).type) == "int64" else "number")
        elif isinstance(value, float):
            exact = np.float32 if str(table.schema.field(name).type) == "float" else np.float64
            assert exact(text) == exact(value)
        else:
            assert text == value
    ids = [row["obsid"] for row in rows[:: len(rows) // 9]]
    script = f"bench.byId('lrs', 'obsid', {[str(i) for i in ids]}.map(BigInt))"
    assert {int(r["values"]["obsid"][1]) for r in watched.evaluate(script)} == set(ids)
    same_target = [r["obsid"] for r in rows if r["uid"] == chosen["uid"]]
    reported = ask(watched, "byId", "lrs", "uid", [chosen["uid"], "no such id"])
    assert sorted(int(r["values"]["obsid"][1]) for r in reported) == sorted(same_target)
    centre = SkyCoord(chosen["ra"], chosen["dec"], unit="deg")
    apart = SkyCoord([r["ra"] for r in rows], [r["dec"] for r in rows], unit="deg").separation(centre)
    wanted = sorted(
        (a, r["obsid"]) for a, r in zip(apart.to_value(units.arcsec), rows, strict=True) if a <= 7200
    )
    near = ask(watched, "near", "lrs", chosen["ra"], chosen["dec"], 7200)
    assert sorted(int(r["values"]["obsid"][1]) for r in near) == sorted(i for _, i in wanted)
    assert np.allclose([r["separation"] for r in near], [a for a, _ in wanted], atol=1e-6)
    assert near[0]["separation"] < 1e-6 and len(near) > 1
    assert not any("duckdb" in address for address in watched.evaluate(LOADED))


def test_columns_of_rows_are_read_when_they_are_needed(
    watched: Browser, spectral: Spectral, spectral_base: str
) -> None:
    files = sorted((spectral.release / "data/lrs/dataset").rglob("*.parquet"))
    rows = [row for file in files for row in pq.read_table(file, partitioning=None).to_pylist()]
    chosen = rows[len(rows) // 2]
    watched.open(spectral_base + "bench.html")

    def in_part(dec: float) -> Any:
        near = {"ra": chosen["ra"], "dec": dec, "radius": 30}
        options = json.dumps({"near": near, "columns": ["class", "obsid"]})
        return watched.evaluate(f"bench.inPart('lrs', 'obsid', [{chosen['obsid']}n], {options})")

    (first,), (whole,) = in_part(chosen["dec"])
    assert set(first["values"]) == {"class", "obsid"} and first["values"]["class"][1] == chosen["class"]
    asked = watched.evaluate("bench.asked.splice(0)")
    assert not any("/ids/" in one["path"] for one in asked)
    assert [whole] == watched.evaluate(f"bench.byId('lrs', 'obsid', [{chosen['obsid']}n])")
    # The same number elsewhere on the sky, in the same tile, is not meant.
    assert in_part(chosen["dec"] + 40 / 3600) == [[], []]
