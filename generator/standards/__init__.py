"""The vocabularies of the Virtual Observatory: what is in them, and how readers see it."""
