"""R with its package arrow: rows of a cone, and how many there are of each kind."""

from __future__ import annotations

import json
import re

from .subject import Cone, Subject
from .text import Cell, Lesson

OPEN = """\
library(arrow)

# 64-bit ids keep all their digits, as integer64.
options(arrow.int64_downcast = FALSE)
# The folder of the release, if R runs in it or in tutorials/{else_address}; DRPORTAL_SITE names another.
here <- c(".", "..")
here <- here[file.exists(file.path(here, "ro-crate-metadata.json"))]
release <- Sys.getenv("DRPORTAL_SITE", unset = c(here, {place})[1])
files <- c({files})
read <- function(file) read_parquet(paste0(release, "/", file), col_select = all_of(columns))
columns <- c({columns})
rows <- do.call(rbind, lapply(files, read))
print(nrow(rows))"""
CONE = """\
radians <- function(degrees) degrees * pi / 180
ra <- radians(rows[[{ra_name}]])
dec <- radians(rows[[{dec_name}]])
ra0 <- radians({ra})
dec0 <- radians({dec})
haversine <- sin((dec - dec0) / 2)^2 + cos(dec) * cos(dec0) * sin((ra - ra0) / 2)^2
apart <- 2 * asin(sqrt(haversine)) * 180 / pi * 3600
cone <- rows[which(apart <= {radius}), ]
print(cone)"""


def lesson(subject: Subject) -> Lesson | None:
    """The tutorial; None without rows."""
    if not subject.sources:
        return None
    catalogue, source = subject.sources[0]
    cone = subject.cone
    if cone:
        files, shown = cone.files, cone.shown
        said = f"The files of {cone.catalogue.name} that reach into a cone."
    else:
        files = [f"data/{catalogue.name}/{catalogue.meta.partitions[0].path}"]
        shown, said = source.shown(), f"The first file of {catalogue.name}."
    address = subject.facts.address
    text = OPEN.format(
        files=_listed(files),
        columns=_listed(shown),
        place=literal(address or "."),
        else_address=", else its address" if address else "",
    )
    cells: list[Cell] = [("text", said), ("code", text)]
    if cone:
        cells += _cone(cone)
    needs = 'install.packages("arrow")'
    return Lesson("with-r", "R", needs, "r", cells, "R")


def literal(text: str) -> str:
    """Text as R: the escapes of JSON are those of R, except of halves of a character."""
    return re.sub(
        r"\\u(d[89ab]..)\\u(d[c-f]..)",
        lambda m: f"\\U{0x10000 + ((int(m[1], 16) - 0xD800) << 10) + int(m[2], 16) - 0xDC00:08x}",
        json.dumps(text),
    )


def _listed(names: list[str]) -> str:
    return ", ".join(map(literal, names))


def _cone(cone: Cone) -> list[Cell]:
    ra_name, dec_name = map(literal, cone.source.position())
    text = CONE.format(ra_name=ra_name, dec_name=dec_name, ra=cone.ra, dec=cone.dec, radius=cone.radius)
    return [
        ("text", f"The rows within {cone.radius} arcsec of {cone.ra}, {cone.dec}."),
        ("code", text),
    ]
