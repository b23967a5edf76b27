"""Copies made with common tools are the same tree; pages link to copies and to the original."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from lxml import etree

from drportal.build import build
from drportal.model import load_portal
from drportal.pages import Assets, render_portal
from drportal.pages.kinds import files
from drportal.problems import InputError
from drportal.report import Report

from ..browser import Browser
from ..conftest import once
from ..pages.test_pages import Page, pages
from ..signed_portal import SEED, key_of, published, write_portal
from ..steps.test_build import tree
from .test_manifest import verify

MIRRORS = """
base_url = "https://survey.example/data/"
signing_key = "keys/secret"

[[mirrors]]
name = { en = "Purple Mountain <b>x</b>", zh = "紫金山" }
address = "https://mirror.example/survey"
where = { en = "Nanjing", zh = "南京" }
since = "2024-05"
sync = "every night"

[[mirrors]]
name = "Vienna"
rsync = "rsync://rsync.example:8873/survey/"
releases = ["test/v2"]
"""


def make_site(folder: Path) -> Path:
    """A published portal, whose lists of files are of many pages. Not to be changed."""
    write_portal(folder, MIRRORS)
    with pytest.MonkeyPatch.context() as patch, Report() as report:
        patch.setattr(files, "LISTED", 50)
        return build(folder, folder / "build" / "site", [], report).site


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return once(tmp_path_factory, "copies", make_site)


def recipe(page: Path, ident: str) -> str:
    """A command as the page shows it."""
    text = page.read_text(encoding="utf-8")
    found = re.search(rf'id="{ident}"[^>]*>(.*?)</pre>', text, re.S)
    assert found
    return re.sub(r"<[^>]*>", "", found[1]).replace("&#39;", "'").strip()


@pytest.mark.skipif(not shutil.which("wget"), reason="wget is not installed")
@pytest.mark.parametrize("part", ["", "test/v2/"])
def test_wget_brings_the_same_tree(site: Path, tmp_path: Path, part: str) -> None:
    """The command of mirrors.html, twice: the second time nothing is fetched."""
    command = recipe(site / part / "mirrors.html", "mirror-wget")
    shutil.copytree(site, tmp_path / "www" / "data", copy_function=os.link)
    with published(tmp_path / "www") as (address, seen):
        command = command.replace("https://survey.example/", address)
        assert address in command
        subprocess.run(["sh", "-ec", command], cwd=tmp_path, check=True, capture_output=True)
        copy = tmp_path / urlsplit(address).netloc / "data" / part
        assert tree(copy) == tree(site / part)
        assert not any("?" in request for request in seen)
        done = verify(copy, "--key", key_of(SEED).public.line)
        assert done.returncode == 0 and "all as published" in done.stdout
        seen.clear()
        subprocess.run(["sh", "-ec", command], cwd=tmp_path, check=True, capture_output=True)
        assert tree(copy) == tree(site / part)
        assert not [r for r in seen if r.split()[1] != "304"], "what has not changed was fetched once more"


@pytest.mark.skipif(not shutil.which("rsync"), reason="rsync is not installed")
def test_rsync_brings_the_same_tree(site: Path, tmp_path: Path) -> None:
    """The command of mirrors.html, from a typical mirror server; deleted files are deleted in the copy."""
    command = recipe(site / "test/v2/mirrors.html", "mirror-rsync")
    assert command.endswith("rsync://rsync.example:8873/survey/test/v2/ test-v2/")
    conf = tmp_path / "rsyncd.conf"
    conf.write_text(f"use chroot = no\n[survey]\npath = {site}\nread only = yes\n")
    daemon = f"rsync --server --daemon --config={conf} ."  # over a pipe: no port is needed
    local = command.replace("rsync://rsync.example:8873/", "rsync.example::")
    local = local.replace("rsync -a", f"rsync --rsh='sh -c \"exec {daemon}\"' -a", 1)
    (tmp_path / "test-v2" / "old").mkdir(parents=True)
    (tmp_path / "test-v2" / "old" / "gone.html").write_text("x")
    done = subprocess.run(["sh", "-ec", local], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert tree(tmp_path / "test-v2") == tree(site / "test/v2")
    assert verify(tmp_path / "test-v2").returncode == 0


def test_every_file_is_linked(site: Path) -> None:
    """Of the portal and of each release, in each language, from its lists alone."""
    for root, own in [(site, lambda p: not p.startswith("test/")), (site / "test/v2", lambda p: True)]:
        there = {p for p in tree(root) if own(p)}
        for lang in ("", "zh/"):
            lists = [root / f"{lang}files.html", *sorted((root / f"{lang}files").glob("*.html"))]
            assert (len(lists) > 1) == (root != site)
            linked = set()
            for page in map(Page, lists):
                for link in page.all("a"):
                    target = (page.file.parent / urlsplit(str(link["href"])).path).resolve()
                    if target.is_relative_to(root.resolve()):
                        linked.add(target.relative_to(root.resolve()).as_posix())
            assert there - linked == set()


def test_every_page_names_the_original(site: Path) -> None:
    """The canonical addresses are those of the sitemap, one each; languages name each other."""
    names = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
    reported = {
        url.findtext("s:loc", namespaces=names): {
            x.get("hreflang"): x.get("href") for x in url.iterfind("x:link", names)
        }
        for url in etree.parse(site / "sitemap.xml").iterfind("s:url", names)
    }
    found = {}
    for page in pages(site):
        links = page.all("link")
        named = [link["href"] for link in links if link.get("rel") == "canonical"]
        if page.file.name == "404.html":
            assert not named
            continue
        assert len(named) == 1, page.file
        path = page.file.relative_to(site).as_posix().removesuffix("index.html")
        assert named[0] == f"https://survey.example/data/{path}"
        found[named[0]] = {link["hreflang"]: link["href"] for link in links if link.get("hreflang")}
    assert found == reported


def test_mirrors_are_listed_where_they_keep_the_release(site: Path) -> None:
    here = "https://mirror.example/survey/"
    for part, vienna in [("", True), ("test/v1/", False), ("test/v2/", True)]:
        for lang in ("", "zh/"):
            page = Page(site / part / lang / "mirrors.html")
            assert ("Vienna" in page.text) == vienna
            assert ("Nanjing" if not lang else "南京") in page.text
            links = [a for a in page.all("a") if str(a["href"]).startswith("https://mirror.example")]
            assert {a["href"] for a in links} == {f"{here}{part}{lang}index.html"}
            assert [a["data-mirror"] for a in links if "data-mirror" in a] == [here + part]
            assert "<b>x" not in page.file.read_text() and ("<b>x" in page.text) == (not lang)
            assert f"--key {key_of(SEED).public.line}" in recipe(page.file, "mirror-verify")
    assert "May 2024" in Page(site / "mirrors.html").text


def test_releases_that_are_not_there_are_not_named(tmp_path: Path) -> None:
    write_portal(tmp_path, MIRRORS)
    portal = load_portal(tmp_path)
    assets = Assets.load(portal)
    for there, wanted in [("test/v1", []), ("test/v2", ["TEST v2"])]:
        out = tmp_path / "out" / there
        render_portal(portal, out, assets, [r for r in portal.releases if r.id == there])
        page = Page(out / "mirrors.html")
        assert ("Vienna" in page.text) == bool(wanted)
        assert [label for label in ("TEST v1", "TEST v2") if label in page.text] == wanted


@pytest.mark.parametrize("way", ["serve", "file"])
def test_the_page_one_came_from_is_linked_on_mirrors(watched: Browser, site: Path, way: str) -> None:
    """From a search in Chinese, by the link at the foot of the page; hostile addresses lead nowhere."""
    with published(site) as (address, _):
        base = f"{address if way == 'serve' else site.as_uri() + '/'}test/v2/"
        watched.open(f"{base}zh/cite.html?x=1&y=%3Cb%3E")
        watched.click("footer a[href*='mirrors.html']")
        watched.wait("document.body.classList.contains('kind-mirrors')")
        link = "document.querySelector('a[data-mirror]')"
        watched.wait(f"!{link}.hidden")
        there = "https://mirror.example/survey/test/v2/zh/cite.html?x=1&y=%3Cb%3E"
        assert watched.evaluate(f"{link}.href") == there
        for hostile in ("//evil.example/x.html", "../../../x.html", "javascript:alert(1)//.html"):
            watched.goto(f"{base}mirrors.html?from={quote(hostile)}")
            watched.wait(f"!!{link}")
            assert watched.evaluate(f"{link}.hidden") is True
            assert watched.evaluate(f"{link}.href").startswith("https://mirror.example/survey/test/v2/")


def test_a_missing_page_finds_its_style_wherever_it_is_shown(site: Path) -> None:
    page = Page(site / "404.html")
    inside = [a for a, _ in page.addresses() if not urlsplit(a).scheme and not a.startswith("#")]
    assert inside
    for address in inside:
        assert address.startswith("/data/") and (site / urlsplit(address).path[6:]).is_file(), address


@pytest.mark.parametrize(
    ("said", "reported"),
    [
        ('name = "x"', "mirrors[x]: has no address"),
        ('name = "x"\naddress = "javascript:alert(1)"', "mirrors[x].address: 'javascript:alert(1)' is no"),
        ('name = "x"\naddress = "https://a/?x"', "mirrors[x].address"),
        ('name = "x"\nrsync = "rsync://a/; rm -rf ~"', "mirrors[x].rsync"),
        ('name = "x"\naddress = "https://a/"\nreleases = ["dr9"]', "mirrors[x].releases: no release 'dr9'"),
        ('name = "x"\naddress = "https://a/"\nsince = "May"', "mirrors[x].since: is not a date"),
    ],
)
def test_a_mirror_that_cannot_be_is_refused(tmp_path: Path, said: str, reported: str) -> None:
    write_portal(tmp_path, f"\n[[mirrors]]\n{said}\n")
    with pytest.raises(InputError) as error:
        load_portal(tmp_path)
    assert len(error.value.problems) == 1
    assert reported in str(error.value)
