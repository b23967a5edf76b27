"""Browser and source of pages in tests: one way for `make test`, all ways for `make test-all`.

Tests that `make test` runs in every way are marked: `@pytest.mark.every_way`. Each kind of page has one.
"""

from __future__ import annotations

import pytest

BROWSERS, PLACES = {"chrome", "firefox"}, {"serve", "nginx", "file"}

USUAL = {
    "browser/test_browser_driver": "chrome file",
    "client/engine/test_engine": "chrome serve",
    "client/find/test_finding": "firefox serve",
    "client/letter/test_letters": "chrome file",
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
    return chosen <= set(USUAL[file].split())
