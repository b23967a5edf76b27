"""A release with Python in its pages: rows with missing values, ids of 19 digits, and spectra."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from drportal.simulate.spectra import write_spectra

from .commands import drportal

RELEASE = """
name = "TEST"
version = "p1"
phase = "v2"
published = "2026-01"
doi = "10.1234/test"

[[catalogues]]
name = "lrs"
simulate = { kind = "lrs", rows = 3000, seed = 4 }
missing = { "*" = [-9999] }

[[catalogues]]
name = "ids"
source = "ids.csv"
positions = "none"

[[spectra]]
name = "lrs"
source = "files"
"""

CELLS = """# {title}

```python run
import drportal
found = await drportal.sql("SELECT count(*) AS n FROM lrs")
```

{text}

```python run
print(found["n"][0])
```
"""

OWN = {
    "cells": [
        {
            "cell_type": "markdown",
            "id": "a",
            "metadata": {},
            "source": ["# Counts of the team\n", "By class."],
        },
        {
            "cell_type": "code",
            "execution_count": 3,
            "id": "b",
            "metadata": {},
            "outputs": [{"output_type": "stream", "name": "stdout", "text": ["an old output\n"]}],
            "source": ["print('of the team')"],
        },
    ],
    "metadata": {"kernelspec": {"display_name": "Python 3", "name": "python3"}},
    "nbformat": 4,
    "nbformat_minor": 5,
}

LARGE = [9007199254740993, 1234567890123456789, 9223372036854775807, -1]
"""Ids that numbers of JavaScript would round."""


@dataclass(frozen=True)
class WithPython:
    """The built release, on its own, and the files of its spectra."""

    release: Path
    files: list[Path]
    portal: Path


def build(base: Path, setting: str = "true") -> WithPython:
    folder = base / "portal" / "releases" / "test" / "p1"
    folder.mkdir(parents=True)
    (base / "portal" / "portal.toml").write_text(
        f'name = "TEST"\ntitle = "Test"\nlanguages = ["en", "zh"]\npython = {setting}\n'
    )
    (folder / "ids.csv").write_text("uid,v\n" + "".join(f"{uid},{n}\n" for n, uid in enumerate(LARGE)))
    (folder / "release.toml").write_text(RELEASE)
    (folder / "docs").mkdir()
    (folder / "notebooks").mkdir()
    (folder / "notebooks" / "counts.ipynb").write_text(json.dumps(OWN))
    (folder / "docs" / "cells.md").write_text(CELLS.format(title="Cells to run", text="The number of rows."))
    (folder / "docs" / "cells.zh.md").write_text(CELLS.format(title="可运行的代码", text="行数。"))
    write_spectra("lrs", 3000, 4, 6, folder / "files")
    drportal("build", "--portal", base / "portal", check=True)
    moved = base / "moved away" / "光谱 #1 (50%)"
    shutil.copytree(base / "portal" / "build" / "site" / "test" / "p1", moved)
    files = sorted(p for p in (folder / "files").rglob("*") if p.is_file())
    return WithPython(moved, files, base / "portal")
