"""The contract portal: pages, HTTP and the command line over AsyncAPI documents.

Knows documents and how to show them. How code becomes a document is `asyncapi`'s affair; it is only called.
"""
