"""`plots` of [[catalogues]] against the columns of the catalogue."""

from __future__ import annotations

import difflib
from pathlib import Path

import pyarrow as pa

from ...model import CatalogueSource
from ...model.plots import read_plot
from ...problems import Problem
from ..values.fields import Field, is_array, is_number, is_text


def unfit_plots(spec: CatalogueSource, fields: list[Field], file: Path, place: str) -> list[Problem]:
    """Return a problem for each plotted column that does not exist or cannot be plotted.

    Columns of cross-matches may be among `fields` or not: they are added later.
    """
    types = {field.name: field for field in fields}
    problems = []
    for i, text in enumerate(spec.plots or []):
        plot = read_plot(text)
        for name in plot.columns:
            field = types.get(name)
            if field is None and name.startswith(spec.crossed):
                continue
            wrong = _wrong(name, field, name in plot.axes, list(types))
            if wrong:
                problems.append(Problem(str(file), f"{place}.plots[{i}]", *wrong))
    return problems


def _wrong(name: str, field: Field | None, axis: bool, names: list[str]) -> tuple[str, str] | None:
    """Return what is wrong with a plotted column, and how to correct it."""
    if field is None:
        near = difflib.get_close_matches(name, names, n=3, cutoff=0.5)
        fix = f"did you mean {' or '.join(near)}?" if near else "name columns of the catalogue"
        return f"no such column: {name!r}", fix
    if is_number(field.type) and not is_array(field.type):
        return None
    if axis:
        return f"{name} is {field.datatype}, which no axis can show", "plot columns of numbers"
    if is_text(field.type) or pa.types.is_boolean(field.type):
        return None
    return f"{name} is {field.datatype}, which no colour can show", "colour by numbers or short texts"
