"""Offers tools to the language model."""
