"""A value beside a schema: what of it the schema does not admit, in words a reader can act on."""
