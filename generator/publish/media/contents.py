"""Pages about a disc or stick: its contents, notices on pages of a partial copy, README and sleeve."""

from __future__ import annotations

import base64
import hashlib
import json
import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Literal
from urllib.parse import unquote

import segno
from markupsafe import Markup, escape

from ...escape import IN_SCRIPT, file_link, mail_address, web_address
from ...files import unsafe
from ...formats import Catalogue
from ...i18n import Language
from ...model import Portal, Release
from ...pages.assets import Assets
from ...pages.kinds.verify import VERIFY
from ...pages.page import Page, Planned, Sheet
from ...pages.plan import plan_pages
from ...pages.render import render_page
from ...pages.site import LocalSite, Site
from ...pyodide.shipped import FOLDER
from ..minisign import PublicKey, SigningKey
from .plan import Plan

MAIN = '<main id="content"'
"""Element before which pages say that the disc has only a part."""


@dataclass(frozen=True)
class Share:
    """The spectra of a set that are on one disc."""

    disc: int
    spectra: int
    first: str
    last: str


@dataclass(frozen=True)
class Row:
    """A catalogue or a set of spectra, and the discs that have it; or Python, where no disc has it."""

    kind: Literal["catalogue", "spectra", "python"]
    name: str
    title: dict[str, str]
    count: int
    """Number of rows or spectra in the release."""
    discs: tuple[int, ...]
    shares: tuple[Share, ...] = ()
    """For a set that is not complete on any disc."""
    where: str | None = None
    originals: int = 0
    """Number of the survey's own files that are left out."""

    @property
    def placed(self) -> int:
        return sum(s.spectra for s in self.shares) if self.shares else self.count if self.discs else 0


@dataclass(frozen=True)
class OnDisc:
    """Template variables about one of a set of discs."""

    of: Release
    medium: str
    medium_name: str
    disc: int
    count: int
    rows: list[Row]
    lacking: list[Row]
    complete: bool
    """Whether the disc has the whole release."""
    address: str | None
    portal_address: str | None
    mail: str | None
    key: PublicKey | None


@dataclass(frozen=True)
class MediumPage(OnDisc):
    """Additional variables of medium.html."""

    release_pages: str
    """Folder of the release's pages, relative to the page."""


@dataclass
class Contents:
    """What a set of discs contains and lacks."""

    portal: Portal
    release: Release
    medium: str
    count: int
    rows: list[Row]
    key: PublicKey | None = None
    images: list[tuple[str, int, str]] = field(default_factory=list)
    """Name, bytes and SHA-256 of each image."""

    @property
    def address(self) -> str | None:
        """Address of the whole release."""
        base = web_address(self.portal.base_url)
        if base:
            return f"{base.rstrip('/')}/{file_link(self.release.id)}/"
        return web_address(self.release.original) or web_address(self.portal.homepage)

    @property
    def lacking(self) -> list[Row]:
        """Catalogues and sets that are not complete on these discs."""
        return [r for r in self.rows if r.placed < r.count or r.originals]

    def on(self, disc: int, language: Language) -> OnDisc:
        """Template variables about one of the discs."""
        return OnDisc(
            of=self.release,
            medium=self.medium,
            medium_name=medium_name(self.medium, language),
            disc=disc,
            count=self.count,
            rows=self.rows,
            lacking=self.lacking,
            complete=all(disc in r.discs and not r.shares and not r.originals for r in self.rows),
            address=self.address,
            portal_address=web_address(self.portal.base_url) or web_address(self.portal.homepage),
            mail=mail_address(self.portal.contact),
            key=self.key,
        )


def contents_of(
    plan: Plan,
    assets: Assets,
    portal: Portal,
    release: Release,
    root: Path,
    medium: str,
    key: SigningKey | None,
) -> Contents:
    """What a plan puts on the discs."""
    titles = {c.name: c.title for c in release.catalogues}
    set_titles = {s.name: s.title for s in release.spectra}
    numbered = list(enumerate(plan.discs, start=1))
    rows = []
    for name in plan.catalogues:
        count = Catalogue.read(root / "data" / name).rows
        discs = tuple(n for n, disc in numbered if name in disc.catalogues)
        rows.append(Row("catalogue", name, titles.get(name, {}), count, discs))
    for one in plan.sets:
        there = [(n, share) for n, disc in numbered if (share := disc.share(one.name))]
        shares = tuple(Share(n, s.spectra, *s.ids) for n, s in there if not s.whole)
        discs = tuple(n for n, _ in there)
        title = set_titles.get(one.name, {})
        rows.append(Row("spectra", one.name, title, one.of, discs, shares, one.where, one.originals))
    if plan.without_python:
        words = (assets.language(code) for code in portal.languages)
        rows.append(
            Row("python", "python", {one.code: one.gettext("Python in the pages") for one in words}, 1, ())
        )
    return Contents(portal, release, medium, len(plan.discs), rows, key=key.public if key else None)


def medium_name(medium: str, language: Language) -> str:
    _ = language.gettext
    names = {"cd": _("CD"), "dvd": _("DVD"), "bd": _("Blu-ray disc"), "usb": _("USB stick")}
    return names[medium]


def write_contents(contents: Contents, disc: int, tree: Path, assets: Assets) -> None:
    """Write the first page of the medium in each language, and how to check the copy."""
    available = frozenset({contents.release.id})
    site = Site(contents.portal, None, assets, available=available, key=contents.key)
    assets.install(tree, engine=False)
    for planned in plan_pages(site, [_medium_page(contents, disc), VERIFY]):
        target = tree / planned.place
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(render_page(site, planned), encoding="utf-8", newline="\n")


def _medium_page(contents: Contents, disc: int) -> Page:
    """The first page of the medium: only discs have it, so it is not in the registry."""

    def sheets(here: LocalSite) -> list[Sheet]:
        return [Sheet("index.html", title(contents, disc, here.language))]

    def context(here: LocalSite, planned: Planned) -> MediumPage:
        folder = file_link(f"{contents.release.id}/{here.place('')}")
        base = here.site.base(planned.path, here.lang)
        return MediumPage(**vars(contents.on(disc, here.language)), release_pages=base + folder)

    return Page("medium", "medium.html", "index.html", 0, context, of="portal", sheets=sheets)


def title(contents: Contents, disc: int, language: Language) -> str:
    _ = language.gettext
    label = contents.release.label
    if contents.count == 1:
        return label
    return _("{release}, disc {n} of {all}").format(release=label, n=disc, all=contents.count)


def write_notices(
    contents: Contents, disc: int, root: Path, out: Path, pages: list[str], assets: Assets
) -> None:
    """Copy pages of the release, each with a notice that the disc has only a part of it."""
    portal, release = contents.portal, contents.release
    site = Site(portal, None, assets)
    notices: dict[tuple[str, int], str] = {}
    for path in pages:
        first = path.split("/")[0]
        code = first if first in portal.languages[1:] else portal.languages[0]
        up = path.count("/") + release.id.count("/") + 1
        if (code, up) not in notices:
            language = assets.language(code)
            template = assets.environment(code).get_template("medium-notice.html")
            home = "../" * up + site.place("index.html", code)
            notices[code, up] = template.render(home=home, **vars(contents.on(disc, language)))
        html = (root / path).read_text(encoding="utf-8")
        (out / path).parent.mkdir(parents=True, exist_ok=True)
        with (out / path).open("w", encoding="utf-8", newline="\n") as stream:
            stream.write(html.replace(MAIN, notices[code, up] + MAIN, 1))


OUTWARD = re.compile(r'href="((?:\.\./)+[^"?#]+\.html)')
SIGNPOST = """<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; base-uri 'none'">
<meta http-equiv="refresh" content="0; url={home}#others"><title>{title}</title></head>
<body><p><a href="{home}#others">{title}</a></p></body></html>
"""


def signposts(release: Release, root: Path, pages: Iterable[str]) -> list[str]:
    """Pages of other releases that pages of this one link to, as paths in the site."""
    wanted: set[str] = set()
    for page in pages:
        here = f"{release.id}/{posixpath.dirname(page)}"
        for link in OUTWARD.findall((root / page).read_text(encoding="utf-8")):
            wanted.add(posixpath.normpath(posixpath.join(here, unquote(unescape(link)))))
    return sorted(p for p in wanted if not p.startswith((f"{release.id}/", "../")) and not unsafe(p))


def write_signposts(contents: Contents, tree: Path, paths: Iterable[str], assets: Assets) -> None:
    """Write pages in place of other releases that lead to the contents."""
    languages = contents.portal.languages
    for path in paths:
        target = tree / path
        if target.exists():
            continue
        code = next((c for c in languages[1:] if f"/{c}/" in path), languages[0])
        index = "index.html" if code == languages[0] else f"{code}/index.html"
        title = escape(assets.language(code).gettext("This release is not on this copy."))
        text = SIGNPOST.format(lang=code, home="../" * path.count("/") + index, title=title)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="\n")


def write_absent(contents: Contents, disc: int, out: Path, assets: Assets) -> None:
    """Write a script in place of absent data that says where they are."""
    for row in contents.rows:
        if disc in row.discs:
            continue
        said = {code: _absent(contents, row, assets.language(code)) for code in contents.portal.languages}
        text = json.dumps(said, ensure_ascii=False, separators=(",", ":")).translate(IN_SCRIPT)
        for path, key in _scripts(contents.release, row, assets):
            target = out / path
            target.parent.mkdir(parents=True, exist_ok=True)
            call = f"drportal.elsewhere({json.dumps(key)},{text});\n"
            target.write_text(call, encoding="utf-8", newline="\n")


def _scripts(release: Release, row: Row, assets: Assets) -> Iterator[tuple[str, str]]:
    """The scripts with which pages begin to read something: paths, and what each delivers."""
    if row.kind == "catalogue":
        yield f"data/{row.name}/catalogue.js", f"catalogue {row.name}"
    elif row.kind == "spectra":
        yield f"data/spectra/{row.name}/spectra.js", f"spectra {row.name}"
    elif shipped := assets.python(release):
        for name, part in shipped.parts.runtime.items():
            yield f"assets/{part.script}", f"asset {FOLDER}/{name}"


def _absent(contents: Contents, row: Row, language: Language) -> str:
    _ = language.gettext
    name = language.text(row.title) or row.name
    if row.kind == "python":
        if contents.address:
            return _("Python is not on this copy. It is at {address}").format(address=contents.address)
        return _("Python is not on this copy. The whole release has it, in the folder assets/python.")
    if row.discs:
        discs = ", ".join(map(str, row.discs))
        return _("{title} is not on this disc, it is on disc {discs}.").format(title=name, discs=discs)
    if contents.address:
        said = _("{title} is not on this copy, there was no room for it. It is at {address}")
        return said.format(title=name, address=contents.address)
    return _("{title} is not on this copy, there was no room for it.").format(title=name)


def write_readme(contents: Contents, disc: int, tree: Path, assets: Assets) -> None:
    """Write README.txt in the portal's language, README.zh.txt etc., with a byte order mark for Notepad."""
    portal = contents.portal
    for code in portal.languages:
        language = assets.language(code)
        template = assets.environment(code).get_template("readme.txt")
        text = template.render(
            portal=portal, text=language.text, number=language.number, title=title(contents, disc, language),
            **vars(contents.on(disc, language)),
        )  # fmt: skip
        name = "README.txt" if code == portal.languages[0] else f"README.{code}.txt"
        lines = [line.rstrip() for line in text.strip().splitlines()]
        (tree / name).write_bytes("\r\n".join([*lines, ""]).encode("utf-8-sig"))
    label = "".join(c for c in contents.release.label if 32 <= ord(c) < 127)
    name = f"{contents.portal.name} {label}".encode("ascii", "ignore").decode()
    autorun = f"[autorun]\r\nlabel={' '.join(name.split())[:32]}\r\nshellexecute=index.html\r\n"
    (tree / "autorun.inf").write_bytes(autorun.encode("ascii"))


def sleeve(contents: Contents, assets: Assets) -> str:
    """A printable sheet: front and back of a case for each disc, in every language of the portal."""
    portal = contents.portal
    style = assets.theme.find("templates/sleeve.css").read_text(encoding="utf-8").strip()
    policy = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    languages = [assets.language(code) for code in portal.languages]
    environment = assets.environment(portal.languages[0])
    said = [
        {
            "lang": language.code,
            "_": language.gettext,
            "text": language.text,
            "number": language.number,
            "size": language.size,
            "date": language.date,
            "name": medium_name(contents.medium, language),
        }
        for language in languages
    ]
    return environment.get_template("sleeve.html").render(
        style=Markup(style), policy=policy, portal=portal, said=said, code=_code(contents.address),
        images=contents.images, **vars(contents.on(1, languages[0])),
    ).rstrip() + "\n"  # fmt: skip


def _code(address: str | None) -> Markup | None:
    """A QR code for an address, as SVG."""
    if not address:
        return None
    made = segno.make(address, error="m", micro=False)
    return Markup(made.svg_inline(scale=1, border=2, omitsize=True, svgclass="code", lineclass=None))
