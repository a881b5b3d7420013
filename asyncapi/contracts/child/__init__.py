"""What looks at a contracts package from inside the team's own interpreter, and answers with JSON over a pipe.

Any Python from 3.9 runs `__main__.py` by path, with nothing but the standard library and Pydantic: the modules import
each other relatively, under a private name, and know nothing of the rest. They report what is written and what the
imported objects say; what counts as a topic is decided by the parent.
"""
