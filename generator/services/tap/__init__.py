"""Table Access Protocol 1.1: queries in ADQL, at once or as jobs (UWS 1.1)."""
