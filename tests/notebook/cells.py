"""Runs the cells of a notebook one after the other: as in pages and Jupyter, `await` needs no function."""

from __future__ import annotations

import ast
import asyncio
import inspect
from typing import Any

from drportal.notebook.ipynb import CodeCell, Notebook


def run_notebook(notebook: Notebook) -> dict[str, Any]:
    """Run all cells; return the names that they leave, and under "_" the values of their last lines."""
    names: dict[str, Any] = {"__name__": "__main__"}
    values: list[Any] = []
    for cell in notebook.cells:
        if isinstance(cell, CodeCell):
            assert isinstance(cell.source, str)
            values.append(asyncio.run(_run(cell.source, names)))
    return names | {"_": values}


async def _run(source: str, names: dict[str, Any]) -> Any:
    tree = ast.parse(source)
    last = tree.body[-1]
    parts: list[tuple[Any, str]] = [(ast.Module(tree.body, []), "exec")]
    if isinstance(last, ast.Expr):
        parts = [(ast.Module(tree.body[:-1], []), "exec"), (ast.Expression(last.value), "eval")]
    value = None
    for part, kind in parts:
        code = compile(part, "<cell>", kind, ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        value = eval(code, names)
        if code.co_flags & inspect.CO_COROUTINE:
            value = await value
    return value
