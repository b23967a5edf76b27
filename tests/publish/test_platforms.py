"""Systems without features specific to Linux: the commands work without them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ..conftest import serving

HIDDEN = """
import ctypes, ctypes.util, multiprocessing, os, sys

for name in ("fcntl", "grp", "pwd", "resource", "termios", "tty"):
    sys.modules[name] = None  # its import raises ImportError
for name in ("O_NOFOLLOW", "O_DIRECTORY", "O_CLOEXEC", "fork", "getuid", "geteuid"):
    delattr(os, name)
for name in ("posix_fadvise", "copy_file_range", "sched_getaffinity", "killpg", "setsid", "fchmod", "chown"):
    delattr(os, name)

def link(*_, **__):
    raise OSError("no hard links")

os.link = link
ctypes.CDLL = lambda *_, **__: object()  # no renameat2: folders are not swapped in one step
from drportal.cli import main

if __name__ == "__main__":
    multiprocessing.set_start_method("spawn")
    main()
"""


@pytest.fixture(scope="module")
def drportal(tmp_path_factory: pytest.TempPathFactory) -> list[str | Path]:
    """The command line with these features hidden."""
    script = tmp_path_factory.mktemp("hidden") / "drportal_elsewhere.py"
    script.write_text(HIDDEN)
    return [sys.executable, "-W", "ignore::UserWarning", script]


def test_commands_work_without_what_linux_alone_has(drportal: list[str | Path], tmp_path: Path) -> None:
    def run(*words: str | Path) -> str:
        done = subprocess.run([*drportal, *words], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    run("new", "portal")
    run("check", "--portal", "portal")
    for _ in range(2):  # the second site replaces the first
        run("build", "--portal", "portal", "--jobs", "2")
        with (tmp_path / "portal" / "portal.toml").open("a") as toml:
            toml.write("# changed\n")
        release = next((tmp_path / "portal" / "content").glob("*.md"))
        release.write_text(release.read_text() + "\nOne more sentence.\n")
    site = tmp_path / "portal" / "build" / "site"
    assert "all as published" in run("verify", site)
    with serving(site) as address:
        run("mirror", address, "copy")
    assert "all as published" in run("verify", "copy")
