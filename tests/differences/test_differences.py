"""Two tables compared: every kind of difference, against plain computation on the source tables."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from astropy.io.votable.ucd import check_ucd
from astropy.table import MaskedColumn, Table

from drportal.differences import predecessors
from drportal.differences.catalogues import compare_catalogues
from drportal.differences.changed import chinese_of, words_of
from drportal.differences.decided import with_words
from drportal.differences.hints import ROWS, Hints
from drportal.differences.releases import table_name
from drportal.formats import Catalogue
from drportal.formats.changes import ChangedTable, ChangedValues, ComparedCatalogue
from drportal.model import ColumnFacts, Release
from drportal.problems import InputError

from ..ingest_fixtures import SHARED, ingest, needs_shared, rows
from ..pieces_fixtures import compared
from ..steps.test_build import run

BIG = 2**62
SENTINELS = {"*": [-9999]}


def silent(_stage: str, _done: int, _total: int) -> None:
    pass


def compare(
    folder: Path,
    before: Table,
    after: Table,
    hints: Hints | None = None,
    settings: tuple[dict[str, Any], dict[str, Any]] | None = None,
    form: str = "votable",
) -> ComparedCatalogue:
    """The differences of two tables, written as files and ingested as in a build."""
    folders = []
    own = settings or ({"missing": SENTINELS}, {"missing": SENTINELS})
    for name, table, more in zip(("old", "new"), (before, after), own, strict=True):
        file = folder / f"{name}.{form}"
        table.write(file, format=form, overwrite=True)
        out = f"{name}-{sum(1 for _ in folder.iterdir())}"
        folders.append(ingest(folder, file, out=out, **{"positions": "none", **more}))
    (folder / "scratch").mkdir(exist_ok=True)
    return compare_catalogues(*folders, hints or Hints("t", "t"), folder / "scratch", silent)[0]


def values(found: ComparedCatalogue, name: str) -> ChangedValues:
    return next(v for v in found.values if v.name == name)


def counts(found: ComparedCatalogue, name: str) -> tuple[int, int, int, int]:
    v = values(found, name)
    return v.changed, v.lost, v.gained, v.rewritten


def test_rows_added_removed_and_changed_with_ids_to_the_last_bit(tmp_path: Path) -> None:
    ids = [BIG + 1, BIG + 2, BIG + 3, BIG + 4]
    old = Table({"obsid": ids, "z": [0.1, 0.2, 0.3, 0.4]})
    new = Table({"obsid": [BIG + 5, BIG + 4, BIG + 3, BIG + 2], "z": [0.5, 0.4, 0.25, 0.2]})
    found = compare(tmp_path, old, new)
    rows = found.rows
    assert rows is not None
    assert (rows.added, rows.removed, rows.changed, rows.same) == (1, 1, 1, 2)
    (largest,) = values(found, "z").largest
    assert (largest.id, largest.before, largest.after) == (str(BIG + 3), "0.3", "0.25")
    assert largest.delta == 0.25 - 0.3


def test_missing_values_are_transitions_and_not_changes(tmp_path: Path) -> None:
    nan = np.nan
    old = Table({"obsid": np.arange(7), "z": [1.0, -9999, nan, -9999, 5.0, nan, -9999]})
    new = Table({"obsid": np.arange(7), "z": [nan, 2.0, 3.0, nan, -9999, nan, -9999]})
    found = compare(tmp_path, old, new)
    assert counts(found, "z") == (0, 2, 2, 1)
    assert found.rows is not None and found.rows.changed == 4
    text_old = Table({"obsid": np.arange(3), "kind": ["Non", "A5", ""]})
    text_new = Table({"obsid": np.arange(3), "kind": ["A5", "Non", ""]})
    own = ({"missing": {"kind": ["Non"]}}, {"missing": {"kind": ["Non"]}})
    assert counts(compare(tmp_path, text_old, text_new, settings=own), "kind") == (0, 1, 1, 0)


def test_masked_numbers_and_sentinels_of_either_side(tmp_path: Path) -> None:
    old = Table({"obsid": np.arange(3), "n": MaskedColumn([1, 2, 3], mask=[True, False, False])})
    new = Table({"obsid": np.arange(3), "n": [-1, 2, -1]})
    found = compare(tmp_path, old, new, settings=({}, {"missing": {"n": [-1]}}))
    assert counts(found, "n") == (0, 1, 0, 1)
    (pair,) = found.changed_pairs
    assert pair.changes == ["missing"] and pair.after.missing == [-1]


def test_whole_numbers_are_exact_also_against_doubles_and_texts(tmp_path: Path) -> None:
    ids = np.arange(4)
    whole = np.array([2**53, 2**53 + 1, -(2**63), 7], dtype=np.int64)
    old = Table({"obsid": ids, "a": whole, "b": whole, "c": whole})
    new = Table(
        {
            "obsid": ids,
            "a": whole + np.array([0, 0, 0, 1]),
            "b": whole.astype(float),  # 2**53 + 1 is no double
            "c": [str(n) for n in whole[:3]] + ["seven"],
        }
    )
    found = compare(tmp_path, old, new)
    assert counts(found, "a") == (1, 0, 0, 0)
    assert counts(found, "b") == (1, 0, 0, 0)
    assert values(found, "b").largest[0].before == str(2**53 + 1)
    assert counts(found, "c") == (1, 0, 0, 0)
    assert {p.name for p in found.changed_pairs if "retyped" in p.changes} == {"b", "c"}


def test_rounding_to_single_precision_is_reported_apart(tmp_path: Path) -> None:
    true = np.array([0.1, 0.2, 0.3, 1e300])
    near = np.array([0.1, 0.2 + 1e-12, 0.4, 1e300])
    ids = np.arange(4)
    found = compare(tmp_path, Table({"obsid": ids, "z": true}), Table({"obsid": ids, "z": near}))
    assert counts(found, "z") == (2, 0, 0, 0)
    assert values(found, "z").rounding == 1
    small = near[:3].astype(np.float32)
    narrowed = compare(
        tmp_path, Table({"obsid": ids[:3], "z": true[:3]}), Table({"obsid": ids[:3], "z": small})
    )
    z = values(narrowed, "z")
    assert (z.precision, z.changed, z.rounding) == ("float", 1, 2)
    assert z.largest[0].id == "2"


def test_units_are_converted(tmp_path: Path) -> None:
    ids = np.arange(3)
    old = Table({"obsid": ids, "w": [486.1, 500.7, 656.3], "m": [1.0, 2, 3], "v": [1.0, 2, 3]})
    old["w"].unit, old["m"].unit, old["v"].unit = "nm", "mag", "km/s"
    new = Table({"obsid": ids, "w": [4861.0, 5008.0, 6563.0], "m": [1.0, 2, 3], "v": [1.0, 2, 4]})
    new["w"].unit, new["m"].unit, new["v"].unit = "Angstrom", "Jy", "km s-1"
    found = compare(tmp_path, old, new)
    w = values(found, "w")
    assert (w.precision, w.changed, w.unit) == ("converted", 1, "Angstrom")
    assert w.largest[0].delta == pytest.approx(1.0)
    assert found.not_compared == ["m"]
    assert counts(found, "v") == (1, 0, 0, 0), "another way to write the same unit"
    factors = {p.name: p.factor for p in found.changed_pairs}
    assert factors["w"] == pytest.approx(10) and factors["m"] is None


def test_renamed_columns_are_found_by_their_values(tmp_path: Path) -> None:
    random = np.random.default_rng(5)
    flag, distance = (random.random(400) < 0.02).astype(np.int16), np.round(random.random(400), 3)
    old = Table({"obsid": np.arange(400), "offset": flag, "offset_v": distance * flag, "gone": distance})
    new = Table({"obsid": np.arange(400)[::-1], "offsets_v": (distance * flag)[::-1]})
    new["offsets"] = flag[::-1]
    new["fresh"] = random.random(400)
    new["zero"] = np.zeros(400, np.int16)
    found = compare(tmp_path, old, new)
    renamed = {p.before.name: p.name for p in found.pairs if "renamed" in p.changes}
    assert renamed == {"offset": "offsets", "offset_v": "offsets_v"}
    assert [c.name for c in found.added] == ["fresh", "zero"]
    assert [c.name for c in found.removed] == ["gone"]
    assert found.reordered
    assert found.rows is not None and found.rows.changed == 0


def test_a_flag_that_is_always_zero_is_no_renamed_flag(tmp_path: Path) -> None:
    ids = np.arange(50)
    old = Table({"obsid": ids, "saturated": np.zeros(50, int)})
    new = Table({"obsid": ids, "blended": np.zeros(50, int)})
    found = compare(tmp_path, old, new)
    assert [c.name for c in found.added] == ["blended"]
    declared = Hints("t", "t", {"saturated": "blended"})
    assert [p.evidence for p in compare(tmp_path, old, new, declared).changed_pairs] == ["declared"]


def test_renamed_columns_of_tables_without_common_rows(tmp_path: Path) -> None:
    old = Table({"obsid": [1, 2], "offset_v": [0.1, 0.2], "mag_g": [15.0, 16.0]})
    new = Table({"obsid": [3, 4], "offsets_v": [0.3, 0.4], "mag_r": [15.0, 16.0]})
    found = compare(tmp_path, old, new)
    assert {p.before.name: p.name for p in found.pairs if p.changes} == {"offset_v": "offsets_v"}
    assert found.rows is not None and (found.rows.added, found.rows.removed) == (2, 2)


def test_a_renamed_column_may_have_been_measured_anew(tmp_path: Path) -> None:
    ids = np.arange(100)
    old = Table({"obsid": ids, "offset_v": ids / 10})
    new = Table({"obsid": ids, "offsets_v": np.where(ids < 60, ids / 10, ids / 9)})
    found = compare(tmp_path, old, new)
    assert [p.before.name for p in found.changed_pairs] == ["offset_v"]
    assert counts(found, "offsets_v") == (40, 0, 0, 0)


def test_names_of_tables_of_changed_rows() -> None:
    assert table_name("lrs", "dr8/v1.0", {"lrs"}) == "lrs_changes"
    assert table_name("lrs", "dr8/v1.0", {"lrs", "lrs_changes"}) == "lrs_changes_dr8_v1_0"
    long = table_name("a" * 40, "dr8/v1.0", {"a" * 24 + "_changes"})
    assert len(long) <= 40 and long.endswith("dr8_v1_0")


def test_declared_names_that_do_not_exist_are_reported(tmp_path: Path) -> None:
    table = Table({"obsid": [1, 2], "offsets": [0, 1]})
    with pytest.raises(
        InputError, match=r"release.toml: catalogues\[t\].renamed: no column 'offset'; did you"
    ):
        compare(tmp_path, table, table, Hints("t", "t", {"x": "offset"}, file=Path("release.toml")))
    with pytest.raises(InputError, match="compare_by"):
        compare(tmp_path, table, table, Hints("t", "t", key="mobsid"))


def test_descriptions_and_ucds(tmp_path: Path) -> None:
    old, new = (Table({"obsid": [1, 2], "z": [0.1, 0.2]}) for _ in range(2))
    old["z"].description, new["z"].description = "Redshift", "Redshift, heliocentric"
    old["z"].meta["ucd"], new["z"].meta["ucd"] = "src.redshift", "src.redshift;meta.main"
    found = compare(tmp_path, old, new)
    assert [p.changes for p in found.changed_pairs] == [["ucd", "description"]]
    assert not found.values


def test_repeated_and_missing_ids_are_reported(tmp_path: Path) -> None:
    old = Table({"obsid": [1, 1, 2, 3, -9999], "z": [0.1, 0.2, 0.3, 0.4, 9]})
    new = Table({"obsid": [1, 1, 1, 2, -9999], "z": [0.1, 0.25, 0.7, 0.3, 8]})
    rows = compare(tmp_path, old, new).rows
    assert rows is not None
    assert (rows.repeated_before, rows.repeated_after) == (1, 1)
    assert (rows.without_id_before, rows.without_id_after) == (1, 1)
    assert (rows.paired, rows.changed, rows.added, rows.removed) == (3, 1, 1, 1)


def test_another_column_of_ids_pairs_rows_where_the_id_repeats(tmp_path: Path) -> None:
    table = Table({"obsid": [1, 1, 2, 2], "mobsid": ["1a", "1b", "2a", "2b"], "rv": [1.0, 2.0, 3.0, 4.0]})
    new = table[::-1]
    own = {"roles": {"id": "obsid"}, "index": ["obsid", "mobsid"]}
    found = compare(tmp_path, table, new, settings=(own, own))
    assert found.rows is not None
    assert (found.rows.key_after, found.rows.changed) == ("mobsid", 0)
    chosen = compare(tmp_path, table, new, Hints("t", "t", key="obsid"), settings=(own, own))
    assert chosen.rows is not None and chosen.rows.key_after == "obsid" and chosen.rows.repeated_after == 2


def test_an_id_of_another_name_and_type(tmp_path: Path) -> None:
    old = Table({"obsid": [BIG + 1, BIG + 2], "z": [0.1, 0.2]})
    new = Table({"specid": [str(BIG + 2), str(BIG + 3)], "z": [0.3, 0.4]})
    found = compare(tmp_path, old, new)
    assert found.rows is not None
    assert (found.rows.key_before, found.rows.key_after) == ("obsid", "specid")
    assert (found.rows.paired, found.rows.changed, found.rows.added, found.rows.removed) == (1, 1, 1, 1)


def test_without_ids_only_columns_are_compared(tmp_path: Path) -> None:
    old, new = Table({"a": [1.5, 2], "b": [1, 2]}), Table({"a": [1.5, 2], "c": [1, 2]})
    found = compare(tmp_path, old, new)
    assert found.rows is None and found.why_not
    assert [c.name for c in found.added] == ["c"]


def test_texts_say_what_replaced_what(tmp_path: Path) -> None:
    ids = np.arange(6)
    old = Table({"obsid": ids, "class": ["STAR"] * 3 + ["QSO"] * 3})
    new = Table({"obsid": ids, "class": ["GALAXY"] * 2 + ["STAR"] + ["STAR", "QSO", "<b>'%"]})
    often = values(compare(tmp_path, old, new), "class").replacements
    assert [(r.before, r.after, r.rows) for r in often] == [
        ("STAR", "GALAXY", 2),
        ("QSO", "<b>'%", 1),
        ("QSO", "STAR", 1),
    ]


def test_arrays_truth_and_hostile_names(tmp_path: Path) -> None:
    ids = np.arange(2)
    name = "a\"; DROP TABLE x; --'{0}"
    old = Table({"obsid": ids, "v": [[1.0, np.nan], [2.0, 3.0]], "ok": [True, False], name: [1, 2]})
    new = Table({"obsid": ids, "v": [[1.0, np.nan], [2.0, 3.5]], "ok": [True, True], name: [1, 3]})
    old.write(tmp_path / "o.parquet", overwrite=True)
    found = compare(tmp_path, old, new, form="parquet")
    assert [(v.name, v.changed) for v in found.values] == [("v", 1), ("ok", 1), (name, 1)]


@pytest.mark.parametrize("seed", range(3))
def test_random_tables(tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counts and largest changes, in several buckets, as a loop over the rows of the sources finds them."""
    monkeypatch.setattr("drportal.differences.rows.TOGETHER", 9000)
    random = np.random.default_rng(seed)
    n = 2000
    ids = np.unique(random.integers(-(2**62), 2**62, n + 50))[:n]
    old = Table(
        {
            "obsid": ids,
            "x": np.round(random.normal(size=n), 3),
            "n": random.integers(-3, 3, n),
            "word": random.choice(["A", "B", "Non", "C"], n),
        }
    )
    old["x"][random.random(n) < 0.1] = -9999
    old["x"][random.random(n) < 0.1] = np.nan
    new = old.copy()
    for name in ("x", "n", "word"):
        shuffled = random.permutation(n)
        some = random.random(n) < 0.3
        new[name][some] = old[name][shuffled][some]
    new = new[random.permutation(n)[: n - 70]]
    old = old[random.permutation(n)[: n - 30]]
    own = {"missing": {"*": [-9999], "word": ["Non"]}}
    found = compare(tmp_path, old, new, settings=(own, own), form="fits")
    assert len(list((tmp_path / "scratch").glob("changed-*.parquet"))) > 1

    one = {int(row["obsid"]): row for row in Table.read(tmp_path / "old.fits")}
    other = {int(row["obsid"]): row for row in Table.read(tmp_path / "new.fits")}
    both = one.keys() & other.keys()
    rows = found.rows
    assert rows is not None
    assert (rows.added, rows.removed) == (len(other.keys() - both), len(one.keys() - both))
    differing = set()
    for name in ("x", "n", "word"):
        expected = [0, 0, 0]
        deltas = []
        for ident in both:
            a, b = one[ident][name], other[ident][name]
            has = [not (v is np.ma.masked or v != v or v in (-9999, "Non")) for v in (a, b)]
            if all(has) and a != b:
                expected[0] += 1
                deltas.append(abs(float(b) - float(a)) if name != "word" else 0)
            elif has[0] != has[1]:
                expected[1 + has[1]] += 1
            else:
                continue
            differing.add(ident)
        v = values(found, name)
        assert [v.changed, v.lost, v.gained] == expected, name
        if name != "word":
            assert [abs(r.delta) for r in v.largest] == sorted(deltas, reverse=True)[:5]
            assert v.median == pytest.approx(np.median(deltas))
            for r in v.largest:
                assert float(r.before) == one[int(r.id)][name] and float(r.after) == other[int(r.id)][name]
    assert rows.changed == len(differing)


def test_a_difference_of_single_precision_has_no_more_digits(tmp_path: Path) -> None:
    folders = []
    for name, value in (("old", 18.3), ("new", 18.4)):
        table = Table({"obsid": [1], "mag": np.array([value], dtype=np.float32)})
        table.write(tmp_path / f"{name}.fits")
        folders.append(ingest(tmp_path, f"{name}.fits", out=f"{name}-data", positions="none"))
    hints = Hints("t", "t", {}, labels=("DR1", "DR2"))
    _, kept = compared(*folders, hints, tmp_path / "cache")
    delta = pq.read_table(kept / ROWS)["mag_delta"]
    assert delta.type == "float"
    assert delta[0].as_py() == np.float32(np.float64(np.float32(18.4)) - np.float32(18.3))


def with_content(folder: Path, content: str) -> None:
    """Change the rows that a catalogue claims to have."""
    about = Catalogue.read(folder)
    about.content = content
    about.write(folder)


def test_changed_rows_contain_both_values(tmp_path: Path) -> None:
    old = Table({"obsid": [1, 2, 3], "ra": [1.0, 2, 3], "dec": [4.0, 5, 6], "offset": [0.5, 1.5, 2.5]})
    new = Table({"obsid": [2, 3, 4], "ra": [2.0, 3, 9], "dec": [5.0, 6, 7], "offsets": [1.5, -9999, 4.5]})
    for table, name in ((old, "offset"), (new, "offsets")):
        table["ra"].unit = table["dec"].unit = "deg"
        table[name].unit = "arcsec"
        table[name].description = "Distance"
        table[name].meta["ucd"] = "pos.angDistance"
    folders = []
    for name, table in (("old", old), ("new", new)):
        table.write(tmp_path / f"{name}.vot", format="votable")
        folders.append(ingest(tmp_path, f"{name}.vot", out=f"{name}-data", missing=SENTINELS))
    hints = Hints("t", "t", {"offset": "offsets"}, labels=("DR1", "DR2"))
    found, kept = compared(*folders, hints, tmp_path / "cache")
    table = pq.read_table(kept / ROWS)
    assert table.column_names == [
        "obsid", "change", "changed_columns", "ra", "dec", "offsets_before", "offsets_after", "offsets_delta",
    ]  # fmt: skip
    rows = sorted(zip(*(column.to_pylist() for column in table.columns), strict=True))
    assert rows == [
        (1, "removed", None, 1.0, 4.0, 0.5, None, None),
        (3, "changed", ";offsets;", 3.0, 6.0, 2.5, -9999.0, None),
        (4, "added", None, 9.0, 7.0, None, 4.5, None),
    ]
    assert not any(field.metadata for field in table.schema), "words are those of the day it is shown"
    about = words_of(with_words(found, *folders), True, hints.labels)
    assert about["offsets_before"].unit == "arcsec"
    assert about["offsets_before"].description == "DR1, offset: Distance"
    facts = ({"offset": ColumnFacts(description={"zh": "距离"})}, {})
    chinese = chinese_of(with_words(found, *folders), True, hints.labels, facts)
    assert [chinese[name].description["zh"] for name in table.column_names[-3:]] == [
        "DR1（offset）：距离",
        "DR2：Distance",
        "offsets：DR2 减 DR1，限于两版都有且数值不同的记录。",
    ]
    assert chinese.keys() == about.keys()
    assert all(check_ucd(said.ucd, check_controlled_vocabulary=True) for said in about.values() if said.ucd)
    assert json.loads((kept / ChangedTable.FILE).read_text())["missing"] == {
        "offsets_before": [-9999],
        "offsets_after": [-9999],
    }
    again = compared(*folders, hints, tmp_path / "cache")
    assert again == (found, kept)
    with_content(folders[0], "other")
    compared(*folders, hints, tmp_path / "cache")
    assert len(list((tmp_path / "cache" / "pieces").glob("*/*"))) == 2, "compared again, and found the same"
    with_content(folders[0], "damaged")
    for file in folders[0].rglob("*.parquet"):
        file.write_bytes(b"PAR1 no more PAR1")
    with pytest.raises(InputError, match=r"cannot be read: .* delete build/cache and build again"):
        compared(*folders, hints, tmp_path / "cache")
    assert not list((tmp_path / "cache" / "unfinished").iterdir()), "nothing half done is left"


def test_a_later_version_of_the_simulated_sky(tmp_path: Path) -> None:
    made = {"kind": "lrs", "rows": 3000, "seed": 8}
    folders = [
        ingest(tmp_path, None, out="old", simulate=made),
        ingest(tmp_path, None, out="new", simulate={**made, "revised": True}),
    ]
    found, _ = compare_catalogues(*folders, Hints("lrs", "lrs"), tmp_path, silent)
    old, new = (rows(folder) for folder in folders)
    one, other = ({r["obsid"]: r for r in table.to_pylist()} for table in (old, new))
    assert len(one) == 3000 and len(other) == new.num_rows, "ids are unique"
    assert found.rows is not None
    assert (found.rows.added, found.rows.removed) == (len(other.keys() - one), len(one.keys() - other))
    assert found.rows.added == 60 and found.rows.removed > 3
    both = [(one[i]["z"], other[i]["z"]) for i in one.keys() & other]
    changed = [pair for pair in both if pair[0] != pair[1] and -9999 not in pair]
    assert values(found, "z").changed == len(changed) > 50
    assert {p.before.name: p.name for p in found.pairs if "renamed" in p.changes} == {
        "offset": "offsets",
        "offset_v": "offsets_v",
    }
    assert [p.name for p in found.pairs if "retyped" in p.changes] == ["gaia_source_id"]
    assert not [v for v in found.values if v.name == "gaia_source_id"], "the same ids, as text and as number"
    assert [c.name for c in found.removed] == ["tcomment"]


def test_which_releases_are_compared() -> None:
    def release(ident: str, published: str, names: list[str], batch: str = "") -> Release:
        name, _, version = ident.upper().partition("/")
        catalogues = [{"name": n, "source": "x.fits"} for n in names]
        made = Release.model_validate(
            {
                "name": name,
                "version": version,
                "batch": batch,
                "published": published,
                "catalogues": catalogues,
            }
        )
        made.id = ident
        return made

    portal = [
        release("dr7/v1", "2020-01", ["lrs"]),
        release("dr8/v0", "2020-05", []),
        release("dr8/v0-q1", "2020-06", [], "Q1"),
        release("dr7/v2", "2020-09", []),
        release("dr9/v0", "2021-01", ["lrs", "mrs"]),
        release("dr9/v1", "2021-02", ["other"]),
    ]
    found = {r.id: [p.id for p in predecessors(portal, r)] for r in portal}
    assert found == {
        "dr7/v1": [],
        "dr8/v0": ["dr7/v1"],
        "dr8/v0-q1": ["dr8/v0"],
        "dr7/v2": ["dr7/v1"],
        "dr9/v0": ["dr7/v1", "dr8/v0"],
        "dr9/v1": ["dr9/v0"],
    }
    portal[-1].compare = ["dr7/v1", "DR9/v0"]
    assert [p.id for p in predecessors(portal, portal[-1])] == ["dr9/v0", "dr7/v1"]


@pytest.mark.slow
@needs_shared
def test_a_real_catalogue_before_and_after_its_columns_were_renamed(tmp_path: Path) -> None:
    """LAMOST's offset and offset_v became offsets and offsets_v; everything else is compared with astropy."""
    new = Table.read(SHARED / "data" / "lamost-dr10" / "lrs_catalogue.fits")
    names = {line.split("\t")[1] for line in (SHARED / "data/datamodel/LAMOST_DR8_tables_columns.tsv").open()
             if line.startswith("LRS_catalogue\t")}  # fmt: skip
    assert {"offset", "offset_v"} <= names and not {"offsets", "offsets_v"} & names
    old = new.copy()
    old.rename_columns(["offsets", "offsets_v"], ["offset", "offset_v"])
    old["z"][100:140] += 1e-4
    old["class"][7] = "QSO"
    old[: len(old) - 30].write(tmp_path / "dr8.fits")
    new[20:].write(tmp_path / "dr9.fits")
    done = run("diff", "--json", tmp_path / "dr8.fits", tmp_path / "dr9.fits")
    found = ComparedCatalogue.model_validate(json.loads(done.stdout)["catalogues"][0])
    renamed = {p.before.name: p.name for p in found.pairs if p.changes}
    assert renamed == {"offset": "offsets", "offset_v": "offsets_v"}
    assert not found.added and not found.removed
    assert found.rows is not None
    assert (found.rows.added, found.rows.removed, found.rows.changed) == (30, 20, 40)
    assert [(v.name, v.changed) for v in found.values] == [("z", 40)]
    text = run("diff", tmp_path / "dr8.fits", tmp_path / "dr9.fits").stdout
    assert "renamed  offset -> offsets" in text and "added 30, removed 20, changed 40" in text
