"""First answers of a search, and weights of pages: python -m benchmarks.start [--rows N] [--runs N]"""

from __future__ import annotations

from tests.project.test_page_weight import weight

from .data import release
from .engine import node
from .lines import WEIGHED
from .measure import arguments, print_line

if __name__ == "__main__":
    given = arguments(__doc__)
    built = release(given.data, given.rows)
    for page in WEIGHED:
        print_line(f"weight of {page}", weight(built / page) / 1000)
    node("start.mjs", built, "stars", given.runs)
