"""Turns transcripts into requests and replies into speech."""
