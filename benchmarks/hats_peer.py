"""hats-import with two workers, in the environment of the benchmarks: python hats_peer.py TABLE OUT"""

from __future__ import annotations

import json
import sys
from pathlib import Path


def main(file: Path, out: Path) -> None:
    import pyarrow.parquet as pq
    from dask.distributed import Client
    from hats_import.catalog.arguments import ImportArguments
    from hats_import.catalog.file_readers import FitsReader
    from hats_import.pipeline import pipeline_with_client

    arguments = ImportArguments(
        output_path=out,
        output_artifact_name="stars",
        input_file_list=[file],
        file_reader=FitsReader(),
        ra_column="ra",
        dec_column="dec",
        progress_bar=False,
    )
    with Client(n_workers=2, threads_per_worker=1, dashboard_address=None) as client:
        pipeline_with_client(arguments, client)
    parts = (out / "stars" / "dataset").rglob("Npix=*.parquet")
    print(json.dumps({"rows": sum(pq.ParquetFile(part).metadata.num_rows for part in parts)}))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
