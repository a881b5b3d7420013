"""Pull requests: what a change of contracts means, as a comment, kept up to date by code that the change cannot touch.

The first job runs with the code of the pull request and without secrets: it exports the new document, writes summary
and annotations, and hands the document on. The second one belongs to the base: it takes that document as a stranger's,
exports the old one itself, compares again, and speaks.
"""
