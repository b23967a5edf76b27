"""Facts in documents: correct, safe, errors reported; numbers typed by hand that are wrong."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from astropy.table import Table

from drportal.check import check_documents
from drportal.documents.facts import Declared, Fact, Facts
from drportal.documents.markdown import Document, render_markdown
from drportal.i18n import Language
from drportal.model import load_portal
from drportal.problems import InputError

from ..commands import drportal
from ..conftest import Made

FILE = Path("content/page.md")
HOSTILE = '<script>alert(1)</script>"*x* {{ stats.lrs.rows }}'
FACTS = Facts(
    {
        "stats": {
            "lrs": {
                "rows": Fact(1234567, "count"),
                "classes": {"STAR": Fact(1200000, "count"), "a.b c": Fact(7, "count")},
                "snrg": {"max": Fact(999.5, "limit"), "mean": Fact(None, "limit")},
            }
        },
        "files": {"lrs": {"bytes": Fact(12_345_678, "bytes")}},
        "spectra": {},
        "release": {"label": Fact(HOSTILE), "published": Fact("2021-03-05", "date"), "version": Fact("")},
        "portal": {"name": Fact({"en": "Survey", "zh": "巡天"})},
    },
    frozenset({"lrs", "mrs"}),
    "DR8",
)


def render(text: str, lang: str = "en") -> Document:
    return render_markdown(
        f"# T\n\n{text}", file=FILE, resolve=lambda t, image: t, facts=FACTS, language=Language(lang)
    )


def complaint(text: str) -> str:
    with pytest.raises(InputError) as caught:
        render(text)
    (problem,) = caught.value.problems
    return str(problem)


@pytest.mark.parametrize(
    ("text", "english", "chinese"),
    [
        ("{{ stats.lrs.rows }}", "1,234,567", "1,234,567"),
        ("{{stats.lrs.rows|raw}}", "1234567", "1234567"),
        ("{{ stats.lrs.rows | compact }}", "1.23 million", "123.46万"),
        ("{{ release.published }}", "5 March 2021", "2021年3月5日"),
        ("{{ release.published | raw }}", "2021-03-05", "2021-03-05"),
        ("{{ files.lrs.bytes }}", "12.3 MB", "12.3 MB"),
        ("{{ stats.lrs.snrg.max }}", "999.5", "999.5"),
        ("{{ portal.name }}", "Survey", "巡天"),
        ('{{ stats.lrs.classes."a.b c" }}', "7", "7"),
        ('{{ stats.mrs.rows | else "none" }}', "none", "none"),
        ('{{ stats.lrs.snrg.mean | else "<b>" }}', "&lt;b&gt;", "&lt;b&gt;"),
    ],
)
def test_facts_are_written_as_the_language_does(text: str, english: str, chinese: str) -> None:
    assert render(text).html == f"<p>{english}</p>\n"
    assert render(text, "zh").html == f"<p>{chinese}</p>\n"


def test_facts_stand_wherever_text_does_and_are_never_markup() -> None:
    document = render_markdown(
        '+++\ntitle = "{{ release.label }}"\ndescription = "{{ release.label }}"\n+++\n'
        "## Of {{ release.label }} {#here}\n\n| a |\n|---|\n| {{ release.label }} |\n\n"
        '![{{ release.label }}](a.png "{{ release.label }}")\n\n$x = {{ stats.lrs.rows }}$',
        file=FILE,
        resolve=lambda t, image: t,
        facts=FACTS,
    )
    assert document.title == document.description == HOSTILE
    assert document.toc[0].title == f"Of {HOSTILE}" and document.toc[0].id == "here"
    assert "<script" not in document.html and "<em>" not in document.html
    assert document.html.count("&lt;script&gt;") == 4
    assert "<mi>1,234,567</mi>" in document.html
    # A value that looks like a fact is none.
    assert document.html.count("{{ stats.lrs.rows }}") == 4


def test_code_formulas_and_escapes_keep_their_braces() -> None:
    text = render(
        "`{{ stats.lrs.rows }}`\n\n```\n{{ nope }}\n{% if nope %}\n```\n\n$x^{{2}}$ \\{{ nope }}"
    ).html
    assert "<code>{{ stats.lrs.rows }}</code>" in text and "{{ nope }}\n{% if nope %}" in text
    assert "<msup><mi>x</mi><mrow><mrow><mn>2</mn></mrow></mrow></msup>" in text
    assert text.rstrip().endswith("{{ nope }}</p>")


def test_parts_for_releases_that_have_something() -> None:
    inner = "{% if not release.version %}\nC {{ stats.lrs.rows }}\n{% endif %}"
    text = f"{{% if stats.mrs %}}\nA\n{{% else %}}\nB\n{inner}\n{{% endif %}}\n\nD"
    assert re.findall(r"[A-D]", render(text).html) == ["B", "C", "D"]
    assert render("{% if stats.lrs.no_such_column %}\nA\n{% endif %}\n\nB").html == "<p>B</p>\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a\n\n{{ stats.lrs.rwos }}", "line 5: no fact 'stats.lrs.rwos'; did you mean stats.lrs.rows?"),
        ("{{ stats.lsr.rows }}", "did you mean stats.lrs.rows?"),
        ("{{ stats.lrs.classes.Star }}", "did you mean stats.lrs.classes.STAR?"),
        ("{{ stats.mrs.rows }}", 'DR8 has no stats.mrs.rows; write {{ stats.mrs.rows | else "…" }}'),
        ("{{ release.version }}", "has no release.version"),
        ("{{ stats.lrs }}", "is not one value"),
        ("{{ stats.lrs.rows.real }}", "which is a value by itself"),
        ("{{ a..b }}", "is not a name"),
        ("{{ cycler.__init__.__globals__ }}", "known are: stats, files"),
        ("{{ stats.lrs.rows | upper }}", "cannot read"),
        ("{{ 7*7 }}", "no fact '7*7'"),
        ("{{ stats.lrs.rows", "does not end it"),
        ("{% if stats.foo %}\n{% endif %}", "line 3: no fact 'stats.foo'"),
        ("{% if stats.lrs %}\n", "line 3: has an {% if … %} without its {% endif %}"),
        ("{% for x in y %}", "cannot use {% for x in y %}"),
        ("[x](/search.html?obsid={{ stats.lrs.rows }})", "has a fact in the address"),
    ],
)
def test_mistakes_name_line_and_fix(text: str, said: str) -> None:
    found = complaint(text)
    assert found.startswith("content/page.md: line ") and said in found


# --- with data, from the source to the page


def test_facts_equal_astropy_on_the_source(made: Made) -> None:
    table = Table.read(made.portal / "releases/test/v1/sim.fits")
    page = (made.moved / "docs" / "numbers.html").read_text(encoding="utf-8")
    snrg, z = np.asarray(table["snrg"], float), np.asarray(table["z"], float)
    good = snrg[np.isfinite(snrg) & (snrg != -9999) & (snrg != -999)]
    stars = int(np.sum(np.char.strip(np.asarray(table["class"]).astype(str)) == "STAR"))
    missing = int(np.sum(~np.isfinite(z) | (z == -9999) | (z == -999)))
    assert f"<h1>{len(table):,} rows in TEST v1</h1>" in page
    assert f"Stars: {stars}; above ten: {int(np.sum(good >= 10))};" in page
    assert f"highest: {good.max():.9g}; without a redshift: {missing}." in page


def check(folder: Path) -> list[str]:
    done = drportal("check", "--portal", folder)
    assert done.returncode == (1 if done.stderr else 0), done.stderr
    return done.stderr.splitlines()


def test_a_wrong_number_fails_the_check(made: Made) -> None:
    file = made.portal / "releases/test/v1/docs/planted.md"
    rows, wrong = "20,000", "21,000"

    def reported() -> list[str]:
        return [str(problem) for problem in check_documents(load_portal(made.portal))]

    try:
        file.write_text(f"# P\n\nThe catalogue has {rows} rows.\n")
        assert reported() == []
        for text in (
            f"The catalogue has {wrong} rows.",
            "| what | number |\n|---|---|\n| plates | 9999 |",
            "About 3 million spectra were taken.",
            "星表共有 21000 条光谱。",
            "*21,000*",
        ):
            file.write_text(f"# P\n\n{text}\n")
            (said,) = reported()
            assert "planted.md: line " in said and "is not a number of TEST v1" in said, text
        file.write_text(f'+++\nnumbers = ["{wrong}"]\n+++\n# P\n\nThe catalogue has {wrong} rows.\n')
        assert reported() == []
        file.write_text("# P\n\n{{ stats.sim.rwos }}, {{ stats.sim.snrq.max }}\n")
        one, two = check(made.portal)
        assert "did you mean stats.sim.rows?" in one and "did you mean stats.sim.snr" in two
    finally:
        file.unlink()


class Releases:
    """Two releases that were published with totals."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.write("portal.toml", 'name = "S"\ntitle = "S"\nlanguages = ["en", "zh"]\n')
        for name, spectra in (("DR7", 9_010_371), ("DR8", 10_388_423)):
            resolution = f'[[resolutions]]\nkind = "low"\nspectra = {spectra}\n'
            self.write(
                f"releases/{name.lower()}/v1.0/release.toml",
                f'name = "{name}"\nversion = "v1.0"\npublished = "2020"\n{resolution}',
            )

    def write(self, name: str, text: str) -> None:
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def said(self, text: str, where: str = "releases/dr8/v1.0/docs/a.md") -> list[str]:
        self.write(where, text)
        return [str(p).partition("a.md: ")[2] for p in check_documents(load_portal(self.path))]


@pytest.fixture
def releases(tmp_path: Path) -> Releases:
    return Releases(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "10,388,423 spectra, 10.4 million spectra, 1038.8万条光谱, {{ release.low.spectra }} spectra",
        "Since 2011 on 16 spectrographs with 250 fibres each: 4,000 at once.",
        "Stars hotter than 20,000 K, HD 209458, MJD 58957, up to 2,000 spectra, `12345` rows.",
        "DR8, DR8 v1.0, [DR7](https://x.example), Gaia DR3, SDSS DR17",
        "> DR7 had 9 nights",
    ],
)
def test_right_numbers_and_others_names_pass(releases: Releases, text: str) -> None:
    assert releases.said(f"# T\n\n{text}\n") == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("9,010,371 spectra", "says 9,010,371, which is not a number of DR8 v1.0 but of DR7 v1.0"),
        ("There are 10,388,432 of them.", "write {{ release.low.spectra }}"),
        ("10.5 million spectra", "says 10.5 million"),
        ("1050万条光谱", "says 1050万"),
        ("12 nights", "says 12"),
        ("Quasars: 498; more", "says 498"),
        ("类星体共有498个", "says 498"),
        ("| class | number |\n|---|---|\n| QSO | 498 |", "says 498"),
        ("As in DR7.", "names DR7, in a document of DR8 v1.0"),
        ("数据来自DR7。", "names DR7"),
        ("See DR8 v1.1.", "names DR8 v1.1"),
        ("It holds xx,xxx rows", "still says 'xx"),
        ("光谱总数待定", "still says '待定'"),
        ("Rows: ???", "still says '???'"),
    ],
)
def test_numbers_and_names_of_others_are_reported(releases: Releases, text: str, said: str) -> None:
    (found,) = releases.said(f"# T\n\n{text}\n")
    assert re.match("line [35]: ", found) and said in found


def test_front_matter_takes_exceptions(releases: Releases) -> None:
    front = '+++\nmentions = ["DR7"]\nnumbers = ["12", 9010371]\n+++\n'
    assert releases.said(f"{front}# T\n\n12 nights, 9,010,371 spectra of DR7\n") == []


def test_shared_documents_name_releases_that_exist(releases: Releases) -> None:
    assert releases.said("# T\n\nDR7, DR8 v1.0\n", "content/a.md") == []
    (said,) = releases.said("# T\n\nDR12 is out.\n", "content/a.md")
    assert "names DR12, which is not a release of this portal" in said


def test_without_a_build_names_are_checked_against_the_columns(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    drportal("new", folder, check=True)
    file = folder / "content" / "more.md"
    file.write_text("# M\n\n{{ stats.objects.snrg.max }} {{ stats.objects.classes.STAR }} 2,000 rows\n")
    assert check(folder) == []
    file.write_text("# M\n\n{{ stats.objects.snrg.maxx }}\n")
    (folder / "content" / "other.md").write_text("# O\n\n2,001 rows\n")
    one, two = check(folder)
    assert "did you mean stats.objects.snrg.max?" in one and "says 2,001" in two
    # Of a catalogue that cannot be opened not even the columns are known.
    unknown = {("dr1", "objects"): Declared("objects", None)}
    (said,) = check_documents(load_portal(folder), unknown)
    assert "says 2,001" in str(said)
