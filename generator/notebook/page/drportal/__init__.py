"""The tables and spectra of a release, in the Python of its pages."""
