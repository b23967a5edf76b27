"""Servers keep their access while other runs of the tests begin."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def test_each_run_has_a_folder_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text("from tests.temporary import own_folder as pytest_configure\n")
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "test_it.py").write_text(
        "def test_it(tmp_path):\n"
        "    for one in tmp_path.parents[:3]: print('AT', one, oct(one.stat().st_mode))\n"
    )
    command = [sys.executable, "-m", "pytest", "-qs", "-p", "no:cacheprovider", "."]
    environment = {"TMPDIR": str(tmp_path), "PYTHONPATH": str(ROOT)}
    seen = []
    for _ in range(3):
        done = subprocess.run(
            command, cwd=tmp_path, capture_output=True, text=True, check=True, env=environment
        )
        lines = [line.split() for line in done.stdout.splitlines() if line.startswith("AT")]
        assert lines[1][2] == "0o40711"
        seen.append(Path(lines[1][1]))
    assert len(set(seen)) == 3
    assert [one.exists() for one in seen] == [False, True, True]
