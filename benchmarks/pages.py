"""Time to build Markdown pages, compared with other generators: python benchmarks/pages.py [PAGES [PEERS]]

Everything for the first time, nothing changed, and one page changed. PEERS is a virtual environment with
zensical and mkdocs-material; hugo is taken from PATH; what is not there is left out. All read the same text.
"""

from __future__ import annotations

import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

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
    return [str(Path(sys.executable).with_name("drportal")), "build", "--jobs", str(os.cpu_count() or 1)]


def hugo(folder: Path, pages: Path) -> list[str]:
    shutil.copytree(pages, folder / "content")
    (folder / "content" / "index.md").rename(folder / "content" / "_index.md")
    (folder / "config.toml").write_text('baseURL = "/"\ntitle = "B"\n')
    for name, body in (("single", "{{ .Content }}"), ("list", "{{ range .Pages }}{{ .Title }}{{ end }}")):
        layout = folder / "layouts" / "_default" / f"{name}.html"
        layout.parent.mkdir(parents=True, exist_ok=True)
        layout.write_text(f"<!doctype html><title>{{{{ .Title }}}}</title>{body}")
    return ["hugo", "--quiet"]


def material(tool: Path) -> Callable[[Path, Path], list[str]]:
    def prepare(folder: Path, pages: Path) -> list[str]:
        shutil.copytree(pages, folder / "docs")
        (folder / "mkdocs.yml").write_text("site_name: B\ntheme:\n  name: material\n")
        return [str(tool), "build"]

    return prepare


def took(command: list[str], folder: Path) -> tuple[float, float]:
    """Wall-clock and processor seconds."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    own = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return time.perf_counter() - began, own


def change(folder: Path) -> None:
    (page,) = list(folder.rglob("p00007.md"))[:1]
    page.write_text(f"{page.read_text()}\nOne more word.\n")


def main(count: int = 2_000, peers: Path | None = None) -> None:
    tools: dict[str, Callable[[Path, Path], list[str]]] = {"drportal": drportal}
    if shutil.which("hugo"):
        tools["hugo"] = hugo
    for name in ("zensical", "mkdocs"):
        if peers and (peers / "bin" / name).exists():
            tools[name] = material(peers / "bin" / name)
    print(f"{count:,} pages; wall-clock seconds (processor)")
    print(f"{'':12}{'first build':>18}{'nothing changed':>18}{'one page':>18}{'start':>18}")
    with tempfile.TemporaryDirectory() as name:
        write_pages(Path(name) / "pages", count)
        for tool, prepare in tools.items():
            folder = Path(name) / tool
            folder.mkdir()
            command = prepare(folder, Path(name) / "pages")
            figures = [took(command, folder)]
            time.sleep(SETTLE)
            took(command, folder)
            figures.append(took(command, folder))
            change(folder)
            time.sleep(SETTLE)
            figures.append(took(command, folder))
            figures.append(took([command[0], "version" if tool == "hugo" else "--help"], folder))
            print(f"{tool:12}" + "".join(f"{clock:>9.2f} ({own:.2f})".rjust(18) for clock, own in figures))


if __name__ == "__main__":
    os.environ.pop("SOURCE_DATE_EPOCH", None)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program is compiled once
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2_000, Path(sys.argv[2]) if len(sys.argv) > 2 else None)
