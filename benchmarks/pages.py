"""Time to build Markdown pages, beside other generators: python -m benchmarks.pages [--rows N] [--runs N]

Everything for the first time, nothing changed, and one page changed. Hugo is taken from PATH, Zensical and
MkDocs (with its theme Material) from the environment of the benchmarks. All read the same text.
"""

from __future__ import annotations

import os
import random
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from .data import DRPORTAL
from .measure import BENCH, INSTALLED, Spent, arguments, print_pair, run

WORDS = [
    "survey",
    "spectrum",
    "redshift",
    "pipeline",
    "calibration",
    "plate",
    "fibre",
    "flux",
    "wavelength",
    "signal",
    "noise",
    "catalogue",
    "release",
    "column",
    "value",
    "quality",
    "night",
    "telescope",
    "sky",
    "error",
]
TABLE = "| a | b |\n|---|---|\n| 1 | 2 |"
SETTLE = 2.5
"""Seconds after which drportal trusts the modification time of a file."""
MOST = 2_000
CASES = "first build", "nothing changed", "one page changed"
Prepare = Callable[[Path, Path], list[str]]


def write_pages(folder: Path, count: int) -> None:
    """Pages of four sections, each with a paragraph, a list, a link and a table."""
    chance = random.Random(1)
    folder.mkdir(parents=True)
    for number in range(count):
        text = f"# Page {number}\n\n"
        for section in range(4):
            words = " ".join(chance.choices(WORDS, k=60))
            link = f"[page](p{(number * 7 + section) % count:05d}.md)"
            text += f"## Section {section}\n\n{words}.\n\n- one {link}\n- two\n\n{TABLE}\n\n"
        (folder / f"p{number:05d}.md").write_text(text)
    (folder / "index.md").write_text("# Home\n\nAll pages.\n")


def drportal(folder: Path, pages: Path) -> list[str]:
    release = folder / "releases" / "dr1"
    release.mkdir(parents=True)
    (folder / "portal.toml").write_text('name = "B"\ntitle = "B"\nlanguages = ["en"]\n')
    (release / "release.toml").write_text('name = "DR1"\npublished = "2020"\n')
    shutil.copytree(pages, release / "docs", ignore=shutil.ignore_patterns("index.md"))
    return [str(DRPORTAL), "build", "--jobs", str(os.cpu_count() or 1)]


def hugo(folder: Path, pages: Path) -> list[str]:
    shutil.copytree(pages, folder / "content")
    (folder / "content" / "index.md").rename(folder / "content" / "_index.md")
    (folder / "config.toml").write_text('baseURL = "/"\ntitle = "B"\n')
    for name, body in (("single", "{{ .Content }}"), ("list", "{{ range .Pages }}{{ .Title }}{{ end }}")):
        layout = folder / "layouts" / "_default" / f"{name}.html"
        layout.parent.mkdir(parents=True, exist_ok=True)
        layout.write_text(f"<!doctype html><title>{{{{ .Title }}}}</title>{body}")
    return ["hugo", "--quiet"]


def material(tool: str) -> Prepare:
    def prepare(folder: Path, pages: Path) -> list[str]:
        shutil.copytree(pages, folder / "docs")
        (folder / "mkdocs.yml").write_text("site_name: B\ntheme:\n  name: material\n")
        return [str(BENCH / tool), "build"]

    return prepare


PEERS: dict[str, Prepare] = {"Hugo": hugo, "Zensical": material("zensical"), "MkDocs": material("mkdocs")}


def figures(prepare: Prepare, folder: Path, pages: Path, count: int) -> list[Spent]:
    """Return what each of CASES takes."""
    folder.mkdir()
    command = prepare(folder, pages)
    found = [run(command, folder)]
    built = len([page for page in folder.rglob("*.html") if "p0" in str(page.relative_to(folder))])
    assert built >= count, f"{command[0]} has built {built} pages of {count}"
    time.sleep(SETTLE)
    run(command, folder)  # what a second build still writes about the first is no part of the third
    found.append(run(command, folder))
    changed = next(folder.rglob("p00007.md"))
    changed.write_text(f"{changed.read_text()}\nOne more word.\n")
    time.sleep(SETTLE)
    return [*found, run(command, folder)]


def main() -> None:
    given = arguments(__doc__)
    os.environ.pop("SOURCE_DATE_EPOCH", None)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program is compiled once
    count = min(MOST, max(given.rows // 5000, 10))
    for _ in range(given.runs):
        with tempfile.TemporaryDirectory(dir=given.data) as name:
            pages = Path(name) / "pages"
            write_pages(pages, count)
            ours = figures(drportal, Path(name) / "drportal", pages, count)
            for peer, prepare in PEERS.items():
                there = shutil.which("hugo") if peer == "Hugo" else INSTALLED.exists()
                others = figures(prepare, Path(name) / peer, pages, count) if there else [None] * len(CASES)
                missing = "" if there else f"{peer} is not installed"
                for case, one, other in zip(CASES, ours, others, strict=True):
                    print_pair(f"pages, {case}: beside {peer}", one, other, missing=missing, pages=count)


if __name__ == "__main__":
    main()
