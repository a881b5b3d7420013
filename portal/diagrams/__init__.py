"""Diagrams as SVG made on the server: a view of the registry in, one string out; no script, no inline style."""
