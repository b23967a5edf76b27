"""Ingest a catalogue on many computers by Dask; the files are those that one computer writes."""
