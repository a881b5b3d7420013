"""Frames and captures."""
