"""What the first job hands to the second: one JSON document in a zip file, taken as a stranger's."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from asyncapi.documents.document import Document, loads
from asyncapi.errors import PortalError

FILE = "new.json"
LARGEST = 20 * 1024 * 1024  # bytes; the documents of a pull request are somebody else's
_BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError, ValueError, RuntimeError)


def unpacked(archive: bytes) -> Document:
    """Return the document of an artifact; raises PortalError for anything but one JSON file of at most 20 MB."""
    source = "artifact"
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            names = opened.namelist()
            if names != [FILE]:
                raise PortalError(f"holds {len(names)} files, not {FILE} alone", source=source)
            if opened.getinfo(FILE).compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise PortalError("is packed in a way that is not read here", source=source)
            with opened.open(FILE) as file:
                content = file.read(LARGEST + 1)
    except _BROKEN as error:
        raise PortalError(f"is no zip file that can be read: {error}", source=source) from error
    if len(content) > LARGEST:
        raise PortalError(f"is larger than {LARGEST // 2**20} MB", source=source)
    return document(content, source=source)


def document(content: bytes, *, source: str) -> Document:
    """Return a document that has to be JSON."""
    if not content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        raise PortalError("is no JSON document", source=source)
    return loads(content, source=source)
