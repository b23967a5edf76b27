"""Print differences on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..formats import Mark, Value
from ..formats.changes import ChangedFact, ChangedValues, ColumnPair, ComparedCatalogue, Differences
from ..problems import clean, plural

PRECISION = {
    "exact": "",
    "float": "compared in single precision",
    "converted": "compared after conversion of the unit",
}


def report(found: Differences) -> str:
    """Return all differences as lines of text."""
    return "\n".join(map(clean, _lines(found))) + "\n"


def _lines(found: Differences) -> Iterator[str]:
    yield f"{found.before_label} -> {found.after_label}"
    yield from (f"  {_fact(f)}" for f in found.facts)
    if found.only_before:
        yield f"  catalogues removed: {', '.join(found.only_before)}"
    if found.only_after:
        yield f"  catalogues added: {', '.join(found.only_after)}"
    if not found.catalogues:
        yield "  no catalogue in common"
    for catalogue in found.catalogues:
        yield ""
        yield from _catalogue(catalogue)


def _fact(fact: ChangedFact) -> str:
    subject = f"{fact.kind.replace('_', ' ')}{f' ({fact.subject})' if fact.subject else ''}"
    if fact.kind in ("first_night", "last_night"):  # days, or modified Julian days
        return f"{subject} ({fact.column}): {fact.before} -> {fact.after}"
    change = f"{_shown(fact.before)} -> {_shown(fact.after)}"
    if isinstance(fact.before, int) and isinstance(fact.after, int):
        change += f" ({fact.after - fact.before:+,})"
    return f"{subject}: {change}"


def _shown(value: Value) -> str:
    return "-" if value is None else f"{value:,}" if isinstance(value, int) else str(value)


def _catalogue(one: ComparedCatalogue) -> Iterator[str]:
    yield f"catalogue {one.name}" + (f" (formerly {one.former})" if one.former != one.name else "")
    yield f"  columns: {one.columns_before} -> {one.columns_after}"
    yield from (f"    added    {c.name}  {c.type}{f' [{c.unit}]' if c.unit else ''}" for c in one.added)
    yield from (f"    removed  {c.name}  {c.type}{f' [{c.unit}]' if c.unit else ''}" for c in one.removed)
    for pair in one.changed_pairs:
        yield from _pair(pair)
    if one.reordered:
        yield "    the common columns are in another order"
    yield from (f"  {_fact(f)}" for f in one.facts if f.kind != "rows")
    rows = one.rows
    if rows is None:
        yield "  rows: not compared, the catalogues have no column of ids in common"
        return
    by = rows.key_after if rows.key_before == rows.key_after else f"{rows.key_before} -> {rows.key_after}"
    yield f"  rows: {rows.before:,} -> {rows.after:,}, paired by {by}"
    yield (
        f"    added {rows.added:,}, removed {rows.removed:,}, "
        f"changed {rows.changed:,}, the same {rows.same:,}"
    )
    for when, count in (("before", rows.without_id_before), ("after", rows.without_id_after)):
        if count:
            yield f"    without an id {when}, not compared: {count:,}"
    for when, count in (("before", rows.repeated_before), ("after", rows.repeated_after)):
        if count:
            yield f"    ids of several rows {when}: {count:,}; their rows are paired in file order"
    if one.not_compared:
        names = ", ".join(one.not_compared)
        yield f"  values not compared, because their types or units are not compatible: {names}"
    if one.values:
        yield "  values that differ:"
    for values in one.values:
        yield from _values(values, rows.key_after)


def _pair(pair: ColumnPair) -> Iterator[str]:
    before, after = pair.before, pair.after
    for change in pair.changes:
        if change == "renamed":
            reasons = {
                "declared": "as release.toml says",
                "name": "",
                "description": "same description",
                "spelling": "same but for its spelling",
                "id": "the id",
                "": "",
            }
            why = (
                reasons[pair.evidence]
                if pair.evidence in reasons
                else f"same value in {_of_rows(pair.evidence)}"
            )
            yield f"    renamed  {before.name} -> {after.name}" + (f"  ({why})" if why else "")
        elif change == "retyped":
            yield f"    retyped  {after.name}: {before.type} -> {after.type}"
        elif change == "unit":
            how = f", values converted by {pair.factor:g}" if pair.factor is not None else ""
            yield f"    unit     {after.name}: {before.unit or '-'} -> {after.unit or '-'}{how}"
        elif change == "ucd":
            yield f"    UCD      {after.name}: {before.ucd or '-'} -> {after.ucd or '-'}"
        elif change == "description":
            yield f"    new description  {after.name}"
        elif change == "missing":
            yield f"    missing values  {after.name}: {_marks(before.missing)} -> {_marks(after.missing)}"


def _of_rows(evidence: str) -> str:
    return f"{evidence} {plural(int(evidence.split()[-1]), 'row')}"


def _marks(values: Sequence[Mark]) -> str:
    return ", ".join(map(str, values)) or "-"


def _values(values: ChangedValues, key: str) -> Iterator[str]:
    counts = [f"{values.changed:,} changed"]
    counts += [f"{values.lost:,} lost their value"] * bool(values.lost)
    counts += [f"{values.gained:,} gained one"] * bool(values.gained)
    counts += [f"{values.rewritten:,} mark missing values differently"] * bool(values.rewritten)
    if values.rounding:
        among = "of these " if values.precision == "exact" else "besides "
        counts.append(f"{among}{values.rounding:,} within rounding to single precision")
    how = PRECISION[values.precision]
    unit = f" {values.unit}" if values.unit else ""
    yield f"    {values.name}: {', '.join(counts)}" + (f" ({how})" if how else "")
    if values.median is not None and values.changed > 1:
        yield f"      half of the changes are smaller than {values.median:.6g}{unit}"
    for row in values.largest:
        yield f"      {key} {row.id}: {row.before} -> {row.after} ({row.delta:+.6g}{unit})"
    for often in values.replacements:
        yield f"      {often.rows:,} x {often.before!r} -> {often.after!r}"
