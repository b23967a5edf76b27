"""A usual web server is enough: a search and a statement over nginx, as it comes."""

from __future__ import annotations

from .browser import Browser


def test_nginx(watched: Browser, nginx: str) -> None:
    watched.open(f"{nginx}search.html?catalogue=sim&cone=150,20,36000")
    status = watched.wait(
        r"/^\d+ rows in/.test(document.querySelector('#status').textContent) && "
        "document.querySelector('#status').textContent"
    )
    watched.goto(f"{nginx}sql.html?sql=SELECT obsid FROM sim WHERE separation(ra, dec, 150, 20) <= 36000")
    again = watched.wait(
        r"/^\d+ rows in/.test(document.querySelector('#status').textContent) && "
        "document.querySelector('#status').textContent"
    )
    assert int(status.split()[0]) == int(again.split()[0]) > 10
