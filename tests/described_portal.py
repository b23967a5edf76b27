"""A portal with all settings of a release, some of them hostile."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from drportal.simulate.spectra import write_spectra

from .commands import drportal
from .conftest import odd_table
from .spectra_fixtures import write_plain
from .spectral_portal import write_catalogue

ADDRESS = "https://sky.example.org/releases"

PORTAL = r"""
name = "SKY"
languages = ["en", "zh"]
contact = "archive@sky.example.org"
contact_form = "https://forms.sky.example.org/in?x=1&y=2"
base_url = "https://sky.example.org/releases/"
ivoid = "ivo://example.sky"
services = "https://vo.sky.example.org"
license = "cc-by-4.0"

[title]
en = "The SKY survey <releases>"
zh = "天空巡天"

[organisation]
en = "Observatory of R&D, 100% sky"

[acknowledgement]
en = "We used R&D_data of SKY at 100%: ${x}^2~\\end{document}."
zh = "本工作使用了 SKY 的数据。"

[naming]
rule = "SKY JHHMMSS.ss+DDMMSS.s"
example = "SKY J000000.01-895959.9"

[[authors]]
family = "O'Brien & Sons"
given = "Zoë-Marie Q."
orcid = "0000-0002-1825-0097"
affiliation = "Institute <b>X</b>"

[[authors]]
name = "The {SKY} Collaboration"

[[papers]]
key = "2012RAA....12.1197C"
bibcode = "2012RAA....12.1197C"
title = "Fibres & 50% of {everything} — part_1"
authors = [{ family = "Cui", given = "Xiang-Qun" }]
et_al = true
year = 2012
journal = "Research in A&A"
volume = "12"
pages = "1197--1242"
doi = "10.1088/1674-4527/12/9/003"
"""

RELEASE = r"""
name = "DR2"
version = "v1.1"
published = "2026-01-15"
phase = "v2"
doi = "10.12345/sky.dr2"

[title]
en = "SKY DR2 v1.1 </script><script>alert(1)</script>"

[[resolutions]]
kind = "low"
observed_from = "2011-10"
observed_to = "2025-06-30"

[[catalogues]]
name = "stars"
doi = "10.12345/sky.dr2.stars"
source = "stars.fits"
fits = true
missing = { "*" = [-9999, -999], subclass = ["Non"] }

[[catalogues]]
name = "odd"
source = "odd.vot"
fits = true
roles = { class = "class", id = "Id" }

[[catalogues]]
name = "spec"
source = "spec.fits"

[[catalogues]]
name = "plain"
source = "plain.csv"
positions = "none"

[[spectra]]
name = "shipped"
catalogue = "spec"
source = "files"
ship_originals = true
aperture = 3.3

[[spectra]]
name = "packed"
source = "plain"
layout = "columns"
columns = { wavelength = "WAVE", flux = "F", error = "ERR" }
id = { file = '(\d+)' }
"""


@dataclass(frozen=True)
class Described:
    """The built site, and the folder of the release with all settings."""

    portal: Path
    site: Path

    @property
    def source(self) -> Path:
        return self.portal / "releases" / "dr2"

    @property
    def release(self) -> Path:
        return self.site / "dr2"


def build(folder: Path) -> Described:
    """Write the portal and build it."""
    portal = folder / "portal"
    home = portal / "releases" / "dr2"
    home.mkdir(parents=True)
    (portal / "portal.toml").write_text(PORTAL, encoding="utf-8")
    drportal("simulate", "lrs", home / "stars.fits", "--rows", "4000", "--seed", "5", check=True)
    odd_table().write(home / "odd.vot", format="votable", table_id="odd")
    (home / "plain.csv").write_text("plate,n\nP1,1\nP2,\n")
    write_spectra("lrs", 800, 6, 10, home / "files")
    files = sorted(p for p in (home / "files").rglob("*") if p.is_file())
    write_catalogue(files, home / "spec.fits")
    (home / "plain").mkdir()
    for number in range(3):
        write_plain(home / "plain" / f"{number}.fits", number, np.arange(5.0) + number)
    (home / "release.toml").write_text(RELEASE, encoding="utf-8")
    for name in ("dr1", "dr1b"):
        (portal / "releases" / name).mkdir()
    old = 'name = "DR1"\npublished = "2020-05"\nstatus = "obsolete"\nreason = "Too old"\n'
    (portal / "releases" / "dr1" / "release.toml").write_text(
        old + 'superseded_by = "dr2"\ndoi = "10.12345/sky.dr1"\n'
    )
    (portal / "releases" / "dr1b" / "release.toml").write_text('name = "DR1b"\npublished = "2020"\n')
    drportal("build", "--portal", portal, check=True)
    return Described(portal, portal / "build" / "site")
