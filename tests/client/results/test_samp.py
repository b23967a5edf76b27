"""SAMP with a real hub: the page connects on request, points, sends files, and receives tables."""

from __future__ import annotations

import contextlib
import socket
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from astropy.table import Table

from ...browser import Browser
from ...commands import until
from ..search.test_search_pages import cells, search

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from astropy.samp import SAMPHubServer, SAMPIntegratedClient
    from astropy.samp.hub import WebProfileDialog

pytestmark = pytest.mark.browser
STATE = "document.querySelector('[data-samp=state]').textContent"


class Consenting(WebProfileDialog):  # type: ignore[misc]
    """Confirms requests of the hub in place of a user."""

    def show_dialog(self, *_: object) -> None:
        self.consent()


@contextlib.contextmanager
def running_hub(folder: Path) -> Iterator[SAMPIntegratedClient]:
    """A hub with the Web Profile, and another program in it."""
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", 21012)) == 0:
            pytest.skip("another SAMP hub runs here")
    dialog, done = Consenting(), threading.Event()
    lock = str(folder / "samp")
    hub = SAMPHubServer(web_profile=True, web_profile_dialog=dialog, lockfile=lock, addr="127.0.0.1")
    hub.start()

    def consent() -> None:
        while not done.wait(0.05):
            dialog.handle_queue()

    threading.Thread(target=consent, daemon=True).start()
    client = SAMPIntegratedClient(name="Tester", addr="127.0.0.1")
    try:
        client.connect(hub_params=hub.params)
        yield client
    finally:
        with contextlib.suppress(Exception):
            client.disconnect()
        done.set()
        hub.stop()
        hub._web_profile_server.server_close()


def test_with_a_hub(browser: Browser, served: str, tmp_path: Path) -> None:
    got: list[tuple[str, dict[str, Any]]] = []
    with running_hub(tmp_path) as client:
        for mtype in ("coord.pointAt.sky", "table.load.stil"):
            client.bind_receive_notification(
                mtype, lambda key, sender, mtype, params, extra: got.append((mtype, params))
            )
        found = search(
            browser, served, catalogue="odd", order="0..", columns="Id,RAJ2000,DEJ2000", sort="order"
        )
        assert found == 12
        first = cells(browser)[0]
        assert not [r for r in browser.requests if ":21012" in r]
        browser.evaluate("document.getElementById('query-samp').click()")
        browser.wait(f"/Connected/.test({STATE})", 20)
        browser.wait("document.querySelector('[data-samp=point-to]').options.length == 2")
        assert "Tester" in browser.evaluate("document.querySelector('[data-samp=point-to]').textContent")
        browser.click("[data-samp=point]")
        browser.wait(f"/^Sent/.test({STATE})")
        browser.click("[data-samp=files]")
        browser.wait(f"/^Sent: odd/.test({STATE})")
        until(lambda: len(got) >= 2)
        assert got[0][0] == "coord.pointAt.sky"
        assert [float(got[0][1][k]) for k in ("ra", "dec")] == [
            float(first["RAJ2000"]),
            float(first["DEJ2000"]),
        ]
        assert got[1][1]["url"].startswith(served.rstrip("/")) and got[1][1]["url"].endswith(".parquet")
        # a table from another program becomes the list of targets
        file = tmp_path / "sent.vot"
        Table({"ra": [45.0, 10.0, 200.0], "dec": [20.0, 10.0, -90.0], "who": ["a", "b", "c"]}).write(
            file, format="votable"
        )
        params = {"url": file.as_uri(), "name": "sent.vot", "table-id": "1"}
        others = [i for i in client.get_registered_clients() if "hub" not in i]
        message = {"samp.mtype": "table.load.votable", "samp.params": params}
        answers = [client.call_and_wait(i, message, timeout="20") for i in others]
        assert [a["samp.status"] for a in answers] == ["samp.ok"]
        browser.wait(
            "/^3 targets · sent/.test("
            "document.querySelector('#catalogue-odd [data-target=summary]').textContent)",
            20,
        )
        browser.evaluate("document.querySelector('#catalogue-odd form').requestSubmit()")
        browser.wait("document.querySelector('#results td[data-column=who]')?.textContent")
        assert {row["who"] for row in cells(browser)} == {"a", "c"}
        assert not browser.complaints


@pytest.mark.complains("CONNECTION_REFUSED|Cross-Origin Request")
def test_without_a_hub(browser: Browser, served: str) -> None:
    search(browser, served, catalogue="odd", order="0..2")
    browser.evaluate("document.getElementById('query-samp').click()")
    browser.wait(f"/No SAMP hub answers/.test({STATE})", 20)
    assert browser.evaluate("!document.querySelector('[data-samp=again]').hidden")
    assert browser.evaluate("document.querySelector('[data-samp=tools]').hidden")


def test_pages_from_disk_do_not_offer_it(watched: Browser, made: Any) -> None:
    search(watched, made.moved.as_uri() + "/", catalogue="odd", order="0..2")
    assert watched.evaluate("document.getElementById('query-samp').parentElement.hidden")
