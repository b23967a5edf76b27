"""What all pages of a build share: templates, translations, styles, scripts and the engine."""

from __future__ import annotations

import base64
import contextlib
import functools
import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket
from markupsafe import Markup

from ..escape import in_template, sql_name
from ..formats.blocks import Engine
from ..i18n import Language
from ..model import Portal, Release
from ..model.python import ChosenPython
from ..notebook.own import own_notebooks
from ..pieces import Damaged, read_record, write_record
from ..problems import InputError, Problem
from ..pyodide import Parts, Shipped
from .own import PAGES, TEMPLATES, own_folders
from .theme import Theme, load_theme

OF_PYTHON = frozenset({"python.js", "python.css"})
"""Script and style sheet of the pages that run Python; other sites do not have them."""
BASE = "site.js", "find.js"
"""Scripts of base.html."""
SCRIPT = re.compile(r"""\basset\(\s*["']([\w.-]+\.js)["']""")
EVERYWHERE = frozenset({"site.js", "find.js", "letter.js", "verify.js"})
"""Scripts of every page; the others are for pages that query a catalogue or show spectra."""
SEALED = "sealed.js"
"""Used only in encrypted editions; see publish/shells.py."""
MAKER = 1
"""Increased when templates are compiled with other extensions or settings."""
EXTENSIONS = ["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols"]


class Compiled(jinja2.BytecodeCache):
    """A cache of compiled templates and of their translatable strings: languages and most themes share them,
    since only words differ.

    Jinja itself rejects those compiled from another text or by another Python.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """`folder` stores them between builds. The workers of one build may write there at the same time."""
        self._folder = folder / f"{MAKER}-{version('jinja2')}" if folder else None
        for left in self._folder.glob("*.unfinished*") if self._folder else ():
            left.unlink(missing_ok=True)
        self._code: dict[str, bytes] = {}
        self._messages: dict[str, list[str]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key not in self._code and self._folder:
            # Python would crash on damaged code.
            with contextlib.suppress(Damaged, ValueError):
                if text := read_record(self._folder / bucket.key):
                    self._code[bucket.key] = base64.b64decode(text)
        if code := self._code.get(bucket.key):
            bucket.bytecode_from_string(code)

    def messages(self, template: str) -> list[str]:
        """The translatable strings of a template; most themes share theirs."""
        key = f"messages-{hashlib.sha256(template.encode()).hexdigest()}"
        if key not in self._messages and self._folder:
            with contextlib.suppress(Damaged, ValueError):
                if text := read_record(self._folder / key):
                    self._messages[key] = json.loads(text)
        if key not in self._messages:
            self._messages[key] = _messages(template)
            self._keep(key, json.dumps(self._messages[key]))
        return self._messages[key]

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key] = bucket.bytecode_to_string()
        self._keep(bucket.key, base64.b64encode(self._code[bucket.key]).decode())

    def _keep(self, key: str, text: str) -> None:
        if self._folder:
            self._folder.mkdir(parents=True, exist_ok=True)
            own = self._folder / f"{key}.unfinished-{os.getpid()}"
            write_record(own, text)
            own.replace(self._folder / key)


@dataclass
class Assets:
    """The theme and the built client. `names` maps a logical name to a file name below assets/, where
    names change with the content."""

    theme: Theme
    dist: Path
    names: dict[str, str]
    engine: Engine | None
    """The query engine; scripts get its entry of the manifest."""
    parts: dict[str, list[str]]
    """Scripts that a page's script loads at their first use, by its logical name."""
    texts: dict[str, frozenset[str]]
    """Texts that a page's script and its parts show, by its logical name."""
    made: dict[str, bytes]
    """Files that come from the theme, by file name."""
    portal: Portal
    compiled: Compiled
    kept: Path
    """Folder of packages for Python that came from an address."""
    digest: str = ""
    """Digest of the theme as these assets have it; sources.py computes it."""
    _python: dict[ChosenPython, Shipped] = field(default_factory=dict)
    _themed: dict[str, Assets] = field(default_factory=dict)
    _languages: dict[str, Language] = field(default_factory=dict)
    _environments: dict[str, jinja2.Environment] = field(default_factory=dict)
    _scripts: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def load(
        cls,
        portal: Portal,
        dist: Path | None = None,
        theme: str | None = None,
        file: Path | None = None,
        compiled: Compiled | None = None,
        kept: Path | None = None,
    ) -> Assets:
        """Read the theme (the portal's, or one that `file` names) and the client's manifest.

        `compiled` is the cache of templates, `kept` the folder of packages from an address.

        Raises InputError when the client has not been built or the theme does not fit.
        """
        dist = dist or Path(__file__).resolve().parents[1] / "client" / "dist"
        client = dist / "manifest.json"
        try:
            manifest = json.loads(client.read_text(encoding="utf-8"))
        except (FileNotFoundError, json.JSONDecodeError):
            fix = "build it: `npm ci --ignore-scripts && npm run build` in generator/client"
            raise InputError(Problem(str(client), "", "the client is not built", fix)) from None
        found = load_theme(portal, theme, file)
        names = {k: v for k, v in manifest.items() if isinstance(v, str)}
        made: dict[str, bytes] = {}

        def add(name: str, content: bytes) -> str:
            stem, dot, kind = name.partition(".")
            names[name] = f"{stem}.{hashlib.sha256(content).hexdigest()[:8]}{dot}{kind}"
            made[names[name]] = content
            return names[name]

        css = [found.colours(), *(f.read_text(encoding="utf-8").strip() for f in found.styles())]
        if found.hero:
            art = add(found.hero.name, found.hero.read_bytes())
            css.append(f':root {{ --hero-art: url("{art}"); }}')
        add("site.css", ("\n".join(css) + "\n").encode())
        if found.python_style:
            add("python.css", found.python_style.read_bytes())
        add("icon.svg", found.find("icon.svg").read_bytes())
        engine = Engine.model_validate(manifest["engine"]) if "engine" in manifest else None
        kept = kept or portal.folder / "build" / "cache" / "pyodide"
        parts = dict(manifest.get("parts", {}))
        texts = {name: frozenset(said) for name, said in manifest.get("texts", {}).items()}
        return cls(found, dist, names, engine, parts, texts, made, portal, compiled or Compiled(), kept)

    def themed(self, release: Release) -> Assets:
        """These assets with the theme of a release. Raises InputError if the theme does not fit."""
        name = release.theme
        if name is None or name == self.portal.theme:
            return self
        if name not in self._themed:
            loaded = Assets.load(self.portal, self.dist, name, release.file, self.compiled, self.kept)
            loaded._python = self._python
            self._themed[name] = loaded
        return self._themed[name]

    def python(self, release: Release) -> Shipped | None:
        """What a release ships of Python. Raises InputError for a package that is not to be had."""
        chosen = release.chosen_python
        if chosen is None:
            return None
        if chosen not in self._python:
            self._python[chosen] = Shipped.of(chosen, Parts.of(self.dist), self.kept)
        return self._python[chosen]

    def refuse_python(self, releases: Iterable[Release]) -> None:
        """Raise InputError, with the problems of all, if one of the releases cannot ship its Python, or has a
        notebook of its own that is none.
        """
        problems: list[Problem] = []
        for release in releases:
            try:
                if self.python(release):
                    own_notebooks(release.folder, self.portal.edition)
            except InputError as error:
                problems += error.problems
        if problems:
            raise InputError(dict.fromkeys(problems))

    def language(self, code: str) -> Language:
        """The translations of a language. Raises InputError for one that does not exist."""
        if code not in self._languages:
            self._languages[code] = Language(code, self.theme.catalogues(code), self.theme.words.get(code))
        return self._languages[code]

    def environment(self, code: str) -> jinja2.Environment:
        """The theme's templates in a language."""
        if code not in self._environments:
            environment = jinja2.Environment(
                loader=self._loader(),
                autoescape=True,
                undefined=jinja2.StrictUndefined,
                auto_reload=False,
                trim_blocks=True,
                lstrip_blocks=True,
                extensions=EXTENSIONS,
                bytecode_cache=self.compiled,
            )
            environment.filters["sql_name"] = sql_name
            language = self.language(code)
            translate = functools.cache(lambda message: in_template(message, language.gettext(message)))
            environment.install_gettext_callables(  # type: ignore[attr-defined]
                translate,
                lambda one, many, n: in_template(f"{one}{many}", language.ngettext(one, many, n)),
                newstyle=True,
            )
            environment.globals["gettext"] = environment.globals["_"] = _quick_gettext(translate)
            self._environments[code] = environment
        return self._environments[code]

    def _loader(self) -> jinja2.BaseLoader:
        """Templates of the portal, then those of the theme, which are also found below drportal/."""
        themes = jinja2.FileSystemLoader([folder / TEMPLATES for folder in self.theme.folders])
        folder = self.portal.folder
        own = jinja2.FileSystemLoader(folder / TEMPLATES)
        pages = jinja2.PrefixLoader({PAGES: jinja2.FileSystemLoader(folder / PAGES), "drportal": themes})
        return jinja2.ChoiceLoader([own, themes, pages] if own_folders(folder) else [themes])

    def scripts_of(self, template: str) -> list[str]:
        """The logical names of the scripts that a page of this template loads."""
        if template not in self._scripts:
            source = self._loader().get_source(jinja2.Environment(), template)[0]
            self._scripts[template] = sorted({*BASE, *SCRIPT.findall(source)})
        return self._scripts[template]

    def client_strings(self, scripts: Sequence[str], python: bool, saves: bool = False) -> list[str]:
        """The English texts of a page's scripts: of the translatable strings of templates/strings.html, with
        Python also of templates/strings-python.html, on pages that save to servers of
        templates/strings-save.html, those that are in these scripts or in none."""
        names = ["strings.html", *["strings-python.html"] * python, *["strings-save.html"] * saves]
        files = (self.theme.find(f"templates/{name}") for name in names)
        known = frozenset().union(*self.texts.values())
        used = frozenset().union(*(self.texts.get(script, known) for script in scripts))
        said = (text for file in files for text in self.compiled.messages(file.read_text(encoding="utf-8")))
        return [text for text in said if text in used or text not in known]

    def files(self, *, engine: bool, spectra: bool = False, python: bool = False) -> dict[str, bytes | Path]:
        """The files of assets/ by path, without those of Python: the engine only if there is something to
        query, and scripts of pages only if there is that, or spectra to look at, or Python to run."""
        left_out = {SEALED} if python else {SEALED, *OF_PYTHON}
        found: dict[str, bytes | Path] = {
            name: self.made[name]
            for logical, name in self.names.items()
            if name in self.made and logical not in left_out
        }
        for logical, name in self.names.items():
            wanted = engine or spectra or logical in EVERYWHERE or not logical.endswith(".js")
            if name not in self.made and wanted and logical not in left_out:
                found |= {file: self.dist / file for file in (name, *self.parts.get(logical, ()))}
        return found | {name: self.dist / name for name in (_paths(self.engine) if engine else ())}

    def size(self, *, engine: bool, spectra: bool = False, python: bool = False) -> int:
        """The bytes of these files."""
        found = self.files(engine=engine, spectra=spectra, python=python).values()
        return sum(len(one) if isinstance(one, bytes) else one.stat().st_size for one in found)

    def install(self, out: Path, *, engine: bool, spectra: bool = False, python: bool = False) -> None:
        """Write these files into assets/ below `out`."""
        for name, content in self.files(engine=engine, spectra=spectra, python=python).items():
            target = out / "assets" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, bytes):
                target.write_bytes(content)
            else:
                shutil.copyfile(content, target)


def _quick_gettext(translate: Callable[[str], Markup]) -> Callable[..., Markup]:
    """What jinja's own `gettext` returns, but quicker for texts without values: a page has dozens."""
    whole = functools.cache(lambda message: translate(message) % {})

    def gettext(message: str, /, **values: object) -> Markup:
        return translate(message) % values if values else whole(message)

    return gettext


def _messages(template: str) -> list[str]:
    found = jinja2.Environment(extensions=EXTENSIONS).extract_translations(template)  # type: ignore[attr-defined]
    return [message for _line, _function, message in found if isinstance(message, str)]


def _paths(engine: Engine | None) -> list[str]:
    """Every file of the engine."""
    if engine is None:
        return []
    return [path for one in (engine.wasm, engine.worker, engine.parquet) for path in (one.file, one.script)]
