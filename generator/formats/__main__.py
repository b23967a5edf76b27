"""Write the files generated from the models: schema/, docs/formats.md and the client's formats.d.ts.

Run `python -m drportal.formats` in a checkout; with --check stale files are listed and nothing is written.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from ..report import say
from .reference import reference
from .schema import FOLDER, schemas

ROOT = Path(__file__).parents[2]


def made() -> Iterator[tuple[Path, str]]:
    """Yield the files that are generated without Node, with their content."""
    yield from schemas()
    yield ROOT / "docs" / "formats.md", reference()


def stale() -> list[Path]:
    """Return the files that differ from their content, and schemas without a model."""
    files = dict(made())
    extra = [file for file in sorted(FOLDER.glob("*")) if file not in files]
    return extra + [f for f, text in files.items() if not f.is_file() or f.read_text("utf-8") != text]


def main(check: bool) -> int:
    found = stale()
    if not check:
        contents = dict(made())
        FOLDER.mkdir(exist_ok=True)
        for file in found:
            if file in contents:
                file.write_text(contents[file], encoding="utf-8", newline="\n")
            else:
                file.unlink()
        found = []
    for file in found:
        say(f"{file.relative_to(ROOT)}: is stale; run python -m drportal.formats", err=True)
    node = [sys.executable, "hatch_build.py", "node", "types.mjs", *(["--check"] if check else [])]
    return max(int(bool(found)), subprocess.run(node, cwd=ROOT, check=False).returncode)


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))
