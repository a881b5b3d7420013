"""Cools, and says so."""
