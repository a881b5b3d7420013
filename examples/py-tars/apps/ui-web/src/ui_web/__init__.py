"""Browser interface."""
