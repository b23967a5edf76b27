"""Contact and requests for copies: drafts, files and sheets created in the page, which sends nothing."""

from __future__ import annotations

import base64
import contextlib
import http.server
import json
import re
import threading
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import pytest

from drportal.model import load_portal
from drportal.problems import InputError

from ...browser import Browser
from ...commands import drportal
from ...conftest import Made
from ...described_portal import Described
from ..pages.test_every_page import serious
from ..results.test_downloads import KEEP

pytestmark = pytest.mark.browser

DRAFT = "document.querySelector('[data-mail]').href"
MESSAGE = "Wrong z?\nobsid=9223372036854775807 & <b>光谱</b>"


def draft(browser: Browser) -> tuple[str, str, str]:
    """Address, subject and text of the mail draft."""
    found = urllib.parse.urlsplit(browser.evaluate(DRAFT))
    assert found.scheme == "mailto"
    query = dict(urllib.parse.parse_qsl(found.query, keep_blank_values=True))
    return found.path, query["subject"], query["body"]


def test_contact_knows_where_the_reader_was(watched: Browser, base: str) -> None:
    watched.open(f"{base}search.html?catalogue=sim&snrg=50..")
    watched.evaluate("document.querySelector('footer a[data-from]').click()")
    watched.wait("document.getElementById('about')?.value")
    watched.fill("#message", MESSAGE)
    to, subject, body = draft(watched)
    assert (to, subject) == ("help@survey.example", "[TEST v1] A question about the data")
    assert MESSAGE.replace("\n", "\r\n") in body
    about = body.partition("About: ")[2].partition("\r\n")[0]
    assert urllib.parse.unquote(about).startswith("search.html?catalogue=sim&snrg=50..")
    assert "moved" not in body, "the path of the copy on disc is included"
    assert serious(watched) == []


def test_what_is_missing_is_said_at_the_field(watched: Browser, base: str) -> None:
    watched.open(f"{base}request.html", width=390)
    watched.fill("#email", "nobody")
    watched.evaluate("document.querySelector('[data-action=text]').focus()")
    watched.press("Enter")
    assert watched.evaluate("document.activeElement.id") == "name"
    wrong = "[...document.querySelectorAll('[aria-invalid=true]')].map((f) => f.id).join()"
    assert watched.evaluate(wrong) == "name,email,address"
    said = watched.evaluate("document.getElementById('email').getAttribute('aria-describedby')")
    assert "name@example.org" in watched.evaluate(f"document.getElementById('{said}').textContent")
    assert watched.evaluate("document.querySelector('.letter-note').textContent") == "Fields to correct: 3"
    assert serious(watched) == []
    watched.fill("#name", "Ann")
    assert watched.evaluate(wrong) == "email,address"


def test_a_request_names_volumes_of_the_files(watched: Browser, made: Made) -> None:
    watched.open(f"{made.moved.as_uri()}/request.html")
    watched.evaluate(KEEP)
    for selector, text in (("#name", "Ann Ö"), ("#email", "ann@x.example"), ("#address", "Street 1\n北京")):
        watched.fill(selector, text)
    for box in ("data/odd", "data/plain", "data/lrs"):
        watched.evaluate(f"document.querySelector('input[value=\"{box}\"]')?.click()")
    watched.evaluate("document.querySelector('input[value=dvd]').click()")
    folder = made.moved / "data" / "sim"
    listed = [line.split("  ", 1)[1] for line in (folder / "SHA256SUMS").read_text().splitlines()]
    sizes = sum((folder / path).stat().st_size for path in listed)
    sizes += sum(f.stat().st_size for f in (folder / "chunks").glob("*.js"))
    watched.click("[data-action=json]")
    kept = watched.wait("handedOut[0]")
    saved = json.loads(base64.b64decode(kept.partition(",")[2]))
    assert saved["parts"] == [{"name": "data/sim", "bytes": sizes}]
    assert (saved["release"], saved["medium"], saved["address"]) == ("TEST v1", "dvd", "Street 1\n北京")
    _, subject, body = draft(watched)
    assert subject == "Request for an offline copy of TEST v1"
    assert "DVDs of 4.7 GB: 1" in body and "Street 1\r\n北京" in body and "data/odd" not in body
    if watched.name == "firefox":
        return  # its driver cannot lay a page out for paper
    watched.media("print")
    assert watched.evaluate("document.querySelector('.letter-sheet dd').offsetParent !== null")
    assert watched.evaluate("document.getElementById('name').offsetParent === null")
    watched.media(None)


def test_letters_are_the_readers_alone(watched: Browser, base: str) -> None:
    watched.open(f"{base}zh/contact.html")
    before = len(watched.requests)
    watched.fill("#message", "secret")
    watched.press("Tab")
    watched.evaluate("document.getElementById('letter').requestSubmit()")
    assert [r for r in watched.requests[before:] if "/assets/icon." not in r] == []
    stored = "JSON.stringify(Object.entries(localStorage)) + JSON.stringify(Object.entries(sessionStorage))"
    assert "secret" not in watched.evaluate(stored) and "secret" not in watched.evaluate("document.cookie")
    assert draft(watched)[1] == "[TEST v1] 关于数据的问题"


@contextlib.contextmanager
def team() -> Iterator[tuple[str, list[dict[str, str]]]]:
    """A server that accepts forms, as a team might run, and the requests it received."""
    sent: list[dict[str, str]] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            sent.append(dict(urllib.parse.parse_qsl(body, keep_blank_values=True)))
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<title>thanks</title>")

        def do_GET(self) -> None:
            # a browser asks for an icon
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", sent
        server.shutdown()


def test_only_the_contact_page_may_send_to_the_teams_address(described: Described) -> None:
    origin = "https://forms.sky.example.org"
    for page in described.release.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        allowed = f"form-action 'self' {origin};" in text.replace("&#39;", "'")
        assert allowed == (page.name == "contact.html") == (origin in text), page
    for language, said in (("", "Send to forms.sky.example.org"), ("zh", "forms.sky.example.org")):
        contact = (described.release / language / "contact.html").read_text(encoding="utf-8")
        (form,) = re.findall(r"<form [^>]*data-letter[^>]*>", contact)
        assert 'method="post"' in form and f'action="{origin}/in?x=1&amp;y=2"' in form
        (button,) = re.findall(r"<button [^>]*type=\"submit\"[^>]*>([^<]*)</button>", contact)
        assert said in button


@pytest.mark.slow
def test_a_form_is_sent_where_the_team_wants_it(watched: Browser, tmp_path: Path) -> None:
    folder = tmp_path / "new"
    drportal("new", folder, check=True)
    toml = folder / "portal.toml"
    text = toml.read_text(encoding="utf-8")
    with team() as (origin, sent):
        form = f'\ncontact_form = "{origin}/in?x=1"\n\n[title]'
        toml.write_text(text.replace("\n\n[title]", form, 1), encoding="utf-8")
        drportal("build", "--portal", folder, check=True)
        site = folder / "build" / "site" / "dr1"
        for page in site.rglob("*.html"):
            opened = f"form-action 'self' {origin};" in page.read_text(encoding="utf-8")
            assert opened == (page.name == "contact.html"), page
        watched.open((site / "contact.html").as_uri() + "?from=search.html%3Fcatalogue%3Dobjects")
        watched.fill("#message", MESSAGE)
        watched.evaluate("document.querySelector('button[type=submit]').click()")
        assert watched.evaluate("document.activeElement.id") == "email" and not sent
        watched.fill("#email", "ann@x.example")
        watched.evaluate("document.querySelector('button[type=submit]').click()")
        watched.wait("document.title === 'thanks'")
        (letter,) = sent
        assert letter["message"].replace("\r\n", "\n") == MESSAGE
        assert (letter["email"], letter["release"]) == ("ann@x.example", "DR1")
        assert letter["about"] == "search.html?catalogue=objects"


def test_only_addresses_that_a_policy_can_name(tmp_path: Path) -> None:
    (tmp_path / "releases").mkdir()
    for bad in (
        "http://survey.example/",
        "https://a.example;script-src *",
        "https://a.example/ x",
        "javascript:x",
    ):
        (tmp_path / "portal.toml").write_text(f'name = "S"\ntitle = "S"\ncontact_form = "{bad}"\n')
        with pytest.raises(InputError, match="is not the address of a form"):
            load_portal(tmp_path)
