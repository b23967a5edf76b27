"""Selects the tests of `make quick`.

They start no program, build no site, compare no catalogues, load no large library of others, and are not
marked `not_quick`.
"""

from __future__ import annotations

import functools
import inspect
import subprocess
from collections.abc import Iterator
from types import CodeType
from typing import Any

import pytest

from drportal import cli, simulate
from drportal.build import build
from drportal.cluster.crew import dask_crew
from drportal.differences.catalogues import compare_catalogues

from . import commands, conftest, pieces_fixtures

STARTERS = (
    *(subprocess, cli, build, simulate.write, simulate.simulate, commands.start, conftest.once),
    *(compare_catalogues, pieces_fixtures.compared, inspect.unwrap(dask_crew)),
)
JUDGES = {"hats", "lsdb", "mlcroissant"}
"""Libraries of others that read our files; importing one takes seconds."""
LEFT_OUT = ("slow", "not_quick")
"""Marks of tests that are never quick."""


def mark_quick(items: list[pytest.Item]) -> None:
    """Mark the tests of `make quick`: of a test with parameters the first ones that are not slow."""
    seen = set[str]()
    for item in items:
        name = item.nodeid.partition("[")[0]
        if name not in seen and not any(map(item.get_closest_marker, LEFT_OUT)):
            seen.add(name)
            if is_quick(item):
                item.add_marker(pytest.mark.quick)


def is_quick(item: pytest.Item) -> bool:
    if hasattr(item.obj, "hypothesis"):  # type: ignore[attr-defined]
        return False
    fixtures = item._fixtureinfo.name2fixturedefs.values()  # type: ignore[attr-defined]
    todo = [item.obj, *(one.func for several in fixtures for one in several)]  # type: ignore[attr-defined]
    seen = set[int]()
    while todo:
        one = inspect.unwrap(todo.pop())
        if any(one is starter for starter in STARTERS):
            return False
        if id(one) not in seen:
            seen.add(id(one))
            if imported(one) & JUDGES:
                return False
            todo += used(one)
    return True


@functools.cache
def used(one: Any) -> list[Any]:
    """What a function or class of the tests names: functions, classes and modules."""
    if inspect.isclass(one):
        return [value for value in vars(one).values() if inspect.isfunction(value)]
    if inspect.ismethod(one):
        return [one.__func__]
    if not inspect.isfunction(one) or not one.__module__.startswith("tests."):
        return []
    named = list(names(one.__code__))
    values = [one.__globals__.get(name) for name in named]
    modules = [value for value in values if inspect.ismodule(value)]
    inside = [getattr(m, name, None) for m in modules if m.__name__.startswith("tests.") for name in named]
    return [*modules, *(value for value in (*values, *inside) if callable(value))]


def imported(one: Any) -> set[str]:
    """The packages that a function of the tests may import."""
    found = names(one.__code__) if inspect.isfunction(one) and one.__module__.startswith("tests.") else ()
    return {name.partition(".")[0] for name in found}


def names(code: CodeType) -> Iterator[str]:
    """What a function looks up, the functions inside of it included."""
    yield from code.co_names
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from names(inner)
