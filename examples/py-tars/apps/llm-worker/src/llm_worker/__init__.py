"""Language model requests, streaming, tools."""
