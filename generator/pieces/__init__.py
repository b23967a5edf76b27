"""Pieces: what a build makes and keeps, and makes again when inputs change. Knows nothing of astronomy."""

from .digests import Digests
from .explain import reason
from .piece import DATA, Kept, Lines, Piece, digest_of
from .records import Damaged, damage, read_record, write_record
from .store import Store
from .sums import Sum, known_sums, status, sum_up, write_known
from .workshop import Asked, Workshop, make_in

__all__ = [
    "DATA",
    "Asked",
    "Damaged",
    "Digests",
    "Kept",
    "Lines",
    "Piece",
    "Store",
    "Sum",
    "Workshop",
    "damage",
    "digest_of",
    "known_sums",
    "make_in",
    "read_record",
    "reason",
    "status",
    "sum_up",
    "write_known",
    "write_record",
]
