"""Five notebooks for a release, made of its own catalogues, columns and numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ..formats import Catalogue, Spectra, Statistics
from ..ingest.values.sql_text import literal, quoted
from .example_code import AVERAGE, MATCH, STACK, VECTORS
from .example_facts import GRAVITY, TEFF, Held, Source, crowded, sql_value
from .ipynb import Notebook, notebook

MANY = 1_000_000
"""Rows that a cell reads at most."""
SOME = 20_000

Cells = list[tuple[Literal["code", "markdown"], str]]
Words = Callable[[str], str]

IMPORTS = "import drportal\nimport matplotlib.pyplot as plt\nimport numpy as np"


@dataclass(frozen=True)
class Example:
    """A notebook. `title` is an English message to translate."""

    name: str
    title: str
    notebook: Notebook


def examples(
    catalogues: Sequence[tuple[Catalogue, Statistics]],
    spectra: Sequence[tuple[Spectra, Path]],
    site: dict[str, str],
    translate: Words = str,
) -> list[Example]:
    """Return the examples of a release: five if it has a catalogue with rows, else none.

    `spectra` are sets with their folders. `site` names the release and its address, as `notebook` stores
    them. `translate` returns a message in the language of the page.
    """
    held = Held([Source(*one) for one in catalogues if one[0].rows and one[0].columns], list(spectra))
    if not held.sources:
        return []
    makers = [_first_look, _diagram, _stack, _redshifts, _pairs]
    made = []
    for maker in makers:
        name, title, cells = maker(held, translate)
        made.append(Example(name, title, notebook([("markdown", f"# {translate(title)}"), *cells], site)))
    return made


Made = tuple[str, str, Cells]


def statement(text: str) -> str:
    """SQL as a Python literal: on several lines where that needs no escapes."""
    plain = "\\" not in text and '"""' not in text and text.isprintable() and not text.endswith('"')
    lines = text.split("\n")
    if (
        len(lines) > 1
        and all(line.isprintable() for line in lines)
        and "\\" not in text
        and '"""' not in text
    ):
        return f'"""\n{text}\n"""'
    return f'"""{text}"""' if plain and '"' in text else f'"{text}"' if plain else repr(text)


def axis(source: Source, name: str) -> str:
    """The label of an axis as a Python literal: a column and its unit, without signs of formulas."""
    unit = source.columns()[name].unit
    text = f"{name} [{unit}]" if unit else name
    return repr(text.replace("$", r"\$"))


def _select(names: Sequence[str]) -> str:
    return ", ".join(quoted(name) for name in dict.fromkeys(names))


def _array(name: str, rows: str = "rows") -> str:
    return f"np.asarray({rows}[{name!r}], float)"


def _first_look(held: Held, _: Words) -> Made:
    source = held.first()
    number, label = next(source.real(), None), source.label()
    limit = "" if source.meta.rows <= MANY else f" LIMIT {MANY}"
    cells: Cells = [
        ("markdown", _("What the release is, and how to cite it.")),
        (
            "code",
            f"{IMPORTS}\n\nrelease = await drportal.release()\nprint(release)\nprint(release.cite())",
        ),
        ("markdown", _("Some rows. Columns have units; values that are missing are masked.")),
        (
            "code",
            "rows = await drportal.sql("
            + statement(f"SELECT {_select(source.shown())}\nFROM {source.table}\nLIMIT 1000")
            + ")\nrows",
        ),
    ]
    if label:
        counted = f"SELECT {quoted(label)}, count(*) AS rows\nFROM {source.table}\nGROUP BY ALL"
        counted += "\nORDER BY rows DESC\nLIMIT 20"
        cells += [
            ("markdown", _("How many rows there are of each kind, counted by DuckDB.")),
            ("code", f"await drportal.sql({statement(counted)})"),
        ]
    if number:
        name = quoted(number)
        inner = f"SELECT {name} FROM {source.table}{limit}"
        cells += [
            ("markdown", _("The mean of a column, by numpy and by DuckDB.")),
            (
                "code",
                f"rows = await drportal.sql({statement(inner)})\nvalues = rows[{number!r}]\n"
                f"check = await drportal.sql({statement(f'SELECT avg({name}) AS mean FROM ({inner})')})\n"
                'print(np.ma.mean(np.ma.asarray(values), dtype=float), check["mean"][0])',
            ),
            (
                "code",
                "known = np.ma.asarray(values).compressed().astype(float)\n"
                "known = known[np.isfinite(known)]\n"
                "plt.hist(known, bins=60, range=np.percentile(known, [0.5, 99.5]))\n"
                f"plt.xlabel({axis(source, number)})\nplt.ylabel('rows')\nplt.show()",
            ),
        ]
    return "first-look", "First look", cells


def _diagram(held: Held, _: Words) -> Made:
    """Temperature and gravity, colour and magnitude, or any two columns."""
    for source in held.sources:
        teff, gravity = source.like(TEFF), source.like(GRAVITY)
        if teff and gravity and source.present(teff) and source.present(gravity):
            said = _("Effective temperature and surface gravity: dwarfs are below, giants above.")
            return (
                "temperature-gravity",
                "Temperature and gravity",
                _scatter(source, teff, gravity, said, True),
            )
    for source in held.sources:
        bands = source.magnitudes()
        if bands:
            return "colour-magnitude", "Colour and magnitude", _colours(source, bands, _)
    source = held.first()
    numbers = list(source.real())[:2]
    said = _("Two columns of the same rows.")
    if len(numbers) == 2:
        return "two-columns", "Two columns", _scatter(source, numbers[0], numbers[1], said, False)
    if source.position():
        return (
            "two-columns",
            "Two columns",
            _scatter(source, source.position()[0], source.position()[1], said, False),
        )
    return "columns", "The columns", [("code", _columns_code(source))]


def _columns_code(source: Source) -> str:
    return (
        f"import drportal\n\nrelease = await drportal.release()\n"
        f"for column in release.catalogues[{source.meta.name!r}].columns.values():\n"
        "    print(column.name, column.datatype, column.unit or '', column.description or '', sep='\\t')"
    )


def _known(names: Sequence[str]) -> str:
    return " AND ".join(f"{quoted(name)} IS NOT NULL" for name in dict.fromkeys(names))


def _scatter(source: Source, x: str, y: str, said: str, turned: bool) -> Cells:
    """Points of two columns, of which both axes of a Kiel diagram run backwards."""
    sql = f"SELECT {_select([x, y])}\nFROM {source.table}\nWHERE {_known([x, y])}\nLIMIT {SOME}"
    turn = "plt.gca().invert_xaxis()\nplt.gca().invert_yaxis()\n" if turned else ""
    return [
        ("markdown", said),
        ("code", f"{IMPORTS}\n\nrows = await drportal.sql({statement(sql)})\nrows"),
        (
            "code",
            f"plt.plot({_array(x)}, {_array(y)}, '.', markersize=2, alpha=0.4)\n"
            f"plt.xlabel({axis(source, x)})\nplt.ylabel({axis(source, y)})\n{turn}plt.show()",
        ),
    ]


def _colours(source: Source, bands: list[str], _: Words) -> Cells:
    blue, red = bands[:2]
    sql = f"SELECT {_select([blue, red])}\nFROM {source.table}\nWHERE {_known([blue, red])}\nLIMIT {SOME}"
    label = repr(f"{blue} - {red} [mag]".replace("$", r"\$"))
    return [
        ("markdown", _("Colours from the magnitudes of two bands. Bright is up.")),
        ("code", f"{IMPORTS}\n\nrows = await drportal.sql({statement(sql)})\nrows"),
        (
            "code",
            f"blue, red = {_array(blue)}, {_array(red)}\ncolour = blue - red\n"
            "low, high = np.percentile(colour, [0.5, 99.5])\n"
            "plt.plot(colour, red, '.', markersize=2, alpha=0.4)\n"
            f"plt.xlim(low - 0.2, high + 0.2)\nplt.gca().invert_yaxis()\nplt.xlabel({label})\n"
            f"plt.ylabel({axis(source, red)})\nplt.show()",
        ),
    ]


def _stack(held: Held, _: Words) -> Made:
    """The median of some spectra; without spectra, how complete the columns are."""
    found = held.observed()
    if found is None:
        return _completeness(held.first(), _)
    source, spectra, ids = found
    ident, redshift, label = spectra.id.name, source.role("redshift"), source.role("class")
    where = []
    chosen = next((str(value) for value, _rows in source.statistics.classes if value), None)
    if ids:
        lines = (", ".join(map(sql_value, ids[at : at + 8])) for at in range(0, len(ids), 8))
        where.append(f"{quoted(ident)} IN ({f',{chr(10)}  '.join(lines)})")
    if label and chosen:
        where.append(f"{quoted(label)} = {literal(chosen)}")
    if redshift:
        where.append(f"{quoted(redshift)} IS NOT NULL")
    condition = f"\nWHERE {' AND '.join(where)}" if where else ""
    names = _select([ident, *([redshift] if redshift else [])])
    sql = f"SELECT {names}\nFROM {source.table}{condition}\nLIMIT 100"
    convert = "int" if spectra.id.datatype == "long" else "str"
    code = STACK.format(
        ident=f"{convert}(rows[{ident!r}][row])",
        set=spectra.name,
        redshift=f"float(rows[{redshift!r}][row])" if redshift else "0.0",
    )
    cells: Cells = [
        ("markdown", _("Up to twelve spectra, shifted to rest and averaged by their median.")),
        ("code", f"{IMPORTS}\n\nrows = await drportal.sql({statement(sql)})\nrows"),
        ("code", code),
        ("code", AVERAGE),
    ]
    return "stack", "A stack of spectra", cells


def _completeness(source: Source, _: Words) -> Made:
    names = list(source.columns())[:40] or [column.name for column in source.meta.columns][:40]
    counted = ",\n       ".join(f"count({quoted(name)}) AS {quoted(name)}" for name in names)
    sql = f"SELECT {counted}\nFROM {source.table}"
    code = (
        f"{IMPORTS}\n\ncounts = await drportal.sql({statement(sql)})\n"
        f"total = {source.meta.rows}\nnames = list(counts.colnames)\n"
        "shares = [100 * float(counts[name][0]) / total for name in names]\n"
        "figure, axes = plt.subplots(figsize=(6.4, 1 + 0.2 * len(names)))\n"
        "axes.barh([name.replace('$', r'\\$') for name in names], shares)\naxes.invert_yaxis()\n"
        "axes.set_xlabel('rows with a value [%]')\nplt.show()"
    )
    said = _("In how many rows each column has a value.")
    return "completeness", "How complete the columns are", [("markdown", said), ("code", code)]


def _redshifts(held: Held, _: Words) -> Made:
    """A histogram with errors: of redshifts, else of another number."""
    found = held.best("redshift")
    if found:
        source, name = found
        what = ("redshifts", "Redshifts")
    else:
        source = held.first()
        number = next(source.real(), None)
        if number is None:
            return _counts_by_hand(source, _, "counts", "Counts")
        name, what = number, ("histogram", "A histogram")
    sql = f"SELECT {quoted(name)}\nFROM {source.table}\nWHERE {_known([name])}\nLIMIT {MANY}"
    code = (
        f"values = {_array(name)}\nvalues = values[np.isfinite(values)]\n"
        "low, high = np.percentile(values, [0.5, 99.5])\n"
        "counts, edges = np.histogram(values, bins=40, range=(low, high))\nerrors = np.sqrt(counts)\n"
        "middle = (edges[1:] + edges[:-1]) / 2\n"
        "plt.stairs(counts, edges)\nplt.errorbar(middle, counts, yerr=errors, fmt='none', capsize=2)\n"
        f"plt.xlabel({axis(source, name)})\nplt.ylabel('rows')\nplt.show()\n"
        "mean, error = values.mean(), values.std(ddof=1) / np.sqrt(len(values))\n"
        "print(f'{len(values):,} values, mean {mean:.6g} ± {error:.2g}, median {np.median(values):.6g}')"
    )
    cells: Cells = [
        ("markdown", _("A histogram; its errors are the square roots of the counts (Poisson).")),
        ("code", f"{IMPORTS}\n\nrows = await drportal.sql({statement(sql)})\nrows"),
        ("code", code),
    ]
    return *what, cells


def _counts_by_hand(source: Source, _: Words, name: str, title: str) -> Made:
    """Distinct values counted by numpy and by DuckDB, for catalogues without numbers or positions."""
    column = source.label() or next(iter(source.columns()), None) or source.meta.columns[0].name
    limit = f"LIMIT {MANY}"
    inner = f"SELECT {quoted(column)}\nFROM {source.table}\nWHERE {_known([column])}\n{limit}"
    counted = f"SELECT count(*) AS rows, count(DISTINCT {quoted(column)}) AS different FROM ({inner})"
    code = (
        f"import drportal\nimport numpy as np\n\nrows = await drportal.sql({statement(inner)})\n"
        f"values, counts = np.unique(np.asarray(rows[{column!r}]).astype(str), return_counts=True)\n"
        "for at in np.argsort(counts)[::-1][:10]:\n    print(values[at], counts[at])\n"
        f"check = await drportal.sql({statement(counted)})\n"
        "print(counts.sum(), check['rows'][0], len(values), check['different'][0])"
    )
    said = _("Values counted by numpy and by DuckDB.")
    return name, title, [("markdown", said), ("code", code)]


def _pairs(held: Held, _: Words) -> Made:
    """Pairs of near rows of two catalogues with positions, or of one."""
    placed = held.placed()
    if not placed:
        return _counts_by_hand(held.first(), _, "counts-by-hand", "Counted by hand")
    source, other = placed[0], placed[1] if len(placed) > 1 else placed[0]
    names = [
        [*([one.meta.id] if one.meta.id in one.columns() else []), *one.position()] for one in (source, other)
    ]
    # the row itself is not its neighbour
    own = source is other and source.meta.id in source.columns()
    itself = f" and rows[{source.meta.id!r}][row] != others[{source.meta.id!r}][other]" if own else ""
    if source is other and not own:
        itself = " and angle > 0"
    shown = [
        f"{rows}[{one[0]!r}][{at}]"
        for rows, at, one in zip(("rows", "others"), ("row", "other"), names, strict=True)
    ]
    (ra, dec), (ra2, dec2) = source.position(), other.position()
    ra0, dec0 = crowded(source, other)
    about = {"other": other.meta.name, "columns": names[1], "within": 3, "radius": 3600}
    rows = (
        f"drportal.table({source.meta.name!r}, cone=({ra0}, {dec0}, 3600), columns={names[0]!r}, limit=2000)"
    )
    match = MATCH.format(ra=ra2, dec=dec2, within=3, itself=itself, shown=", ".join(shown))
    cells: Cells = [
        ("markdown", _("Rows that lie near each other on the sky, by unit vectors and a sorted coordinate.")),
        ("code", f"import drportal\nimport numpy as np\n\nrows = await {rows}\nrows"),
        ("code", VECTORS.format(ra=ra, dec=dec, centre=f"{ra0}, {dec0}", **about)),
        ("code", match),
    ]
    return "cross-match", "A cross-match by hand", cells
