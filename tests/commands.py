"""Commands of drportal, each a process of its own, forked from one that has read all modules already.

Python's start is most of what a small command costs. The README's tutorial and a few tests of builds run the
command as users do.
"""

from __future__ import annotations

import faulthandler
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path

from .templates import share

FORKS = multiprocessing.get_context("forkserver")
# fmt: off
PRELOADED = [
    "drportal.build", "drportal.check", "drportal.cli", "drportal.diff", "drportal.serve", "drportal.start",
    "drportal.publish.media.make", "drportal.publish.mirror", "drportal.publish.seal",
    "drportal.publish.unseal", "drportal.publish.verify", "drportal.simulate.command",
    "drportal.differences.catalogues", "drportal.differences.changed", "drportal.faults",
    "drportal.hosting.limits", "drportal.ingest.readers.read_csv", "drportal.ingest.readers.read_fits",
    "drportal.ingest.readers.read_parquet", "drportal.ingest.readers.read_text",
    "drportal.ingest.readers.read_votable", "drportal.ingest.walk", "drportal.metadata.release_files",
    "drportal.pages.piece", "drportal.pages.rendered", "drportal.pages.skymap", "drportal.steps.guards",
    "drportal.steps.make", "drportal.steps.render", "drportal.steps.seal", "drportal.steps.withheld",
    "astropy.io.votable.tree", "astropy.table", "bibtexparser.middlewares", "cdshealpix.skymap.skymap",
    "cdspyreadme", "cryptography.hazmat.primitives.asymmetric.ed25519", "jinja2.ext",
    "latex2mathml.converter", "markdown.extensions.abbr", "markdown.extensions.admonition",
    "markdown.extensions.attr_list", "markdown.extensions.def_list", "markdown.extensions.footnotes",
    "markdown.extensions.sane_lists", "markdown.extensions.tables", "markdown.extensions.toc", "mocpy",
    "pylatexenc.latex2text", "pymdownx.arithmatex", "pymdownx.details", "pymdownx.highlight",
    "pymdownx.superfences", "rich.console", "rocrate.rocrate", "zxcvbn",
]
# fmt: on
"""What commands import, some of it only when they need it: most of the time of a small build."""
FORKS.set_forkserver_preload([*PRELOADED, "tests.warm"])


STUCK = 240
"""Seconds after which a command writes to its standard error where its threads are, before the test fails."""

shared_templates: Path | None = None
"""A folder of compiled templates for builds in forked processes (templates.py)."""


def command(
    arguments: list[str], out: str, err: str, environment: dict[str, str], folder: str, templates: Path | None
) -> None:
    """Run in the process; output goes to files."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    warnings.filterwarnings("error", category=DeprecationWarning, module="drportal")
    for number, file in ((1, out), (2, err)):
        written = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        os.dup2(written, number)
        os.close(written)
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False)  # noqa: SIM115
    faulthandler.dump_traceback_later(STUCK, file=2)
    sys.argv = ["drportal", *arguments]
    if templates and "build" in arguments:
        share(templates)
    from drportal import cli

    cli.main()


def start(
    arguments: tuple[object, ...], out: Path, err: Path, env: Mapping[str, str] = os.environ
) -> multiprocessing.process.BaseProcess:
    """A command that runs, whose output goes to two files, or to one."""
    said = (str(out), str(err), dict(env), str(Path.cwd()), shared_templates)
    process = FORKS.Process(target=command, args=(list(map(str, arguments)), *said))
    process.start()
    return process


def drportal(
    *arguments: object, check: bool = False, env: Mapping[str, str] = os.environ
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder) / "out", Path(folder) / "err"
        process = start(arguments, out, err, env)
        try:
            process.join()
        except BaseException:
            process.kill()
            print(err.read_text(encoding="utf-8") if err.exists() else "")
            raise
        texts = [file.read_text(encoding="utf-8") if file.exists() else "" for file in (out, err)]
    assert process.exitcode is not None
    assert process.exitcode == 0 or not check, texts[1]
    return subprocess.CompletedProcess(["drportal", *map(str, arguments)], process.exitcode, *texts)


def twin(portal: Path, copy: Path) -> Path:
    """A copy of a built portal, with the times of its files and the hard links between its cache and site.

    A build of the copy takes almost everything from its cache.
    """
    subprocess.run(["cp", "-a", portal, copy], check=True)
    return copy


def until(happened: Callable[[], object], seconds: float = 60) -> None:
    """Wait for an event that is seen by asking for it; fails if it has not happened after so many seconds."""
    last = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < last, f"it has not happened in {seconds} s"
        time.sleep(0.01)
