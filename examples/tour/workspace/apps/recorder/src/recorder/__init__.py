"""Keeps all readings and answers questions about them."""
