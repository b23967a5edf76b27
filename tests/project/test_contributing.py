"""The paths in CONTRIBUTING.md exist."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def test_files_to_change_exist() -> None:
    rows = [line.split("|") for line in TEXT.splitlines() if line.startswith("| a")]
    assert len(rows) > 8
    for _, _what, where, _how, _end in rows:
        files = re.findall(r"`([^`]+)`", where)
        assert 1 <= len(files) <= 3
        for file in files:
            base = ROOT if file.startswith("themes/") else ROOT / "generator"
            pattern = re.sub(r"<[a-z]+>", "*", file)
            assert list(base.glob(pattern)), file


def test_targets_exist() -> None:
    make = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"make ([a-z-]+)", TEXT):
        assert re.search(rf"^{target}:", make, re.M), target
