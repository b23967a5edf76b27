"""An S3 store has the same tree, with content types and cache rules."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from drportal.hosting.rules import cache_control, type_of

from ..commands import drportal
from ..conftest import await_port, free_port
from ..publish.test_manifest import verify
from ..steps.test_build import tree
from .test_hosts import Asked

BIN = Path(sys.prefix) / "store" / "bin"
pytestmark = pytest.mark.skipif(not (BIN / "moto_server").exists(), reason="make .venv/store/installed")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Address of a store, and the environment in which the command line finds it."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    reported = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_DEFAULT_REGION": "us-east-1"}
    reported |= {"AWS_ENDPOINT_URL": address, "PATH": f"{BIN}:{os.environ['PATH']}", "HOME": str(tmp_path)}
    command = [BIN / "moto_server", "-H", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            await_port(port)
            yield address, os.environ | reported
        finally:
            process.terminate()


@pytest.mark.slow
def test_a_store_has_the_same_tree(signed: Path, store: tuple[str, dict[str, str]], tmp_path: Path) -> None:
    address, environment = store
    site = Path(shutil.copytree(signed, tmp_path / "site"))

    def do(*command: object) -> None:
        done = subprocess.run(list(map(str, command)), env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    do("aws", "--endpoint-url", address, "s3", "mb", "s3://survey")
    document = (Path(__file__).parents[2] / "docs" / "hosting.md").read_text(encoding="utf-8")
    for command in re.findall(r"^aws s3api .*?}'$", document, re.M | re.S):
        do("sh", "-ec", command.replace("aws ", f"aws --endpoint-url {address} ", 1))
    script = tmp_path / "upload.sh"
    printed = drportal("host", "s3", site, check=True).stdout
    script.write_text(printed)
    do("sh", script, "s3://survey/data")
    for path in tree(site):
        asked = Asked(address + "/", f"survey/data/{path}")
        assert asked.body == (site / path).read_bytes(), path
        assert asked["Content-Type"] == type_of(path.rpartition("/")[2]), path
        assert asked["Cache-Control"] == cache_control(f"/{path}"), path
    path = next(p for p in tree(site) if p.endswith(".parquet") and "dataset" in p)
    part = Asked(address + "/", f"survey/data/{path}", Range="bytes=-8")
    assert (part.status, part.body) == (206, (site / path).read_bytes()[-8:])
    cors = Asked(address + "/", f"survey/data/{path}", Origin="https://other.example")
    assert cors["Access-Control-Allow-Origin"] in ("*", "https://other.example")
    done = verify(f"{address}/survey/data/")
    assert done.returncode == 0 and "all as published" in done.stdout
    (site / "zh" / "index.html").unlink()
    do("sh", script, "s3://survey/data")
    assert Asked(address + "/", "survey/data/zh/index.html").status == 404
    assert Asked(address + "/", "survey/data/index.html").status == 200
