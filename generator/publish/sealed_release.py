"""Find the release to encrypt and the key that signs the edition."""

from __future__ import annotations

import contextlib
import html
import re
from pathlib import Path

from ..model import load_portal
from ..problems import InputError, Problem
from .listing import MANIFEST, Listing
from .minisign import SigningKey, signing_key


def find_release(named: str, portal: Path | None) -> tuple[Path, SigningKey | None]:
    """The folder of a release, given by path or by id, and the portal's signing key if one is configured."""
    folder = Path(named)
    if folder.is_dir() and portal is None:
        return folder, None
    found = load_portal(portal or Path())
    key = signing_key(found.signing_key, found.folder)
    if folder.is_dir():
        return folder, key
    ids = {release.id for release in found.releases}
    wanted = named.strip("/").lower()
    if wanted not in ids:
        fix = f"name a folder, or one of: {', '.join(sorted(ids))}"
        raise InputError(Problem(str(found.folder / "releases"), named, "no such release", fix))
    built = found.folder / "build" / "site" / wanted
    if not built.is_dir():
        raise InputError(Problem(str(built), "", "is not built", f"build it first: drportal build {wanted}"))
    return built, key


def words_near(release: Path) -> list[str]:
    """Words an attacker tries first as the passphrase of a release: of its address, name and title."""
    said = [str(release)]
    with contextlib.suppress(InputError, OSError):
        head = Listing(release / MANIFEST).head
        said += [head.of, head.label]
    with contextlib.suppress(OSError):
        text = (release / "index.html").read_text(encoding="utf-8", errors="replace")
        said += [html.unescape(title) for title in re.findall(r"<(?:title|h1)[^>]*>([^<]*)<", text)]
    return list(dict.fromkeys(word for text in said for word in re.split(r"[\W_]+", text) if len(word) > 1))
