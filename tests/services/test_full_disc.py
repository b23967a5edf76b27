"""Discs without room, tables of 100 MB and such that are none: errors that say so, and nothing is left."""

from __future__ import annotations

import base64
import io
import re
import resource
from pathlib import Path

import numpy as np
import pytest
import requests
from astropy.table import Table
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drportal.services.database import Running
from drportal.services.faults import Refused
from drportal.services.jobs.jobs import COMPLETED, ERROR, EXECUTING, Job, Jobs, new_ident
from drportal.services.jobs.shelf import FolderShelf
from drportal.services.limits import Limits
from drportal.services.tap.uploads import read_upload

from ..commands import until
from ..conftest import Made
from .test_tap import ask, rows, upload
from .test_withstands import job_of, phase, process

ROOM = 300_000


def without_room() -> None:
    """No file of this process can be larger than `ROOM`, as on a disc that is full."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, ROOM))


def test_a_full_disc_is_said_and_nothing_is_left(made: Made, tmp_path: Path) -> None:
    state = tmp_path / "state"
    with process(made.site, state, without_room) as (_, address):
        vo = f"{address}test/v1/vo/"
        answer = ask(vo, "SELECT * FROM sim")
        assert answer.status_code == 503
        assert "disk of the service is full" in answer.text
        buffer = io.BytesIO()
        Table({"a": np.arange(200_000.0)}).write(buffer, format="votable", tabledata_format="binary2")
        answer = upload(vo, "SELECT COUNT(*) FROM TAP_UPLOAD.mine", buffer.getvalue())
        assert answer.status_code == 503
        assert "disk of the service is full" in answer.text
        job = job_of(vo, "SELECT * FROM sim", PHASE="RUN")
        until(lambda: phase(job) == "ERROR")
        assert "disk of the service is full" in requests.get(f"{job}/error", timeout=60).text
        large = requests.post(
            f"{vo}tap/async", data={"LANG": "ADQL", "QUERY": "SELECT 1 FROM sim", "UPLOAD": "mine,param:a"},
            files={"a": buffer.getvalue()}, timeout=60, allow_redirects=False,
        )  # fmt: skip
        assert (large.status_code, large.headers["Retry-After"]) == (503, "60")
        assert rows(ask(vo, "SELECT COUNT(*) FROM sim")) == [(20_000,)]
        kept = [p.name for p in state.rglob("jobs/*/*") if p.is_file()]
        assert [name for name in kept if not name.startswith("run-")] == ["job.json"]


def test_a_job_whose_end_cannot_be_written_has_ended(tmp_path: Path) -> None:
    shelf, limits = FolderShelf(tmp_path), Limits(lease=0.5)
    kept = Jobs(shelf, limits, "one")
    job = kept.create(Job(new_ident(), "", "", []), {})
    kept.begin(job)
    kept.start(job)
    assert Jobs(shelf, limits, "other").find(job.ident, "").phase == EXECUTING
    (tmp_path / job.ident / "run-one.json.part").mkdir()  # nothing can be written there
    kept.end(job, COMPLETED)
    assert kept.phases() == {COMPLETED: 1}
    until(lambda: kept.find(job.ident, "").phase == ERROR)  # as all processes know it


@pytest.mark.slow
def test_a_table_of_100_mb_is_read_in_bounded_memory(made: Made, tmp_path: Path) -> None:
    count = 4_600_000
    stream = np.zeros(count, [("flags", "u1"), ("a", ">f8"), ("b", ">f8")])
    stream["a"], stream["b"] = np.arange(count), 1
    text = base64.b64encode(stream.tobytes())
    head = b'<VOTABLE version="1.4" xmlns="http://www.ivoa.net/xml/VOTable/v1.3"><RESOURCE><TABLE>'
    fields = b'<FIELD name="a" datatype="double"/><FIELD name="b" datatype="double"/>'
    table = head + fields + b'<DATA><BINARY2><STREAM encoding="base64">' + text[: 99_000_000 // 68 * 68]
    table += b"</STREAM></BINARY2></DATA></TABLE></RESOURCE></VOTABLE>"
    read = (99_000_000 // 68 * 68) * 3 // 4 // 17
    with process(made.site, tmp_path / "state") as (running, address):
        vo = f"{address}test/v1/vo/"
        found = rows(upload(vo, "SELECT COUNT(*) AS n, MAX(a) AS m, SUM(b) AS s FROM TAP_UPLOAD.mine", table))
        assert found == [(read, read - 1.0, float(read))]
        status = Path(f"/proc/{running.pid}/status").read_text()
        most = re.search(r"VmHWM:\s+(\d+) kB", status)
        assert most and int(most[1]) < 900_000, most
        assert upload(vo, "SELECT 1 FROM TAP_UPLOAD.mine", table + b" " * 2_000_000).status_code == 400
    assert not list((tmp_path / "state").rglob("upload-*"))


def whole() -> bytes:
    buffer = io.BytesIO()
    table = Table({"a": [1.5, 2.5], "n": np.array([1, 2], "i2"), "t": ["x", "ü"], "v": np.ones((2, 3))})
    table.write(buffer, format="votable", tabledata_format="tabledata")
    return buffer.getvalue()


VALID = whole()
PIECES = [
    b"<TD>", b"</TR>", b'arraysize="99999999999x2"', b'datatype="bit"', b"<!DOCTYPE a [<!ENTITY b 'c'>]>",
    b"&b;", b"&#0;", b"\xff\xfe", b"<FIELD/>", b'ref="a"', b"<BINARY2>", b"<STREAM encoding='gzip'>", b"\0",
    b"9" * 400,
]  # fmt: skip
NOISE = st.one_of(st.sampled_from(PIECES), st.binary(max_size=6))
CUTS = st.lists(st.tuples(st.integers(0, len(VALID)), st.integers(0, 40), NOISE), min_size=1, max_size=4)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(CUTS)
def test_torn_tables_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, cuts: list[tuple[int, int, bytes]]
) -> None:
    torn = VALID
    for at, length, piece in cuts:
        torn = torn[:at] + piece + torn[at + length :]
    file = tmp_path_factory.getbasetemp() / "torn.vot"
    file.write_bytes(torn)
    try:
        assert read_upload("mine", file, Running()).table.columns is not None
    except Refused as error:
        assert "\n" not in str(error)
