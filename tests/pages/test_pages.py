"""Pages as files: rendered from a small portal with hostile texts everywhere."""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import jinja2
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from drportal.checksums import Progress, link_tree
from drportal.escape import exact_value, in_template, json_block, permalink, sql_name
from drportal.formats import FoundRoles, Histogram
from drportal.i18n import Language
from drportal.model import Portal, Release, load_portal
from drportal.pages import Assets, Shelf, render_portal
from drportal.pages.assets import EXTENSIONS
from drportal.pages.charts import bars, release_chart, sparkline
from drportal.pages.plan import plan_pages
from drportal.pages.registry import is_possible, paths_of
from drportal.pages.skymap import HEIGHT, WIDTH, project, sky_map
from drportal.pages.sources import Layer, PageSources
from drportal.pages.theme import load_theme, themes_folder
from drportal.pages.write import open_release
from drportal.pieces import DATA, Lines, Piece, Store, Workshop
from drportal.problems import InputError
from drportal.publish.bag import write_bag
from drportal.publish.listing import Head
from drportal.publish.manifest import write_manifest
from drportal.steps.make import Made
from drportal.steps.render import ask_pages

HOSTILE = "</script><script>alert(1)</script>\"'><img src=x onerror=alert(2)>&amp;\u2028{{ 7*7 }}%(x)s"
FILE = "dataset/Norder=0/Dir=0/Npix=4.parquet"
WRITTEN = [FILE, "catalogue.json", "statistics.json"]


def column(name: str, datatype: str = "double", **more: object) -> dict[str, object]:
    usual = {"unit": None, "ucd": None, "description": "", "missing": []}
    return {"name": name, "datatype": datatype, **usual, **more}


COLUMNS = [
    column("obsid", "long", ucd="meta.id", description=HOSTILE),
    column("ra", unit="deg", missing=[-9999]),
    column("dec", unit="deg"),
    column("class", "string"),
    column("snrg"),
    column(HOSTILE, "string"),
    column("Snrg!", "int"),
    column("Snrg?", "int"),
]


def write_data(folder: Path) -> None:
    """A catalogue's folder as written by ingest, as far as pages need it."""
    (folder / FILE).parent.mkdir(parents=True)
    types = {"long": pa.int64(), "double": pa.float64(), "string": pa.string(), "int": pa.int32()}
    row = {c["name"]: pa.array([None], types[str(c["datatype"])]) for c in COLUMNS}
    pq.write_table(pa.table(row | {"_healpix_29": pa.array([4 << 58])}), folder / FILE)
    (folder / "chunks").mkdir()
    (folder / "chunks" / "0000.js").write_text("//")
    meta = {
        "name": "lrs",
        "rows": 1234567,
        "position": {"ra": "ra", "dec": "dec"},
        "id": "obsid",
        "columns": [c | {"marked": [], "arraysize": None} for c in COLUMNS],
        "partitions": [{"path": FILE, "size": 4, "rows": 1234567, "footer": 0, "tiles": []}],
        "ids": [],
        "chunks": [[0, 0, 4]],
        "bytes": 4,
    }
    measured = [
        {
            **c,
            "rows": 1234567,
            "nulls": 3,
            "min": HOSTILE if c["name"] == HOSTILE else None,
            "max": HOSTILE if c["name"] == HOSTILE else None,
            "mean": None,
            "distinct": 2,
            "values": [[HOSTILE if c["datatype"] == "string" else 7, 5], [None, 1]],
            "histogram": {"edges": [0, 1, 2], "counts": [4, 1]},
            "examples": [],
        }
        for c in COLUMNS
    ]
    statistics = {
        "name": "lrs",
        "rows": 1234567,
        "bytes": 4,
        "left_out": 2,
        "columns": measured,
        "classes": [["STAR", 1000000], [HOSTILE, 234566], ["", 1]],
        "subclasses": [["K,5*", 10]],
        "snr": [{"column": "snrg", "thresholds": [[0, 1000000], [10, 5]]}],
        "nights": 12,
        "first_night": 55859,
        "last_night": 55860,
        "per_night": [],
        "plates": 7,
        "per_plate": [],
        "roles": FoundRoles.none().members()
        | {"ra": "ra", "dec": "dec", "id": "obsid", "class": "class", "night": "lmjd"},
        "sources": [{"file": HOSTILE, "bytes": 4, "sha256": "0" * 64}],
        "sky": {"order": 2, "counts": {"0": 5, "3": 1, "191": 9, "88": 200}},
    }
    for name, content in (("catalogue.json", meta), ("statistics.json", statistics)):
        (folder / name).write_text(json.dumps(content), encoding="utf-8")
    sums = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in WRITTEN}
    lines = "".join(f"{digest}  {name}\n" for name, digest in sums.items())
    (folder / "SHA256SUMS").write_text(lines, encoding="utf-8")


PORTAL = f"""
name = "TEST"
title = {{ en = {json.dumps(HOSTILE)}, zh = "测试巡天" }}
languages = ["en", "zh"]
homepage = "https://survey.example/"
contact = "someone@example.org"
"""
RELEASE = f"""
name = "DR1"
version = "{{version}}"
published = "2020-05"
phase = "v2"
survey_phase = 1
simulated = true
status = "{{status}}"
original = "http://dr1.example.org/"
description = {json.dumps(HOSTILE)}
acknowledgement = {json.dumps(HOSTILE)}
{{more}}
[[resolutions]]
kind = "low"
spectra = 12345678
observed_from = "2011-10-24"
"""
CATALOGUE = f"""
[[catalogues]]
name = "lrs"
resolution = "low"
source = "lrs.csv"
title = {json.dumps(HOSTILE)}
"""


PARTS = {
    part: {"file": f"engine/{name}.bin", "script": f"engine/{name}.js", "size": 2, "raw": 2}
    for part, name in {"wasm": "duckdb", "worker": "worker", "parquet": "parquet"}.items()
}
ENGINE = {"duckdb": "v1.5.1", "platform": "wasm_eh", **PARTS}


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stand-in for the built client."""
    folder = tmp_path_factory.mktemp("dist")
    (folder / "engine").mkdir()
    scripts = (
        "site",
        "find",
        "letter",
        "names",
        "search",
        "sql",
        "plots",
        "gallery",
        "object",
        "schema",
        "sky",
        "spectrum",
        "verify",
    )
    names = {f"{n}.js": f"{n}.0a0a0a0a.js" for n in scripts}
    engine = [name for part in PARTS.values() for name in (part["file"], part["script"])]
    for name in [*names.values(), *engine, "engine/left-over.bin"]:
        (folder / str(name)).write_text("//")
    (folder / "manifest.json").write_text(json.dumps({**names, "engine": ENGINE}))
    return folder


def write_portal(folder: Path, more: str = "") -> Portal:
    (folder / "portal.toml").write_text(PORTAL + more, encoding="utf-8")
    releases = {
        "dr1/v1": RELEASE.format(version="v1", status="obsolete", more='superseded_by = "dr1/v2"'),
        "dr1/v2": RELEASE.format(version="v2", status="current", more="") + CATALOGUE,
    }
    for name, text in releases.items():
        (folder / "releases" / name).mkdir(parents=True)
        (folder / "releases" / name / "release.toml").write_text(text, encoding="utf-8")
    return load_portal(folder)


def write_release(
    portal: Portal, release: Release, out: Path, assets: Assets, available: list[str] | None = None
) -> None:
    """The site of a release, by the pieces of a build; its data are those of `write_data`."""

    def make(folder: Path, _progress: Progress) -> Lines:
        write_data(folder / DATA)
        return Lines()

    made = Made(release)
    with tempfile.TemporaryDirectory() as cache, Workshop(Store(Path(cache)), 1) as workshop:
        store = workshop.store
        store.begin()
        for one in release.catalogues:
            rows = workshop.ask(one.name, partial(Piece, one.name, {}, make))
            workshop.finish()
            assert rows.kept
            made.layers.append(Layer(f"data/{one.name}", rows.kept))
        shelf = Shelf.of(portal, available)
        sources = PageSources(
            portal,
            release,
            tuple(made.layers),
            (),
            None,
            assets,
            shelf,
            store.digests,
            store.folder / "scratch",
        )
        asked = ask_pages(sources, made, workshop, lambda _count: None)
        workshop.finish()
        sources.close()
        assert not [problem for one in asked for problem in one.problems]
        for layer in [*made.layers, *(Layer("", one.kept) for one in asked if one.kept)]:
            link_tree(layer.kept.data, out / layer.path)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, dist: Path) -> Path:
    base = tmp_path_factory.mktemp("pages")
    portal = write_portal(base)
    assets = Assets.load(portal, dist)
    out = base / "site"
    for release in portal.releases:
        write_release(portal, release, out / release.id, assets)
        head = Head(release.id, release.label, ())
        write_manifest(out / release.id, head, write_bag(out / release.id, head, []))
    render_portal(portal, out, assets, portal.releases, portal.releases)
    write_manifest(out, Head("", portal.name, tuple(r.id for r in portal.releases)))
    return out


@dataclass
class Page(HTMLParser):
    """What a page is made of."""

    file: Path
    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    text: str = ""

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({k for k, _ in attrs}) == len(attrs), f"{self.file}: attribute twice in <{tag}>"
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]

    def addresses(self) -> Iterator[tuple[str, dict[str, str | None]]]:
        for _, attrs in self.tags:
            for key in ("href", "src", "action"):
                if attrs.get(key):
                    yield str(attrs[key]), attrs


def pages(site: Path) -> list[Page]:
    return [Page(file) for file in sorted(site.rglob("*.html"))]


def test_both_languages_have_the_same_pages(site: Path) -> None:
    for root in (site, site / "dr1" / "v1", site / "dr1" / "v2"):
        own = {
            f.relative_to(root)
            for f in root.rglob("*.html")
            if not {"zh", "dr1"} & set(f.relative_to(root).parts)
        }
        other = {f.relative_to(root / "zh") for f in (root / "zh").rglob("*.html")}
        assert own == other
    names = {str(f) for f in own}
    assert {"index.html", "search.html", "sql.html", "data.html", "catalogues/lrs.html"} <= names


def test_every_link_leads_somewhere(site: Path) -> None:
    ids = {page.file.resolve(): {a["id"] for _, a in page.tags if "id" in a} for page in pages(site)}
    for page in pages(site):
        for address, attrs in page.addresses():
            parts = urlsplit(address)
            if parts.scheme or parts.netloc:
                outside = parts.scheme in ("http", "https") and attrs.get("rel") == "noopener external"
                assert outside or parts.scheme == "mailto", f"{page.file}: {address}"
                continue
            target = (page.file.parent / unquote(parts.path)).resolve() if parts.path else page.file.resolve()
            assert target.is_file(), f"{page.file}: {address}"
            assert target.is_relative_to(site.resolve())
            if parts.fragment and target.suffix == ".html":
                assert unquote(parts.fragment) in ids[target], f"{page.file}: {address}"


def test_pages_obey_their_policy(site: Path) -> None:
    for page in pages(site):
        policies = [
            m["content"] or "" for m in page.all("meta") if m.get("http-equiv") == "Content-Security-Policy"
        ]
        assert len(policies) == 1
        rules = dict(rule.strip().partition(" ")[::2] for rule in (policies[0] or "").split(";"))
        engine = page.file.name in ("search.html", "sql.html")
        assert rules["default-src"] == rules["base-uri"] == "'none'"
        assert rules["script-src"] == ("'self' 'wasm-unsafe-eval'" if engine else "'self'")
        assert rules["worker-src"] == ("blob:" if engine else "'none'")
        # The hub of SAMP on the reader's computer; other sites only where portal.toml names them.
        samp = " http://localhost:21012 http://127.0.0.1:21012" if engine else ""
        assert rules["connect-src"] == f"'self' blob: data:{samp}"
        editor = page.file.name == "sql.html"
        assert rules["style-src"] == ("'self' 'nonce-drportal-editor'" if editor else "'self'")
        assert rules["require-trusted-types-for"] == "'script'"
        assert rules["trusted-types"] == "drportal 'allow-duplicates'"
        assert not page.all("style")
        for tag, attrs in page.tags:
            assert "style" not in attrs, f"{page.file}: <{tag}>"
            assert not [a for a in attrs if a.startswith("on")], f"{page.file}: <{tag}>"
            if tag == "script":
                assert attrs.get("src") or attrs.get("type") in ("application/json", "application/ld+json")


def test_ids_are_unique_and_pages_are_whole(site: Path) -> None:
    for page in pages(site):
        ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
        assert sorted(ids) == sorted(set(ids)), page.file
        for _, attrs in page.tags:
            for key in ("aria-labelledby", "aria-describedby", "for"):
                assert set((attrs.get(key) or "").split()) <= set(ids), f"{page.file}: {key}={attrs.get(key)}"
        assert len(page.all("h1")) == 1, page.file
        assert len(page.all("main")) == 1
        parts = page.file.relative_to(site).parts
        assert page.all("html")[0]["lang"] == ("zh" if "zh" in parts else "en")


def test_hostile_words_stay_text(site: Path) -> None:
    for page in pages(site):
        assert not [i for i in page.all("img") if i.get("src") == "x"], page.file
        source = page.file.read_text(encoding="utf-8")
        assert "<script>alert" not in source, page.file
        assert "\u2028" not in source or "alert(1)" in page.text
        blocks = re.findall(r'<script type="application/json"[^>]*>(.*?)</script>', source, re.S)
        assert blocks
        for block in blocks:
            json.loads(block)
            assert "<" not in block and "\u2028" not in block
    assert "javascript:" not in (site / "index.html").read_text(encoding="utf-8")
    assert "{{ 7*7 }}%(x)s" in Page(site / "dr1" / "v2" / "index.html").text


def test_page_data_says_where_things_are(site: Path) -> None:
    page = site / "dr1" / "v2" / "zh" / "catalogues" / "lrs.html"
    block = re.search(r'id="page">(.*?)</script>', page.read_text(encoding="utf-8"))
    assert block
    data = json.loads(block[1])
    assert data["lang"] == "zh"
    assert data["base"] == "../../"
    assert data["kind"] == "catalogue"
    assert data["release"] == {"id": "dr1/v2", "label": "DR1 v2", "simulated": True}
    assert data["engine"] == ENGINE
    assert data["catalogues"][0]["script"] == "data/lrs/catalogue.js"
    assert data["strings"]["Searching…"] != "Searching…"


def test_simulated_data_are_said_to_be_so_on_every_page(site: Path) -> None:
    for page in (site / "dr1").rglob("*.html"):
        asides = [a for a in Page(page).all("aside") if a.get("class") == "simulated"]
        assert len(asides) == 1, page
    assert not [a for a in Page(site / "index.html").all("aside") if a.get("class") == "simulated"]


def test_home_counts_from_the_data(site: Path) -> None:
    home = Page(site / "dr1" / "v2" / "index.html")
    assert "1.23 million" in home.text
    assert "1,234,567" in home.text
    assert "23 October 2011" not in home.text
    assert "24 October 2011" in home.text
    links = [a for a, _ in home.addresses()]
    assert "search.html?catalogue=lrs&class=STAR" in links
    assert "search.html?catalogue=lrs&snrg=10.." in links
    assert not [a for a in links if "K%2C5" in a or "K,5" in a]
    assert "12,345,678" in home.text, "what was published stands in the table"


def test_home_of_a_release_without_data(site: Path) -> None:
    home = Page(site / "dr1" / "v1" / "index.html")
    links = dict(home.addresses())
    assert links["http://dr1.example.org/"]["rel"] == "noopener external"
    assert "../../dr1/v2/index.html" in links
    assert "12.35 million" in home.text
    assert not (site / "dr1" / "v1" / "search.html").exists()
    assert not (site / "dr1" / "v1" / "assets" / "engine").exists()


def test_engine_comes_only_with_data(site: Path) -> None:
    names = {f.name for f in (site / "dr1" / "v2" / "assets").rglob("*")}
    assert {"duckdb.bin", "search.0a0a0a0a.js"} <= names
    assert "left-over.bin" not in names
    assert "search.0a0a0a0a.js" not in {f.name for f in (site / "assets").iterdir()}


def test_the_data_page_shows_each_files_checksum(site: Path) -> None:
    text = Page(site / "dr1" / "v2" / "data.html").text
    for line in (site / "dr1/v2/data/lrs/SHA256SUMS").read_text(encoding="utf-8").splitlines():
        assert line.split("  ")[0] in text


def test_a_release_alone_links_to_no_other(tmp_path: Path, dist: Path) -> None:
    portal = write_portal(tmp_path)
    release, out = portal.releases[0], tmp_path / "alone" / "dr1" / "v1"
    write_release(portal, release, out, Assets.load(portal, dist), [release.id])
    outside = {"index.html", "zh/index.html"}
    for page in pages(out):
        for address, attrs in page.addresses():
            if "external" in (attrs.get("rel") or "") or address.startswith("mailto:"):
                continue
            target = (page.file.parent / unquote(urlsplit(address).path)).resolve()
            if not target.is_relative_to(out.resolve()) and target != page.file.parent.resolve():
                assert target.relative_to(tmp_path / "alone").as_posix() in outside


def test_pages_are_planned_as_their_paths_say(tmp_path: Path, dist: Path) -> None:
    portal = write_portal(tmp_path)
    release = portal.releases[1]
    data = {"lrs": tmp_path / "lrs"}
    write_data(data["lrs"])
    site = open_release(portal, release, data, Assets.load(portal, dist), {}, Shelf.of(portal))
    for lang in portal.languages:
        planned = [one.path for one in plan_pages(site) if one.lang == lang]
        assert len(planned) == len(set(planned))
        assert {*planned, "files.html"} == paths_of(site.outline)
    assert all(is_possible(path) for path in paths_of(site.outline) if not path.startswith("docs/"))


def test_addresses_of_languages_need_the_portals_own(tmp_path: Path, dist: Path, site: Path) -> None:
    assert "hreflang" not in str(Page(site / "index.html").all("link"))
    portal = write_portal(tmp_path, 'base_url = "https://data.example.org/survey/"\n')
    write_release(portal, portal.releases[0], tmp_path / "out", Assets.load(portal, dist))
    alternates = [a for a in Page(tmp_path / "out" / "zh" / "index.html").all("link") if "hreflang" in a]
    assert [a["href"] for a in alternates] == [
        "https://data.example.org/survey/dr1/v1/",
        "https://data.example.org/survey/dr1/v1/zh/",
    ]


def test_same_input_gives_same_bytes(tmp_path: Path, dist: Path) -> None:
    portal = write_portal(tmp_path)
    for name in ("a", "b"):
        write_release(portal, portal.releases[1], tmp_path / name, Assets.load(portal, dist))
    one, two = (
        {f.relative_to(tmp_path / n): f.read_bytes() for f in (tmp_path / n).rglob("*") if f.is_file()}
        for n in "ab"
    )
    assert one == two


def test_every_word_of_the_theme_is_translated() -> None:
    theme = themes_folder() / "default"
    environment = jinja2.Environment(extensions=EXTENSIONS)
    chinese = Language("zh", [theme / "locale" / "zh" / "LC_MESSAGES" / "drportal.po"])
    words: set[str] = set()
    for file in (theme / "templates").iterdir():
        for _, _, message in environment.extract_translations(file.read_text(encoding="utf-8")):  # type: ignore[attr-defined]
            words |= {message[0] if isinstance(message, tuple) else message} - {None}
    generator = themes_folder().parent / "generator"
    for file in [f for room in ("documents", "pages", "publish") for f in (generator / room).rglob("*.py")]:
        words |= set(re.findall(r'\b_\(\s*"((?:[^"\\]|\\.)+)"\s*\)', file.read_text(encoding="utf-8")))
    same = {"SQL", "SHA-256", "UCD", "NULL", "Python"}
    missing = sorted(w for w in words - same if chinese.gettext(w) == w and chinese.ngettext(w, w, 1) == w)
    assert not missing


def with_theme(folder: Path, theme: str) -> Portal:
    (folder / "portal.toml").write_text(f'name = "T"\ntitle = "T"\ntheme = "{theme}"\n')
    return load_portal(folder)


def test_a_theme_recolours_in_a_few_lines(tmp_path: Path) -> None:
    (tmp_path / "themes" / "red").mkdir(parents=True)
    (tmp_path / "themes" / "red" / "theme.toml").write_text('[light]\naccent = "#aa0000"\n')
    portal = with_theme(tmp_path, "red")
    css = load_theme(portal).colours()
    assert "--accent:#aa0000;" in css
    assert "--paper:" in css


@pytest.mark.parametrize("colour", ["red;}body{display:none", "url(http://x)", "</style>", ""])
def test_a_colour_is_a_colour(tmp_path: Path, colour: str) -> None:
    (tmp_path / "themes" / "bad").mkdir(parents=True)
    (tmp_path / "themes" / "bad" / "theme.toml").write_text(f"[dark]\nink = {json.dumps(colour)}\n")
    portal = with_theme(tmp_path, "bad")
    with pytest.raises(InputError, match=r"dark\.ink: .* is not a colour"):
        load_theme(portal)


def test_unknown_theme_and_unbuilt_client_are_said_plainly(tmp_path: Path) -> None:
    portal = with_theme(tmp_path, "../default")
    with pytest.raises(InputError, match="no theme"):
        load_theme(portal)
    with pytest.raises(InputError, match="client is not built"):
        Assets.load(with_theme(tmp_path, "default"), tmp_path)


def test_numbers_and_dates_in_both_languages() -> None:
    english, chinese = Language("en"), Language("zh")
    assert english.compact(10388423) == "10.39 million"
    assert chinese.compact(10388423) == "1038.84万"
    assert english.compact(319000) == "319,000"
    assert english.date("2020-05-27") == "27 May 2020"
    assert chinese.date("2020-05-27") == "2020年5月27日"
    assert english.date("2013-08") == "August 2013"
    assert chinese.date("2013-08") == "2013年8月"
    assert english.date("2012") == "2012"
    assert english.date("98765432109-01-02") == "98765432109-01-02"
    assert english.date("2020-13-45") == "2020-13-45"
    assert english.date(None) == "–"
    assert english.size(999) == "999 B"
    assert [english.size(count) for count in (14_649, 14_650, 14_750, 99_949, 99_950)] == [
        *("14.6 kB", "14.6 kB", "14.8 kB", "99.9 kB", "100 kB")
    ]
    assert english.size(999_600) == "1.0 MB"
    assert english.size(29_740_000_000_000) == "29.7 TB"
    assert english.percent(0.00001) == "<0.1%"
    assert english.percent(0.99999) == ">99.9%"
    assert [english.percent(share) for share in (0, 0.01, 0.026, 1)] == ["0%", "1.0%", "2.6%", "100%"]
    assert english.number(float("nan")) == "–"
    assert english.density(0.3) == "0.30"
    assert english.density(1234.0) == "1,234"
    with pytest.raises(InputError):
        Language("not a language")


def test_escaping() -> None:
    assert json.loads(json_block(HOSTILE)) == HOSTILE
    assert not set("<>&\u2028\u2029") & set(json_block([HOSTILE]))
    assert permalink("search.html", **{"a b": "x&y=1"}) == "search.html?a+b=x%26y%3D1"
    assert exact_value("a,b") is None
    assert exact_value("1..2") is None
    assert exact_value("K5*") is None
    assert exact_value(" ") is None
    assert exact_value(0) == "0"
    assert sql_name('a"b') == '"a""b"'
    assert sql_name("ra") == "ra"


def test_sky_map_keeps_inside_its_ellipse() -> None:
    x, y = project([180, 0, 360, 180, 180], [0, 0, 0, 90, -90])
    assert x.tolist() == pytest.approx([WIDTH / 2, WIDTH, 0, WIDTH / 2, WIDTH / 2])
    assert y.tolist() == pytest.approx([HEIGHT / 2, HEIGHT / 2, HEIGHT / 2, 0, HEIGHT])
    whole = sky_map(3, {str(p): p % 7 for p in range(768)})
    assert whole.covered == pytest.approx(41252.96 * len([p for p in range(768) if p % 7]) / 768, rel=1e-4)
    assert sum(level.path.count("M") for level in whole.levels) >= 658
    assert not sky_map(3, {}).levels
    one = sky_map(0, {"4": 10})
    assert one.levels[0].path.count("M") == 2, "the pixel around 0h is drawn at both edges"


def test_charts() -> None:
    assert [b.length for b in bars([["a", 4], ["b", 1]])] == [1.0, 0.25]
    assert bars([]) == []
    assert (
        sparkline(Histogram(edges=[0, 1, 2, 3], counts=[4, 0, 1]), 30, 10)
        == "M0 10V0.0H10.0V10.0H20.0V5.0H30.0V10z"
    )
    assert sparkline(None) == "" == sparkline(Histogram(edges=[0, 1], counts=[0]))
    assert release_chart([]).points == []


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb, as WCAG defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


READ = [
    *[
        (f"{ink}", ground)
        for ink in ("ink", "ink-soft", "link", "accent")
        for ground in ("paper", "surface", "sunken")
    ],
    *[(tone, ground) for tone in ("good", "warn", "bad") for ground in (f"{tone}-soft", "paper", "surface")],
    *[
        (ink, ground)
        for ink in ("night-ink", "night-soft", "night-accent")
        for ground in ("night", "night-2")
    ],
    *[(f"code-{i}", ground) for i in range(1, 5) for ground in ("surface", "sunken")],
    ("accent-ink", "accent"),
    ("accent", "accent-soft"),
    ("ink", "accent-soft"),
    ("night", "night-accent"),
]


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_words_stand_out_from_their_ground(tmp_path: Path, mode: str) -> None:
    theme = load_theme(with_theme(tmp_path, "default"))
    colours = theme.light | (theme.dark if mode == "dark" else {})
    assert theme.light.keys() == theme.dark.keys()
    weak = {}
    for ink, ground in READ:
        high, low = sorted((luminance(colours[ink]), luminance(colours[ground])), reverse=True)
        ratio = (high + 0.05) / (low + 0.05)
        if ratio < 4.5:
            weak[ink, ground] = round(ratio, 2)
    assert not weak


def _luminance(colour: str) -> float:
    values = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in values]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, contrast ratio."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


THEMES = sorted(f.parent.name for f in themes_folder().glob("*/theme.toml"))
READ = [("night-ink", "night"), ("night-soft", "night"), ("night-accent", "night"), ("night", "night-accent")]
READ += [("night-ink", "night-2"), ("accent", "surface"), ("accent", "paper"), ("accent-ink", "accent")]
READ += [("accent", "accent-soft"), ("ink", "accent-soft"), ("link", "paper"), ("warn", "warn-soft")]


@pytest.mark.parametrize("name", THEMES)
def test_every_theme_can_be_read(tmp_path: Path, name: str) -> None:
    file = themes_folder() / name / "theme.toml"
    assert name == "default" or len(file.read_text(encoding="utf-8").splitlines()) < 30
    theme = load_theme(with_theme(tmp_path, name))
    for colours in (theme.light, theme.light | theme.dark):
        for ink, paper in READ:
            assert contrast(colours[ink], colours[paper]) >= 4.5, (ink, paper)
        assert contrast(colours["paper"], colours["chart-1"]) >= 4.5


def test_a_theme_has_its_own_words_and_picture(tmp_path: Path) -> None:
    folder = tmp_path / "themes" / "gala"
    folder.mkdir(parents=True)
    (folder / "theme.toml").write_text('hero = "art.svg"\n[words.en]\n"Cite" = "Quote us"\nSQL = "Ask"\n')
    (folder / "art.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    portal = with_theme(tmp_path, "gala")
    theme = load_theme(portal)
    language = Language("en", theme.catalogues("en"), theme.words["en"])
    assert [language.gettext(w) for w in ("SQL", "Search")] == ["Ask", "Search"]
    assert theme.hero == folder / "art.svg"
    (folder / "art.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>')
    with pytest.raises(InputError, match=r"hero: 'art.svg' contains a <script>"):
        load_theme(portal)


@pytest.mark.parametrize(
    ("message", "said", "shown"),
    [
        ("Home", '"><img src=x onerror=alert(1)>', "&#34;&gt;&lt;img src=x onerror=alert(1)&gt;"),
        ("%(n)s rows", "<b>%(n)s</b>", "&lt;b&gt;7&lt;/b&gt;"),
        ("%(n)s rows", "100 % of %(n)s, %(other)s, %s, %%", "100 % of 7, %(other)s, %s, %%"),
        ("Home", "{{ 7 * 7 }} {% raw %} it's & so", "{{ 7 * 7 }} {% raw %} it&#39;s &amp; so"),
    ],
)
def test_words_of_a_theme_are_text(message: str, said: str, shown: str) -> None:
    environment = jinja2.Environment(autoescape=True, extensions=["jinja2.ext.i18n"])
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        lambda m: in_template(m, said), lambda m, _many, _n: in_template(m, said), newstyle=True
    )
    for text in ("_(m, n=7)", "ngettext(m, m, 2, n=7)"):
        assert (
            environment.from_string(f'<a title="{{{{ {text} }}}}">').render(m=message)
            == f'<a title="{shown}">'
        )
