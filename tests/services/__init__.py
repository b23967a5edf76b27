"""Tests of the Virtual Observatory services."""
