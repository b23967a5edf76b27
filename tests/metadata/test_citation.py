"""Citation of a release: settings, messages for wrong ones, and texts that readers copy."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from drportal.metadata import ReleaseFacts
from drportal.metadata.citation import acknowledgement_latex, bibtex, cff, paper_sentence, sentence
from drportal.model import Author, Naming, load_portal

from ..browser import Browser
from ..client.results.test_elsewhere import CLIPBOARD
from ..conftest import Made
from ..model.test_model import PORTAL, RELEASE, problems, write

PAPER = '[[papers]]\nkey = "A1"\ntitle = "T"\nyear = 2020\nauthors = [{ family = "F" }]\n'


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ('doi = "https://doi.org/10.1234/a"', "doi", "without https://doi.org/"),
        ('doi = "10.1234"', "doi", "is not a DOI"),
        ('license = "CC-BY"', "license", "'CC-BY' is not an SPDX licence"),
        ('license = "MIT OR Apache-2.0"', "license", "use one, e.g."),
        ('ivoid = "lamost/dr1"', "ivoid", "write it as ivo://authority/name"),
        (
            '[[authors]]\nfamily = "F"\norcid = "0000-0002-1825-0098"',
            "authors[1].orcid",
            "its check digit is wrong",
        ),
        ('[[authors]]\nfamily = "F"\norcid = "x"', "authors[1].orcid", "is not an ORCID"),
        ('[[authors]]\ngiven = "G"', "authors[1]", "needs either `family`"),
        ('[[authors]]\nname = "G"\norcid = "0000-0002-1825-0097"', "authors[G]", "is a group"),
        (PAPER + 'doi = "doi:10.1/x"', "papers[1].doi", "is not a DOI"),
        (PAPER + 'bibcode = "2012RAA"', "papers[1]", "it has 19 characters"),
        (PAPER.replace('"A1"', '"a b"'), "papers[1]", "has the key 'a b'"),
        (PAPER + PAPER, "", "two papers with the key 'A1'"),
        ('[naming]\nrule = "S JHHMM+DDMM"\nexample = "S J1234-5"', "naming", "does not follow the rule"),
        ('[[catalogues]]\nname = "a"\nsource = "x"\ndoi = "x"', "catalogues[a].doi", "is not a DOI"),
    ],
)
def test_mistakes_name_the_key_and_the_fix(tmp_path: Path, text: str, place: str, said: str) -> None:
    (line,) = problems(write(tmp_path, {"portal.toml": PORTAL, "releases/dr1/release.toml": RELEASE + text}))
    assert line.startswith(f"{tmp_path}/releases/dr1/release.toml: {place}")
    assert said in line and "\n" not in line


def facts(folder: Path, portal: str, release: str = "") -> ReleaseFacts:
    files = {"portal.toml": PORTAL + portal, "releases/dr1/v1.0/release.toml": RELEASE + release}
    loaded = load_portal(write(folder, files))
    return ReleaseFacts(loaded, loaded.releases[0])


def test_a_release_says_what_differs_from_the_portal(tmp_path: Path) -> None:
    common = 'license = "cc-by-4.0"\n' + PAPER + '[[authors]]\nname = "Group"\n'
    plain = facts(tmp_path / "a", common)
    assert plain.release.license == "CC-BY-4.0"
    assert [a.name for a in plain.authors] == ["Group"] and len(plain.release.papers) == 1
    own = facts(tmp_path / "b", common, '[[authors]]\nfamily = "Own"\ngiven = "Ada Jean-Luc"\n')
    assert [a.short for a in own.authors] == ["Own, A. J.-L."]
    assert own.release.license == "CC-BY-4.0"


def test_nothing_is_invented(tmp_path: Path) -> None:
    bare = facts(tmp_path, "")
    assert sentence(bare) == "S (2020, May). S DR1 v1.0 [Data set]."
    assert "doi" not in bibtex(bare) and "url" not in bibtex(bare)
    assert not {"doi:", "license:", "date-released:", "url:"} & set(cff(bare).split())
    assert bare.ivoid is None


def test_sentences(tmp_path: Path) -> None:
    reported = facts(
        tmp_path,
        '[[authors]]\nfamily = "Zhao"\ngiven = "Yong-Heng"\n[[authors]]\nfamily = "Cui"\n' + PAPER,
        'doi = "10.1234/a"\n',
    )
    assert (
        sentence(reported)
        == "Zhao, Y.-H., & Cui (2020, May). S DR1 v1.0 [Data set]. S. https://doi.org/10.1234/a"
    )
    assert paper_sentence(reported.release.papers[0]) == "F 2020"
    assert acknowledgement_latex(reported).endswith(r"\citep{A1,s_dr1_v1.0}")


def test_latex_is_text_whatever_it_contains(tmp_path: Path) -> None:
    evil = r'acknowledgement = "\\input{x} 5% & $y_1^2$ #~"' + "\n"
    said = acknowledgement_latex(facts(tmp_path, evil))
    assert said.startswith(
        r"\textbackslash{}input\{x\} 5\% \& \$y\_1\textasciicircum{}2\$ \#\textasciitilde{} \citep{"
    )


@pytest.mark.parametrize(
    ("name", "fits"),
    [
        ("LAMOST J095959.07+210413.4", True),
        ("LAMOST J095959.07-210413.4", True),
        ("LAMOST J095959.7+210413.4", False),
        ("LAMOST J095959.07 210413.4", False),
        ("SDSS J095959.07+210413.4", False),
    ],
)
def test_names_of_objects_follow_the_rule(name: str, fits: bool) -> None:
    rule = Naming(rule="LAMOST JHHMMSS.ss+DDMMSS.s", example="LAMOST J000000.00+000000.0")
    assert bool(rule.pattern.fullmatch(name)) == fits


def test_initials() -> None:
    assert Author(family="Cui", given="Xiang-Qun").short == "Cui, X.-Q."
    assert Author(family="赵", given="永恒").short == "赵, 永."


@pytest.mark.browser
def test_a_reader_copies_from_the_page(watched: Browser, made: Made) -> None:
    for language, note in (("", "This release has no DOI"), ("zh/", "本次发布没有 DOI")):
        page = made.moved / language / "cite.html"
        assert note in page.read_text(encoding="utf-8")
        watched.open(page.as_uri())
        watched.evaluate(CLIPBOARD)
        for target in ("cite-sentence", "cite-bibtex", "acknowledge-latex"):
            watched.evaluate(f"document.querySelector('[data-copy=\"#{target}\"]').focus()")
            watched.press("Enter")
            text = watched.evaluate(f"document.getElementById('{target}').textContent.trim()")
            watched.wait(f"globalThis.copied === document.getElementById('{target}').textContent.trim()")
            assert re.search("TEST", text, re.I)
        links = watched.evaluate("[...document.querySelectorAll('main a[download]')].map((a) => a.href)")
        assert [Path(link).name for link in links] == ["citation.bib", "citation.ris", "CITATION.cff"]


@pytest.mark.browser
def test_a_query_is_cited(watched: Browser, made: Made) -> None:
    watched.open((made.moved / "search.html").as_uri() + "?catalogue=odd&order=0..2")
    watched.wait("/^3 rows/.test(document.getElementById('status').textContent)")
    watched.evaluate(CLIPBOARD)
    watched.evaluate("globalThis.copied = ''")
    watched.evaluate("document.getElementById('query-cite').click()")
    release, query, address, _, *sql = str(watched.wait("globalThis.copied", 10)).split("\n")
    assert release == "TEST (2026, January). TEST v1 [Data set]."
    assert re.fullmatch(r"Query of odd in TEST v1: 3 rows, \d{4}-\d\d-\d\d\.", query)
    assert address == "search.html?catalogue=odd&order=0..2"
    assert sql[0].startswith("SELECT") and 'FROM "odd_raw"' in sql
