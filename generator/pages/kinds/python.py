"""python.html: a notebook that runs Python on the release's tables and spectra."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ...escape import sql_name
from ...formats.blocks import (
    ConsoleColumn,
    ConsoleSchema,
    NotebookBlock,
    NotebookExample,
    NotebookRelease,
    PythonAssets,
    SkyCover,
    TableFacts,
)
from ...metadata import citation as cite
from ...notebook.examples import Example, examples
from ...notebook.ipynb import Notebook
from ...notebook.own import FOLDER, Own, own_notebooks
from ..columns import described_meta
from ..forms import search_form
from ..page import Nav, Page, Planned
from ..site import LocalSite, Site


@dataclass(frozen=True)
class Python:
    """Variables of python.html."""

    python: PythonAssets
    console: list[ConsoleSchema]
    facts: NotebookBlock
    packages: str
    """Names and versions of the packages that a reader would import."""
    sky_coverage: dict[str, SkyCover]


def notebook(here: LocalSite, _planned: Planned) -> Python:
    site, language = here.site, here.language
    schemas, typical = [], {}
    for view in site.catalogues:
        meta, title = described_meta(view, language), language.text(view.title) or view.name
        form = search_form(meta, view.statistics, title)
        schemas.append(
            ConsoleSchema.model_construct(
                name=view.name,
                stored=view.stored,
                title=title,
                columns=[ConsoleColumn.of(column) for column in meta.columns],
                position=view.meta.position,
                examples=[],
            )
        )
        typical[view.name] = TableFacts(
            typical=[name for field in form.columns if (name := field.name) in form.typical],
            dates=[column.name for column in form.data.columns if column.dates],
        )
    assert site.release
    shipped = site.assets.python(site.release)
    assert shipped
    assets = shipped.assets
    chosen = site.release.chosen_python
    wanted = {*shipped.parts.default, *(chosen.packages if chosen else ())}
    named = [f"{n} {p.version}" for n, p in assets.packages.items() if n in wanted]
    return Python(assets, schemas, _facts(here, typical), ", ".join(named), site.coverage)


def _facts(here: LocalSite, typical: dict[str, TableFacts]) -> NotebookBlock:
    site, facts = here.site, here.site.facts
    release = facts.release
    return NotebookBlock(
        release=NotebookRelease(
            name=release.name,
            version=release.version,
            title=here.language.text(release.title) or f"{release.name} {release.version}",
            doi=release.doi,
            address=site.address,
            citation=cite.sentence(facts),
            bibtex=cite.bibtex(facts),
            acknowledgement=here.language.text(release.acknowledgement) or "",
        ),
        typical=typical,
        examples=[
            *(
                _entry(one.name, here.gettext(one.title), _file(here, one), one.notebook)
                for one in here.once(_examples)
            ),
            *(
                _entry(one.name, one.title, one.path, one.without_outputs(), True)
                for one in here.site.once(_own)
            ),
        ],
        first=_first([view.name for view in site.catalogues]),
    )


def _entry(name: str, title: str, file: str, notebook: Notebook, own: bool = False) -> NotebookExample:
    return NotebookExample(name=name, title=title, file=file, own=own, notebook=notebook.model_dump())


def _own(site: Site) -> Sequence[Own]:
    assert site.release
    return own_notebooks(site.release.folder, site.portal.edition)


def _examples(here: LocalSite) -> list[Example]:
    """The examples, without those whose names the team's own notebooks have."""
    site = here.site
    assert site.release
    made = examples(
        [(view.meta, view.statistics) for view in site.catalogues],
        [(view.meta, view.folder) for view in site.spectra],
        {"release": site.release.id, **({"address": site.address} if site.address else {})},
        here.gettext,
    )
    taken = {one.name for one in site.once(_own)}
    return [one for one in made if one.name not in taken]


def _file(here: LocalSite, one: Example) -> str:
    return here.place(f"{FOLDER}/{one.name}.ipynb")


def notebook_files(site: Site) -> Iterator[tuple[str, str]]:
    """By path: the notebooks as files for Jupyter, if the release has python.html."""
    if not PYTHON.when(site.outline):
        return
    yield from ((one.path, one.file.read_bytes().decode()) for one in site.once(_own))
    for here in map(site.local, site.languages):
        yield from ((_file(here, one), one.notebook.text()) for one in here.once(_examples))


def _first(catalogues: list[str]) -> str:
    """The cell of a new notebook."""
    if not catalogues:
        return "import drportal\n\nprint(await drportal.release())"
    return (
        "import drportal\n\n"
        f'rows = await drportal.sql("""SELECT * FROM {sql_name(catalogues[0])} LIMIT 100""")\nrows'
    )


PYTHON = Page(
    "python",
    "python.html",
    "python.html",
    order=22,
    title=lambda _: _("Python"),
    when=lambda outline: outline.python and outline.data,
    nav=Nav(lambda _: _("Python")),
    cites=True,
    context=notebook,
)
