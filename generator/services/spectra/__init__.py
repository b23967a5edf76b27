"""Spectra: searched by SSA 1.1, listed by DataLink 1.1, cut out by SODA 1.0."""
