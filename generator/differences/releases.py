"""Compare two releases of a portal, and choose which releases are compared."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..formats.changes import ChangedTable, ComparedCatalogue, Differences
from ..model import CatalogueSource, Release
from ..model.strict import NAME
from ..model.text import in_language
from .counted import release_facts
from .hints import ROWS, Hints


@dataclass(frozen=True)
class Changes:
    """The changes of a release since a former one."""

    former: Release
    differences: Differences
    tables: dict[str, CatalogueSource] = field(default_factory=dict)
    """By catalogue, the table of its changed rows, if there are any."""


def predecessors(releases: Sequence[Release], release: Release) -> list[Release]:
    """Return the releases with which one is compared: those with catalogues first, then the one before it.

    `releases` are in order of publication. A release with catalogues is compared with the last earlier one
    that has catalogues of the same names; any release with the version before it, or with the release before
    it; and with those listed in its `compare` setting.
    """
    earlier = list(releases[: releases.index(release)])
    names = {n for c in release.catalogues for n in (c.name, c.formerly)}
    found = [r for r in reversed(earlier) if names & {c.name for c in r.catalogues}][:1]
    family = [r for r in earlier if r.name == release.name]
    # Among releases of other names: the highest number below it, not the latest version of an older one.
    alike = [r for r in earlier if not r.batch and _stem(r) == _stem(release)]
    alike.sort(key=lambda r: (r.order[1], earlier.index(r)))
    found += (family or alike or earlier)[-1:]
    by_id = {r.id: r for r in releases}
    found += [by_id[name.lower()] for name in release.compare]
    return list({r.id: r for r in found}.values())


def _stem(release: Release) -> str:
    return re.sub(r"\d+", "", release.name)


def paired(before: Release, after: Release) -> list[tuple[CatalogueSource, CatalogueSource]]:
    """Return the catalogues of both releases, paired by name or by the name declared as `formerly`."""
    olds = {c.name: c for c in before.catalogues if not c.changes_since}
    pairs = []
    for new in after.catalogues:
        old = None if new.changes_since else olds.get(new.formerly or new.name, olds.get(new.name))
        if old is not None:
            pairs.append((old, new))
    return pairs


@dataclass(frozen=True)
class Comparison:
    """A catalogue of both releases that is to be compared."""

    before: CatalogueSource
    after: CatalogueSource
    hints: Hints

    @property
    def name(self) -> str:
        before, after = self.hints.labels
        return f"{after}: changes of {self.after.name} since {before}"


def comparisons(before: Release, after: Release) -> list[Comparison]:
    """Return the catalogues of two releases to compare, and their settings."""
    return [
        Comparison(
            old,
            new,
            Hints(
                new.name,
                old.name,
                {k: v for k, v in new.renamed.items() if not old.hides(k)},
                new.compare_by,
                after.file,
                (before.label, after.label),
            ),
        )
        for old, new in paired(before, after)
    ]


@dataclass(frozen=True)
class Found:
    """The result of comparing two catalogues."""

    folder: Path
    """Folder of the comparison."""
    before: Path
    after: Path
    """Folders of the catalogues."""


def changes_of(before: Release, after: Release, found: Mapping[str, Found]) -> Changes:
    """Return the differences between two releases; `found` contains the comparisons by catalogue.

    Catalogues without an entry were not compared.
    """
    from .decided import with_words

    changed = Differences(
        before=before.id,
        after=after.id,
        before_label=before.label,
        after_label=after.label,
        facts=release_facts(before, after),
    )
    tables = {}
    pairs = paired(before, after)
    for old, new in pairs:
        if kept := found.get(new.name):
            one = with_words(ComparedCatalogue.read(kept.folder), kept.before, kept.after)
            changed.catalogues.append(one)
            if one.rows and one.rows.changed + one.rows.added + one.rows.removed:
                tables[new.name] = _table(kept.folder, one, (old, new), before, after)
    olds, news = {old.name for old, _ in pairs}, {new.name for _, new in pairs}
    changed.only_before = [c.name for c in before.catalogues if c.name not in olds and not c.changes_since]
    changed.only_after = [c.name for c in after.catalogues if c.name not in news and not c.changes_since]
    return Changes(before, changed, tables)


def _table(
    kept: Path,
    found: ComparedCatalogue,
    pair: tuple[CatalogueSource, CatalogueSource],
    before: Release,
    after: Release,
) -> CatalogueSource:
    """Return the changed rows of a catalogue as an additional catalogue of the newer release."""
    from ..ingest.schema_columns import column_facts
    from .changed import chinese_of, words_of  # slow to import

    spec = pair[1]

    changed = ChangedTable.read(kept)
    settings = changed.members()
    english, chinese = (in_language(spec.title, code, spec.name) for code in ("en", "zh"))
    label = before.label
    short = {code: in_language(spec.short_title, code, spec.name) for code in ("en", "zh")}
    table = CatalogueSource.model_validate(
        settings
        | {
            "name": table_name(spec.name, before.id, {c.name for c in after.catalogues}),
            "source": str((kept / ROWS).resolve()),
            "title": {
                "en": f"Changes of {spec.name} since {label}",
                "zh": f"{spec.name} 自 {label} 以来的变化",
            },
            "short_title": {
                "en": f"{short['en']} since {label}",
                "zh": f"{short['zh']}：{label} 以来的变化",
            },
            "description": {
                "en": f"{english}: a row for each row that {label} and {after.label} do not have alike. It "
                "was added, removed or changed; values before and after.",
                "zh": f"{chinese}：{label} 与 {after.label} 中不一致的记录（新增、删除或修改）各为一条，"
                "并给出前后的值。",
            },
        }
    )
    table.changes_since = before.id
    about = (found, changed.positions == "require", (before.label, after.label))
    table.words = words_of(*about)
    table.columns = chinese_of(*about, (column_facts(pair[0]), column_facts(pair[1])))
    return table


def table_name(name: str, former: str, taken: set[str]) -> str:
    """Return a name such as lrs_changes; for a second comparison lrs_changes_dr8_v1_0."""
    slug = "".join(c if c.isascii() and c.isalnum() else "_" for c in former.lower())
    short = name[:24]
    names = [f"{short}_changes", f"{short[:16]}_changes_{slug}"[:40]]
    names += [f"{short}_changes_{number}" for number in range(2, 100)]
    return next(n for n in names if n not in taken and NAME.fullmatch(n))
