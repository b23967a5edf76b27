"""A release full of a word that must not be found in its encrypted edition."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from drportal.publish.seal import seal
from drportal.report import Report

from .commands import drportal

WORD = "qzxplant"
"""A word in names, titles, columns, values, documents, file names and names of pictures."""
PASSPHRASE = "sieben Äpfel, neun Nüsse"

RELEASE = f"""
name = "{WORD.upper()}"
version = "v1"
phase = "v1"
published = "2026-01"

[title]
en = "The {WORD} release"

[[catalogues]]
name = "{WORD}"
source = "stars.csv"

[[catalogues]]
name = "lrs"
simulate = {{ kind = "lrs", rows = 3000, seed = 4 }}

[[spectra]]
name = "lrs"
catalogue = "lrs"
simulate = {{ spectra = 30 }}
"""


@dataclass(frozen=True)
class Edition:
    """A built release and its encrypted edition."""

    release: Path
    sealed: Path


def build(folder: Path) -> Edition:
    """Build the release, and encrypt it."""
    home = folder / "portal" / "releases" / "dr" / "v1"
    (home / "docs").mkdir(parents=True)
    (folder / "portal" / "portal.toml").write_text(
        f'name = "{WORD}"\ntitle = "{WORD} survey"\nlanguages = ["en", "zh"]\ncontact = "a@{WORD}.example"\n'
    )
    (home / "release.toml").write_text(RELEASE)
    with (home / "stars.csv").open("w", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(["sourceid", "ra", "dec", f"{WORD}_name"])
        rows.writerows([2**63 - 1 - i, i * 3.6, i * 0.8 - 40, f"{WORD}-{i:03}"] for i in range(100))
    text = f"# About {WORD}\n\nAll of {WORD}.\n\n![The {WORD}]({WORD}.png)\n\n[The table]({WORD}.txt)\n"
    text += "\nA line.\n" * 60 + "\n## Deep down {#deep}\n\nLeptons.\n" + "\nA line.\n" * 60
    (home / "docs" / f"{WORD}.md").write_text(text)
    (home / "docs" / f"{WORD}.txt").write_text(f"{WORD}, alone\n" * 100)
    Image.new("RGB", (40, 30), (200, 30, 30)).save(home / "docs" / f"{WORD}.png")
    drportal("build", "--portal", folder / "portal", check=True)
    release = folder / "portal" / "build" / "site" / "dr" / "v1"
    with Report() as report:
        seal(release, folder / "edition", PASSPHRASE, report)
    return Edition(release, folder / "edition")
