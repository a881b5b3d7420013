"""From a document to the Registry view: joined by what is on the wire, nothing filled in, every pointer kept."""

from __future__ import annotations

from asyncapi.documents.document import Document
from asyncapi.documents.normalise import Normalised, normalise
from asyncapi.view.channels import Channels
from asyncapi.view.head import Head
from asyncapi.view.messages import Messages
from asyncapi.view.operations import operations, services
from asyncapi.view.reader import Reader
from asyncapi.view.registry import Registry
from asyncapi.view.schemas import Schemas
from asyncapi.view.topics import topics

__all__ = ["build"]


def build(document: Document | Normalised) -> Registry:
    """Return the view of a document; whatever is faulty in it is left out and is a finding, never an exception."""
    reader = Reader(document if isinstance(document, Normalised) else normalise(document))
    raw, schemas = reader.raw, Schemas(reader)
    head = Head(reader)
    channels = Channels(reader)
    messages = Messages(reader, head, channels, schemas)
    found = operations(reader, head, channels, messages)
    joined = topics(reader, head, channels, messages, found)
    return Registry(
        title=head.title,
        version=head.version,
        specification=reader.normalised.document.specification,
        identifier=reader.text(raw, "id", ""),
        description=head.description,
        license=head.license,
        contact=head.contact,
        servers=head.servers(),
        topics=joined,
        messages=messages.all(joined),
        operations=found,
        services=services(head, found),
        policy=head.policy(),
        flows=head.flows(),
        findings=(*head.findings(), *reader.findings),
        schemas=schemas.found,
        lines=head.lines,
        source_url=head.source_url,
        coverage=head.coverage(),
        undelivered=head.undelivered(),
        unseen=head.unseen(),
        tags=head.tags(),
        extras=head.extras(),
    )
