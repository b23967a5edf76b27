"""What `make test` runs of tests with several values or ways; `make test-all` runs all of them.

Of parameters it takes those that `few` names. For browsers and sources of pages it takes the way that USUAL
defines for the test or its file, which is nearly always one. Files of a room take different ways, so that
each room is tested in both browsers, with served pages and from disk; `test_every_kind_of_page_opens` opens
all pages in two opposite ways.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

SLOW = pytest.mark.slow
BROWSERS, PLACES = {"chrome", "firefox"}, {"serve", "nginx", "file"}

USUAL = {
    "browser/test_browser_driver": "chrome file",
    "client/engine/test_engine": "firefox",
    "client/engine/test_withstands": "chrome serve",
    "client/find/test_finding": "firefox serve",
    "client/find/test_finding::test_columns_units_and_hostile_words": "chrome file",
    "client/letter/test_letters": "chrome file",
    "client/letter/test_letters::test_letters_are_the_readers_alone": "firefox serve",
    "client/notebook/test_notebook_keys": "chrome serve",
    "client/notebook/test_notebook_session": "firefox file",
    "client/notebook/test_python_copies": "firefox serve",
    "client/notebook/test_python_page": "chrome file",
    "client/notebook/test_python_page::test_notebook_of_a_stranger": "firefox file",
    "client/pages/test_changes_page": "firefox file",
    "client/pages/test_every_page": "chrome file",
    "client/pages/test_every_page::test_every_kind_of_page_opens": "firefox serve",
    "client/pages/test_hostile_portal": "chrome file",
    "client/pages/test_known_issues": "firefox serve",
    "client/pages/test_leaving": "chrome serve",
    "client/pages/test_paper": "firefox file",
    "client/results/test_downloads": "firefox file",
    "client/results/test_elsewhere": "chrome serve",
    "client/results/test_missing_values": "chrome file",
    "client/results/test_linked_plots": "firefox file",
    "client/results/test_plots": "chrome file",
    "client/results/test_result_table": "firefox file",
    "client/results/test_results": "chrome serve",
    "client/results/test_samp": "firefox serve",
    "client/results/test_saving": "firefox file",
    "client/results/test_saving::test_results_and_spectra_in_a_bucket": "chrome serve",
    "client/schema/test_schema_pages": "chrome serve",
    "client/schema/test_schema_pages::test_columns_are_found_as_one_types": "firefox file",
    "client/sealed/test_sealed_pages": "firefox file",
    "client/search/test_computed_filters": "chrome file",
    "client/search/test_computed_filters::test_rows_with_a_known_issue": "firefox serve",
    "client/search/test_computed_filters::test_marked_rows_become_a_condition": "firefox serve",
    "client/search/test_computed_filters::test_steps_from_a_result": "firefox serve",
    "client/search/test_form_fields": "firefox file",
    "client/search/test_known_answers": "firefox serve",
    "client/search/test_matches": "chrome file",
    "client/search/test_matches_elsewhere": "chrome file",
    "client/search/test_parity": "chrome file",
    "client/search/test_search_habits": "firefox serve",
    "client/search/test_search_pages": "chrome serve",
    "client/search/test_search_pages::test_cone": "chrome serve",
    "client/search/test_sql": "chrome file",
    "client/search/test_sql_types": "firefox file",
    "client/search/test_target_lists": "chrome file",
    "client/sky/test_sky_page": "firefox file",
    "client/sky/test_sky_page::test_keys_move_the_mark": "chrome serve",
    "client/spectrum/test_gallery": "firefox serve",
    "client/spectrum/test_own_files": "chrome file",
    "client/spectrum/test_own_files::test_a_dropped_file_and_the_way_back": "firefox serve",
    "client/spectrum/test_object_neighbours": "chrome serve",
    "client/spectrum/test_object_page": "chrome file",
    "client/spectrum/test_spectrum_exports": "chrome serve",
    "client/spectrum/test_spectrum_page": "chrome file",
    "client/spectrum/test_spectrum_reading": "firefox file",
    "client/verify/test_verify_page": "chrome serve",
    "client/verify/test_verify_page::test_a_site_checks_itself": "firefox",
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
"""A line for each file with tests that have a choice, from tests/, and for tests that take another way."""


def is_usual(item: pytest.Item) -> bool:
    """Whether `make test` runs this test in this way."""
    callspec = getattr(item, "callspec", None)
    words = {one for one in callspec.params.values() if isinstance(one, str)} if callspec else set()
    chosen = words & BROWSERS | (words & PLACES if "browser" in item.fixturenames else set())  # type: ignore[attr-defined]
    if not chosen:
        return True
    file, _, test = item.nodeid.partition("[")[0].removeprefix("tests/").partition(".py::")
    ways = USUAL.get(f"{file}::{test}", USUAL.get(file))
    if ways is None:
        raise pytest.UsageError(f"{item.nodeid}: {file} has no line in tests/ways.py")
    return any(chosen <= set(way.split()) for way in ways.split(","))


def by_way(item: pytest.Item) -> tuple[bool, bool, bool]:
    """A key to sort tests by: those of one browser and one place come together, and then all without one.

    Each process so starts few browsers, and files of tests find pages open that others have left.
    """
    fixtures = set(item.fixturenames)  # type: ignore[attr-defined]
    if not fixtures & {"browser", "chromium"}:
        return True, False, False
    callspec = getattr(item, "callspec", None)
    words = {one for one in callspec.params.values() if isinstance(one, str)} if callspec else set()
    return False, "firefox" in words, bool(words & {"serve", "nginx"})


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
