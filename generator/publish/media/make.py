"""Make discs and sticks from a release in the site."""

from __future__ import annotations

import datetime
import os
import shutil
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from ...checksums import digest
from ...formats.copies import MEDIUM_FORMAT, MediumContents, MediumRow, MediumShare
from ...model import Portal, Release, load_portal
from ...model.chosen import choose
from ...pages import Assets, find_documents
from ...problems import InputError, Problem, several
from ...report import Report
from ..edition import Record, edition_of, withheld_from
from ..listing import MANIFEST, Listing
from ..manifest import files_of
from ..minisign import SigningKey, signing_key
from ..place import alone, place, recover
from ..published import RECORD
from ..standing import refuse_damaged, refuse_unlike
from .budget import LARGEST_FILE, MEDIA, Medium, parse_size, total
from .contents import (
    Contents,
    Row,
    contents_of,
    signposts,
    sleeve,
    write_absent,
    write_contents,
    write_notices,
    write_readme,
    write_signposts,
)
from .image import write_image
from .names import check_names, plain_label, volume_label
from .plan import PYTHON, Disc, Plan, Planner, group_of, is_late, is_page, left_out
from .tree import Tree


@dataclass
class Made:
    """The result."""

    contents: Contents
    files: list[tuple[Path, int]] = field(default_factory=list)
    """Images or folders, with their size in bytes."""
    sleeve: Path = Path()

    def summary(self) -> list[str]:
        """A line for each medium, with its contents."""
        lines = []
        for number, (file, count) in enumerate(self.files, start=1):
            has = [_folder(row) for row in self.contents.rows if number in row.discs and not row.shares]
            for row in self.contents.rows:
                has += [f"{s.spectra:,} of {_folder(row)}" for s in row.shares if s.disc == number]
            lines.append(
                f"{file}: {several(count, 'byte')}: pages, documents{''.join(f', {name}' for name in has)}"
            )
        return lines

    def left_out(self) -> list[str]:
        """Lines about data that are on none of the media, and where they are."""
        lines = []
        for row in self.contents.lacking:
            name = _folder(row)
            if row.kind == "python":
                lines.append(f"left out: {name}")
                continue
            lost = row.count - row.placed
            chosen = f", chosen by {' '.join(row.where.split())}" if row.where else ""
            if lost:
                kind = ("row", "rows") if row.kind == "catalogue" else ("spectrum", "spectra")
                lines.append(f"left out: {name}: {lost:,} of {several(row.count, *kind)}{chosen}")
            if row.originals:
                lines.append(f"left out: {name}/fits: {several(row.originals, 'original file')}")
        if lines and self.contents.address:
            lines.append(f"the whole release: {self.contents.address}")
        return lines


def _folder(row: Row) -> str:
    return {"spectra": f"data/spectra/{row.name}", "python": PYTHON}.get(row.kind, f"data/{row.name}")


def make_media(
    folder: Path,
    name: str,
    kind: str,
    out: Path,
    report: Report,
    site: Path | None = None,
    size: str | None = None,
    discs: int = 1,
    without: Collection[str] = (),
) -> Made:
    """Put the release `name` of the built site on up to `discs` media (0 for as many as needed).

    `without` may name `python`, which then is on none of them.

    Raises InputError. If anything fails, the former `out` is unchanged.
    """
    medium = _medium(kind)
    site = site or folder / "build" / "site"
    portal = load_portal(folder, edition_of(site))
    (release,) = choose(portal, [name])
    withheld = withheld_from(portal, release, find_documents(portal, release).hidden)
    for line in Record(site).refuse([(release, withheld)]):
        report.warn(line)
    root = site / release.id
    listing = _listing(root, release)
    left = left_out(without, listing)
    refuse_damaged(site, [release.id])
    out = Path(os.path.abspath(out))  # noqa: PTH100 (a link stays one)
    with alone(out):
        _refuse_foreign(out, medium)
        stage = out.with_name(f".{out.name}.media")
        shutil.rmtree(stage, ignore_errors=True)
        trees = _trees(site, stage)
        shutil.rmtree(trees, ignore_errors=True)
        try:
            (stage / "new").mkdir(parents=True)
            trees.mkdir(parents=True, exist_ok=True)
            capacity = _capacity(medium, size, out)
            work = _Work(portal, release, root, listing, medium, capacity, report, trees, left)
            return work.run(out, stage / "new", discs)
        finally:
            shutil.rmtree(stage, ignore_errors=True)
            shutil.rmtree(trees, ignore_errors=True)


class _Work:
    """One run."""

    def __init__(
        self,
        portal: Portal,
        release: Release,
        root: Path,
        listing: Listing,
        medium: Medium,
        capacity: int,
        report: Report,
        trees: Path,
        without: Collection[str],
    ) -> None:
        self.portal, self.release, self.root, self.listing = portal, release, root, listing
        self.medium, self.capacity, self.report, self.trees = medium, capacity, report, trees
        self.without = without
        self.key: SigningKey | None = signing_key(portal.signing_key, portal.folder)
        self.assets = Assets.load(portal).themed(release)

    def run(self, out: Path, new: Path, discs: int) -> Made:
        _check_files(self.listing, self.release)
        self.report.step(f"{self.release.label}: checking that it is as published")
        late = is_late(self.release)
        compare = partial(refuse_unlike, self.root, self.listing)
        compare(lambda e: not late(e), late, self.report.progress, "checksums")
        self.report.step(f"{self.release.label}: choosing what fits on {self.medium.name}")
        self.pages = [entry.path for entry in self.listing if is_page(entry.path)]
        self.signposts = signposts(self.release, self.root, self.pages)
        own = total(self.medium, ((path, 500) for path in self.signposts))
        planner = Planner(
            self.release,
            self.root,
            self.medium,
            self.capacity,
            discs,
            self.trees,
            own,
            self.report.step,
            self.without,
        )
        plan = planner.plan()
        # What goes onto a disc is compared with the manifest as it is brought there.
        brought = {group for disc in plan.discs for group in plan.groups_on(disc)}
        compare(
            lambda e: late(e) and group_of(e.path) not in brought,
            lambda e: late(e) and group_of(e.path) in brought,
            self.report.progress, "other checksums",
        )  # fmt: skip
        contents = contents_of(
            plan, self.assets, self.portal, self.release, self.root, self.medium.name, self.key
        )
        made = Made(contents)
        names = _names(out, contents, self.medium)
        for target in names:
            _refuse_foreign(target, self.medium)
        for number, (disc, target) in enumerate(zip(plan.discs, names, strict=True), start=1):
            tree = new / target.name if not self.medium.is_image else self.trees / "tree"
            self._fill(tree, plan, disc, number, contents)
            if self.medium.is_image:
                self._image(tree, new / target.name, target, number, contents)
                shutil.rmtree(tree)
                made.files.append((target, (new / target.name).stat().st_size))
            else:
                made.files.append((target, sum(e.bytes for e in Listing(tree / MANIFEST))))
        stem = names[0].with_name(_stem(names[0], contents))
        made.sleeve = stem.with_name(f"{stem.name}-sleeve.html")
        (new / made.sleeve.name).write_text(sleeve(contents, self.assets), encoding="utf-8", newline="\n")
        if contents.images:
            sums = "".join(f"{sha256}  {name}\n" for name, _, sha256 in contents.images)
            (new / f"{stem.name}.sha256").write_text(sums, encoding="utf-8", newline="\n")
        _put(new, out, names)
        return made

    def _fill(self, tree: Path, plan: Plan, disc: Disc, number: int, contents: Contents) -> None:
        """Make the complete folder of a disc."""
        assets = self.assets
        one = Tree(tree, self.root, self.listing, plan, disc, self.release.id)
        name = f"disc {number} of {len(plan.discs)}"
        done = 0

        def more(count: int) -> None:
            nonlocal done
            done += count
            self.report.progress("files", done, self.listing.bytes)

        self.report.step(f"{self.release.label}: {name}, files")
        one.fill(self.trees, more)
        if any(not s.whole for s in disc.spectra):
            wanted = sum(s.spectra for s in disc.spectra if not s.whole)
            self.report.step(f"{self.release.label}: {name}, spectra")
            one.write_spectra(self.trees, lambda count: self.report.progress("spectra", count, wanted))
        if not one.complete:
            write_absent(contents, number, one.release, assets)
            write_notices(contents, number, self.root, one.release, self.pages, assets)
            self._record(one.release, contents, number)
        write_contents(contents, number, tree, assets)
        write_signposts(contents, tree, self.signposts, assets)
        write_readme(contents, number, tree, assets)
        self._record(tree, contents, number)
        self.report.step(f"{self.release.label}: {name}, checksums")
        one.seal(self.trees, self.release.label, self.key, files_of(tree, self.report.progress, self.key))

    def _image(self, tree: Path, image: Path, target: Path, number: int, contents: Contents) -> None:
        need, free = sum(e.bytes for e in Listing(tree / MANIFEST)), shutil.disk_usage(image.parent).free
        if need > free:
            what = f"needs {need / 1e6:,.0f} MB, and the disk has {free / 1e6:,.0f} MB free"
            raise InputError(Problem(str(target), "", what, "free some space, or write to another disk"))
        several = contents.count > 1
        label = volume_label(self.portal.name, self.release.label, number if several else 0)
        self.report.step(f"{self.release.label}: {image.name}")
        moment, report = _moment(self.release), self.report
        try:
            write_image(tree, image, label, moment, lambda a, b: report.progress("image", a, b))
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(target)) from None
        size = image.stat().st_size
        if size > self.capacity:
            what = f"the image takes {size:,} bytes, and the medium has {self.capacity:,}"
            raise InputError(Problem(str(target), "", what, "name a smaller --size"))
        read = 0

        def more(count: int) -> None:
            nonlocal read
            read += count
            report.progress("checksum", read, size)

        contents.images.append((image.name, size, digest(image, more)))

    def _record(self, folder: Path, contents: Contents, number: int) -> None:
        """Write a record for programs: which disc this is, and the contents of each disc."""
        rows = [
            MediumRow(
                kind=row.kind,
                name=row.name,
                count=row.count,
                placed=row.placed,
                where=row.where,
                originals_left_out=row.originals,
                discs=list(row.discs),
                shares=[MediumShare(**vars(s)) for s in row.shares],
            )
            for row in contents.rows
        ]
        MediumContents(
            format=MEDIUM_FORMAT,
            release=self.release.id,
            label=self.release.label,
            medium=self.medium.name,
            disc=number,
            discs=contents.count,
            address=contents.address,
            contents=rows,
        ).write(folder)


def _medium(kind: str) -> Medium:
    if kind not in MEDIA:
        raise InputError(Problem("--to", kind, "no such medium", f"use one of: {', '.join(MEDIA)}"))
    return MEDIA[kind]


def _listing(root: Path, release: Release) -> Listing:
    if not (root / MANIFEST).is_file():
        what, fix = "is not built", f"run drportal build {release.id}, or name the site with --site"
        raise InputError(Problem(str(root), "", what, fix))
    return Listing(root / MANIFEST)


def _check_files(listing: Listing, release: Release) -> None:
    """Raise InputError unless every medium can store each file under its name."""

    def paths() -> Iterator[str]:
        for entry in listing:
            if entry.bytes > LARGEST_FILE:
                what = f"has {entry.bytes:,} bytes, and FAT32 and ISO 9660 have no files of 4 GiB or more"
                fix = "leave the file out of the release, or split it"
                raise InputError(Problem(listing.name, entry.path, what, fix))
            yield f"{release.id}/{entry.path}"

    check_names(paths(), listing.name)


def _capacity(medium: Medium, size: str | None, out: Path) -> int:
    if size:
        said = parse_size(size)
        return min(said, medium.capacity) if medium.is_image else said
    return medium.capacity or shutil.disk_usage(out.parent).free


def _refuse_foreign(out: Path, medium: Medium) -> None:
    """Raise InputError unless `out` is new, empty, or has media made earlier."""
    fix = "name a new or empty folder" + (", or a file that ends in .iso" if medium.is_image else "")
    if out.suffix.lower() == ".iso" and medium.is_image:
        if out.exists() and not out.is_file():
            raise InputError(Problem(str(out), "", "is not a file", fix))
        return
    if os.path.ismount(out):
        what = "is a whole drive, which cannot be replaced in one step"
        fix = "name a folder elsewhere, and copy its contents onto the drive"
        raise InputError(Problem(str(out), "", what, fix))
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise InputError(Problem(str(out), "", "is a file or a link", fix))
    if out.is_dir() and any(out.iterdir()):
        images = any(out.glob("*.iso")) and all(
            f.suffix in (".iso", ".html", ".sha256") for f in out.iterdir()
        )
        if not (images if medium.is_image else (out / RECORD).is_file()):
            raise InputError(Problem(str(out), "", "is a folder that contains something else", fix))


def _trees(site: Path, stage: Path) -> Path:
    """Folder in which the trees of images are made: next to the site, if hard links work there."""
    near = Path(os.path.abspath(site)).parent  # noqa: PTH100
    if os.access(near, os.W_OK) and near.stat().st_dev != stage.parent.stat().st_dev:
        return near / stage.name
    return stage / "trees"


def _names(out: Path, contents: Contents, medium: Medium) -> list[Path]:
    """The path of each image or folder."""
    if medium.is_image and out.suffix.lower() != ".iso":
        stem = plain_label(contents.portal.name, contents.release.label)
        out = out / f"{stem}.iso"
    if contents.count == 1:
        return [out]
    return [out.with_name(f"{out.stem}-{n}{out.suffix}") for n in range(1, contents.count + 1)]


def _stem(first: Path, contents: Contents) -> str:
    stem = first.stem if first.suffix.lower() == ".iso" else first.name
    return stem.removesuffix("-1") if contents.count > 1 else stem


def _put(new: Path, out: Path, names: list[Path]) -> None:
    """Move the results into place: a folder in one step, files one by one, images first."""
    if names[0].parent == out:
        recover(out)
        place(new, out)
        return
    files = sorted(new.iterdir(), key=lambda f: (f.name not in {n.name for n in names}, f.name))
    for file in files:
        target = out.with_name(file.name)
        if file.is_dir():
            recover(target)
            place(file, target)
        else:
            file.replace(target)


def _moment(release: Release) -> int:
    """The time of all files of an image: SOURCE_DATE_EPOCH, else the day of release."""
    if epoch := os.environ.get("SOURCE_DATE_EPOCH"):
        return int(epoch)
    year, month, day = ([int(p) for p in release.published.split("-")] + [1, 1])[:3]
    return int(datetime.datetime(year, month, day, tzinfo=datetime.UTC).timestamp())
