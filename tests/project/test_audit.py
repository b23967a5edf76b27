"""The audit fails for findings and differences from the locks, but not for a missing network."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import pytest

from .. import audit

HASH = f"--hash=sha256:{'0' * 64}"
FAULT = {"id": "PYSEC-0", "fix_versions": ["9.9"]}


def test_what_is_installed_is_compared_with_a_lock(tmp_path: Path) -> None:
    lock = tmp_path / "lock.txt"
    lock.write_text(f"iniconfig=={version('iniconfig')} \\\n    {HASH}\nnot-installed==1.0 {HASH}\n")
    assert audit.python_differences(lock) == []
    lock.write_text(f"pytest==0.1 {HASH}\nruff>=1\niniconfig==9\n")
    assert audit.python_differences(lock) == [
        "lock.txt: ruff>=1 is not pinned by a hash",
        "lock.txt: iniconfig==9 is not pinned by a hash",
        f"pytest {version('pytest')} is installed, 0.1 is locked",
    ]
    file = tmp_path / "module.py"
    file.write_text("")
    assert audit._is(file, {"sha256=other", "sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"})
    file.write_text("altered")
    assert not audit._is(file, {"sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"})


@pytest.mark.parametrize(
    ("python", "client", "status", "reported"),
    [
        ({"dependencies": [{"name": "a", "version": "1", "vulns": []}]}, {"vulnerabilities": {}}, 0, ""),
        ({"dependencies": [{"name": "a", "vulns": [FAULT]}]}, {"vulnerabilities": {}}, 1, "PYSEC-0"),
        ({"dependencies": [{"name": "a", "skip_reason": "not found"}]}, {}, 0, "checked against the locks"),
        ({}, {"vulnerabilities": {"b": {"severity": "high", "range": "<2"}}}, 1, "b: high, <2"),
        ({}, {"message": "405 Method Not Allowed"}, 0, "checked against the locks"),
    ],
)
def test_a_finding_fails_and_silence_does_not(monkeypatch, capsys, python, client, status, reported) -> None:
    """Output of the two programs, as they write it."""
    monkeypatch.setattr(audit, "_said", lambda command, folder: python if "pip_audit" in command else client)
    monkeypatch.setattr(audit, "python_differences", lambda lock: [])
    monkeypatch.setattr(audit, "client_differences", list)
    assert audit.main() == status
    said = capsys.readouterr()
    assert reported in said.out + said.err
