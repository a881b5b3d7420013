"""Which service an operation belongs to: decided here alone, for the view and for documents of one service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from asyncapi.documents.typed import word

SERVICE_TAG = "service:"


def service_of(raw: Mapping[str, Any], tags: Sequence[str], title: str) -> str:
    """Return the service of an operation: its `x-service`, else its tag `service:NAME`, else the document's title."""
    tagged = (tag.removeprefix(SERVICE_TAG) for tag in tags if tag.startswith(SERVICE_TAG))
    return word(raw.get("x-service")) or next(tagged, "") or title
