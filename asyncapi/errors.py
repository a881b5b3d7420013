"""What cannot go on: errors that name the place and the remedy.

    PortalError                 anything a user can cause; the command line prints it and exits with 2
    ├── SettingsError           portal.toml is wrong
    ├── IntrospectionError      the contracts package could not be looked at
    ├── DocumentError           a document could not be read at all
    │   └── LimitError          it is larger, deeper or more shared than we agree to read
    └── RevisionError           a git revision could not be resolved or exported

What merely displeases is a finding (see `asyncapi.findings`), never an exception.
"""


class PortalError(Exception):
    """Something a user can put right; `str()` is one sentence with place, cause and remedy."""

    def __init__(self, message: str, *, source: str = "", pointer: str = "", hint: str = "") -> None:
        """Keep `source` (file, with `:line` where known), JSON `pointer` and `hint` beside the message."""
        self.message = message
        self.source = source
        self.pointer = pointer
        self.hint = hint
        super().__init__(message)

    def __str__(self) -> str:
        place = self.source + (f" at {self.pointer}" if self.pointer else "")
        text = f"{place}: {self.message}" if place else self.message
        return f"{text} ({self.hint})" if self.hint else text


class SettingsError(PortalError):
    """portal.toml has a key or a value that is not allowed."""


class IntrospectionError(PortalError):
    """The contracts package could not be imported or did not answer in time."""


class DocumentError(PortalError):
    """A document could not be read as AsyncAPI 3."""


class LimitError(DocumentError):
    """A document exceeds the bounds on size, depth, aliases or nodes."""


class RevisionError(PortalError):
    """A git revision could not be resolved, or could not be exported."""


class AbsentError(RevisionError):
    """A workspace, or its portal.toml, did not exist at a git revision."""
