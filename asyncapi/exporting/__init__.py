"""A workspace in, its document out: the room where the steps from code to document meet."""
