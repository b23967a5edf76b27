"""Write a short summary of each release as JSON, for a list of surveys that harvests it."""

import json
from collections.abc import Iterator
from pathlib import Path

from drportal.metadata import ReleaseFacts
from drportal.plugins import MetadataFile

PATH = "meta/summary.json"


def write_metadata(facts: ReleaseFacts, out: Path) -> Iterator[MetadataFile]:
    """Write the summary below `out`, the folder of a release."""
    summary = {
        "release": facts.release.label,
        "published": facts.release.published,
        "rows": {one.name: one.rows for one in facts.catalogues},
        "columns": {one.name: [column.name for column in one.meta.columns] for one in facts.catalogues},
    }
    (out / PATH).write_text(json.dumps(summary, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
    yield MetadataFile(
        PATH,
        "Survey summary 1.0",
        "https://surveys.example/summary",
        f"python -m json.tool {PATH}",
    )
