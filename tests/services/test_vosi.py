"""Availability, capabilities, tables, counts: valid by the IVOA's schemas, and true."""

from __future__ import annotations

import http.client
import shutil
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from lxml import etree

from ..conftest import Made
from ..vo_schemas import registry_schemas
from ..ways import few
from .running import Served


@pytest.fixture(scope="module")
def schemas(tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    return registry_schemas(tmp_path_factory.mktemp("schemas"))


@pytest.mark.parametrize(
    ("path", "schema"),
    [
        ("availability", "VOSIAvailability-v1.0.xsd"),
        ("tap/availability", "VOSIAvailability-v1.0.xsd"),
        ("tap/tables", "VOSITables-v1.1.xsd"),
        ("tap/tables?detail=min", "VOSITables-v1.1.xsd"),
        ("tap/tables/ivoa.obscore", "VOSITables-v1.1.xsd"),
    ],
)
def test_documents_are_valid(spectra_vo: str, schemas, tmp_path: Path, path: str, schema: str) -> None:  # type: ignore[no-untyped-def]
    answer = requests.get(spectra_vo + path, timeout=60)
    assert answer.status_code == 200
    file = tmp_path / "document.xml"
    file.write_bytes(answer.content)
    assert schemas(schema, file)


def test_astroquery_finds_the_attribute_without_which_it_reads_no_column(vo: str) -> None:
    parts = urlsplit(f"{vo}tap/tables")
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
    connection.request("GET", parts.path)  # as astroquery does, without a name
    text = connection.getresponse().read().decode()
    connection.close()
    assert text.count(' esatapplus:flags="0"') == text.count("<column ") > 10
    assert "esatapplus:flags" not in requests.get(f"{vo}tap/tables", timeout=60).text


def test_every_service_has_its_capabilities(spectra_vo: str) -> None:
    found = {}
    for path in ("", "tap/", "ssa/", "datalink/", "soda/", "scs/lrs/"):
        root = etree.fromstring(requests.get(f"{spectra_vo}{path}capabilities", timeout=60).content)
        found[path] = {c.get("standardID") for c in root.iter("capability")}
        for address in root.iter("accessURL"):
            assert address.text.startswith(spectra_vo.removesuffix("vo/")), address.text
    assert "ivo://ivoa.net/std/SSA" in found["ssa/"]
    assert "ivo://ivoa.net/std/ConeSearch" in found["scs/lrs/"]
    assert set().union(*found.values()) == found[""]
    assert requests.get(f"{spectra_vo}scs/nothing/capabilities", timeout=60).status_code == 404


def test_limits_are_reported(vo: str, portal: Served) -> None:
    root = etree.fromstring(requests.get(f"{vo}tap/capabilities", timeout=60).content)
    limits = portal.service.limits
    assert root.findtext(".//outputLimit/hard") == str(limits.rows)
    assert root.findtext(".//uploadLimit/hard") == str(limits.upload)
    assert root.findtext(".//executionDuration/hard") == f"{limits.job_seconds:.0f}"


def test_counts_are_those_of_requests(portal: Served, vo: str) -> None:
    def counted() -> dict[str, float]:
        text = requests.get(f"{vo}metrics", timeout=60).text
        return {n: float(v) for n, v in (line.rsplit(" ", 1) for line in text.splitlines() if line[0] != "#")}

    before = counted()
    for _ in range(3):
        assert requests.get(f"{vo}scs/nothing?RA=1&DEC=2&SR=3", timeout=60).status_code == 404
    answer = requests.get(f"{vo}tap/sync?LANG=ADQL&QUERY=SELECT TOP 7 ra FROM sim", timeout=60)
    assert answer.status_code == 200
    after = counted()
    assert (
        after['drportal_requests_total{status="404"}']
        - before.get('drportal_requests_total{status="404"}', 0)
        >= 3
    )
    assert after["drportal_rows_total"] - before["drportal_rows_total"] >= 7
    assert after["drportal_sent_bytes_total"] > before["drportal_sent_bytes_total"] + len(answer.content)


def test_pages_of_the_site_are_beside_the_services(portal: Served, made: Made) -> None:
    page = requests.get(f"{portal.address}test/v1/sql.html", timeout=60)
    assert page.content == (made.site / "test" / "v1" / "sql.html").read_bytes()
    assert page.headers["Content-Security-Policy"]
    part = requests.get(f"{portal.address}manifest.json", headers={"Range": "bytes=3-9"}, timeout=60)
    assert (part.status_code, part.content) == (206, (made.site / "manifest.json").read_bytes()[3:10])
    for path in (
        "../secret",
        "%2e%2e/%2e%2e/etc/passwd",
        "nothing.html",
        "test/v1/vo/nothing",
        "nothing/vo/tap",
    ):
        assert requests.get(portal.address + path, timeout=60).status_code == 404, path
    assert requests.put(f"{portal.address}manifest.json", timeout=60).status_code == 405
    assert requests.options(f"{portal.address}vo/tap/sync", timeout=60).status_code == 204


@pytest.mark.parametrize("site", few(["portal", "spectra"], "spectra"))
def test_taplint_finds_nothing(request: pytest.FixtureRequest, site: str) -> None:
    address = request.getfixturevalue("vo" if site == "portal" else "spectra_vo")
    stilts = shutil.which("stilts")
    assert stilts
    command = [stilts, "taplint", f"tapurl={address}tap", "report=EWF"]
    if site == "portal":
        command.append("stages=TMV TME TMS TMC CPV CAP AVV QGE QPO QAS UWS MDQ UPL EXA")
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=900)
    said = [line for line in done.stdout.splitlines() if line[:2] in ("E-", "W-", "F-")]
    assert [line for line in said if "ivoa.obsplan" not in line] == []
    assert "Totals: Errors: 0; Warnings: 0" in done.stdout
