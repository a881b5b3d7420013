"""Two documents in, what changed and whom it breaks out."""
