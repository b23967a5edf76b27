"""Fetching the engine's files: verified, from any source of the lock, without the network if possible."""

from __future__ import annotations

import hashlib
import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

SCRIPT = Path(__file__).resolve().parents[3] / "generator" / "client" / "fetch_engine.py"


@pytest.fixture
def fetcher() -> ModuleType:
    spec = importlib.util.spec_from_file_location("fetch_engine", SCRIPT)
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


def test_failure_is_one_line(fetcher: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = tmp_path / "lock.json"
    lock.write_text(json.dumps({"files": {"x.wasm": entry(b"right", ABSENT, MIRROR)}}))
    monkeypatch.setattr(fetcher, "LOCK", lock)
    monkeypatch.setenv("DRPORTAL_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("DRPORTAL_EXTENSION_REPOSITORY", raising=False)
    with pytest.raises(SystemExit) as end:
        fetcher.main()
    assert "x.wasm" in str(end.value)
    assert "\n" not in str(end.value)


def test_the_lock_names_no_address() -> None:
    text = SCRIPT.with_name("engine.lock.json").read_text(encoding="utf-8")
    assert "//" not in text
    for file in json.loads(text)["files"].values():
        assert len(file["sha256"]) == 64
        assert len(file["sources"]) >= 2
