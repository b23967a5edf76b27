"""A site and its jobs on a store: several processes, one of which is killed, and a site that is replaced."""

from __future__ import annotations

import concurrent.futures
import os
import re
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from drportal.services.jobs.jobs import ERROR, KILLED, Jobs
from drportal.services.jobs.shelf import open_shelf
from drportal.services.limits import Limits

from ..commands import drportal, until
from ..publish.targets import s3
from .running import serving_vo
from .test_tap import ask, rows, upload
from .test_withstands import job_of, phase, process, write_portal

ALL = "SELECT MIN(v) AS a, MAX(v) AS b, COUNT(*) AS n FROM t"
HEAVY = "SELECT COUNT(*) FROM t AS a, t AS b, t AS c WHERE a.ra + b.ra > c.ra"


@dataclass(frozen=True)
class Published:
    """A portal, and the address to which its site is published."""

    portal: Path
    site: str
    jobs: str

    def publish(self, value: int) -> None:
        """Build the portal with a value in all rows, and send it."""
        write_portal(self.portal, value)
        drportal("build", "--portal", self.portal, check=True)
        again = ("--again", "r", "--reason", "Other values.") if value > 1 else ()
        drportal("publish", self.site, "--portal", self.portal, *again, check=True)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    folder = tmp_path_factory.mktemp("store")
    with s3(folder) as place, pytest.MonkeyPatch.context() as patch:
        for name, value in place.environment.items():
            patch.setenv(name, value)
        made = Published(folder / "portal", place.name, "s3://survey/jobs")
        made.publish(1)
        yield made


def test_processes_share_a_site_and_its_jobs(published: Published, tmp_path: Path) -> None:
    more = ("--jobs", published.jobs)
    with (
        process(published.site, tmp_path / "a", more=more) as (first, one),
        process(published.site, tmp_path / "b", more=more) as (_, other),
    ):
        vo = f"{other}vo/"
        assert rows(ask(f"{one}vo/", ALL)) == rows(ask(vo, ALL)) == [(1, 1, 3_000)]
        cone = requests.get(f"{vo}scs/t?RA=120&DEC=0&SR=0.13&RESPONSEFORMAT=votable/td", timeout=60).text
        assert set(re.findall(r"<TR><TD>(\d+)</TD>", cone)) == {"999", "1000", "1001"}
        # A job and its table go to one process, and the other one knows them.
        table = requests.get(
            f"{vo}tap/sync", params={"LANG": "ADQL", "QUERY": "SELECT TOP 9 id FROM t"}, timeout=60
        )
        job = requests.post(
            f"{one}vo/tap/async",
            data={"LANG": "ADQL", "QUERY": "SELECT COUNT(*) AS n FROM TAP_UPLOAD.x", "UPLOAD": "x,param:f"},
            files={"f": table.content}, timeout=60, allow_redirects=False,
        ).headers["Location"].replace(one, other)  # fmt: skip
        assert phase(job) == "PENDING"
        requests.post(f"{job}/phase", data={"PHASE": "RUN"}, timeout=60)
        until(lambda: phase(job.replace(other, one), WAIT="5") == "COMPLETED")
        result = f"{job}/results/result".replace(other, one)
        assert rows(requests.get(result, timeout=60)) == [(9,)]
        assert rows(
            upload(vo, "SELECT n FROM TAP_UPLOAD.mine", requests.get(result, timeout=60).content)
        ) == [(9,)]
        # One process stops what the other one runs.
        stopped = job_of(f"{one}vo/", HEAVY, PHASE="RUN")
        until(lambda: phase(stopped) == "EXECUTING")
        requests.post(f"{stopped.replace(one, other)}/phase", data={"PHASE": "ABORT"}, timeout=60)
        assert phase(stopped) == "ABORTED"
        until(lambda: "drportal_running 0\n" in requests.get(f"{one}vo/metrics", timeout=60).text)
        # What a process ran that was killed is an error for all others, after a while.
        killed = job_of(f"{one}vo/", HEAVY, PHASE="RUN").replace(one, other)
        until(lambda: phase(killed) == "EXECUTING")
        first.send_signal(signal.SIGKILL)
        first.wait()
        assert phase(killed) == "EXECUTING"
        soon = Jobs(open_shelf(published.jobs), Limits(lease=0.5), "another")
        ident = killed.rsplit("/", 1)[1]
        until(lambda: soon.find(ident, "").phase == ERROR)
        assert soon.find(ident, "").state.error == KILLED
        assert requests.delete(killed, timeout=60, allow_redirects=False).status_code == 303
        assert requests.get(killed, timeout=60).status_code == 404


def test_pages_are_those_of_the_site(published: Published) -> None:
    site = published.portal / "build" / "site"
    with serving_vo(published.site) as served:
        page = requests.get(served.address, timeout=60)
        assert page.content == (site / "index.html").read_bytes()
        assert "script-src" in page.headers["Content-Security-Policy"]
        same = requests.get(served.address, headers={"If-None-Match": page.headers["ETag"]}, timeout=60)
        assert same.status_code == 304
        file = next((site / "r" / "data" / "t" / "dataset").rglob("*.parquet"))
        address, content = f"{served.address}{file.relative_to(site).as_posix()}", file.read_bytes()
        for asked in ("bytes=-8", "bytes=4-9", "bytes=0-"):
            part = requests.get(address, headers={"Range": asked}, timeout=60)
            first, _, last = asked.removeprefix("bytes=").partition("-")
            wanted = content[-8:] if not first else content[int(first) : int(last) + 1 if last else None]
            assert (part.status_code, part.content) == (206, wanted)
        two = requests.get(address, headers={"Range": "bytes=0-3,8-11"}, timeout=60)
        assert two.headers["Content-Type"].startswith("multipart/byteranges")
        assert content[8:12] in two.content
        assert requests.get(f"{served.address}r", timeout=60, allow_redirects=False).status_code == 301
        for path in ("none.html", "%2e%2e/jobs", "r/%2e%2e/%2e%2e/jobs/"):
            assert requests.get(f"{served.address}{path}", timeout=60).status_code == 404


def test_a_site_that_is_published_meanwhile_mixes_nothing(published: Published) -> None:
    seen: set[tuple[int, ...]] = set()
    statuses: set[int] = set()
    with serving_vo(published.site) as served, concurrent.futures.ThreadPoolExecutor(3) as clients:
        stop = False

        def client(_: int) -> None:
            while not stop:
                answer = ask(f"{served.address}vo/", ALL)
                statuses.add(answer.status_code)
                if answer.status_code == 200:
                    seen.update(rows(answer))

        running = [clients.submit(client, n) for n in range(3)]
        try:
            until(lambda: seen)
            published.publish(2)
            until(lambda: (2, 2, 3_000) in seen)
        finally:
            stop = True
        for one in running:
            one.result()
    assert seen == {(1, 1, 3_000), (2, 2, 3_000)}
    assert statuses <= {200, 503}


def test_what_is_wrong_with_an_address_is_said(published: Published, tmp_path: Path) -> None:
    for site, said in (
        ("s3://survey/nothing", "manifest.json: is missing: not a site"),
        ("nothing://a/b", "cannot be opened"),
    ):
        done = drportal("serve", site, "--vo", "--port", "0", "--state", tmp_path, env=os.environ)
        assert (done.returncode, done.stderr.count("\n")) == (2, 1)
        assert said in done.stderr
    done = drportal("serve", "s3://survey/data")
    assert done.returncode == 2
    assert "add --vo" in done.stderr
