"""Many clients, slow ones, those that hang up; long statements; kills; a site that is built meanwhile."""

from __future__ import annotations

import concurrent.futures
import contextlib
import io
import os
import signal
import socket
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
import requests
from astropy.io.votable import parse
from astropy.table import Table
from lxml import etree

from drportal.services.limits import Limits

from ..commands import drportal, until
from ..conftest import Made
from .running import Served, serving_vo
from .test_tap import ask, rows

HEAVY = "SELECT COUNT(*) FROM sim AS a, sim AS b, sim AS c WHERE a.ra + b.ra > c.ra"
UWS = "{http://www.ivoa.net/xml/UWS/v1.0}"


def test_200_clients_get_their_own_answers(portal: Served, vo: str) -> None:
    def one(number: int) -> bool:
        if number % 4 == 3:
            answer = requests.get(f"{vo}scs/sim?RA={number}&DEC=20&SR=5&VERB=1", timeout=300)
            return f'name="INPUT:RA" datatype="double" unit="deg" value="{float(number)}"' in answer.text
        adql = f"SELECT TOP {number + 1} obsid, {number} AS n FROM sim ORDER BY obsid"
        found = rows(ask(vo, adql, RESPONSEFORMAT=("votable", "votable/td")[number % 2]))
        return len(found) == number + 1 and {n for _, n in found} == {number} and found[0][0] == lowest

    lowest = rows(ask(vo, "SELECT MIN(obsid) FROM sim"))[0][0]
    with concurrent.futures.ThreadPoolExecutor(200) as clients:
        assert all(clients.map(one, range(200)))
    assert portal.service.running == portal.service.waiting == 0


def test_a_statement_that_takes_too_long_is_stopped(made: Made) -> None:
    with serving_vo(made.site, Limits(seconds=0.5, statements=1)) as served:
        vo = f"{served.address}test/v1/vo/"
        began = time.monotonic()
        answer = ask(vo, HEAVY)
        assert answer.status_code == 400
        assert "took longer than 0.5 s" in answer.text
        assert time.monotonic() - began < 30
        assert rows(ask(vo, "SELECT COUNT(*) FROM sim")) == [(20_000,)]


def test_too_many_requests_are_asked_to_wait(made: Made) -> None:
    with serving_vo(made.site, Limits(statements=1, waiting=1, seconds=2)) as served:
        vo = f"{served.address}test/v1/vo/"
        with concurrent.futures.ThreadPoolExecutor(6) as clients:
            found = list(clients.map(lambda _: ask(vo, HEAVY), range(6)))
        refused = [answer for answer in found if answer.status_code == 503]
        assert refused
        assert refused[0].headers["Retry-After"] == "60"
        assert requests.get(f"{vo}availability", timeout=30).status_code == 200


def test_clients_that_hang_up_leave_nothing(portal: Served, vo: str) -> None:
    parts = urlsplit(vo)
    path = f"{parts.path}tap/sync?{urlencode({'LANG': 'ADQL', 'QUERY': HEAVY})}"
    for _ in range(6):
        with socket.create_connection((parts.hostname, parts.port)) as client:
            client.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            until(lambda: portal.service.running)
    until(lambda: portal.service.running == 0)


def test_a_slow_reader_holds_no_statement(made: Made) -> None:
    with serving_vo(made.site, Limits(statements=1, sending=1.0)) as served:
        vo = f"{served.address}test/v1/vo/"
        parts = urlsplit(vo)
        path = f"{parts.path}tap/sync?{urlencode({'LANG': 'ADQL', 'QUERY': 'SELECT * FROM sim'})}"
        with contextlib.ExitStack() as stack:
            for _ in range(3):
                slow = stack.enter_context(socket.create_connection((parts.hostname, parts.port)))
                slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                slow.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            assert rows(ask(vo, "SELECT COUNT(*) FROM sim")) == [(20_000,)]
            files = Path(f"/proc/{os.getpid()}/fd")

            def kept() -> bool:
                """Whether files of answers are still open."""
                found = []
                for one in files.iterdir():
                    with contextlib.suppress(OSError):
                        found.append(str(one.readlink()))
                return any(str(served.service.scratch) in f and "(deleted)" in f for f in found)

            until(lambda: not kept())


def test_an_upload_that_is_too_large_is_refused(made: Made) -> None:
    with serving_vo(made.site, Limits(upload=100_000)) as served:
        answer = requests.post(
            f"{served.address}test/v1/vo/tap/sync",
            data={"LANG": "ADQL", "QUERY": "SELECT * FROM TAP_UPLOAD.t", "UPLOAD": "t,param:a"},
            files={"a": b"<VOTABLE>" + b" " * 1_000_000}, timeout=60,
        )  # fmt: skip
        assert answer.status_code == 400
        assert "larger than" in answer.text


# ---- jobs


def job_of(vo: str, adql: str, **more: str) -> str:
    """Create a job; returns its address."""
    answer = requests.post(
        f"{vo}tap/async", data={"LANG": "ADQL", "QUERY": adql, **more}, timeout=60, allow_redirects=False
    )
    assert answer.status_code == 303
    return answer.headers["Location"]


def phase(job: str, **parameters: str) -> str:
    found = etree.fromstring(requests.get(job, params=parameters, timeout=90).content).findtext(f"{UWS}phase")
    assert found
    return str(found)


def test_a_job_from_its_creation_to_its_end(vo: str) -> None:
    job = job_of(vo, "SELECT TOP 3 obsid FROM sim ORDER BY obsid", RUNID="mine")
    assert phase(job) == "PENDING"
    requests.post(f"{job}/parameters", data={"MAXREC": "2"}, timeout=60)
    requests.post(f"{job}/phase", data={"PHASE": "RUN"}, timeout=60)
    while (now := phase(job, WAIT="30")) in ("QUEUED", "EXECUTING"):
        pass
    assert now == "COMPLETED"
    document = etree.fromstring(requests.get(job, timeout=60).content)
    assert document.findtext(f"{UWS}runId") == "mine"
    (result,) = document.iter(f"{UWS}result")
    found = requests.get(result.get("{http://www.w3.org/1999/xlink}href"), timeout=60)
    assert rows(found) == rows(ask(vo, "SELECT TOP 2 obsid FROM sim ORDER BY obsid"))
    assert "OVERFLOW" in found.text
    for part in ("quote", "owner", "destruction", "executionduration", "phase", "parameters", "results"):
        assert requests.get(f"{job}/{part}", timeout=60).status_code == 200
    assert requests.post(f"{job}/parameters", data={"QUERY": "x"}, timeout=60).status_code == 400
    assert requests.delete(job, timeout=60, allow_redirects=False).status_code == 303
    assert requests.get(job, timeout=60).status_code == 404


def test_jobs_are_stopped_by_hand_and_by_time(vo: str, portal: Served) -> None:
    job = job_of(vo, HEAVY, PHASE="RUN")
    until(lambda: phase(job) == "EXECUTING")
    requests.post(f"{job}/phase", data={"PHASE": "ABORT"}, timeout=60)
    assert phase(job) == "ABORTED"
    short = job_of(vo, HEAVY)
    requests.post(f"{short}/executionduration", data={"EXECUTIONDURATION": "1"}, timeout=60)
    assert requests.get(f"{short}/executionduration", timeout=60).text == "1"
    requests.post(f"{short}/phase", data={"PHASE": "RUN"}, timeout=60)
    until(lambda: phase(short) == "ERROR")
    assert "took longer than 1 s" in requests.get(f"{short}/error", timeout=60).text
    until(lambda: portal.service.running == 0)
    requests.post(f"{short}/destruction", data={"DESTRUCTION": "2001-01-01T00:00:00Z"}, timeout=60)
    assert requests.get(short, timeout=60).status_code == 404
    assert not [p for p in (portal.service.scratch / "jobs").iterdir() if p.name == short.rsplit("/", 1)[1]]


def test_a_job_of_another_release_and_of_nobody(portal: Served, vo: str) -> None:
    job = job_of(vo, "SELECT 1 FROM sim")
    ident = job.rsplit("/", 1)[1]
    assert requests.get(f"{portal.address}vo/tap/async/{ident}", timeout=60).status_code == 404
    for path in ("nothing", "..", f"{ident}/nothing", f"{ident}/results/other"):
        assert requests.get(f"{vo}tap/async/{path}", timeout=60).status_code == 404
    assert ident not in requests.get(f"{vo}tap/async", timeout=60).text


@contextlib.contextmanager
def process(
    site: Path | str, state: Path, first: Callable[[], None] | None = None, more: Sequence[str] = ()
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`drportal serve --vo` as users start it, after `first` in its process; yields its address."""
    program = Path(sys.executable).with_name("drportal")
    command = [program, "serve", site, "--vo", "--port", "0", "--state", state, "--quiet", *more]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, preexec_fn=first) as running:
        try:
            assert running.stdout
            line = running.stdout.readline()
            yield running, line.partition(" at ")[2].split()[0]
        finally:
            running.kill()


@pytest.mark.slow
def test_killed_jobs_are_errors_and_nothing_is_left(made: Made, tmp_path: Path) -> None:
    state = tmp_path / "state"
    with process(made.site, state) as (running, address):
        vo = f"{address}test/v1/vo/"
        job = job_of(vo, HEAVY, PHASE="RUN")
        done = job_of(vo, "SELECT COUNT(*) FROM sim", PHASE="RUN")
        until(lambda: phase(job) == "EXECUTING")
        until(lambda: phase(done) == "COMPLETED")
        with process(made.site, state) as (_, other):  # a second process on the folder has a part of its own
            assert rows(ask(f"{other}test/v1/vo/", "SELECT COUNT(*) FROM sim")) == [(20_000,)]
        running.send_signal(signal.SIGKILL)
        running.wait()
    with process(made.site, state) as (running, address):
        again = f"{address}test/v1/vo/tap/async/"
        job, done = (again + one.rsplit("/", 1)[1] for one in (job, done))
        assert phase(job) == "ERROR"
        assert "was stopped while the job ran" in requests.get(f"{job}/error", timeout=60).text
        assert rows(requests.get(f"{done}/results/result", timeout=60)) == [(20_000,)]
        for one in (job, done):
            requests.delete(one, timeout=60)
        running.send_signal(signal.SIGTERM)
        assert running.wait(60) in (0, -signal.SIGTERM)
    left = [p.relative_to(state).as_posix() for p in state.rglob("*") if p.is_file()]
    assert [p for p in left if not p.endswith((".lock", "/worker"))] == []


# ---- builds


def write_portal(folder: Path, value: int) -> None:
    release = folder / "releases" / "r"
    release.mkdir(parents=True, exist_ok=True)
    (folder / "portal.toml").write_text('name = "T"\ntitle = "T"\nlanguages = ["en"]\n')
    (release / "release.toml").write_text(
        'name = "T"\nversion = "r"\nphase = "v2"\npublished = "2026-01"\n'
        '[[catalogues]]\nname = "t"\nsource = "t.vot"\n'
    )
    count = 3_000
    Table(
        {"id": range(count), "ra": [n * 360 / count for n in range(count)], "dec": [0.0] * count,
         "v": [value] * count},
        units={"ra": "deg", "dec": "deg"},
    ).write(release / "t.vot", format="votable", overwrite=True)  # fmt: skip


def test_a_build_meanwhile_mixes_nothing(tmp_path: Path) -> None:
    portal = tmp_path / "portal"
    write_portal(portal, 1)
    drportal("build", "--portal", portal, check=True)
    site = portal / "build" / "site"
    with serving_vo(site) as served, concurrent.futures.ThreadPoolExecutor(4) as clients:
        seen: list[tuple[int, int, int]] = []
        stop = False

        def client(_: int) -> None:
            while not stop:
                adql = "SELECT MIN(v) AS a, MAX(v) AS b, COUNT(*) AS n FROM t"
                seen.extend(rows(ask(f"{served.address}vo/", adql)))

        running = [clients.submit(client, n) for n in range(4)]
        try:
            until(lambda: seen)
            write_portal(portal, 2)
            drportal("build", "--portal", portal, check=True)
            until(lambda: seen[-1][0] == 2)
        finally:
            stop = True
        for one in running:
            one.result()
    assert set(seen) == {(1, 1, 3_000), (2, 2, 3_000)}


def test_an_encrypted_edition_is_refused(edition: object, tmp_path: Path) -> None:
    folder = edition.sealed  # type: ignore[attr-defined]
    done = drportal("serve", folder, "--vo", "--port", "0", "--state", tmp_path)
    assert done.returncode == 2
    assert "is an encrypted edition" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_without_the_packages_one_line_says_what_to_install(made: Made) -> None:
    code = (
        "import sys; sys.modules['uvicorn'] = None; sys.argv = ['drportal', 'serve', sys.argv[1], '--vo'];"
        "from drportal.cli import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, made.site], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "pip install 'drportal[vo]'" in done.stderr


def test_plain_serve_imports_nothing_of_this() -> None:
    code = (
        "import sys, drportal.cli, drportal.serve;"
        "print([m for m in ('starlette', 'uvicorn', 'lark', 'duckdb') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_answers_are_votables_of_their_version(vo: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        made = parse(io.BytesIO(ask(vo, "SELECT TOP 2 * FROM sim").content), verify="exception")
    assert made.version == "1.4"
