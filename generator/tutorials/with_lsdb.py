"""LSDB: a cone of a HATS catalogue."""

from __future__ import annotations

from . import python_code as code
from .subject import Subject
from .text import Lesson

CONE = """\
import lsdb

catalogue = lsdb.open_catalog(f"{{RELEASE}}/data/{folder}", columns={columns})
cone = catalogue.cone_search(ra={ra}, dec={dec}, radius_arcsec={radius}).compute()
print(len(cone), "rows")
print(cone)"""


def lesson(subject: Subject) -> Lesson | None:
    """The tutorial; None without positions."""
    cone = subject.cone
    if cone is None:
        return None
    name = cone.catalogue.name
    collection = "_collection" if cone.catalogue.spec.margin else ""
    text = CONE.format(
        folder=f"{name}{collection}",
        columns=code.names(cone.shown),
        ra=cone.ra,
        dec=cone.dec,
        radius=cone.radius,
    )
    return Lesson(
        "with-lsdb",
        "LSDB",
        "pip install lsdb aiohttp",
        "lsdb",
        [
            ("text", "Where the release is."),
            ("code", code.release(subject)),
            (
                "text",
                f"LSDB finds {cone.said}. Only the files that reach into the cone are read; larger work runs "
                "on all cores, or on many computers with Dask.",
            ),
            ("code", text),
        ],
    )
