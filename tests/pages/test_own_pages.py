"""A team's own pages, templates and styles; docs/templates.md has everything they need."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from drportal.build import build
from drportal.pages.common import Links, Shared, Words
from drportal.pages.own import OwnHead
from drportal.problems import InputError
from drportal.report import Report

DOCUMENT = (Path(__file__).resolve().parents[2] / "docs" / "templates.md").read_text(encoding="utf-8")
EXAMPLES = dict(
    zip(
        ["page", "template", "sections"],
        re.findall(r"^```html\n(.*?)^```", DOCUMENT, re.S | re.M),
        strict=True,
    )
)
(STYLE,) = re.findall(r"^```css\n(.*?)^```", DOCUMENT, re.S | re.M)


def write_portal(folder: Path, files: dict[str, str]) -> Path:
    release = folder / "releases" / "dr1"
    release.mkdir(parents=True)
    (folder / "portal.toml").write_text('name = "S"\ntitle = "S"\nlanguages = ["en", "zh"]\n')
    (release / "release.toml").write_text(
        'name = "DR<1>"\npublished = "2026-05"\n[[catalogues]]\nname = "stars"\ntitle = "<b>Stars"\n'
        'source = "stars.csv"\n'
    )
    (release / "stars.csv").write_text("id,ra,dec\n1,2,3\n4,5,6\n")
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder


def built(folder: Path) -> Path:
    with Report() as report:
        return build(folder, folder / "build" / "site", [], report).site


def test_examples_of_the_document(tmp_path: Path) -> None:
    files = {
        "pages/nights.html": EXAMPLES["page"],
        "pages/_part.html": "no page",
        "pages/team.html": '{#+++ title = "Team"\nof = "portal"\nmenu = false +++#}{% extends "base.html" %}',
        "templates/cite.html": EXAMPLES["template"],
        "templates/home-sections.html": EXAMPLES["sections"],
        "styles/own.css": STYLE,
    }
    site = built(write_portal(tmp_path / "p", files))

    def page(path: str) -> str:
        return (site / path).read_text(encoding="utf-8")

    english, chinese = page("dr1/nights.html"), page("dr1/zh/nights.html")
    assert "<h1>Nights</h1>" in english and "<h1>观测夜</h1>" in chinese
    assert "Nights of DR&lt;1&gt;" in english and "观测夜： DR&lt;1&gt;" in chinese
    assert '<a href="catalogues/stars.html">&lt;b&gt;Stars</a>: 2' in english
    assert 'content="The nights of this release."' in english
    menu = re.findall(r'<nav class="nav-bar".*?</nav>', page("dr1/search.html"), re.S)[0]
    assert "nights.html" in menu and menu.index("data.html") < menu.index("nights.html")
    assert 'href="../nights.html"' in page("dr1/catalogues/stars.html")
    assert "nights.html" in re.findall(r'<nav class="nav-bar".*?</nav>', page("dr1/zh/search.html"), re.S)[0]
    assert "Please send us a copy of your paper." in page("dr1/cite.html")
    assert "BibTeX" in page("dr1/cite.html")
    assert '<section class="section" id="news">' in page("dr1/index.html") and "新闻" in page(
        "dr1/zh/index.html"
    )
    assert "<h1>Team</h1>" in page("team.html") and not (site / "dr1/team.html").exists()
    assert "team.html" not in page("index.html") and not (site / "nights.html").exists()
    assert not list(site.rglob("_part.html"))
    (css,) = (site / "dr1" / "assets").glob("site.*.css")
    text = css.read_text(encoding="utf-8")
    assert (
        text.rstrip().endswith("var(--own-band);\n}") and text.index("--own-band: #7a5604") > len(text) - 400
    )


def test_a_changed_page_is_rendered_again(tmp_path: Path) -> None:
    folder = write_portal(tmp_path / "p", {"pages/nights.html": EXAMPLES["page"]})
    built(folder)
    (folder / "pages/nights.html").write_text(EXAMPLES["page"].replace("Nights of", "All nights of"))
    assert "All nights of" in (built(folder) / "dr1/nights.html").read_text(encoding="utf-8")
    (folder / "pages/nights.html").unlink()
    site = built(folder)
    assert not (site / "dr1/nights.html").exists()
    assert "nights.html" not in (site / "dr1/search.html").read_text(encoding="utf-8")


HEAD = '{#+++ title = "A" +++#}{% extends "base.html" %}{% block content %}\n'


@pytest.mark.parametrize(
    ("path", "text", "said"),
    [
        ("pages/search.html", HEAD, "pages/search.html: has the name of a page of drportal"),
        ("pages/a b.html", HEAD, "has a name that cannot be used in addresses"),
        ("pages/a.html", "<p>", "pages/a.html: has no head with its title"),
        (
            "pages/a.html",
            '{#+++ title = "A"\ntitel = 3 +++#}',
            "pages/a.html: titel: unknown key; did you mean `title`?",
        ),
        (
            "pages/a.html",
            HEAD + "{{ nothing }}{% endblock %}",
            "pages/a.html: line 2: 'nothing' is undefined",
        ),
        ("pages/a.html", HEAD + "{% if %}{% endblock %}", "pages/a.html: line 2: Expected an expression"),
        ("pages/a.html", HEAD + "{{ 1 / 0 }}{% endblock %}", "pages/a.html: line 2: division by zero"),
        ("pages/a.html", HEAD + '{% include "x.html" %}{% endblock %}', "there is no template 'x.html'"),
        ("templates/home-sections.html", "\n\n{{ release.nothing }}", "home-sections.html: line 3: "),
        ("templates/cite.html", "{% block %}", "templates/cite.html: line 1: "),
    ],
)
def test_mistakes_are_one_line(tmp_path: Path, path: str, text: str, said: str) -> None:
    folder = write_portal(tmp_path / "p", {path: text})
    with pytest.raises(InputError) as error:
        built(folder)
    (problem,) = error.value.problems
    assert said in str(problem), str(problem)


def described() -> set[str]:
    rows = re.findall(r"^\| (`.+?`) \| .* \|$", DOCUMENT.partition("## Variables")[2], re.M)
    return {re.sub(r"\(.*", "", name) for row in rows for name in re.findall(r"`([^`]+)`", row)}


def test_every_variable_is_documented_and_the_other_way_round() -> None:
    names = {one.name for kind in (Words, Links, Shared) for one in fields(kind)}
    assert described() == names | {"page", "nav", "_"}


def test_every_key_of_the_head_is_documented() -> None:
    table = DOCUMENT.partition("| key | meaning |")[2].partition("\n\n")[0]
    assert set(re.findall(r"^\| `(\w+)`", table, re.M)) == set(OwnHead.model_fields)
