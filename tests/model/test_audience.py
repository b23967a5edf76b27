"""Audiences of releases: settings in release.toml, what the public edition leaves out, and when."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from drportal.check import check_portal
from drportal.ingest.withhold import IDS_WITHHELD, withheld_ids
from drportal.model import Audience, CatalogueSource, ColumnFacts, Edition, load_portal
from drportal.model.spectra import Without
from drportal.problems import InputError

from ..pieces_fixtures import catalogue_data
from ..secret_portal import write_portal
from ..spectra_fixtures import release

DAY = "2027-03-01"


def catalogue(**said: object) -> CatalogueSource:
    made = CatalogueSource.model_validate({"name": "t", "source": "t.parquet", **said})
    made.edition = Edition(Audience.public, "2027-02-28")
    return made


def test_a_day_is_public_from_its_first_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    one = ColumnFacts(audience="partners", public_from=DAY)
    for second, hidden in ((-1, True), (0, False)):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", str(1803859200 + second))  # 2027-03-01T00:00:00Z
        assert Edition.today().hides(one) is hidden
        assert Edition.today(Audience.partners).hides(one) is False
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "soon")
    with pytest.raises(InputError, match="SOURCE_DATE_EPOCH: 'soon' is not a time"):
        Edition.today()
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    assert Edition.today().day >= "2026"


def test_the_nearest_word_counts_with_its_own_day() -> None:
    spec = catalogue(
        columns={
            "gaia_*": {"audience": "team", "public_from": "2020-01-01"},
            "gaia_g": {"audience": "team"},
            "mag_*": {"audience": "partners"},
            "mag_v": {"audience": "public"},
        }
    )
    hidden = {name: spec.hides(name) for name in ("gaia_id", "gaia_g", "mag_b", "mag_v", "other")}
    assert hidden == {"gaia_id": False, "gaia_g": True, "mag_b": True, "mag_v": False, "other": False}
    spec.edition = Edition(Audience.partners, "2027-01-01")
    assert [name for name in hidden if spec.hides(name)] == ["gaia_g"]


@pytest.mark.parametrize(
    ("said", "reported"),
    [
        ('audience = "everyone"', "audience: 'everyone' is not an allowed value; use 'public'"),
        ('public_from = "2027-03-01"', "has `public_from` without `audience`"),
        ('audience = "team"\npublic_from = "2027-03"', "public_from: is not a day; write it as 2027-03-01"),
        ('audience = "team"\npublic_from = "2027-02-30"', "public_from: is not a day"),
        ('[[catalogues]]\nname = "t"\nsource = "t.csv"\n[[catalogues.withheld]]\nrows = "a"', "from nobody"),
    ],
)
def test_mistakes_are_reported(tmp_path: Path, said: str, reported: str) -> None:
    (tmp_path / "releases/dr1").mkdir(parents=True)
    (tmp_path / "portal.toml").write_text('name = "T"\ntitle = "T"\n')
    (tmp_path / "releases/dr1/release.toml").write_text(f'name = "DR1"\npublished = "2026"\n{said}\n')
    with pytest.raises(InputError) as error:
        load_portal(tmp_path)
    assert reported in str(error.value)


def test_partners_see_what_is_for_partners(tmp_path: Path) -> None:
    portal = load_portal(write_portal(tmp_path), Edition(Audience.partners, "2027-01-01"))
    assert [r.id for r in portal.releases] == ["dr0", "dr1/v1"]
    one = portal.releases[1]
    assert [c.name for c in one.catalogues] == ["stars", "cryptids", "targets"]
    assert [s.name for s in one.spectra] == ["lrs", "desi"]
    assert (one.compare, one.superseded_by, one.status, one.reason) == (
        [],
        None,
        "current",
        {},
    )
    stars = one.catalogues[0]
    assert (stars.index, stars.renamed, list(stars.missing)) == (["obsid"], {"older_hush": "remark"}, ["*"])
    whole = load_portal(tmp_path, Edition(Audience.team, "2027-01-01"))
    assert [r.id for r in whole.releases] == ["dr0", "dr1/v0", "dr1/v1", "dr2zeta"]
    assert whole.releases[2].superseded_by == "dr2zeta" and not whole.releases[2].catalogues[0].lacks


def test_check_reports_what_it_left_out(tmp_path: Path) -> None:
    lines, problems = check_portal(write_portal(tmp_path), [], False)
    assert not problems
    assert any(
        "dr2zeta/release.toml: is for the team until 2028-06-01; not checked" in str(one) for one in lines
    )
    assert any("catalogue cryptids: withheld" in str(one) for one in lines)


def rows(folder: Path, **said: object) -> pa.Table:
    """Ingest a small table for the public; the rows of the site."""
    (folder / "r").mkdir(parents=True, exist_ok=True)
    table = {"id": [1, 2, 3, 4], "ra": [10.0, 20.0, 30.0, 400.0], "dec": [1.0] * 4}
    pq.write_table(pa.table(table | {"a": ["x", "y", None, "y"]}), folder / "r/t.parquet")
    data = catalogue_data(catalogue(**said), release(folder / "r"), folder / "cache")
    return pq.read_table(next(data.glob("dataset/**/*.parquet")), partitioning=None)


def test_rows_for_which_a_condition_is_unknown_are_withheld_too(tmp_path: Path) -> None:
    said = {"withheld": [{"rows": "a = 'y' -- so", "audience": "team"}]}
    assert rows(tmp_path, **said)["id"].to_pylist() == [1], "and row 4, which has no place, is no error"
    (note,) = (tmp_path / "cache/folders").glob("*/withheld.parquet")
    assert pq.read_table(note)["id"].to_pylist() == [2, 3, 4]
    assert withheld_ids(note.with_name("data")) == note


@pytest.mark.parametrize("order", [1, -1])
def test_each_of_several_conditions_withholds(tmp_path: Path, order: int) -> None:
    conditions = [{"rows": rows, "audience": "team"} for rows in ("id = 1", "id > 3")]
    assert sorted(rows(tmp_path, withheld=conditions[::order])["id"].to_pylist()) == [2, 3]
    (note,) = (tmp_path / "cache/folders").glob("*/withheld.parquet")
    assert pq.read_table(note)["id"].to_pylist() == [1, 4]


def test_a_withheld_position_leaves_no_trace_of_the_sky(tmp_path: Path) -> None:
    said = {"columns": {"ra": {"audience": "team"}, "id": {"audience": "team"}}}
    assert rows(tmp_path, **said).column_names == ["dec", "a"]
    (note,) = (tmp_path / "cache/folders").glob("*/withheld.parquet")
    assert pq.read_schema(note).metadata[b"note"] == IDS_WITHHELD


@pytest.mark.parametrize(
    ("condition", "reported"),
    [
        ("b > 1", "column"),
        ("id", "its answer is int64"),
        ("id > 1) OR (SELECT true FROM read_csv('/etc/passwd') LIMIT 1", "is not a condition"),
        ("true); DROP TABLE t; SELECT (true", "more than one statement"),
    ],
)
def test_conditions_that_cannot_be_answered_are_reported(
    tmp_path: Path, condition: str, reported: str
) -> None:
    with pytest.raises(
        InputError, match=r"catalogues\[t\]\.withheld\[1\]\.rows: is not a condition"
    ) as error:
        rows(tmp_path, withheld=[{"rows": condition, "audience": "team"}])
    assert reported in str(error.value)
    assert "\n" not in str(error.value)


def test_a_name_that_withholds_nothing_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"columns\.aa: no such column; did you mean"):
        rows(tmp_path, columns={"aa": {"audience": "team"}})
    everything = {key: {"audience": "team"} for key in ("id", "ra", "dec", "a")}
    with pytest.raises(InputError, match="all columns are withheld; withhold the catalogue itself"):
        rows(tmp_path, columns=everything)


def test_facts_of_headers_go_with_their_columns() -> None:
    # In doubt they go: a header may call it by a part of the name.
    columns = (("rv_*", None), ("Z_err", None), ("offset", "OFFSETS"), ("lmjd", None))
    without = Without(columns=columns).knowing(["z", "RV", "MJD", "TARGET_RA", "class"])
    hidden = {fact: without.hides(fact, *keys) for fact, keys in
              {"rv": ("RV",), "rv_b": ("RV_B0",), "z": ("Z",), "zerr": (), "shift": ("OFFSETS",),
               "ra": ("PLUG_RA", "TARGET_RA"), "dec": ("DEC",), "mjd": ("MJD",)}.items()}  # fmt: skip
    # Facts that no shown column gives away are left out too, and so is the day in any wording.
    assert hidden == {
        "rv": True, "rv_b": True, "z": False, "zerr": True, "shift": True, "ra": False, "dec": True,
        "mjd": True,
    }  # fmt: skip
    assert not Without(rows=True).hides("plan", "PLANID")
