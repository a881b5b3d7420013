"""Measurements against floors and budgets: `make bench`."""
