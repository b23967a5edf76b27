"""References from BibTeX, numbered figures, and translations that lag."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from drportal.documents.bibliography import read_bibliography
from drportal.documents.markdown import render_markdown
from drportal.problems import InputError

from .test_documents import Folder, folder  # noqa: F401

FILE = Path("content/page.md")
BIB = r"""
@string{raa = "Research in Astronomy and Astrophysics"}
@article{Cui2012,
  author = {{Cui}, Xiang-Qun and {M{\"u}ller}, \'E. and Zhao, Yong Heng and A, B and C, D and E, F},
  title = "The {LAMOST} \& more", journal = raa, year = 2012, volume = 12, pages = {1197--1242},
  doi = {https://doi.org/10.1088/1674-4527/12/9/003},
  adsurl = {https://ui.adsabs.harvard.edu/abs/2012RAA....12.1197C}
}
@article{One, author = {{LAMOST Collaboration} and others}, title = {One <script>alert(1)</script>},
  journal = {\apj}, year = {2015}, eprint = {1505.01570}}
@article{Two, author = {{LAMOST Collaboration} and others}, title = {Two}, journal = {\mnras}, year = {2015},
  url = {javascript:alert(1)}}
@book{Gang, author = {赵, 刚 and von der Smith, Jr, John Paul}, title = {Book?}, publisher = {Press},
  year = {1990}}
"""
CHINESE = {
    " et al.": " 等",
    ", et al.": " 等",
    " & ": " 与 ",
    "(": "（",
    ")": "）",
    "; ": "；",
    "References": "参考文献",
}
CHINESE |= {"Figure": "图"}


@pytest.fixture
def bib(tmp_path: Path) -> Path:
    file = tmp_path / "references.bib"
    file.write_text(BIB, encoding="utf-8")
    return file


def html(text: str, bib: Path, words: dict[str, str] | None = None) -> str:
    return render_markdown(
        f"# T\n\n{text}",
        file=FILE,
        resolve=lambda t, image: t,
        references=read_bibliography(bib),
        translate=lambda word: (words or {}).get(word, word),
    ).html


def plain(text: str) -> str:
    return re.sub(r"<[^>]+>", "", text)


def test_cites_and_their_list(bib: Path) -> None:
    text = html("See [@Cui2012, sec. 2; @Gang] and [@Two; @One].", bib)
    first, listed = text.split('<section class="references">')
    assert "See (Cui et al. 2012, sec. 2; 赵 &amp; von der Smith Jr 1990)" in plain(first)
    assert "(LAMOST Collaboration et al. 2015b; LAMOST Collaboration et al. 2015a)" in plain(first)
    assert 'href="#ref-Cui2012"' in first and '<li id="ref-Cui2012">' in listed
    assert '<h2 id="references">' in first
    lines = [plain(line) for line in re.findall(r"<li.*?</li>", listed)]
    assert lines[0].startswith(
        "Cui, X.-Q., Müller, É., Zhao, Y. H., et al. 2012. The LAMOST &amp; more. "
        "Research in Astronomy and Astrophysics, 12, 1197–1242. doi:10.1088/1674-4527/12/9/003 ADS"
    )
    assert lines[3].startswith("赵刚, von der Smith Jr, J. P. 1990. Book? Press.")
    assert "Astrophysical Journal." in lines[1] and "Monthly Notices" in lines[2]
    addresses = re.findall(r'href="(http[^"]+)"', listed)
    assert addresses == [
        "https://doi.org/10.1088/1674-4527/12/9/003",
        "https://ui.adsabs.harvard.edu/abs/2012RAA....12.1197C",
        "https://arxiv.org/abs/1505.01570",
    ]
    assert "<script" not in text and "javascript" not in text


def test_cites_in_chinese_and_what_is_none(bib: Path) -> None:
    text = plain(html("见[@Cui2012; @Gang]。", bib, CHINESE))
    assert "见（Cui 等 2012；赵 与 von der Smith Jr 1990）。" in text and "参考文献" in text
    same = html("`[@Cui2012]` [@Cui2012](a.md) \\[@Cui2012] [x] mail@x.example", bib)
    assert "References" not in same and "<code>[@Cui2012]</code>" in same


def test_unknown_cites_and_broken_files_are_reported(bib: Path, folder: Folder) -> None:  # noqa: F811
    with pytest.raises(InputError, match=r"line 5: cites 'Cui2021'.*did you mean \[@Cui2012\]\?"):
        html("a\n\n[@Cui2021]", bib)
    folder.write(
        "content/references.bib", "@article{a, title = {A}, year = 2000}\n\n@article{b, author = {x},\n"
    )
    folder.write("content/a.md", "# A")
    one, two = sorted(folder.complaints())
    assert "references.bib: line 1: a has no author" in one and "references.bib: line 3: is not BibTeX" in two


def test_a_releases_own_references_go_first(folder: Folder) -> None:  # noqa: F811
    for place, title in (("content", "Shared"), ("releases/dr1/docs", "Own")):
        folder.write(
            f"{place}/references.bib", f"@misc{{x, author = {{A, B}}, title = {{{title}}}, year = 2000}}"
        )
    folder.write("content/a.md", "# A\n\n[@x]")
    assert "A, B. 2000. Own." in plain(folder.render()["zh", "docs/a.html"]["body"])


def test_figures_are_numbered_and_named(bib: Path) -> None:
    text = html('See [](#two).\n\n![a](a.png "One")\n\n![b](b.png "Two"){#two}\n\n![c](c.png)', bib, CHINESE)
    assert '<a href="#two">图 2</a>' in text
    assert (
        '<figure id="figure-1"><img alt="a" src="a.png"><figcaption>'
        '<span class="figure-number">图 1</span> One' in text
    )
    assert '<figure id="two">' in text and text.count("<figure") == 2


def test_a_translation_that_lags_says_so(folder: Folder) -> None:  # noqa: F811
    folder.write("content/a.md", "+++\nrevision = 3\n+++\n# A")
    folder.write("content/b.md", "+++\nrevision = 3\n+++\n# B")
    folder.write("content/a.zh.md", "+++\nrevision = 2\n+++\n# 甲")
    folder.write("content/b.zh.md", "+++\nrevision = 3\n+++\n# 乙")
    folder.write("content/c.md", "+++\nrevision = 3\n+++\n# C")
    pages = folder.render()
    assert pages["zh", "docs/a.html"]["newer"] == "English"
    newer = {key: page["newer"] for key, page in pages.items() if "newer" in page}
    assert {key for key, said in newer.items() if said} == {("zh", "docs/a.html")}
