"""Work on files by several threads."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from drportal.files import in_parallel


@pytest.mark.parametrize("ahead", [1, 2, 5])
def test_items_are_taken_when_all_but_a_few_results_are_known(ahead: int) -> None:
    """What an item depends on does not follow from the speed of threads."""
    results: list[int] = []
    known: list[int] = []

    def items() -> Iterator[int]:
        for item in range(20):
            known.append(len(results))
            yield item

    for result in in_parallel(lambda item: item * item, items(), threads=2, ahead=ahead):
        results.append(result)
    assert results == [item * item for item in range(20)]
    assert known == [max(item - ahead, 0) for item in range(20)]
