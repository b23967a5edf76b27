"""What `make test` runs of tests with several values or ways; `make test-all` runs all of them.

Of parameters it takes those that `few` names. For browsers and sources of pages it takes one way, which USUAL
defines. Tests marked `@pytest.mark.two_ways` run in both browsers, in one with served pages and in the other
from disk; tests marked `@pytest.mark.every_way` in all four ways. Each kind of page has a test in two ways;
`test_every_kind_of_page_opens` opens all pages in two ways.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

SLOW = pytest.mark.slow
BROWSERS, PLACES = {"chrome", "firefox"}, {"serve", "nginx", "file"}
OPPOSITE = {"chrome", "firefox", "serve", "file"}

USUAL = {
    "browser/test_browser_driver": "chrome file",
    "client/engine/test_engine": "chrome serve",
    "client/engine/test_withstands": "chrome serve",
    "client/find/test_finding": "firefox serve",
    "client/letter/test_letters": "chrome file",
    "client/notebook/test_notebook_keys": "firefox serve",
    "client/notebook/test_notebook_session": "firefox serve",
    "client/notebook/test_python_copies": "firefox serve",
    "client/notebook/test_python_page": "chrome file",
    "client/pages/test_changes_page": "firefox file",
    "client/pages/test_every_page": "chrome file",
    "client/pages/test_hostile_portal": "chrome file",
    "client/pages/test_known_issues": "firefox serve",
    "client/pages/test_leaving": "chrome serve",
    "client/results/test_downloads": "firefox file",
    "client/results/test_elsewhere": "chrome serve",
    "client/results/test_missing_values": "chrome file",
    "client/results/test_plots": "chrome file",
    "client/results/test_result_table": "firefox file",
    "client/results/test_results": "chrome serve",
    "client/results/test_samp": "firefox serve",
    "client/schema/test_schema_pages": "chrome serve",
    "client/sealed/test_sealed_pages": "firefox file",
    "client/search/test_form_fields": "firefox file",
    "client/search/test_parity": "chrome file",
    "client/search/test_search_habits": "chrome file",
    "client/search/test_search_pages": "chrome serve",
    "client/search/test_sql": "chrome file",
    "client/search/test_sql_types": "firefox file",
    "client/search/test_target_lists": "chrome file",
    "client/sky/test_sky_page": "firefox file",
    "client/spectrum/test_gallery": "firefox serve",
    "client/spectrum/test_object_page": "chrome file",
    "client/spectrum/test_spectrum_exports": "firefox serve",
    "client/spectrum/test_spectrum_page": "chrome file",
    "client/spectrum/test_spectrum_reading": "firefox file",
    "client/verify/test_verify_page": "chrome serve",
    "hosting/test_hosts": "chrome serve",
    "ingest/test_id_index": "chrome serve",
    "metadata/test_citation": "firefox file",
    "metadata/test_obscore_of_types": "chrome file",
    "preview/test_preview": "chrome serve",
    "publish/test_copies": "chrome file",
    "publish/test_media": "firefox file",
    "steps/test_any_names": "firefox file",
    "steps/test_every_type": "chrome file",
}
"""A line for each file with tests that have a choice, from tests/."""


def is_usual(item: pytest.Item) -> bool:
    """Whether `make test` runs this test in this way."""
    callspec = getattr(item, "callspec", None)
    words = {one for one in callspec.params.values() if isinstance(one, str)} if callspec else set()
    chosen = words & BROWSERS | (words & PLACES if "browser" in item.fixturenames else set())  # type: ignore[attr-defined]
    if not chosen or item.get_closest_marker("every_way"):
        return True
    file = item.nodeid.partition("::")[0].removeprefix("tests/").removesuffix(".py")
    if file not in USUAL:
        raise pytest.UsageError(f"{item.nodeid}: {file} has no line in tests/ways.py")
    usual = set(USUAL[file].split())
    return chosen <= usual or (bool(item.get_closest_marker("two_ways")) and chosen <= OPPOSITE - usual)


def few(every: Iterable[Any], *usual: Any) -> list[Any]:
    """Values of a parameter, of which `make test` takes the `usual` ones alone.

    A value of several parameters is named by its first.
    """
    values = list(every)
    names = [value[0] if isinstance(value, tuple) else value for value in values]
    missing = [name for name in usual if name not in names]
    assert usual and not missing, f"no such values: {missing}"
    return [
        pytest.param(*(value if isinstance(value, tuple) else (value,)), marks=[] if name in usual else SLOW)
        for value, name in zip(values, names, strict=True)
    ]
