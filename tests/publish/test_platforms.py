"""Systems without features specific to Linux: the commands work without them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ..conftest import serving
from ..ways import few

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
    import json

    multiprocessing.set_start_method("spawn")
    for line in sys.stdin:  # a command a line
        sys.argv = ["drportal", *json.loads(line)]
        try:
            main()
            code = 0
        except SystemExit as end:
            code = end.code or 0
        print("\\nended:", code, flush=True)
"""


@pytest.mark.parametrize("jobs", few([1, 2], 1))
def test_commands_work_without_what_linux_alone_has(tmp_path: Path, jobs: int) -> None:
    """One process runs all commands, as reading the modules takes longest; each build starts others."""
    script = tmp_path / "drportal_elsewhere.py"
    script.write_text(HIDDEN)
    command = [sys.executable, "-W", "ignore::UserWarning", script]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with subprocess.Popen(command, cwd=tmp_path, text=True, **pipes) as process:
        try:
            run_commands(process, tmp_path, jobs)
        finally:
            process.stdin.close()


def run_commands(process: subprocess.Popen[str], tmp_path: Path, jobs: int) -> None:
    assert process.stdin and process.stdout

    def run(*words: str | Path) -> str:
        process.stdin.write(json.dumps(list(map(str, words))) + "\n")
        process.stdin.flush()
        lines = []
        while not lines or (lines[-1] and not lines[-1].startswith("ended: ")):
            lines.append(process.stdout.readline())
        assert lines[-1] == "ended: 0\n", "".join(lines)
        return "".join(lines)

    run("new", "portal")
    run("check", "--portal", "portal")
    for _ in range(2):  # the second site replaces the first
        run("build", "--portal", "portal", "--jobs", str(jobs))
        with (tmp_path / "portal" / "portal.toml").open("a") as toml:
            toml.write("# changed\n")
        release = next((tmp_path / "portal" / "content").glob("*.md"))
        release.write_text(release.read_text() + "\nOne more sentence.\n")
    site = tmp_path / "portal" / "build" / "site"
    assert "all as published" in run("verify", site)
    with serving(site) as address:
        run("mirror", address, "copy")
    assert "all as published" in run("verify", "copy")
