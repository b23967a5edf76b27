"""One module a format of source tables; `open_source` looks which it is."""
