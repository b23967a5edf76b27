"""Matches with catalogues that are not of the portal: picked folders and files, and other sites."""

from __future__ import annotations

import base64
import contextlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord, search_around_sky
from astropy.table import Table

from ... import commands
from ...browser import Browser
from ...conftest import await_port, once
from ...hats_folder import pixels, write_hats
from ..results.test_elsewhere import page_rows, run_python, taken
from .test_matches import PICK, RADIUS, base, beside, patch
from .test_search_pages import FOUND, STATUS, follow

__all__ = ["base", "beside"]
pytestmark = pytest.mark.browser

ORDER = 5
"""Pixels are 1.8 degrees wide."""
FORM = "form[data-catalogue=patch]"
START = f"""(() => {{
  const form = document.querySelector("{FORM}");
  form.querySelector('[data-part="region"][value="match"]').checked = true;
  form.querySelector('[data-match="radius"]').value = %s;
  document.querySelector("main [role=status]").textContent = "";
  form.requestSubmit();
}})()"""
ENDED = f"/ rows? in |^Nothing|failed|Cancelled/.test({STATUS}) && {STATUS}"


def sky() -> Table:
    """Objects near the rows of `patch`, some twice, and others over all the sky."""
    rng = np.random.default_rng(8)
    own = patch()
    places = SkyCoord(own["ra"], own["dec"], unit="deg")
    away = places.directional_offset_by(
        rng.uniform(0, 360, len(own)) * u.deg, rng.uniform(0, 5, len(own)) * u.arcsec
    )
    ra, dec = (
        np.concatenate([away.ra.deg, rng.uniform(0, 360, 400)]),
        np.concatenate([away.dec.deg, np.degrees(np.arcsin(rng.uniform(-1, 1, 400)))]),
    )
    ra, dec = np.concatenate([ra, ra[:30]]), np.concatenate([dec, dec[:30]])
    table = Table({"RAmean": ra, "DEmean": dec, "source_id": np.arange(len(ra)) + 2**60})
    table["flux"] = np.arange(len(ra)) * 0.5
    return table


def pairs(
    own: Table, other: Table, radius: float, ra: str = "RAmean", dec: str = "DEmean"
) -> set[tuple[int, int]]:
    found = search_around_sky(
        SkyCoord(own["ra"], own["dec"], unit="deg"),
        SkyCoord(other[ra], other[dec], unit="deg"),
        radius * u.arcsec,
    )
    return {(int(own["n"][i]), int(j)) for i, j in zip(*found[:2], strict=True)}


def make(folder: Path) -> Path:
    """A HATS catalogue of which only the partitions near `patch` can be read."""
    (wide,) = np.unique(pixels(patch(), 3))
    own = {16 * int(wide) + k for k in range(16)}
    # Names and types of columns are those of the first.
    first = int(pixels(sky(), ORDER, "RAmean", "DEmean").min())
    near = {int(p) for one in own for p in neighbours(one)} | own | {first}
    write_hats(folder / "sky", sky(), order=ORDER, ra="RAmean", dec="DEmean", whole=near.__contains__)
    return folder / "sky"


def neighbours(pixel: int) -> list[int]:
    import cdshealpix

    return [int(p) for p in cdshealpix.neighbours(np.array([pixel]), ORDER)[0] if p >= 0]


@pytest.fixture(scope="session")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return once(tmp_path_factory, "elsewhere", make)


def ask(browser: Browser, radius: float = RADIUS) -> str:
    browser.evaluate(START % json.dumps(str(radius)))
    return str(browser.wait(ENDED))


def found_pairs(browser: Browser, prefix: str) -> set[tuple[int, int]]:
    return {(int(row["n"]), int(row[f"{prefix}_source_id"]) - 2**60) for row in page_rows(browser)}


GIVE = """(() => {
  const input = document.querySelector('%s [data-match="folder"]');
  const files = %s.map(([path, data]) => {
    const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
    const file = new File([bytes], path.split("/").at(-1));
    return Object.defineProperty(file, "webkitRelativePath", { value: path });
  });
  Object.defineProperty(input, "files", { value: files, configurable: true });
  input.dispatchEvent(new Event("change"));
})()"""


def pick_folder(browser: Browser, folder: Path) -> None:
    """Pick a folder; Firefox lets no program do this, and gets its files as if it did."""
    if browser.name == "chrome":
        browser.upload(f'{FORM} [data-match="folder"]', folder)
        return
    files = [
        [path.relative_to(folder.parent).as_posix(), base64.b64encode(path.read_bytes()).decode()]
        for path in folder.rglob("*")
        if path.is_file()
    ]
    browser.evaluate(GIVE % (FORM, json.dumps(files)))


def test_a_picked_folder_is_read_where_it_can_match(
    browser: Browser, base: str, elsewhere: Path, tmp_path: Path
) -> None:
    follow(browser, base, "search.html", {"catalogue": "patch", "match_with": "folder:sky"})
    assert "folder sky, which is not in the link: choose it" in browser.wait(ENDED)
    pick_folder(browser, elsewhere)
    browser.evaluate(f"""document.querySelector('{FORM} [data-match="carried"]').open = true""")
    boxes = f"""[...document.querySelectorAll('{FORM} [data-carried="list"] input')]"""
    names = browser.wait(f"{boxes}.length && JSON.stringify({boxes}.map((box) => box.value))")
    assert json.loads(names) == ["RAmean", "DEmean", "source_id", "flux"]
    for name in ("source_id", "flux"):
        browser.evaluate(f"{boxes}.find((box) => box.value === '{name}').click()")
    other, own = sky(), patch()
    expected = pairs(own, other, RADIUS)
    assert FOUND.match(ask(browser))
    assert "match_with=folder:sky" in browser.address and "match_columns=source_id,flux" in browser.address
    rows = page_rows(browser)
    assert list(rows[0])[-3:] == ["sky_separation", "sky_source_id", "sky_flux"]
    assert found_pairs(browser, "sky") == expected
    assert all(float(r["sky_flux"]) == (int(r["sky_source_id"]) - 2**60) * 0.5 for r in rows)
    # What the page copies runs in the folder in which the picked one is.
    code = taken(browser, "python")
    near = elsewhere.parent / "near"
    if not near.exists():
        write_hats(near / "sky", other, order=ORDER, ra="RAmean", dec="DEmean")
    table = run_python(code, near)["table"]
    assert {(int(n), int(s) - 2**60) for n, s in table.iterrows("n", "sky_source_id")} == expected


def picked(browser: Browser, name: str, content: bytes, radius: object) -> str:
    script = PICK.replace("data-catalogue=stars", "data-catalogue=patch").replace(
        'value = "3"', f"value = {json.dumps(str(radius))}"
    )
    browser.evaluate(script % (json.dumps(base64.b64encode(content).decode()), json.dumps(name)))
    return str(browser.wait(ENDED))


def text(columns: dict[str, Any]) -> bytes:
    rows = zip(*columns.values(), strict=True)
    return "\n".join([",".join(columns), *(",".join(map(str, row)) for row in rows)]).encode()


def test_what_a_picked_file_may_be(browser: Browser, base: str, tmp_path: Path) -> None:
    own, other = patch(), sky()
    ra, dec = other["RAmean"].tolist(), other["DEmean"].tolist()
    expected = pairs(own, other, RADIUS)
    follow(browser, base, "search.html", {"catalogue": "patch"})
    numbers = range(len(ra))
    files = {
        "radians": {"k": numbers, "ra_rad": np.radians(ra).tolist(), "dec_rad": np.radians(dec).tolist()},
        # Positions are taken as they are, whatever their epochs; an id may be there twice.
        "epochs": {
            "k": numbers,
            "ra": ra,
            "dec": dec,
            "epoch": [2000 + k % 16 for k in numbers],
            "id": [7] * len(ra),
        },
    }
    for name, columns in files.items():
        assert FOUND.match(picked(browser, f"{name}.csv", text(columns), RADIUS))
        rows = page_rows(browser)
        assert {(int(r["n"]), int(r[f"{name}_k"])) for r in rows} == expected, name
        (tmp_path / f"{name}.csv").write_bytes(text(columns))
        table = run_python(taken(browser, "python"), tmp_path)["table"]
        assert {(int(n), int(k)) for n, k in table.iterrows("n", f"{name}_k")} == expected, name
    assert {r["epochs_id"] for r in rows} == {"7"} and {r["epochs_epoch"] for r in rows} > {"2000", "2001"}
    assert picked(browser, "none.csv", b"k,ra,dec\n", RADIUS).startswith("Nothing")
    one = text({"k": [5], "ra": [own["ra"][3]], "dec": [own["dec"][3]]})
    assert picked(browser, "one.csv", one, 0.001).startswith("1 row ")
    assert page_rows(browser)[0]["one_k"] == "5"
    for radius in (0, -1):
        assert "The radius must be more than 0" in picked(browser, "one.csv", one, radius)
    # A degree: nearly all pairs of the patch, and their number.
    assert (status := FOUND.match(picked(browser, "epochs.csv", text(files["epochs"]), 3600)))
    assert int(status[1]) == len(pairs(own, other, 3600.0))


class Unwilling(BaseHTTPRequestHandler):
    """A host that sends whole files to everybody, or below /closed to its own pages alone."""

    def do_GET(self) -> None:
        self.send_response(200)
        if not self.path.startswith("/closed"):
            self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Content-Length", str(20 << 20))
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(b"PAR1")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def hosts(beside: Path, elsewhere: Path) -> Iterator[list[str]]:
    """Addresses of a site with a HATS catalogue and of a host that is not made for it."""
    good, bad = json.loads((beside.parents[1] / "ports.json").read_text())
    process = commands.start(
        ("serve", elsewhere.parent, "--port", good, "--quiet"), Path("/dev/null"), Path("/dev/null")
    )
    server = ThreadingHTTPServer(("127.0.0.1", bad), Unwilling)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    await_port(good)
    try:
        yield [f"http://127.0.0.1:{port}" for port in (good, bad)]
    finally:
        process.terminate()
        process.join()
        server.shutdown()
        server.server_close()


def agree(browser: Browser, answer: str) -> str:
    """Wait for the question of an address, answer it, and return it."""
    said = str(browser.wait("document.querySelector('#ask[open] .ask-text')?.textContent"))
    browser.evaluate(f"document.querySelector('#ask button[value={answer}]').click()")
    return said


def test_another_site_is_read_after_the_reader_agrees(browser: Browser, base: str, hosts: list[str]) -> None:
    site = f"{hosts[0]}/sky/"
    asked = {
        "catalogue": "patch",
        "match_with": site,
        "match_radius": str(RADIUS),
        "match_columns": "source_id",
    }
    before = len(browser.requests)
    follow(browser, base, "search.html", asked)
    assert site in agree(browser, "no")
    assert f"Nothing was read from {site}" in browser.wait(ENDED)
    assert not [one for one in browser.requests[before:] if hosts[0] in one]
    browser.evaluate(f"document.querySelector('{FORM}').requestSubmit()")
    browser.evaluate("document.querySelector('main [role=status]').textContent = ''")
    assert site in agree(browser, "yes")
    assert FOUND.match(browser.wait(ENDED))
    assert found_pairs(browser, "sky") == pairs(patch(), sky(), RADIUS)
    read = {one.removeprefix(site) for one in browser.requests[before:] if one.startswith(hosts[0])}
    assert {"hats.properties", "partition_info.csv"} < read
    assert all(
        one.startswith("dataset/") or one in ("hats.properties", "partition_info.csv", "catalogue.json")
        for one in read
    )
    assert len([one for one in read if one.startswith("dataset/")]) < 20
    # As long as the page is open it does not ask again.
    follow(browser, base, "search.html", asked | {"match_radius": "1"})
    assert FOUND.match(browser.wait(ENDED))


@pytest.mark.complains("Failed to load resource|CORS|Cross-Origin")
def test_sites_that_cannot_be_read_say_why(browser: Browser, base: str, hosts: list[str]) -> None:
    bad = hosts[1]
    for address, message in (
        ("https://nowhere.example/sky", "This portal does not read https://nowhere.example/sky"),
        ("javascript:alert(1)", "no catalogue"),
        (f"{bad}/large.parquet", "does not send parts of files (HTTP ranges)"),
        (f"{bad}/closed/sky.parquet", "(CORS)"),
        (f"{hosts[0]}/nothing/", "No HATS catalogue can be read"),
    ):
        follow(browser, base, "search.html", {"catalogue": "patch", "match_with": address})
        if address.startswith("http://"):
            agree(browser, "yes")
        status = browser.wait(ENDED)
        assert message in status, (address, status)


def test_a_match_is_cancelled(browser: Browser, base: str, tmp_path: Path) -> None:
    """While a large file is read; the next search works."""
    rng = np.random.default_rng(2)
    count = 300_000
    places = pa.table({"ra": rng.uniform(0, 360, count), "dec": rng.uniform(-90, 90, count)})
    pq.write_table(places, tmp_path / "large.parquet")
    follow(browser, base, "search.html", {"catalogue": "patch"})
    browser.upload(f'{FORM} [data-match="file"]', tmp_path / "large.parquet")
    browser.evaluate(START % '"3600"')
    browser.wait("!document.getElementById('progress').hidden && !document.getElementById('cancel').disabled")
    browser.evaluate("document.getElementById('cancel').click()")
    assert browser.wait(ENDED) == "Cancelled."
    assert picked(browser, "one.csv", b"k,ra,dec\n1,10,10\n", 1).startswith("0 rows")
