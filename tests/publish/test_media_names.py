"""Names that every medium can store: checked, reported, and shortened for ISO 9660."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drportal.problems import InputError
from drportal.publish.media.budget import parse_size
from drportal.publish.media.names import IsoNames, check_names, fault, volume_label
from drportal.publish.media.plan import PAGES, group_of

HATS = [
    "test/v1/data/stars/dataset/Norder=5/Dir=10000/Npix=12287.parquet",
    "test/v1/data/stars/dataset/Norder=5/Dir=10000/Npix=12288.parquet",
    "test/v1/data/spectra/lrs/chunks/000/000000/0000.js",
]


def test_paths_of_hats_suit_every_medium() -> None:
    check_names(HATS, "here")
    names = IsoNames()
    assert names.file("Npix=12287.parquet") != names.file("Npix=12288.parquet")


@pytest.mark.parametrize(
    "path",
    [
        "a/con",
        "a/AUX.txt",
        "x/a:b",
        "a?b",
        "end.",
        "end ",
        "a" * 65,
        "/".join(["a" * 60] * 3),
        "𝓐",
        "a\\b",
        'q"',
    ],
)
def test_a_name_that_some_medium_cannot_keep_is_found(path: str) -> None:
    assert fault(path)
    with pytest.raises(InputError):
        check_names([path], "here")


def test_names_that_differ_by_case_or_composition_clash() -> None:
    for one, other in (("a/File", "a/file"), ("É", "E\u0301"), ("Docs/x", "docs/y")):
        with pytest.raises(InputError, match="is the same as"):
            check_names(sorted([one, other]), "here")
    check_names(["a/x", "b/X"], "here")


@given(st.lists(st.text(min_size=1, max_size=64).filter(lambda n: "/" not in n), unique=True, max_size=60))
def test_short_names_are_legal_unique_and_always_the_same(names: list[str]) -> None:
    folder, again = IsoNames(), IsoNames()
    short = [folder.file(name) for name in names]
    assert short == [again.file(name) for name in names]
    assert len(set(short)) == len(names)
    for name in short:
        stem, _, rest = name.partition(".")
        assert set(stem) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") and stem
        assert rest.endswith(";1") and len(name) <= 33
    folders = [IsoNames().folder(name) for name in names]
    assert all(len(name) <= 31 and "." not in name for name in folders)


@given(st.text(max_size=40), st.text(max_size=40), st.integers(0, 99))
def test_labels_suit_joliet(survey: str, release: str, number: int) -> None:
    label = volume_label(survey, release, number)
    assert 0 < len(label) <= 16 and set(label) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
    assert not number or label.endswith(f"_{number}")


def test_sizes_are_as_makers_count_them() -> None:
    assert [parse_size(s) for s in ("16G", "700 MB", "1.5t", "4096")] == [
        16 * 10**9,
        7 * 10**8,
        15 * 10**11,
        4096,
    ]
    for bad in ("", "0", "-1G", "1e9", "16 Gi", "G"):
        with pytest.raises(InputError):
            parse_size(bad)


@pytest.mark.parametrize(
    ("path", "group"),
    [
        ("data/lrs/dataset/Norder=0/Dir=0/Npix=4.parquet", "lrs"),
        ("data/lrs_collection/collection.properties", "lrs"),
        ("data/lrs.fits", "lrs"),
        ("data/spectra/lrs/packs/000/000000.parquet", "spectra/lrs"),
        ("data/collection.properties", PAGES),
        ("tutorials/with-lsdb.py", PAGES),
    ],
)
def test_files_of_a_catalogue_stay_together(path: str, group: str) -> None:
    assert group_of(path) == group
