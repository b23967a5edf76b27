"""Packages and their dependencies as in Pyodide's lock file, and the files of a site that contain them."""

from __future__ import annotations

import gzip
import http.server
import json
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from drportal.model.python import ChosenPython
from drportal.problems import InputError
from drportal.pyodide import Parts, Shipped, known_files
from drportal.pyodide.stored import script, stored, stored_size, unpacked

from .small import VERSION, write_distribution, write_parts

SETTING = Path("portal.toml")


@pytest.fixture
def distribution(tmp_path: Path) -> Path:
    return write_distribution(tmp_path / "distribution")


@pytest.fixture
def parts(tmp_path: Path, distribution: Path) -> Parts:
    return write_parts(tmp_path / "dist", distribution)


def ship(parts: Parts, *packages: str, place: Path | str | None = None) -> Shipped:
    chosen = ChosenPython(packages, str(place) if place else None, SETTING, SETTING)
    return Shipped.of(chosen, parts, parts.dist.parent / "kept")


def refused(parts: Parts, *packages: str, place: Path | str | None = None) -> str:
    with pytest.raises(InputError) as raised:
        ship(parts, *packages, place=place)
    (problem,) = raised.value.problems
    return str(problem)


def flip(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


@pytest.fixture
def served(distribution: Path) -> Iterator[tuple[str, list[str]]]:
    """The address of the distribution, and the paths that were asked for."""
    seen: list[str] = []

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_words: object) -> None:
            seen.append(self.path)

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(distribution)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", seen
    server.shutdown()
    server.server_close()


def test_what_a_package_needs_comes_with_it(parts: Parts) -> None:
    found = ship(parts).assets.packages
    assert list(found) == ["base", "font-tools", "plot"]
    assert found["plot"].depends == ["base", "font-tools"], (
        "names as in the lock file, whose own lists differ"
    )
    assert all(one.default for one in found.values())
    found = ship(parts, "Stars").assets.packages
    assert [name for name, one in found.items() if not one.default] == ["stars"]


def test_a_package_that_does_not_exist_is_named(parts: Parts) -> None:
    said = "portal.toml: python.packages: no package 'star'; did you mean 'stars'?"
    assert refused(parts, "star") == said


def test_a_package_of_the_full_distribution_alone(parts: Parts, distribution: Path) -> None:
    said = refused(parts, "maps")
    assert said.startswith("portal.toml: python: drportal does not ship maps; name the full distribution of")
    assert "maps" in ship(parts, "maps", place=distribution).assets.packages


def test_without_the_usual_packages_one_line_says_how_to_get_them(parts: Parts) -> None:
    parts.entry["wheels"].clear()
    said = refused(parts)
    assert said.startswith("portal.toml: python: drportal was built without base, font-tools, plot; build it")
    assert "make client" in said


def test_a_client_without_python_is_one_line(parts: Parts) -> None:
    (parts.dist / "manifest.json").write_text("{}")
    with pytest.raises(InputError, match="the client is built without Python; build it with `make client`"):
        Parts.of(parts.dist)


@pytest.mark.parametrize("at_an_address", [False, True])
def test_a_flipped_byte_of_a_distribution_is_refused_by_name(
    parts: Parts, distribution: Path, served: tuple[str, list[str]], at_an_address: bool
) -> None:
    place = served[0] if at_an_address else str(distribution)
    ship(parts, "maps", place=place)
    for file in sorted(distribution.glob("*.whl")):
        flip(file)
        if at_an_address:
            for kept in (parts.dist.parent / "kept").iterdir():
                kept.unlink()
        said = refused(parts, "maps", place=place)
        assert said.startswith(f"{place}/{file.name}: has other bytes than {file.name.partition('-')[0][:4]}")
        flip(file)
    ship(parts, "maps", place=place)


def test_an_address_is_asked_once_for_each_package(parts: Parts, served: tuple[str, list[str]]) -> None:
    address, seen = served
    first = ship(parts, "maps", place=address)
    assert len([path for path in seen if path.endswith(".whl")]) == len(first.packages)
    ship(parts, "maps", place=address)
    assert len([path for path in seen if path.endswith(".whl")]) == len(first.packages)


def test_the_distributions_own_lock_must_agree(parts: Parts, distribution: Path, tmp_path: Path) -> None:
    other = write_distribution(tmp_path / "other", "0.26.0")
    said = refused(parts, place=other)
    assert f"is Pyodide 0.26.0, and these pages run {VERSION}; name the full distribution" in said
    lock = distribution / "pyodide-lock.json"
    content = json.loads(lock.read_text())
    content["packages"]["maps"]["sha256"] = "0" * 64
    lock.write_text(json.dumps(content))
    assert "has another checksum of maps-1.0-py3-none-any.whl than Pyodide's own" in refused(
        parts, place=distribution
    )
    lock.unlink()
    assert "pyodide-lock.json: is missing" in refused(parts, place=distribution)
    assert "is not a folder" in refused(parts, place=distribution / "no")
    lock.write_text("[]")
    assert "is not a lock file of Pyodide" in refused(parts, place=distribution)


def test_an_unreachable_address_is_one_line(parts: Parts) -> None:
    said = refused(parts, place="http://127.0.0.1:9/pyodide")
    assert said.startswith(
        "portal.toml: python.distribution: http://127.0.0.1:9/pyodide/pyodide-lock.json cannot"
    )


def test_a_flipped_byte_of_a_part_is_refused_by_name(parts: Parts, tmp_path: Path) -> None:
    files = [parts.dist / path for path in ship(parts).runtime]
    files += [file for _package, file in ship(parts).packages.values()]
    for number, file in enumerate(files):
        flip(file)
        with pytest.raises(InputError) as raised:
            ship(parts).install(tmp_path / str(number))
        assert file.with_suffix("").name in str(raised.value)
        flip(file)
    ship(parts).install(tmp_path / "sound")


def test_files_are_as_the_page_expects_them(parts: Parts, tmp_path: Path) -> None:
    shipped = ship(parts, "stars")
    shipped.install(tmp_path)
    assets = tmp_path / "assets"
    every = {**shipped.parts.runtime, **shipped.assets.packages}
    for name, part in every.items():
        packed = (assets / part.file).read_bytes()
        assert len(packed) == part.size
        assert len(gzip.decompress(packed)) == part.raw
        key = f"python/packages/{name}" if name in shipped.packages else f"python/{name}"
        assert (assets / part.script).read_bytes() == script(key, packed)
    listed = {path for part in every.values() for path in (part.file, part.script)}
    there = {file.relative_to(assets).as_posix() for file in assets.rglob("*") if file.is_file()}
    assert there == listed | {"python/THIRD-PARTY.txt"}
    sizes = (file.stat().st_size for file in (assets / "python").glob("*.*.*"))
    assert shipped.size == sum(sizes)


def test_notices_of_everything_that_is_shipped_and_nothing_else(parts: Parts, tmp_path: Path) -> None:
    for name, packages in (("few", ()), ("more", ("stars",))):
        ship(parts, *packages).install(tmp_path / name)
    few, more = ((tmp_path / n / "assets/python/THIRD-PARTY.txt").read_text() for n in ("few", "more"))
    for expected in ("Of Pyodide", "Copyright of plot", "Copyright of font-tools", "plot 1.0 MIT"):
        assert expected in few
    assert "stars" not in few
    assert "Copyright of the stars" in more


@pytest.mark.parametrize("size", [0, 1, 65_534, 65_535, 65_536, 131_070, 200_000])
def test_stored_bytes_are_gzip(size: int) -> None:
    raw = bytes(i * 7 % 251 for i in range(size))
    packed = stored(raw)
    assert gzip.decompress(packed) == raw
    assert len(packed) == stored_size(size)
    if size:
        damaged = bytearray(packed)
        damaged[len(packed) // 2] ^= 1
        assert unpacked(packed) == raw
        assert unpacked(bytes(damaged)) is None


def test_what_is_python_alone_is_known_from_its_bytes(parts: Parts, tmp_path: Path) -> None:
    shipped = ship(parts)
    shipped.install(tmp_path)
    assets = tmp_path / "assets"
    packages = {path for one in shipped.assets.packages.values() for path in (one.file, one.script)}
    assert known_files(assets, parts) == packages | {"python/THIRD-PARTY.txt"}
    plot = shipped.assets.packages["plot"]
    (assets / plot.script).write_text("alert(1)")
    (assets / "python" / "secret.12345678.bin").write_bytes(stored(b"secret"))
    left = known_files(assets, parts)
    assert left == packages - {plot.file, plot.script}, "notices are those of other packages, too"
