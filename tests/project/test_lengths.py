"""A function fits on a screen, a package's __init__ only lists its names, a file has one purpose."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

FUNCTION, FRONT, FILE = 60, 60, 400
"""Lines, at most."""
ROOT = Path(__file__).resolve().parents[2] / "generator"


def too_long() -> Iterator[str]:
    for file in sorted(ROOT.rglob("*.py")):
        path = file.relative_to(ROOT).as_posix()
        if path.startswith("client/"):
            continue
        text = file.read_text(encoding="utf-8")
        if len(text.splitlines()) > (FRONT if file.name == "__init__.py" else FILE):
            yield path
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert node.end_lineno
                if node.end_lineno - node.lineno + 1 > FUNCTION:
                    yield f"{path}: {node.name}"


def test_functions_fronts_and_files_are_short() -> None:
    assert list(too_long()) == []
