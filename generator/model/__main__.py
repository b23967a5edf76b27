"""Write schema/: JSON Schemas of portal.toml and release.toml for editors.

Run `python -m drportal.model` in a checkout; with --check stale files are listed and nothing is written.
"""

from __future__ import annotations

import sys

from ..report import say
from .editors import FOLDER, made


def main(check: bool) -> int:
    stale = [(f, text) for f, text in made() if not f.is_file() or f.read_text("utf-8") != text]
    for file, text in stale:
        if check:
            say(f"{file.name}: is stale; run python -m drportal.model", err=True)
        else:
            FOLDER.mkdir(exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="\n")
    return int(check and bool(stale))


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))
