"""Fetching the parts of others: verified, from any source of a lock, without the network if possible."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

SCRIPT = Path(__file__).resolve().parents[3] / "generator" / "client" / "fetch_parts.py"


@pytest.fixture
def fetcher() -> ModuleType:
    spec = importlib.util.spec_from_file_location("fetch_parts", SCRIPT)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def entry(content: bytes, *sources: dict[str, str]) -> dict[str, Any]:
    return {
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "sources": list(sources),
    }


MIRROR = {"kind": "duckdb-extension-repository", "path": "v1/x.wasm"}
DISTRIBUTION = {"kind": "pyodide-distribution", "path": "python.bin"}
ABSENT = {"kind": "npm", "package": "no-such-package", "version": "1", "path": "x"}


def test_the_next_source_is_tried(
    fetcher: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mirror" / "v1").mkdir(parents=True)
    (tmp_path / "mirror" / "v1" / "x.wasm").write_bytes(b"right")
    monkeypatch.setenv("DRPORTAL_EXTENSION_REPOSITORY", str(tmp_path / "mirror"))
    fetcher.fetch("x.wasm", entry(b"right", ABSENT, MIRROR), tmp_path)
    assert (tmp_path / "x.wasm").read_bytes() == b"right"


def test_other_bytes_are_refused(
    fetcher: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "v1").mkdir()
    (tmp_path / "v1" / "x.wasm").write_bytes(b"wrong")
    monkeypatch.setenv("DRPORTAL_EXTENSION_REPOSITORY", str(tmp_path))
    with pytest.raises(OSError, match="not the bytes that the lock describes"):
        fetcher.fetch("x.wasm", entry(b"right", MIRROR), tmp_path)
    assert not (tmp_path / "x.wasm").exists()
    assert not (tmp_path / "x.wasm.part").exists()


def test_a_verified_copy_asks_nothing(fetcher: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "x.wasm").write_bytes(b"right")
    fetcher.fetch("x.wasm", entry(b"right"), tmp_path)
    (tmp_path / "x.wasm").write_bytes(b"wrong")
    with pytest.raises(OSError, match="found in no source"):
        fetcher.fetch("x.wasm", entry(b"right", ABSENT), tmp_path)


def lock_of(folder: Path, name: str, *sources: dict[str, str]) -> Path:
    lock = folder / f"{name}.lock.json"
    lock.write_text(json.dumps({"files": {f"{name}.bin": entry(b"right", *sources)}}))
    return lock


@pytest.fixture
def locks(fetcher: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder from which both locks can be satisfied, and the locks; the cache is another."""
    monkeypatch.setattr(
        fetcher, "ENGINE", lock_of(tmp_path, "engine", ABSENT, MIRROR | {"path": "engine.bin"})
    )
    monkeypatch.setattr(fetcher, "PYTHON", lock_of(tmp_path, "python", ABSENT, DISTRIBUTION))
    monkeypatch.setenv("DRPORTAL_CACHE", str(tmp_path / "cache"))
    place = tmp_path / "place"
    place.mkdir()
    for name in ("engine.bin", "python.bin"):
        (place / name).write_bytes(b"right")
    monkeypatch.setenv("DRPORTAL_EXTENSION_REPOSITORY", str(place))
    monkeypatch.setenv("DRPORTAL_PYODIDE_DISTRIBUTION", str(place))
    return place


def test_both_locks_are_fetched(fetcher: ModuleType, locks: Path, tmp_path: Path) -> None:
    fetcher.main()
    assert (tmp_path / "cache" / "engine.bin").read_bytes() == b"right"
    assert (tmp_path / "cache" / "python" / "python.bin").read_bytes() == b"right"


def test_without_the_engine_is_one_line(fetcher: ModuleType, locks: Path) -> None:
    (locks / "engine.bin").unlink()
    with pytest.raises(SystemExit) as end:
        fetcher.main()
    assert "engine.bin" in str(end.value)
    assert "\n" not in str(end.value)


def test_without_packages_for_python_one_line_is_said(
    fetcher: ModuleType, locks: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DRPORTAL_PYODIDE_DISTRIBUTION")
    fetcher.main()
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "python.bin" in said
    assert "DRPORTAL_PYODIDE_DISTRIBUTION is not set" in said


def test_a_wheel_is_downloaded_once(
    fetcher: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """pip is replaced by a program that notes that it ran, and leaves a wheel with two members."""
    pip = tmp_path / "pip.py"
    pip.write_text(
        "import sys, zipfile\nfrom pathlib import Path\n"
        "out = Path(sys.argv[sys.argv.index('--dest') + 1]); out.mkdir(parents=True)\n"
        "with zipfile.ZipFile(out / 'carrier-1-py3-none-any.whl', 'w') as z:\n"
        "    z.writestr('in/a.whl', b'first'); z.writestr('in/b.whl', b'second')\n"
        "Path(__file__).with_name('runs').open('a').write('run ')\n"
    )
    monkeypatch.setattr(fetcher, "pip", lambda: [sys.executable, str(pip)])
    source = {"kind": "pypi", "package": "carrier", "version": "1"}
    for name, content in (("a.whl", b"first"), ("b.whl", b"second")):
        fetcher.fetch(name, entry(content, source | {"member": f"in/{name}"}), tmp_path)
        assert (tmp_path / name).read_bytes() == content
    assert (tmp_path / "runs").read_text() == "run "


@pytest.mark.parametrize("name", ["engine", "python"])
def test_the_locks_name_no_address(name: str) -> None:
    text = SCRIPT.with_name(f"{name}.lock.json").read_text(encoding="utf-8")
    assert "//" not in text
    for file in json.loads(text)["files"].values():
        assert len(file["sha256"]) == 64
        assert len(file["sources"]) >= 2


def test_packages_are_those_of_pyodides_own_lock() -> None:
    lock = json.loads(SCRIPT.with_name("python.lock.json").read_text(encoding="utf-8"))
    own = json.loads((SCRIPT.parent / "node_modules/pyodide/pyodide-lock.json").read_text(encoding="utf-8"))
    assert lock["pyodide"] == own["info"]["version"]
    assert lock["python"] == own["info"]["python"]
    known = {one["file_name"]: one["sha256"] for one in own["packages"].values()}
    packages = {
        name: file["sha256"] for name, file in lock["files"].items() if "npm" not in str(file["sources"])
    }
    assert len(packages) > 10
    assert packages == {name: known[name] for name in packages}
