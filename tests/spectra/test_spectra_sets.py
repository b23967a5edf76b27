"""Sets of spectra: ids, unreadable files, interrupted builds, and reproducible bytes."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow.parquet as pq
import pytest

from drportal.carried import from_script
from drportal.model import SpectraSet, load_release
from drportal.pieces import Store, read_record
from drportal.problems import InputError
from drportal.simulate import simulate, write
from drportal.simulate.spectra import write_spectra
from drportal.spectra import known_files, pack, packs

from ..commands import drportal
from ..spectra_fixtures import about, kept_packs, make_set, packed, release, rows, write_plain, write_sdss

COLUMNS = {"layout": "columns", "columns": {"flux": "F", "wavelength": "WAVE"}}


@pytest.fixture(scope="session")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of 24 spectra."""
    folder = tmp_path_factory.mktemp("simulated")
    write_spectra("lrs", 24, 5, 24, folder)
    return folder


def tree(folder: Path) -> dict[str, str]:
    """Every file below a folder, and what is in it."""
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    return {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def plain_files(folder: Path, names: dict[str, int]) -> None:
    folder.mkdir(parents=True)
    for name, ident in names.items():
        write_plain(folder / name, ident, np.arange(9.0))


def test_the_same_files_give_the_same_bytes_with_any_number_of_processes(
    tmp_path: Path, simulated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packs, "PACK_SPECTRA", 7)
    shutil.copytree(
        simulated, tmp_path / "other" / "src", copy_function=shutil.copyfile
    )  # with times of its own
    one = packed(tmp_path / "one", source=str(simulated), ship_originals=True)
    two = packed(tmp_path / "other", jobs=2, ship_originals=True)
    assert tree(one) == tree(two)
    assert about(one)["packs"] == 4 and len(list(one.glob("packs/000/*.parquet"))) == 4


def test_a_killed_build_goes_on_where_it_was(
    tmp_path: Path, simulated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packs, "PACK_SPECTRA", 5)
    clean = packed(tmp_path, source=str(simulated), cache="clean")
    script = f"""
import os, signal, sys
from pathlib import Path
sys.path.insert(0, {str(Path(__file__).parents[2])!r})
from drportal.spectra import pack, packs
from tests.spectra_fixtures import packed
packs.PACK_SPECTRA = 5
write = pack.write_pack
def dying(one, folder, progress):
    if one.number == 2:
        (folder / "half").write_bytes(b"half")
        os.kill(os.getpid(), signal.SIGKILL)
    return write(one, folder, progress)
pack.write_pack = dying
packed(Path({str(tmp_path)!r}), source={str(simulated)!r})
"""
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == -9
    assert sorted(kept_packs(tmp_path / "cache")) == [0, 1]
    written = watched(monkeypatch)
    opened: list[Any] = []
    identify = known_files.identify
    monkeypatch.setattr(known_files, "identify", lambda *a: (opened.append(a), identify(*a))[1])
    data = packed(tmp_path, source=str(simulated))
    assert not opened  # ids were known already
    assert written == [2, 3, 4] and tree(data) == tree(clean)


def watched(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Numbers of the packs that are written from now on."""
    written: list[int] = []
    inner = pack.write_pack
    monkeypatch.setattr(
        pack, "write_pack", lambda one, *more: (written.append(one.number), inner(one, *more))[1]
    )
    return written


def inodes(data: Path) -> list[int]:
    return [p.stat().st_ino for p in sorted(data.glob("packs/000/*.parquet"))]


def test_a_changed_file_is_read_again_and_packs_before_it_are_kept(
    tmp_path: Path, simulated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packs, "PACK_SPECTRA", 5)
    shutil.copytree(simulated, tmp_path / "src")
    whole = packed(tmp_path)
    contents = tree(whole)
    files = {json.loads(row["header"])["file"]: row["obsid"] for row in rows(whole)}
    by_id = sorted((p for p in (tmp_path / "src").rglob("*.fits")), key=lambda p: files[p.name])
    by_id[-1].unlink()
    written = watched(monkeypatch)
    data = packed(tmp_path)
    assert written == [4] and inodes(data)[:-1] == inodes(whole)[:-1] and about(data)["spectra"] == 23
    assert tree(whole) == contents, "a site has links to it"
    for file in by_id[3:-1]:
        file.unlink()
    data = packed(tmp_path)
    assert about(data)["spectra"] == len(rows(data)) == 3 and written == [4, 0]
    assert [p.name for p in data.glob("packs/000/*")] == ["000000.parquet"]
    assert [p.name for p in data.glob("chunks/000/*")] == ["000000"]
    assert tree(data) == tree(packed(tmp_path, cache="clean"))


def test_a_file_that_another_of_its_size_and_time_replaces_is_read_again(tmp_path: Path) -> None:
    plain_files(tmp_path / "src", {"a.fits": 1, "b.fits": 2})
    packed(tmp_path, id={"header": "SPECID"}, **COLUMNS)
    before = (tmp_path / "src" / "a.fits").stat()
    write_plain(tmp_path / "other.fits", 3, np.arange(9.0))
    os.utime(tmp_path / "other.fits", ns=(before.st_atime_ns, before.st_mtime_ns))
    (tmp_path / "other.fits").replace(tmp_path / "src" / "a.fits")
    assert (tmp_path / "src" / "a.fits").stat().st_size == before.st_size
    found = rows(packed(tmp_path, id={"header": "SPECID"}, **COLUMNS))
    assert [row["specid"] for row in found] == [2, 3]


def test_words_of_a_set_change_without_its_packs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain_files(tmp_path / "src", {"a.fits": 1, "b.fits": 2})
    written = watched(monkeypatch)
    for title in ("One", "Another"):
        data = packed(
            tmp_path, id={"header": "SPECID"}, title=title, flux_unit=f"10**{len(title)}", **COLUMNS
        )
        assert (
            set(about(data)["title"].values()) == {title} and about(data)["flux_unit"] == f"10**{len(title)}"
        )
    assert written == [0]


def test_a_set_and_its_packs_take_their_bytes_once(tmp_path: Path, simulated: Path) -> None:
    data = packed(tmp_path, source=str(simulated), ship_originals=True)
    store = Store(tmp_path / "cache")
    store.end(10**9, set())
    own = sum(p.stat().st_size for p in data.parent.rglob("*") if p.is_file())
    notes = sum((folder / pack.NOTE).stat().st_size for folder in kept_packs(tmp_path / "cache").values())
    assert read_record(tmp_path / "cache" / "size") == str(own + notes)


def test_packs_stay_as_long_as_their_set(tmp_path: Path, simulated: Path) -> None:
    """Their files are the same: without them, no room would be made."""
    cache, other = tmp_path / "cache", tmp_path / "other.fits"
    shutil.copytree(simulated, tmp_path / "src")
    first = make_set(SpectraSet(name="set", source="src"), release(tmp_path), cache)
    next((tmp_path / "src").rglob("*.fits")).rename(other)
    second = make_set(SpectraSet(name="set", source="src"), release(tmp_path), cache)
    records = {json.loads(read_record(f) or "")["content"]: f.name for f in (cache / "pieces").glob("*/*")}
    store = Store(cache)
    assert len(records) == 4
    store.end(0, {records[second.content]})
    assert second.data.is_dir() and not first.data.exists()
    assert len(list((cache / "pieces").glob("*/*"))) == 2, "the set, and its pack"
    assert [p.name for p in (cache / "memory").iterdir()] == [store.memory("T: spectra set").name]
    store.end(0, set())
    assert not list((cache / "pieces").glob("*/*")) and not list((cache / "memory").iterdir())


def test_a_damaged_pack_is_made_again(tmp_path: Path, simulated: Path) -> None:
    data = packed(tmp_path, source=str(simulated))
    before = tree(data)
    pack = next(data.glob("packs/000/*.parquet"))
    pack.write_bytes(pack.read_bytes()[:-1])
    assert tree(packed(tmp_path, source=str(simulated))) == before


def damaged(folder: Path, simulated: Path) -> dict[str, str]:
    """Unusable files by name, and the messages about them."""
    good = sorted(simulated.rglob("*.fits"))
    folder.mkdir(parents=True)
    shutil.copy(good[0], folder / "good.fits")
    data = good[1].read_bytes()
    (folder / "empty.fits").touch()
    (folder / "short.fits").write_bytes(data[:40_000])
    (folder / "header.fits").write_bytes(data[:1000])
    (folder / "text.fits").write_text("not found\n" * 400)
    (folder / "short.fits.gz").write_bytes(gzip.compress(good[2].read_bytes())[:30_000])
    whole = bytearray(gzip.compress(good[3].read_bytes()))
    whole[-6] ^= 1  # in its checksum: what is unpacked may be anything
    (folder / "bad.fits.gz").write_bytes(whole)
    (folder / "noid.fits").write_bytes(good[4].read_bytes().replace(b"OBSID   =", b"NOSID   ="))
    (folder / "other.fits").write_bytes(good[5].read_bytes().replace(b"'FLUX    '", b"'FLUKS   '"))
    (folder / "form.fits").write_bytes(good[6].read_bytes().replace(b"'3909E   '", b"'3909Y   '"))
    (folder / "rows.fits").write_bytes(
        good[7].read_bytes().replace(b"NAXIS2  =                    1", b"NAXIS2  =             99999999")
    )
    return {
        "empty.fits": "is empty",
        "short.fits": "is cut short",
        "header.fits": "cut short in a header",
        "text.fits": "is not a FITS file",
        "short.fits.gz": "cut short",
        "bad.fits.gz": "cannot be unpacked: Error -3 while decompressing data: incorrect data check",
        "noid.fits": "no OBSID",
        "other.fits": "no layout that is known",
        "form.fits": "is not of FITS",
        "rows.fits": "cut short",
    }


def test_files_that_cannot_be_read_stop_the_build_or_are_left_out(tmp_path: Path, simulated: Path) -> None:
    wanted = damaged(tmp_path / "src", simulated)
    for name, what in wanted.items():
        alone = tmp_path / name / "src"
        alone.mkdir(parents=True)
        shutil.copy(tmp_path / "src" / name, alone)
        shutil.copy(tmp_path / "src" / "good.fits", alone)
        with pytest.raises(InputError) as caught:
            packed(tmp_path / name)
        (problem,) = caught.value.problems
        assert problem.file.endswith(f"src/{name}") and what in problem.what and "--keep-going" in problem.fix
    data = packed(tmp_path, keep_going=True)
    assert about(data)["spectra"] == 1
    left_out = {path.removeprefix("src/"): why for path, why in about(data)["left_out"]["files"]}
    assert left_out.keys() == wanted.keys() and about(data)["left_out"]["count"] == len(wanted)
    assert all(what in left_out[name] for name, what in wanted.items())
    with pytest.raises(InputError):  # what was left out before is not forgotten
        packed(tmp_path)


def test_a_set_without_any_usable_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    with pytest.raises(InputError, match="no file matches 'src'"):
        packed(tmp_path)
    (tmp_path / "src" / "a.fits").touch()
    with pytest.raises(InputError, match="none of its files can be used"):
        packed(tmp_path, keep_going=True)
    write_plain(tmp_path / "src" / "a.fits", 1, np.arange(900.0))
    os.truncate(tmp_path / "src" / "a.fits", 8000)  # it has its id, and not all pixels
    with pytest.raises(InputError, match=r"none of its files can be used \(src/a.fits: is cut short"):
        packed(tmp_path, keep_going=True, id={"header": "SPECID"}, **COLUMNS)
    with pytest.raises(InputError, match=r"spectra\[set\].source: no folder 'nowhere'"):
        packed(tmp_path, source="nowhere")
    with pytest.raises(InputError, match=r"no file matches 'src/\*.gz'"):
        packed(tmp_path, source="src/*.gz")


def test_repeated_spectra_are_reported(tmp_path: Path, simulated: Path) -> None:
    shutil.copytree(simulated, tmp_path / "src")
    again = next((tmp_path / "src").rglob("*.fits"))
    shutil.copy(again, again.with_name(f"z-{again.name}"))
    with pytest.raises(InputError, match=rf"z-{again.name}: has the id \d+ of src/.*{again.name} too"):
        packed(tmp_path)
    data = packed(tmp_path, keep_going=True)
    assert about(data)["spectra"] == 24 and about(data)["left_out"]["count"] == 1


def test_ids_in_names_headers_columns_and_texts(tmp_path: Path) -> None:
    plain_files(tmp_path / "src", {"s-007-a.fits": 1, "s-10-b.fits": 2, "s-9-c.fits": 3})
    name = packed(tmp_path, id={"file": r"s-(\d+)-", "name": "number"}, **COLUMNS)
    assert about(name)["id"] == {"name": "number", "datatype": "string"}  # 007 is no number
    assert [r["number"] for r in rows(name)] == ["007", "10", "9"]
    (tmp_path / "src" / "s-007-a.fits").rename(tmp_path / "src" / "s-7-a.fits")
    name = packed(tmp_path, id={"file": r"s-(\d+)-"}, **COLUMNS)
    assert [r["id"] for r in rows(name)] == [7, 9, 10]
    header = packed(tmp_path, id={"header": "SPECID"}, **COLUMNS)
    assert [r["specid"] for r in rows(header)] == [1, 2, 3]
    with pytest.raises(InputError, match=r"does not fit id.file"):
        packed(tmp_path, id={"file": "x(.)"}, **COLUMNS)
    with pytest.raises(InputError, match="has no column NONE"):
        packed(tmp_path, id={"column": "NONE"}, **COLUMNS)
    with pytest.raises(InputError, match="'flux' is the name of a column"):
        packed(tmp_path, id={"header": "SPECID", "name": "flux"}, **COLUMNS)
    (tmp_path / "sdss").mkdir()
    write_sdss(tmp_path / "sdss" / "a.fits", 4)
    column = packed(tmp_path, source="sdss/*.fits", id={"column": "specobjid", "name": "own"})
    assert rows(column)[0]["own"] == 299489677444933636


def test_a_column_that_the_sample_did_not_show_is_packed_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packs, "SAMPLE", 1)
    monkeypatch.setattr(packs, "PACK_SPECTRA", 2)
    plain_files(tmp_path / "src", {f"{n}.fits": n for n in range(5)})
    write_plain(tmp_path / "src" / "9.fits", 9, np.linspace(0, 1, 7).astype("f4"))
    (tmp_path / "src" / "0.fits").unlink()
    write_plain(tmp_path / "src" / "0.fits", 0, np.linspace(0, 1, 8).astype("f4"))
    data = packed(tmp_path, id={"header": "SPECID"}, **COLUMNS)
    kinds = {pq.read_schema(p).field("flux").type.value_type for p in data.glob("packs/*/*.parquet")}
    assert {str(k) for k in kinds} == {"double"}
    assert rows(data)[0]["flux"].astype("f4").tobytes() == np.linspace(0, 1, 8).astype("f4").tobytes()
    # The columns are remembered: what is added costs its own packs. They go with the last that needs them.
    written = watched(monkeypatch)
    write_plain(tmp_path / "src" / "7.fits", 7, np.linspace(0, 1, 7).astype("f4"))
    more = packed(tmp_path, id={"header": "SPECID"}, **COLUMNS)
    assert written == [2, 3] and tree(more) == tree(
        packed(tmp_path, cache="d", id={"header": "SPECID"}, **COLUMNS)
    )
    for file in (tmp_path / "src").glob("[1-4].fits"):
        file.unlink()
    less = packed(tmp_path, id={"header": "SPECID"}, **COLUMNS)
    assert tree(less) == tree(packed(tmp_path, cache="e", id={"header": "SPECID"}, **COLUMNS))


def test_duckdb_reads_packs_as_documented(tmp_path: Path, simulated: Path) -> None:
    data = packed(tmp_path, source=str(simulated))
    first = rows(data)[0]
    packs = f"{data}/packs/*/*.parquet"
    query = f"SELECT flux FROM '{packs}' WHERE obsid = {first['obsid']} AND part = 0"
    ((flux,),) = duckdb.sql(query).fetchall()
    assert np.array_equal(np.array(flux, "f4"), first["flux"])
    ((wavelength,),) = duckdb.sql(
        f"""SELECT coalesce(p.wavelength, g.wavelength[p.grid_first + 1 : p.grid_first + len(p.flux)])
        FROM '{packs}' p LEFT JOIN '{data}/grids.parquet' g USING (grid) WHERE obsid = {first["obsid"]}"""
    ).fetchall()
    assert np.array_equal(np.array(wavelength, "f4"), first["wavelength"])


RELEASE = 'name = "T"\npublished = "2026"\n[[spectra]]\nname = "s"\n'


@pytest.mark.parametrize(
    ("text", "reported"),
    [
        ("", "needs either `source`"),
        ('source = "a"\ncolums = {}', "unknown key; did you mean `columns`?"),
        ('source = "a"\nlayout = "sdss"', "'sdss' is not an allowed value"),
        ('source = "a"\nlayout = "columns"', "give both or none"),
        ('source = "a"\nlayout = "columns"\ncolumns = { flux = "F" }', 'add e.g. id = { header = "OBSID" }'),
        ('source = "a"\nid = { header = "A", column = "B" }', "has both `header` and `column`; keep one"),
        ('source = "a"\nid = { file = "(" }', "is not a regular expression"),
        ('source = "a"\nid = { file = "a" }', "put ( ) around the id"),
        ('source = "a"\nid = { lookup = "filename" }', "add `catalogue = ...`"),
        ('source = "a"\ncatalogue = "b"', "an unknown catalogue 'b'"),
        ('source = "a"\n[[spectra]]\nname = "s"\nsource = "b"', "two sets of spectra named 's'"),
        ("simulate = { spectra = 3 }", "add `catalogue = ...`"),
    ],
)
def test_mistakes_in_release_toml_are_reported_in_a_line(tmp_path: Path, text: str, reported: str) -> None:
    file = tmp_path / "releases" / "t" / "release.toml"
    file.parent.mkdir(parents=True)
    file.write_text(RELEASE + text)
    with pytest.raises(InputError) as caught:
        load_release(file, tmp_path / "releases")
    assert reported in str(caught.value) and "\n" not in str(caught.value)


def test_a_portal_is_built_with_spectra_originals_and_checksums(tmp_path: Path, simulated: Path) -> None:
    home = tmp_path / "p" / "releases" / "t"
    home.mkdir(parents=True)
    (tmp_path / "p" / "portal.toml").write_text('name = "T"\ntitle = "T"\n')
    shutil.copytree(simulated, home / "files")
    write("lrs", 24, 5, home / "lrs.parquet")
    table = pq.read_table(home / "lrs.parquet")
    names = {
        int(p.stem.split("sp")[-1].replace("-", "")): p for p in sorted((home / "files").rglob("*.fits"))
    }
    column = [names[i % 100_000 // 1000 * 1000 + i % 1000].name for i in table["obsid"].to_pylist()]
    pq.write_table(table.append_column("filename", [column]), home / "lrs.parquet")
    (home / "release.toml").write_text(
        'name = "T"\npublished = "2026"\n[[catalogues]]\nname = "lrs"\nsource = "lrs.parquet"\n'
        '[[spectra]]\nname = "set"\ncatalogue = "lrs"\nsource = "files"\nid = { lookup = "filename" }\n'
        "ship_originals = true\n"
    )
    command = ["build", "--portal", tmp_path / "p"]
    victim = next(iter(names.values()))
    victim.write_bytes(victim.read_bytes()[:20_000])
    failed = drportal(*command)
    assert failed.returncode == 2 and victim.name in failed.stderr and "Traceback" not in failed.stderr
    done = drportal(*command, "--keep-going", check=True)
    assert f"{victim.name}: is cut short in extension COADD; left out" in done.stderr
    data = tmp_path / "p" / "build" / "site" / "t" / "data" / "spectra" / "set"
    assert about(data)["id"] == {"name": "obsid", "datatype": "long"}
    found = {r["obsid"] for r in rows(data)}
    assert len(found) == 23 and found < set(table["obsid"].to_pylist())
    for page in ("search.html", "index.html"):
        text = (data.parents[2] / page).read_text()
        assert text.count('?catalogue=lrs&amp;has_spectrum=true&amp;class=STAR"') == 1, "the first search"
    sums = dict(reversed(line.split("  ", 1)) for line in (data / "SHA256SUMS").read_text().splitlines())
    files = tree(data)
    del files["SHA256SUMS"]
    assert sums == {path: sha for path, sha in files.items() if not path.startswith("chunks/")}
    originals = {Path(p).name for p in files if p.startswith("fits/")}
    assert originals == {p.name for p in names.values() if p != victim}


@pytest.mark.parametrize("name", ["set", "back", "radius"])
def test_ids_are_not_called_as_what_addresses_have_beside_them(
    tmp_path: Path, simulated: Path, name: str
) -> None:
    home = tmp_path / "releases" / "t"
    home.mkdir(parents=True)
    shutil.copytree(simulated, home / "files")
    (home / "release.toml").write_text(
        f'{RELEASE}source = "files"\nid = {{ header = "OBSID", name = "{name}" }}\n'
    )
    release = load_release(home / "release.toml", tmp_path / "releases")
    with pytest.raises(InputError) as caught:
        make_set(release.spectra[0], release, tmp_path / "c")
    assert f"spectra[s].id: the ids are called '{name}'" in str(caught.value)


def test_the_simulated_spectra_of_a_release_fit_its_simulated_catalogue(tmp_path: Path) -> None:
    home = tmp_path / "releases" / "t"
    home.mkdir(parents=True)
    (home / "release.toml").write_text(
        'name = "T"\npublished = "2026"\n'
        '[[catalogues]]\nname = "a"\nsimulate = { kind = "lrs", rows = 300, seed = 4 }\n'
        '[[spectra]]\nname = "a"\ncatalogue = "a"\nsimulate = { spectra = 9 }\n'
    )
    release = load_release(home / "release.toml", tmp_path / "releases")
    catalogue = {row["obsid"]: row for batch in simulate("lrs", 300, 4) for row in batch.to_pylist()}
    data = make_set(release.spectra[0], release, tmp_path / "c").data
    found = rows(data)
    assert len(found) == 9
    for row in found:
        header = json.loads(row["header"])
        for name in ("class", "subclass", "z", "ra", "designation"):
            own = catalogue[row["obsid"]][name]
            assert (
                header[name].removeprefix("LAMOST ") == own if name == "designation" else header[name] == own
            )
    assert about(data)["simulated"] is True
    before = tree(data)
    again = make_set(release.spectra[0], release, tmp_path / "d").data
    assert tree(again) == before


def test_simulated_templates_of_every_class(tmp_path: Path) -> None:
    data = packed(tmp_path, source=None, simulate={"templates": True}, templates_of="lrs")
    reported = about(data)
    assert reported["id"] == {"name": "template", "datatype": "string"} and reported["simulated"]
    parts = {row["template"]: row for row in rows(data)}
    table = next(simulate("lrs", 20000, 8))
    named = {
        kind if subclass == "Non" else subclass
        for kind, subclass in zip(table["class"].to_pylist(), table["subclass"].to_pylist(), strict=True)
    }
    assert named - {"Unknown"} <= parts.keys()
    for row in parts.values():
        assert np.all(np.diff(row["wavelength"]) > 0) and np.isfinite(row["flux"]).all()
    # at rest: the Balmer lines of a hot star stand where they are in the laboratory, in vacuum
    star = parts["A0V"]
    near = (star["wavelength"] > 6500) & (star["wavelength"] < 6630)
    assert abs(star["wavelength"][near][np.argmin(star["flux"][near])] - 6564.61) < 3


def test_scripts_contain_the_checksums_of_packs(
    tmp_path: Path, simulated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packs, "PACK_SPECTRA", 7)
    data = packed(tmp_path, source=str(simulated), ship_originals=True)
    call, content = from_script((data / "chunks/sums/000.js").read_bytes()) or ("", b"")
    assert call == 'drportal.chunk("spectra/set","sums/000",'
    lines = content.decode().splitlines()
    reported = {path: (sha, int(size)) for sha, size, path in (line.split("  ") for line in lines)}
    shipped = {p.relative_to(data).as_posix() for p in data.glob("packs/*/*")}
    assert reported.keys() == shipped | {"spectra.json", "grids.parquet"} and len(shipped) == 4
    for path, (sha, size) in reported.items():
        content = (data / path).read_bytes()
        assert (hashlib.sha256(content).hexdigest(), len(content)) == (sha, size)
    for row in rows(data):
        header = json.loads(row["header"])
        content = (data / header["original"]).read_bytes()
        assert (header["sha256"], header["bytes"]) == (hashlib.sha256(content).hexdigest(), len(content))
