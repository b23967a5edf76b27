"""Selects the tests of `make quick`: those that start no program, build no site and compare no catalogues."""

from __future__ import annotations

import functools
import inspect
import subprocess
from collections import Counter
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


def is_quick(item: pytest.Item) -> bool:
    if item.get_closest_marker("slow") or hasattr(item.obj, "hypothesis"):  # type: ignore[attr-defined]
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
            todo += used(one)
    return True


def first_of_each(items: list[pytest.Item]) -> list[pytest.Item]:
    """Of a test with parameters the first ones."""
    count = Counter[str]()
    chosen = []
    for item in items:
        name = item.nodeid.partition("[")[0]
        count[name] += 1
        if count[name] == 1:
            chosen.append(item)
    return chosen


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


def names(code: CodeType) -> Iterator[str]:
    """What a function looks up, the functions inside of it included."""
    yield from code.co_names
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from names(inner)
