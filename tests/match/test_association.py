"""The pairs of a cross-match: hats and lsdb open them and join with them, and audiences are kept apart."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord

from drportal.ingest.write import tiles

from .. import commands
from ..ingest_fixtures import ingest
from ..steps.test_build import tree
from .test_built_match import RELEASE, tables, write

SITE = Path("build/site/t/v1")


def pairs(portal: Path, name: str) -> dict[tuple[int, int], float]:
    table = pq.read_table(portal / SITE / "data" / f"stars_x_{name}" / "dataset", partitioning=None)
    ids, others, apart = (table.column(i).to_pylist() for i in (1, 2, 3))
    found = dict(zip(zip(ids, others, strict=True), apart, strict=True))
    assert len(found) == len(ids)
    return found


def test_pairs_are_those_of_astropy(built: Path) -> None:
    stars, others = tables()
    own = SkyCoord(stars["ra"], stars["dec"])
    there = SkyCoord(others["RA"], others["DE"], unit="deg")
    other, one, apart, _ = own.search_around_sky(there, 2 * u.arcsec)
    # Without an id in release.toml, the number of the row identifies objects.
    expected = {(int(stars["n"][k]), int(i)): a for k, i, a in zip(one, other, apart.arcsec, strict=True)}
    found = pairs(built, "near")
    assert found.keys() == expected.keys()
    np.testing.assert_allclose([found[k] for k in expected], list(expected.values()), atol=1e-9)


def test_hats_opens_the_association(built: Path) -> None:
    import hats
    from hats.io.validation import is_valid_catalog

    folder = built / SITE / "data" / "stars_x_near"
    opened = hats.read_hats(folder)
    assert isinstance(opened, hats.catalog.AssociationCatalog)
    about = opened.catalog_info
    assert (about.primary_catalog, about.primary_column, about.primary_column_association) == (
        "stars",
        "n",
        "primary_id",
    )
    assert (about.join_column, about.join_column_association) == ("row", "join_id")
    assert (about.assn_max_separation, about.contains_leaf_files) == (2.0, True)
    assert about.total_rows == len(pairs(built, "near"))
    assert is_valid_catalog(folder, strict=True)
    assert is_valid_catalog(built / SITE / "data" / "stars", strict=True)
    assert is_valid_catalog(built / SITE / "data" / "stars_collection", strict=True)


def test_a_file_opened_by_astropy_has_units(built: Path) -> None:
    from astropy.table import Table

    file = next((built / SITE / "data" / "stars_x_tycho" / "dataset").rglob("Npix*.parquet"))
    table = Table.read(file, format="parquet.votable")
    assert table["_dist_arcsec"].unit == u.arcsec


def test_pairs_are_listed(built: Path) -> None:
    site = built / SITE
    listed = (site / "SHA256SUMS").read_text()
    assert "data/stars_x_near/hats.properties" in listed and "data/stars_collection/margin/" in listed
    assert "data/stars_x_near/" in (site / "manifest.json").read_text()
    graph = json.loads((site / "ro-crate-metadata.json").read_text())["@graph"]
    assert {"data/stars_x_near/", "data/stars_x_tycho/"} <= {one["@id"] for one in graph}
    page = (site / "files.html").read_text()
    assert "stars_x_near" in page


@pytest.mark.slow  # hats opens the pairs above; lsdb opens catalogues in test_ingest_output.py
def test_lsdb_joins_through_the_pairs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import lsdb

    portal = tmp_path / "portal"
    write(portal)
    release = portal / "releases" / "t" / "v1"
    toml = (release / "release.toml").read_text().replace('dec = "DE" }', 'dec = "DE", id = "source_id" }')
    assert 'id = "source_id"' in toml or 'id = "source_id"' in toml
    (release / "release.toml").write_text(toml.replace('match = "all"', 'match = "nearest"', 1))
    commands.drportal("build", "--portal", portal, check=True)
    monkeypatch.setattr(tiles, "PARTITION_ROWS", 200)
    ingest(release, "others.fits", out="others", roles={"ra": "RA", "dec": "DE", "id": "source_id"})
    data = portal / SITE / "data"
    stars = lsdb.open_catalog(data / "stars", columns=["n", "ra", "dec", "near_source_id", "near_separation"])
    others = lsdb.open_catalog(release / "others_collection", columns=["source_id", "mag"])
    through = lsdb.read_hats(data / "stars_x_near")
    joined = stars.join(others, through=through, suffixes=("", "_other")).compute()
    assert len(joined) == len(pairs(portal, "near")) > 1500
    assert (joined["near_source_id"] == joined["source_id_other"]).all()


def test_files_of_pairs_are_not_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many pairs in one partition of the release are several parts, none larger than a file may be."""
    from drportal.match import association

    draw, file = np.random.default_rng(1), tmp_path / "pairs.parquet"
    pixels = np.sort(
        np.concatenate([draw.integers(0, 12 << 58, 5000), np.full(300, 7 << 50), np.full(50, 9)])
    )
    pq.write_table(pa.table({"_healpix_29": pixels, "join_id": np.arange(len(pixels))}), file)
    monkeypatch.setattr(association, "PARTITION_BYTES", file.stat().st_size // 20)
    parts = list(association._tables(file))
    assert pa.concat_tables(table for _, table in parts).equals(pq.read_table(file))
    for (order, pixel), table in parts:
        assert set(table["_healpix_29"].to_numpy() >> 2 * (29 - order)) == {pixel}
        assert table.num_rows <= len(pixels) / 20 or order == 29
    assert len(parts) > 20


def edition(tmp_path: Path, name: str, toml: str) -> dict[str, str]:
    """The public site of a portal with this release.toml, as checksums; nothing in it names the secret."""
    portal = tmp_path / name
    write(portal)
    (portal / "releases" / "t" / "v1" / "release.toml").write_text(toml)
    commands.drportal("build", "--portal", portal, check=True)
    site = portal / "build" / "site"
    for file in site.rglob("*"):
        assert "tycho" not in file.name
        if file.is_file():
            assert b"tycho" not in file.read_bytes().lower(), file
    return tree(site)


def test_a_withheld_match_leaves_no_trace(tmp_path: Path) -> None:
    toml = RELEASE.format(radius=2.0)
    open_part = toml[: toml.rindex("[[crossmatch]]")]
    columns = '\n[catalogues.columns]\n"tycho_*" = { description = "Secret of Tycho" }\n'
    secret = toml.replace('name = "tycho"', 'name = "tycho"\naudience = "team"')
    secret = secret.replace('roles = { id = "n" }\n', f'roles = {{ id = "n" }}\n{columns}')
    assert edition(tmp_path, "secret", secret) == edition(tmp_path, "open", open_part)


def test_withheld_columns_of_a_match_leave_no_trace(tmp_path: Path) -> None:
    toml = RELEASE.format(radius=2.0).replace('"mag", "kind"]', '"mag"]')
    open_part = toml[: toml.rindex("[[crossmatch]]")]
    secret = open_part.replace('columns = ["source_id", "mag"]', 'columns = ["source_id", "kind", "mag"]')
    columns = '\n[catalogues.columns]\nnear_kind = { audience = "team" }\n'
    secret = secret.replace('roles = { id = "n" }\n', f'roles = {{ id = "n" }}\n{columns}')
    assert secret.count("kind") == 2
    sites = edition(tmp_path, "secret", secret), edition(tmp_path, "open", open_part)
    assert sites[0] == sites[1]


def test_pairs_are_withheld_with_their_separation(built: Path, tmp_path: Path) -> None:
    portal = tmp_path / "portal"
    shutil.copytree(built, portal)
    file = portal / "releases" / "t" / "v1" / "release.toml"
    columns = '\n[catalogues.columns]\nnear_separation = { audience = "team" }\n'
    text = RELEASE.format(radius=2.0).replace('roles = { id = "n" }\n', f'roles = {{ id = "n" }}\n{columns}')
    file.write_text(text)
    commands.drportal("build", "--portal", portal, check=True)
    assert not list((portal / SITE / "data").glob("stars_x_near/**/*.parquet"))
    names = pq.read_schema(next((portal / SITE / "data" / "stars" / "dataset").rglob("Npix*.parquet"))).names
    assert "near_mag" in names and "near_separation" not in names
    file.write_text(text.replace("near_separation =", "near_row ="))
    done = commands.drportal("build", "--portal", portal)
    assert done.returncode == 2
    assert "near_row, which identifies the objects of its pairs, is withheld" in done.stderr


def test_a_withheld_position_withholds_its_matches(built: Path, tmp_path: Path) -> None:
    portal = tmp_path / "portal"
    shutil.copytree(built, portal)
    file = portal / "releases" / "t" / "v1" / "release.toml"
    columns = '\n[catalogues.columns]\nra = { audience = "team" }\n'
    file.write_text(
        RELEASE.format(radius=2.0).replace('roles = { id = "n" }\n', f'roles = {{ id = "n" }}\n{columns}')
    )
    commands.drportal("build", "--portal", portal, check=True)
    data = portal / SITE / "data"
    assert not [one.name for one in data.iterdir() if any(one.rglob("*.parquet")) and one.name != "stars"]
    assert "near" not in (data / "stars" / "catalogue.json").read_text()
