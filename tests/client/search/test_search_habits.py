"""Usual inputs of searches, messages if nothing is found, and saved files."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qsl

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.table import Table

from ...browser import Browser
from ...commands import drportal
from ...conftest import Made
from .test_search_pages import STATUS, cells, downloaded, follow, search

pytestmark = pytest.mark.browser

FORM = "#catalogue-sim "
FIELD = FORM + "[data-field=%s] [data-part=%s]"
SAID = """JSON.stringify([...document.querySelectorAll("#nothing-found p, #nothing-found a")].map(
  (line) => line.textContent))"""
QUERY = "decodeURIComponent(location.search)"


@pytest.fixture(scope="module")
def sim(made: Made) -> Table:
    return Table.read(made.portal / "releases" / "test" / "v1" / "sim.fits")


def ask(browser: Browser, base: str, fields: dict[str, str]) -> tuple[int, str]:
    """Fill in the form and search; the rows found and the address."""
    follow(browser, base, "search.html", {"catalogue": "sim"})
    box = json.dumps(FORM + "[data-part=ra]")
    browser.wait(f"document.querySelector({box})?.value === ''")
    for selector, text in fields.items():
        browser.evaluate(
            f"""(() => {{ const box = document.querySelector({json.dumps(selector)});
            box.value = {json.dumps(text)};
            box.dispatchEvent(new Event("change", {{ bubbles: true }})); }})()"""
        )
    browser.evaluate(f"document.querySelector({json.dumps(FORM + '[type=submit]')}).click()")
    status = str(browser.wait(f"/ rows? in |^Nothing/.test({STATUS}) && {STATUS}"))
    return -1 if status.startswith("Nothing") else int(status.split()[0]), str(browser.evaluate(QUERY))


def test_what_is_typed_is_what_is_found(watched: Browser, base: str, sim: Table) -> None:
    places = SkyCoord(sim["ra"], sim["dec"], unit="deg")
    near = int((places.separation(places[0]) <= 60 * u.arcsec).sum())
    place = f"{float(sim['ra'][0])!r}, {float(sim['dec'][0])!r}"
    found, query = ask(watched, base, {FORM + "[data-part=ra]": place})
    assert found == near > 0
    assert query.endswith(",60")
    snrg = np.array(sim["snrg"])
    known = snrg > -999
    level = float(snrg[known][np.argsort(snrg[known])[known.sum() // 2]])
    found, query = ask(watched, base, {FIELD % ("snrg", "low"): f"> {level!r}"})
    assert found == int((known & (snrg > level)).sum())
    assert f"snrg=>{level!r}.." in query
    found, query = ask(watched, base, {FIELD % ("snrg", "low"): "５０－１００"})
    assert found == int((known & (snrg >= 50) & (snrg <= 100)).sum())
    assert "snrg=50..100" in query
    found, _ = ask(watched, base, {FIELD % ("class", "text"): "qso"})
    assert found == int((np.char.rstrip(np.asarray(sim["class"]).astype(str)) == "QSO").sum())
    found, _ = ask(watched, base, {FIELD % ("snrg", "low"): "about 50"})
    assert found == -1
    assert "50±1" in str(watched.evaluate(STATUS))


def said(browser: Browser) -> list[str]:
    browser.wait("!document.getElementById('nothing-found').hidden")
    return list(json.loads(browser.evaluate(SAID)))


def test_nothing_found_is_not_the_last_word(watched: Browser, base: str, sim: Table) -> None:
    stars = int((np.char.rstrip(np.asarray(sim["class"]).astype(str)) == "STAR").sum())
    quasars = int((np.char.rstrip(np.asarray(sim["class"]).astype(str)) == "QSO").sum())
    assert search(watched, base, catalogue="sim", **{"class": "STAR"}, z=">100") == 0
    lines = said(watched)
    assert "No row of the catalogue has z > 100." in lines
    assert lines[-1] == f"Without z > 100: {stars:,} rows"
    watched.evaluate("document.querySelector('#nothing-found a').click()")
    watched.wait(f"{STATUS}.startsWith('{stars} rows')")
    assert watched.evaluate(QUERY) == "?catalogue=sim&class=STAR"
    assert watched.evaluate("document.getElementById('nothing-found').hidden")
    assert search(watched, base, catalogue="sim", cone="10,20", **{"class": "STAR"}, z=">5") == 0
    lines = said(watched)
    assert lines[0] == "No single condition excludes all rows, but two together do:"
    assert f"Without the cone of 60 arcsec and z > 5: {stars:,} rows" in lines
    assert search(watched, base, catalogue="sim", subclass="g2") == 0
    assert any(line.startswith("subclass has “G2”: ") for line in said(watched))
    assert search(watched, base, catalogue="sim", designation="LAMOST J004200.00+203000.0") == 0
    assert any(line.startswith("Search around the position in the name") for line in said(watched))
    assert search(watched, base, catalogue="sim", **{"class": "“star” or QSO"}) == 0
    assert "Several values have commas between them: class=" in said(watched)[1]
    assert search(watched, base, catalogue="sim", **{"class": "Q%"}) == 0
    assert said(watched)[1:3] == [
        "A * stands for any letters: class=Q*",
        f"class has “QSO”: {quasars:,} rows",
    ]
    name = str(sim["designation"][0]).strip()
    assert search(watched, base, catalogue="sim", designation=f"2MASS {name}") == 0
    assert f"designation has “{name}”: 1 row" in said(watched)


REPORT = "#target-report"


def listed(browser: Browser) -> tuple[str, list[str]]:
    """The message about values of a list that were not found, and the values."""
    browser.wait(f"!document.querySelector('{REPORT}').hidden")
    facts = browser.evaluate(f"document.querySelector('{REPORT} [data-report=facts]').textContent")
    values = browser.evaluate(
        f"JSON.stringify([...document.querySelectorAll('{REPORT} li')].map((one) => one.textContent))"
    )
    return str(facts), list(json.loads(values))


def test_values_of_a_list_that_are_not_found_are_named(watched: Browser, base: str, sim: Table) -> None:
    names = [str(name).strip() for name in sim["designation"][:3]]
    asked = [names[0], "J999", names[1], "LAMOST, J998", names[2]]
    typed = "；".join(f'"{name}"' if "," in name else name for name in asked)
    found, _ = ask(watched, base, {FIELD % ("designation", "list"): typed})
    assert found == int(np.isin(np.char.strip(np.asarray(sim["designation"]).astype(str)), names).sum())
    facts, values = listed(watched)
    assert facts == "designation: 3 of 5 values found, not found: 2 (J999, LAMOST, J998)."
    assert values == ["J999", "LAMOST, J998"]
    watched.evaluate(f"document.querySelector('{REPORT} details').open = true")
    rows = downloaded(watched, f"{REPORT} button").lstrip("\ufeff").splitlines()
    assert rows == ["designation", "J999", '"LAMOST, J998"']
    ids = [int(n) for n in sim["obsid"][:2]]
    query = {"obsid": f"{ids[0]},{ids[1]},7,8", "snrg": "-99999..1e9", "columns": "ra"}
    assert search(watched, base, catalogue="sim", **query) == int(np.isin(sim["obsid"], ids).sum())
    facts, values = listed(watched)
    assert facts.startswith("obsid: 2 of 4 values found, not found: 2 (7, 8). ")
    assert values == ["7", "8"]
    assert search(watched, base, catalogue="sim", obsid=f"{ids[0]},{ids[1]}") > 0
    assert watched.evaluate(f"document.querySelector('{REPORT}').hidden")


def test_places_and_names_in_the_box_of_the_right_ascension(watched: Browser, base: str, sim: Table) -> None:
    place = SkyCoord(sim["ra"][0], sim["dec"][0], unit="deg")
    boxes = [FORM + "[data-part=ra]", FORM + "[data-part=dec]"]
    values = [f"document.querySelector({json.dumps(box)}).value" for box in boxes]
    for typed in (place.to_string("hmsdms", sep=" ", precision=4), f"J2000 {place.ra.deg}；{place.dec.deg}"):
        found, _ = ask(watched, base, {boxes[0]: typed})
        assert found > 0
        back = SkyCoord(*(float(watched.evaluate(value)) for value in values), unit="deg")
        assert back.separation(place).arcsec < 0.01
    hour, degree = (place.to_string("hmsdms", sep="", precision=2)).split()
    assert ask(watched, base, dict(zip(boxes, (f"LAMOST J{hour}", degree), strict=True)))[0] > 0
    for name in ("M310", "Gaia DR3 4295806720"):
        assert ask(watched, base, {boxes[0]: name})[0] == -1
        error = FORM + "[data-field-part=ra] .error-text"
        assert "is neither a position nor a name" in watched.evaluate(
            f"document.querySelector({json.dumps(error)}).textContent"
        )
    watched.open(f"{base}index.html")
    watched.fill("#hero-cone", place.to_string("hmsdms", sep=":"))
    watched.evaluate("document.querySelector('#hero-cone').form.requestSubmit()")
    watched.wait("location.pathname.endsWith('/search.html') && location.search.includes('cone=')")
    query = dict(parse_qsl(watched.address.partition("?")[2]))
    assert search(watched, base, **query) > 0


def test_lists_with_galactic_places_and_from_parquet(
    watched: Browser, base: str, sim: Table, tmp_path: Path
) -> None:
    some = sim[:30]
    places = SkyCoord(some["ra"], some["dec"], unit="deg").galactic
    Table({"l": places.l.deg, "b": places.b.deg}).write(tmp_path / "list.csv")
    Table({"id": np.arange(30), "RAJ2000": some["ra"], "DEJ2000": some["dec"]}).write(
        tmp_path / "list.parquet"
    )
    Table({"name": [f"LAMOST {name.strip()}" for name in some["designation"].astype(str)]}).write(
        tmp_path / "names.csv"
    )
    follow(watched, base, "search.html", {"catalogue": "sim"})
    for file in ("list.csv", "list.parquet", "names.csv"):
        watched.upload(FORM + "[data-target=file]", tmp_path / file)
        watched.wait(
            f"document.querySelector('{FORM}[data-target=summary]').textContent.includes('{file}')"
            f" && /^30 targets/.test(document.querySelector('{FORM}[data-target=summary]').textContent)"
        )
        watched.evaluate(
            f"{STATUS}; document.querySelector('main [role=status]').textContent = '';"
            f"document.querySelector('{FORM}[type=submit]').click()"
        )
        watched.wait(f"/ rows? in |^Nothing/.test({STATUS})")
        facts = watched.evaluate("document.querySelector('[data-report=facts]').textContent")
        assert facts.startswith("Targets with a match: 30 of 30."), (file, facts)


def test_save_follows_the_marks(watched: Browser, base: str) -> None:
    assert search(watched, base, catalogue="sim", snrg="0..", columns="obsid,snrg", limit="60") > 60
    label = "document.querySelector('#save-as span').textContent"
    assert watched.evaluate(label) == "Save the first 60 rows"
    wanted = [row["obsid"] for row in cells(watched)][:3]
    for n in range(3):
        watched.evaluate(f"document.querySelectorAll('#results tbody input[type=checkbox]')[{n}].click()")
    watched.wait(f"{label} === 'Save 3 marked rows'")
    rows = downloaded(watched, "#download-csv").splitlines()
    assert [line.split(",")[0].strip('\ufeff"') for line in rows[1:]] == wanted
    watched.evaluate("document.querySelector('[data-scope=all]').click()")
    assert watched.evaluate(label) == "Save the first 60 rows"


def test_sql_of_other_archives_runs(watched: Browser, base: str) -> None:
    written = (
        "SELECT TOP 10 [ra] FROM dbo.sim WHERE "
        "1=CONTAINS(POINT('ICRS', ra, dec), CIRCLE('ICRS', 40, 4, 2)) ORDER BY ra;"
    )
    assert search(watched, base, "sql.html", sql=written) == 10
    assert watched.evaluate("document.querySelector('#sql-translated pre').textContent") == (
        "SELECT ra FROM sim WHERE cone(ra, dec, 40, 4, 7200) ORDER BY ra LIMIT 10"
    )
    assert watched.evaluate("new URLSearchParams(location.search).get('sql')") == written
    assert search(watched, base, "sql.html", sql="SELECT ra FROM sim LIMIT 3") == 3
    assert watched.evaluate("document.getElementById('sql-translated').hidden")


def test_a_statement_without_rows_is_not_the_last_word(watched: Browser, base: str, sim: Table) -> None:
    bright = np.array(sim["snrg"]) > 10
    written = "SELECT ra FROM sim WHERE class = 'star' AND snrg > 10"
    assert search(watched, base, "sql.html", sql=written) == 0
    lines = said(watched)
    assert lines[-3:] == [
        "class = 'star' in any letter case",
        "Without class = 'star'",
        "Without snrg > 10",
    ]
    stars = np.char.lower(np.array(sim["class"]).astype(str)) == "star"
    for place, rows in enumerate([bright & stars, bright]):
        assert search(watched, base, "sql.html", sql=written) == 0
        watched.evaluate(f"document.querySelectorAll('#nothing-found a')[{place}].click()")
        watched.wait(f"{STATUS}.startsWith('{rows.sum()} row')")
        assert watched.evaluate("document.getElementById('nothing-found').hidden")
    assert search(watched, base, "sql.html", sql="SELECT ra FROM sim WHERE z = NULL") == 0
    assert said(watched)[0] == "Nothing equals NULL: write IS NULL or IS NOT NULL."
    assert search(watched, base, "sql.html", sql="SELECT ra，dec FROM sim LIMIT 2，3；") == 3
    assert search(watched, base, "sql.html", sql="SELECT ra FROM sim WHERE FALSE LIMIT 5") == 0


NAMES = """JSON.stringify([...document.querySelectorAll("[role=listbox]:not([hidden]) [role=option]")].map(
  (one) => one.textContent))"""
NOTE = FORM + ".name-note"


def text_of(browser: Browser, selector: str) -> str:
    return str(browser.evaluate(f"document.querySelector({json.dumps(selector)}).textContent"))


def test_names_of_objects_stand_for_positions(watched: Browser, base: str, sim: Table) -> None:
    """As typed, by a suggestion and the keyboard, in an address, and for plates of the release."""
    _, query = ask(watched, base, {FORM + "[data-part=ra]": "messier 31, 5'"})
    assert "cone=10.6848,41.2691,300" in query
    note = text_of(watched, NOTE)
    assert note == "M 31 · NGC 224 · Andromeda Galaxy · Andromeda: 10.6848 +41.2691 (from OpenNGC)"
    follow(watched, base, "search.html", {"catalogue": "sim"})
    watched.wait(f"document.querySelector({json.dumps(FORM + '[data-part=ra]')}).value === ''")
    watched.evaluate(f"document.querySelector({json.dumps(FORM + '[data-part=ra]')}).focus()")
    watched.type("天狼")
    shown = json.loads(str(watched.wait(f"{NAMES} !== '[]' && {NAMES}")))
    assert shown[0].startswith("天狼星") and "101.2872 −16.7161" in shown[0]
    watched.press("ArrowDown")
    active = "document.activeElement.getAttribute('aria-activedescendant')"
    assert watched.evaluate(f"document.getElementById({active}).textContent") == shown[0]
    watched.press("Enter")
    watched.wait(f"document.querySelector({json.dumps(FORM + '[data-part=dec]')}).value === '-16.7161'")
    assert watched.evaluate(NAMES) == "[]"
    assert "Bright Star Catalogue" in text_of(watched, NOTE)
    plate = str(sim["planid"][0]).strip()
    rows = [str(name).strip() == plate for name in sim["planid"]]
    centre = SkyCoord(sim["ra"][rows], sim["dec"][rows], unit="deg").cartesian.mean()
    search(watched, base, catalogue="sim", cone=f"{plate}, 2 deg")
    ra, dec, radius = watched.evaluate(QUERY).partition("cone=")[2].partition("&")[0].split(",")
    place = SkyCoord(centre.x, centre.y, centre.z, representation_type="cartesian").represent_as(
        "unitspherical"
    )
    assert (float(ra), float(dec)) == pytest.approx((place.lon.deg, place.lat.deg), abs=2e-4)
    assert radius == "7200"
    assert f"{plate} " in text_of(watched, NOTE) and "from the catalogue sim" in text_of(watched, NOTE)


@contextmanager
def sesame() -> Iterator[tuple[str, list[str]]]:
    """A resolver that knows one name; its address and what it was asked."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            known = self.path.endswith("?Nibiru%20b")
            self.send_response(200)
            self.send_header("Access-Control-Allow-Origin", "*")
            self.end_headers()
            self.wfile.write(b"%J 45.0 +20.5 = 03:00 +20:30\n" if known else b"#! nothing found\n")

        def log_message(self, format: str, *args: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/nph-sesame", asked
        server.shutdown()


@pytest.mark.slow
def test_a_resolver_is_asked_where_team_and_reader_want_it(watched: Browser, tmp_path: Path) -> None:
    """Its address is in the policy of pages with boxes of positions alone, and asked after a click."""
    folder = tmp_path / "new"
    drportal("new", folder, check=True)
    toml = folder / "portal.toml"
    text = toml.read_text(encoding="utf-8")
    with sesame() as (address, asked):
        origin = address.removesuffix("/nph-sesame")
        key = f'\nresolver = "{address}"\n\n[title]'
        toml.write_text(text.replace("\n\n[title]", key, 1), encoding="utf-8")
        drportal("build", "--portal", folder, check=True)
        site = folder / "build" / "site" / "dr1"
        for page in site.rglob("*.html"):
            allowed = origin in page.read_text(encoding="utf-8").partition("base-uri")[0]
            assert allowed == (page.name in ("search.html", "object.html", "sky.html")), page
        watched.open((site / "search.html").as_uri())
        button = "document.querySelector('.name-note button')"
        box = "document.querySelector('[data-part=ra]')"
        for name, answer in (
            ("Nibiru c", "127.0.0.1 does not know “Nibiru c”."),
            ("Nibiru b", "Nibiru b: 45.0000"),
        ):
            watched.evaluate(f"{box}.value = {json.dumps(name)}")
            watched.evaluate("document.querySelector('[type=submit]').click()")
            assert watched.wait(f"{button}?.textContent") == f"Ask 127.0.0.1 for “{name}”"
            assert not any(name.replace(" ", "%20") in path for path in asked)
            watched.evaluate(f"{button}.click()")
            watched.wait(f"document.querySelector('.name-note').textContent.startsWith({json.dumps(answer)})")
        assert watched.evaluate(f"{box}.value") == "45"
        assert [path.partition("?")[0] for path in asked] == ["/nph-sesame/-oI/SNV"] * 2
