"""All styles of a theme are one file, which every page loads."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

STYLES = Path(__file__).resolve().parents[2] / "themes/default/styles"
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
HEAD = re.compile(r"([^{};@]+)\{")


def classes(text: str) -> set[str]:
    """Classes that have a rule wherever they are: `.choice { … }`, not `.object .choice { … }`."""
    heads = ",".join(HEAD.findall(COMMENT.sub("", text)))
    return set(re.findall(r"(?:^|,)\s*\.([\w-]+)\s*(?=,|$)", heads))


def test_no_two_kinds_of_pages_style_the_same_class() -> None:
    """The rules of the object page for a class `choice` once hid the check boxes of all other pages."""
    files = defaultdict(set)
    for file in STYLES.glob("[a-z]*.css"):
        for name in classes(file.read_text(encoding="utf-8")):
            files[name].add(file.name)
    assert {"choice", "segments"} <= files.keys()
    assert not {name: sorted(several) for name, several in files.items() if len(several) > 1}
