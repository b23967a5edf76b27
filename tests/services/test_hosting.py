"""What `drportal host` prints for the services: each is checked by the program that reads it."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
import yaml

from ..commands import drportal, until
from ..conftest import DRPORTAL, Made
from ..servers import server
from ..ways import few
from .running import Served
from .test_tap import ask, rows
from .test_withstands import job_of, phase, process


def printed(kind: str, site: Path, *more: object) -> str:
    """What the command prints, with the program where it is found."""
    environment = os.environ | {"PATH": f"{DRPORTAL.parent}:{os.environ['PATH']}"}
    command = [str(part) for part in (DRPORTAL, "host", kind, site, *more)]
    return subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout


def test_nginx_stands_in_front(portal: Served, made: Made, tmp_path: Path) -> None:
    services = urlsplit(portal.address).netloc
    with server("nginx-vo", made.site, made.site, tmp_path / "run", services) as address:
        vo = f"{address}test/v1/vo/"
        assert rows(ask(vo, "SELECT COUNT(*) FROM sim")) == [(20_000,)]
        answer = requests.get(f"{vo}scs/sim?RA=1&DEC=2&SR=1", timeout=60)
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "," not in answer.headers["Cache-Control"]
        job = requests.post(
            f"{vo}tap/async",
            data={"LANG": "ADQL", "QUERY": "SELECT 1 FROM sim"},
            timeout=60,
            allow_redirects=False,
        )
        assert job.headers["Location"].startswith(vo)
        assert requests.get(f"{vo}metrics", timeout=60).status_code == 200  # from this computer
        page = requests.get(f"{address}test/v1/sql.html", timeout=60)
        assert page.content == (made.site / "test" / "v1" / "sql.html").read_bytes()
        assert "nginx" in page.headers["Server"]


def test_nginx_goes_on_with_one_of_two_processes(made: Made, tmp_path: Path) -> None:
    with (
        process(made.site, tmp_path / "state") as (first, one),
        process(made.site, tmp_path / "state") as (_, other),
    ):
        places = [urlsplit(address).netloc for address in (one, other)]
        with server("nginx-vo", made.site, made.site, tmp_path / "run", ",".join(places)) as address:
            vo, asked = f"{address}test/v1/vo/", "SELECT COUNT(*) FROM sim"
            job = job_of(vo, asked, PHASE="RUN")
            for _ in range(8):  # whichever process is asked
                assert phase(job, WAIT="30") in ("QUEUED", "EXECUTING", "COMPLETED")
            until(lambda: phase(job, WAIT="5") == "COMPLETED")
            counts = [requests.get(f"{one}vo/metrics", timeout=60).text for one in (one, other)]
            assert all(re.search(r'requests_total{status="200"} [1-9]', text) for text in counts)
            first.send_signal(signal.SIGKILL)
            first.wait()
            for _ in range(6):
                assert rows(ask(vo, asked)) == [(20_000,)]
                assert rows(requests.get(f"{job}/results/result", timeout=60)) == [(20_000,)]
                assert job_of(vo, asked).startswith(vo)


@pytest.mark.parametrize("processes", few([1, 3], 3))
def test_the_unit_is_one_of_systemd(made: Made, tmp_path: Path, processes: int) -> None:
    verify = shutil.which("systemd-analyze")
    assert verify
    several = processes > 1
    file = tmp_path / ("drportal@.service" if several else "drportal-vo.service")
    file.write_text(
        printed("systemd", made.site, "--address", "https://survey.example/", "--processes", processes)
    )
    unit = tmp_path / "drportal@8002.service" if several else file  # an instance
    done = subprocess.run([verify, "verify", unit], capture_output=True, text=True, check=False)
    assert [line for line in done.stderr.splitlines() if file.name in line] == []
    start = re.search(r"^ExecStart=(.*)$", file.read_text(), re.MULTILINE)
    assert start
    assert "--address https://survey.example/" in start[1]
    assert f"--port {'%i' if several else '8000'} " in start[1]


def test_a_store_and_replicas_are_written_too(made: Made) -> None:
    more = ("--root", "s3://bucket/site", "--jobs", "s3://bucket/jobs", "--processes", "3")
    service = yaml.safe_load(printed("compose", made.site, *more))["services"]["vo"]
    assert service["deploy"]["replicas"] == 3
    assert service["ports"] == ["127.0.0.1:8000-8002:8000"]
    assert service["volumes"] == ["state:/state"]
    assert service["command"][-2:] == ["--jobs", "s3://bucket/jobs"]
    assert '"serve", "s3://bucket/site", "--vo"' in printed("docker", made.site, *more)
    unit = printed("systemd", made.site, *more)
    assert 'serve "s3://bucket/site" --vo' in unit
    assert '--jobs "s3://bucket/jobs"' in unit
    for option in ("--root", "--jobs"):
        done = drportal("host", "systemd", made.site, option, 's3://a" --quiet')
        assert (done.returncode, done.stderr.count("\n")) == (2, 1)


def test_the_commands_are_those_that_the_program_takes(made: Made) -> None:
    help_ = subprocess.run([DRPORTAL, "serve", "--help"], capture_output=True, text=True, check=True).stdout
    compose = yaml.safe_load(printed("compose", made.site, "--address", "https://survey.example/"))
    service = compose["services"]["vo"]
    docker = printed("docker", made.site, "--address", "https://survey.example/")
    entry = json.loads(re.findall(r"^ENTRYPOINT (.*)$", docker, re.MULTILINE)[0])
    command = json.loads(re.findall(r"^CMD (.*)$", docker, re.MULTILINE)[0])
    assert command == service["command"]
    assert service["volumes"][0]["source"] == str(made.site.absolute())
    unit = re.findall(r"^ExecStart=(.*)$", printed("systemd", made.site), re.MULTILINE)[0].split()
    for option in [*entry, *command, *unit]:
        if option.startswith("--"):
            assert f"{option} " in help_, option
    assert entry[:2] == ["drportal", "serve"]


def test_the_image_is_built_and_healthy(made: Made, tmp_path: Path) -> None:
    docker = shutil.which("docker")
    if docker is None or subprocess.run([docker, "info"], capture_output=True, check=False).returncode:
        # Without an engine its instructions are checked alone.
        words = {line.split()[0] for line in printed("docker", made.site).splitlines() if line[:1].isupper()}
        assert words <= {
            "FROM",
            "RUN",
            "USER",
            "VOLUME",
            "EXPOSE",
            "HEALTHCHECK",
            "STOPSIGNAL",
            "ENTRYPOINT",
            "CMD",
        }
        return
    (tmp_path / "Dockerfile").write_text(printed("docker", made.site))
    done = subprocess.run([docker, "build", "--check", tmp_path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("ending", few([signal.SIGTERM, signal.SIGINT], signal.SIGTERM))
def test_it_stops_after_the_answers_under_way(made: Made, tmp_path: Path, ending: signal.Signals) -> None:
    with process(made.site, tmp_path / "state") as (running, address):
        found: list[int] = []

        def client() -> None:
            answer = ask(f"{address}test/v1/vo/", "SELECT COUNT(*) FROM sim AS a, sim AS b WHERE a.ra > b.ra")
            found.append(answer.status_code)

        thread = threading.Thread(target=client)
        thread.start()
        while (
            requests.get(f"{address}vo/metrics", timeout=60).text.count("drportal_running 1\n") == 0
            and not found
        ):
            pass
        running.send_signal(ending)
        thread.join(60)
        assert found == [200]
        running.wait(60)


def test_the_log_has_a_line_of_json_for_each_request(made: Made, tmp_path: Path) -> None:
    command = [DRPORTAL, "serve", made.site, "--vo", "--port", "0", "--state", tmp_path / "state"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stdout
        assert running.stderr
        address = running.stdout.readline().partition(" at ")[2].split()[0]
        requests.get(f"{address}vo/availability?a=%0a%1b[31m", timeout=60)
        requests.get(f"{address}vo/tap/%0a%1b[31m", timeout=60)
        lines = [json.loads(running.stderr.readline()) for _ in range(2)]
        running.kill()
    assert [line["status"] for line in lines] == [200, 404]
    assert lines[0]["path"] == "/vo/availability"
    assert lines[0]["bytes"] > 100
    assert sys.maxsize > lines[0]["seconds"] >= 0
