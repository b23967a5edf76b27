"""Vocabularies of the Virtual Observatory: check terms and display them."""
