"""Files that are larger than hosts of static sites accept are reported."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from astropy.table import Table

from drportal.hosting.limits import unfit
from drportal.model.sizes import said, size
from drportal.problems import InputError

from ..conftest import RELEASE
from ..steps.test_build import run, tree

MB = 10**6


@pytest.mark.parametrize(
    ("text", "count"), [("25 MB", 25 * MB), ("1.5GiB", 3 << 29), ("7 B", 7), ("100kB", 10**5)]
)
def test_sizes_are_read(text: str, count: int) -> None:
    assert size(text) == count


@pytest.mark.parametrize("text", ["25", "25 mb", "-1 MB", "MB", "1e3 MB", 25, None])
def test_what_is_no_size_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match='write it as "25 MB"'):
        size(text)


def test_sizes_are_said_on_the_safe_side() -> None:
    reported = [said(n) for n in (999, 25_000_000, 25_000_001, 2_040_000_000)]
    assert reported == ["999 B", "25 MB", "25.1 MB", "2.1 GB"]
    assert [said(n, down=True) for n in (25 << 20, 1 << 30)] == ["26.2 MB", "1 GB"]


@pytest.mark.slow
def test_files_fit_or_are_named(tmp_path: Path) -> None:
    """Rows of 30 kB that do not shrink, in a catalogue of 30 MB; and an attachment that cannot be divided."""
    release = tmp_path / "releases" / "dr1"
    (release / "docs").mkdir(parents=True)
    (tmp_path / "portal.toml").write_text('name = "T"\ntitle = "T"\n')
    wide = '\n[[catalogues]]\nname = "wide"\nsource = "wide.fits"\n'
    (release / "release.toml").write_text(RELEASE.format(version="1") + wide)
    random, rows = np.random.default_rng(1), 1000
    columns = {
        "id": np.arange(rows),
        "ra": random.uniform(0, 360, rows),
        "dec": random.uniform(-90, 90, rows),
    }
    columns["flux"] = random.normal(size=(rows, 3750))
    Table(columns, units={"ra": "deg", "dec": "deg"}).write(release / "wide.fits")
    run("build", "--portal", tmp_path)
    site = tmp_path / "build" / "site"
    parts = [f.stat().st_size for f in site.rglob("dataset/**/*.parquet")]
    assert sum(parts) > 28 * MB and max(parts) <= 25 * MB
    assert max(f.stat().st_size for f in site.rglob("*") if f.is_file()) <= 25 * MB
    before = tree(site)
    with (release / "docs" / "all.csv").open("wb") as large:
        large.truncate(25 * MB + 1)
    (release / "docs" / "about.md").write_text("# About\n\n[All](all.csv)\n")
    reported = run("build", "--portal", tmp_path, ok=False).stderr
    line = next(x for x in reported.splitlines() if x.startswith("drportal: "))
    assert line.startswith("drportal: dr1/docs/all.csv: has 25.1 MB, and a file may have 25 MB; write ")
    assert reported.count("drportal: ") == 1 and tree(site) == before
    (tmp_path / "portal.toml").write_text('name = "T"\ntitle = "T"\nlargest_file = "25.1 MB"\n')
    run("build", "--portal", tmp_path)
    done = run("check", "--no-rows", "--portal", tmp_path, "--host", "github-pages", ok=False)
    assert done.returncode == 1 and "has no .nojekyll, without which GitHub Pages leaves out" in done.stderr
    assert "_metadata" in done.stderr and done.stderr.count("drportal: ") == 1
    (site / ".nojekyll").touch()
    run("check", "--no-rows", "--portal", tmp_path, "--host", "github-pages")
    assert "all as published" in run("verify", site).stdout


def test_what_a_host_does_not_take_is_reported(tmp_path: Path) -> None:
    def sparse(name: str, length: int) -> None:
        with (tmp_path / name).open("wb") as file:
            file.truncate(length)

    def reported(host: str) -> list[str]:
        return [str(problem) for problem in unfit(tmp_path, host)]

    (tmp_path / "index.html").touch()
    sparse("fits", 25 << 20)
    assert reported("cloudflare-pages") == reported("github-pages") == reported("gitlab-pages") == []
    sparse("large", (25 << 20) + 1)
    (line,) = reported("cloudflare-pages")
    assert "large: has 26.3 MB; Cloudflare Pages accepts files of up to 26.2 MB" in line
    sparse("huge", 1 << 30)
    assert (
        "huge: has" in reported("github-pages")[0]
        and "GitHub Pages accepts 1 GB" in reported("github-pages")[1]
    )
    assert "GitLab Pages accepts 1 GB" in reported("gitlab-pages")[0]
    for name in ("large", "huge"):
        (tmp_path / name).unlink()
    for number in range(20_000 - 1):
        (tmp_path / f"{number}").touch()
    assert reported("cloudflare-pages") == [
        f"{tmp_path}: has 20,001 files; Cloudflare Pages accepts 20,000; publish fewer releases there"
        " (drportal mirror --release), or use a web server or an object store"
    ]
    with pytest.raises(InputError, match="use one of: cloudflare-pages, github-pages, gitlab-pages"):
        unfit(tmp_path, "geocities")
    with pytest.raises(InputError, match="is not a site"):
        unfit(tmp_path / "none", "github-pages")
