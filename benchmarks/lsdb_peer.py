"""A cone by lsdb, from the catalogue's files on disk: python lsdb_peer.py CATALOGUE RA DEC ARCSEC"""

from __future__ import annotations

import json
import sys
import time


def main(catalogue: str, ra: float, dec: float, radius: float) -> None:
    import lsdb

    began = time.perf_counter()
    found = lsdb.open_catalog(catalogue).cone_search(ra, dec, radius).compute()
    print(json.dumps({"seconds": time.perf_counter() - began, "rows": len(found)}))


if __name__ == "__main__":
    main(sys.argv[1], *map(float, sys.argv[2:]))
