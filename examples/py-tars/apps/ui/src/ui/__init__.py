"""Local display."""
