"""Foreign text reaches the terminal as text: no control codes, new lines or changes of direction."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

import drportal
from drportal.problems import Problem, clean, clean_json
from drportal.publish.listing import Head
from drportal.publish.manifest import write_manifest
from drportal.report import Report, say, say_text

from .commands import drportal as run
from .signed_portal import published

EVIL = "\x1b]0;title\x07\x1b[2J\x9b1m\u202eDR8\u2066\n1 files: all as published\r\x7f\u2028\u200f"
HARMFUL = [c for c in EVIL if not c.isprintable() and c != "\n"]
PACKAGE = Path(drportal.__file__).parent


def harmless(text: str) -> None:
    assert not [c for c in text if c in HARMFUL]
    assert "\n1 files" not in text and "\\u202eDR8" in text


PRINTED = {"echo", "secho", "print", "log", "stdout", "stderr"}


@pytest.mark.not_quick
def test_nothing_is_printed_around_what_cleans() -> None:
    """All output of commands goes through report.py. The client and notebooks have outputs of their own."""
    found = []
    for file in sorted(PACKAGE.rglob("*.py")):
        name = file.relative_to(PACKAGE).as_posix()
        if name == "report.py" or name.startswith(("client/", "notebook/")):
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            bare = isinstance(node, ast.Name) and node.id in ("print", "pprint")
            of = isinstance(node, ast.Attribute) and node.attr in PRINTED and ast.unparse(node)
            said = of and (
                of in ("typer.echo", "typer.secho") or of.endswith(("console.print", "console.log"))
            )
            # run.py empties the streams before the program ends; it writes nothing.
            stream = of and of.startswith(("sys.stdout", "sys.stderr")) and name != "run.py"
            imported = isinstance(node, ast.ImportFrom) and node.module in ("rich", "rich.console", "logging")
            if bare or said or stream or imported:
                found.append(f"{name}:{node.lineno}")  # type: ignore[attr-defined]
    assert not found


def test_what_is_cleaned() -> None:
    harmless(clean(EVIL))
    harmless(str(Problem(EVIL, EVIL, EVIL, EVIL)))
    assert clean("恒星, é and 🔭") == "恒星, é and 🔭"
    assert clean("a\udcff") == "a\\udcff"
    assert len(clean("x" * 10_000_000)) < 10_000
    text = json.dumps({EVIL + "🔭": ["\U000e0001"]}, ensure_ascii=False, indent=1)
    harmless(clean_json(text))
    assert json.loads(clean_json(text)) == json.loads(text)


def test_what_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    say(EVIL)
    say(EVIL, err=True)
    say_text(f"server {{\n\tname {EVIL.replace(chr(10), '')};\n}}\n")
    with Report() as report:
        report.step(EVIL)
        report.warn(f"[red]{EVIL} :smile:")
    out, err = capsys.readouterr()
    harmless(out + err)
    assert out.count("\n") == 1 + 3 and err.count("\n") == 3 and "server {\n\tname" in out
    assert "[red]" in err and ":smile:" in err


def test_a_hostile_copy_is_verified_and_mirrored(tmp_path: Path) -> None:
    """Its label, its files' names and its lists are of others."""
    copy = tmp_path / "copy"
    copy.mkdir()
    (copy / "index.html").write_text("x")
    (copy / "turn\u202eDR8.txt").write_text("y")
    write_manifest(copy, Head("", EVIL, ()))
    (copy / "turn\u202eDR8.txt").write_text("changed")
    (copy / "more\u202eDR8\x1b[2J.txt").write_text("x")
    done = run("verify", copy)
    assert done.returncode == 1
    harmless(done.stdout)
    harmless(done.stderr)
    (copy / "more\u202eDR8\x1b[2J.txt").unlink()
    with published(copy) as (address, _):
        done = run("mirror", address, tmp_path / "mirror")
    assert done.returncode == 2
    harmless(done.stderr)
