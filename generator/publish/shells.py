"""The part of an encrypted edition that is readable without the passphrase: code, theme, and entry pages.

Each page of the release is replaced by one that asks for the passphrase, so links and permalinks keep
working. Names that reveal nothing (index.html, search.html) stay; those of catalogues and documents become
numbers.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import jinja2

from ..checksums import digest
from ..escape import json_block
from ..hosting.policies import policy_in
from ..i18n import Language
from ..pages.assets import EXTENSIONS, SEALED
from ..pages.registry import is_possible
from ..pages.theme import Theme, themes_folder
from ..problems import InputError, Problem
from ..pyodide import Parts, known_files
from ..pyodide.shipped import FOLDER as PYTHON

PAGE_MARK = b'id="page"'
LANGUAGE = re.compile(r'<html lang="([A-Za-z-]+)"')
IN_STYLE = re.compile(r'url\("?([^")]+)"?\)')
FOLDERS = {"catalogues", "docs", "meta"}
HOST = re.compile(r"\*|(\w+:)?//|[\w-]+\.[\w.-]+")
OWN_HOST = re.compile(r"http://(localhost|127\.0\.0\.1):\d+")
DEFAULT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; base-uri 'none'; form-action 'self'"
)


def is_page(path: str, text: bytes) -> bool:
    """Whether it is a page of drportal, not an HTML file that came with the data."""
    return path.endswith(".html") and not path.startswith("data/") and PAGE_MARK in text


class Shells:
    """The public part of one edition."""

    def __init__(self, release: Path) -> None:
        self.release = release
        self.names: dict[str, str] = {}
        """Page of the release by the path of the page that replaces it, where the two differ."""
        self._numbers: dict[str, dict[str, str]] = {}
        self._pages: dict[str, tuple[str, str]] = {}
        self._public: list[str] = []
        dist = Path(__file__).resolve().parents[1] / "client" / "dist"
        manifest = json.loads((dist / "manifest.json").read_text(encoding="utf-8"))
        self._dist, self._script = dist, str(manifest[SEALED])
        self._refuse_other_versions(manifest)
        self._style, self._icon = (self._only(p) for p in ("site.*.css", "icon.*.svg"))
        css = (release / "assets" / self._style).read_text(encoding="utf-8")
        parts = Parts.of(dist) if (release / "assets" / PYTHON).is_dir() else None
        self._python = known_files(release / "assets", parts) if parts else set()
        of_python = [file.name for file in (release / "assets").glob("python.*.css")]
        names = [self._style, self._icon, *IN_STYLE.findall(css), *of_python]
        self._theme = {f"assets/{name}" for name in names}

    def _only(self, pattern: str) -> str:
        found = sorted((self.release / "assets").glob(pattern))
        if len(found) != 1:
            what = f"is not a release of drportal: it has {len(found)} files assets/{pattern}"
            raise InputError(Problem(str(self.release), "", what, "build it again"))
        return found[0].name

    def _refuse_other_versions(self, manifest: dict[str, object]) -> None:
        """Scripts of another version may not be able to read an encrypted edition."""
        for file in sorted((self.release / "assets").glob("*.*.js")):
            stem = file.name.split(".")[0]
            ours = manifest.get(f"{stem}.js")
            if ours and ours != file.name:
                what = "was made by another version of drportal"
                raise InputError(Problem(str(file), "", what, "build the release with this one first"))

    def public(self, path: str, file: Path) -> bool:
        """Whether a file is code or theme, the same in any release. Everything else is secret."""
        folder, _, name = path.partition("/")
        if folder != "assets":
            return False
        if name in self._python:
            self._public.append(path)
            return True
        ours = self._dist / name
        if path not in self._theme and not (
            name != "manifest.json" and ours.is_file() and digest(ours) == digest(file)
        ):
            return False
        self._public.append(path)
        return True

    def add(self, path: str, text: bytes) -> None:
        """Add the page that replaces a page of the release."""
        page = text.decode("utf-8", "replace")
        lang = LANGUAGE.search(page)
        code = lang[1] if lang else "en"
        name = self._name(path, code)
        if name != path:
            self.names[name] = path
        self._pages[name] = (code, _policy(policy_in(text) or DEFAULT_POLICY))

    def _name(self, path: str, language: str) -> str:
        *folders, name = path.split("/")
        kept = []
        if folders and folders[0] == language:
            kept.append(folders.pop(0))
        if not folders and is_possible(name):
            return path
        below = ""
        for folder in folders:
            kept.append(folder if not below and folder in FOLDERS else self._number(below, folder))
            below += f"{folder}/"
        if name != "index.html":
            name = self._number(below, name) + ".html"
        return "/".join([*kept, name])

    def _number(self, folder: str, name: str) -> str:
        """The same in every language."""
        known = self._numbers.setdefault(folder, {})
        return known.setdefault(name, str(len(known) + 1))

    def write(self, new: Path) -> None:
        """Write the public part."""
        for path in self._public:
            (new / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self.release / path, new / path)
        shutil.copyfile(self._dist / self._script, new / "assets" / self._script)
        made: dict[tuple[str, str, str], str] = {}
        for name, (lang, policy) in self._pages.items():
            base = "../" * name.count("/")
            if (lang, policy, base) not in made:
                made[lang, policy, base] = self._render(lang, policy, base)
            (new / name).parent.mkdir(parents=True, exist_ok=True)
            (new / name).write_text(made[lang, policy, base], encoding="utf-8", newline="\n")

    def _render(self, lang: str, policy: str, base: str) -> str:
        theme = Theme([themes_folder() / "default"])
        loader = jinja2.FileSystemLoader(theme.folders[0] / "templates")
        environment = jinja2.Environment(
            loader=loader,
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=EXTENSIONS,
        )
        translations = Language(lang, theme.catalogues(lang)).translations
        environment.install_gettext_translations(translations, newstyle=True)  # type: ignore[attr-defined]
        said = {"base": base or "./", "lang": lang}
        return environment.get_template("sealed.html").render(
            lang=lang,
            policy=policy,
            data=json_block(said),
            style=f"{base}assets/{self._style}",
            icon=f"{base}assets/{self._icon}",
            script=f"{base}assets/{self._script}",
        )


def _policy(page: str) -> str:
    """The policy of the replacing page, not stricter than the page's own; hosts named in that stay secret."""
    kept = []
    for directive in page.split(";"):
        words = directive.split()
        known = [w for w in words if not HOST.match(w) or OWN_HOST.fullmatch(w) or w in ("data:", "blob:")]
        if words and (words[0] != "form-action" or known == words):
            kept.append(" ".join(known))
    return "; ".join(kept)
