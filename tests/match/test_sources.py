"""Where the other catalogue may be: several files, patterns, HATS folders, addresses of stores."""

from __future__ import annotations

import functools
import http.server
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from drportal.ingest.readers.addresses import put
from drportal.ingest.write import tiles
from drportal.match.other import Other, read_other
from drportal.match.sources import OtherFiles, other_files
from drportal.model import Release
from drportal.model.crossmatch import Crossmatch
from drportal.pieces import Digests
from drportal.problems import InputError

from ..hosting.test_store import BIN, store
from ..ingest_fixtures import ingest
from .test_join import match_of

__all__ = ["store"]
ROWS = 500


def table() -> pa.Table:
    draw = np.random.default_rng(3)
    ra, dec = draw.uniform(0, 360, ROWS), np.degrees(np.arcsin(draw.uniform(-1, 1, ROWS)))
    return pa.table({"RA": ra, "DE": dec, "v": np.arange(ROWS)})


def found(folder: Path, source: str | list[str]) -> OtherFiles:
    match = Crossmatch.model_validate(match_of().model_dump(exclude_none=True) | {"source": source})
    release = Release(name="T", published="2026-01")
    release.file = folder / "release.toml"
    return other_files(match, release, Digests(), lambda *_: None)


def values(folder: Path, files: OtherFiles) -> list[int]:
    """The carried values that are read from the files, in ascending order."""
    out = folder / "other"
    out.mkdir()
    read_other(match_of(), None, files, folder / "release.toml", out)
    other = Other.open(out)
    read = sorted(other.columns.column("x_v").to_pylist())
    shutil.rmtree(out)
    return read


def halves(folder: Path) -> None:
    pq.write_table(table().slice(0, 200), folder / "a.parquet")
    pq.write_table(table().slice(200), folder / "b.parquet")


def test_several_files(tmp_path: Path) -> None:
    halves(tmp_path)
    for source in (["b.parquet", "a.parquet"], "?.parquet", ["a.*", str(tmp_path / "b.parquet")]):
        assert values(tmp_path, found(tmp_path, source)) == list(range(ROWS))
    with pytest.raises(InputError, match=r"crossmatch\[x\].source: names .*a.parquet twice"):
        found(tmp_path, ["a.parquet", "*.parquet"])
    with pytest.raises(InputError, match=r"crossmatch\[x\].source: no file 'c.parquet'"):
        found(tmp_path, ["a.parquet", "c.parquet"])


@pytest.fixture
def hats(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A HATS catalogue of several partitions, beside its collection."""
    monkeypatch.setattr(tiles, "PARTITION_ROWS", 50)
    pq.write_table(table(), tmp_path / "t.parquet")
    return ingest(tmp_path, "t.parquet", out="sky", roles={"ra": "RA", "dec": "DE"})


def test_hats_catalogues_and_collections(tmp_path: Path, hats: Path) -> None:
    for source in ("sky", "sky_collection", f"{hats}/"):
        files = found(tmp_path, source)
        assert len(files.names) > 10
        assert values(tmp_path, files) == list(range(ROWS))
    one = next((hats / "dataset").rglob("Npix*.parquet"))
    before = found(tmp_path, "sky").inputs
    pq.write_table(pq.read_table(one, partitioning=None).slice(1), one)
    assert found(tmp_path, "sky").inputs != before
    one.unlink()
    with pytest.raises(InputError, match=r"crossmatch\[x\].source: lacks .*Npix.*fetch the whole"):
        found(tmp_path, "sky")
    with pytest.raises(InputError, match=r"is a HATS catalogue of type 'margin'"):
        found(tmp_path, "sky_collection/margin")


@pytest.fixture
def web(tmp_path: Path) -> Iterator[str]:
    """The folder over HTTP, with ranges."""

    class Ranges(http.server.SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            pass

        def do_GET(self) -> None:
            asked, file = self.headers.get("Range"), Path(self.translate_path(self.path))
            if not asked or not file.is_file():
                super().do_GET()
                return
            data = file.read_bytes()
            start, _, end = asked.removeprefix("bytes=").partition("-")
            part = data[int(start) : int(end) + 1 if end else None]
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{int(start) + len(part) - 1}/{len(data)}")
            self.send_header("Content-Length", str(len(part)))
            self.end_headers()
            self.wfile.write(part)

    made = functools.partial(Ranges, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), made) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_addresses_of_the_web(tmp_path: Path, hats: Path, web: str) -> None:
    halves(tmp_path)
    for source in ([f"{web}/a.parquet", "b.parquet"], f"{web}/sky", f"{web}/sky_collection"):
        assert values(tmp_path, found(tmp_path, source)) == list(range(ROWS))
    before = found(tmp_path, f"{web}/a.parquet").inputs
    pq.write_table(table().slice(0, 199), tmp_path / "a.parquet")
    assert found(tmp_path, f"{web}/a.parquet").inputs != before
    with pytest.raises(InputError, match=rf"crossmatch\[x\].source: {web}/c.parquet cannot be read"):
        found(tmp_path, f"{web}/c.parquet")


@pytest.mark.slow
@pytest.mark.skipif(not (BIN / "moto_server").exists(), reason="make .venv/store/installed")
def test_a_store(
    store: tuple[str, dict[str, str]], tmp_path: Path, hats: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in store[1].items():
        monkeypatch.setenv(name, value)
    make = [BIN / "aws", "--endpoint-url", store[0], "s3", "mb", "s3://others"]
    subprocess.run(make, env=store[1], check=True, capture_output=True)
    halves(tmp_path)
    for file in (*tmp_path.glob("?.parquet"), *hats.rglob("*")):
        if file.is_file():
            put(file, f"s3://others/{file.relative_to(tmp_path).as_posix()}")
    for source in (["s3://others/a.parquet", "s3://others/b.parquet"], "s3://others/sky"):
        assert values(tmp_path, found(tmp_path, source)) == list(range(ROWS))
    with pytest.raises(InputError, match=r"crossmatch\[x\].source: s3://others/c.parquet cannot be read"):
        found(tmp_path, "s3://others/c.parquet")
