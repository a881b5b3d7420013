"""What a document says of the whole system: info, servers, policy, flows, findings of its making, lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from asyncapi.documents.typed import flag, pairs, qos_of, table, tables, unique, whole, word, words
from asyncapi.findings import SEVERITIES, Finding
from asyncapi.sources import Source, plain_symbol
from asyncapi.view.reader import Json, Reader
from asyncapi.view.reading import extras, parameters, tag_names
from asyncapi.view.registry import Extras, Flow, FlowStep, Policy, PolicyClass, Server, Service, Unseen


class Head:
    """The info object and the servers of a document."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.info, self.pointer = reader.object(reader.raw.get("info"), "/info")
        self.title = reader.text(self.info, "title", "/info") or _named_after(reader.normalised.document.source)
        self.version = _shown(self.info.get("version"))
        self.description = reader.text(self.info, "description", "/info")
        self.license = word(reader.object(self.info.get("license"), "/info/license")[0].get("name"))
        contact, _ = reader.object(self.info.get("contact"), "/info/contact")
        self.contact = next((word(contact.get(key)) for key in ("name", "email", "url") if contact.get(key)), "")
        lines = table(self.info.get("x-lines"))
        self.lines: Mapping[str, int] = {str(k): v for k, v in lines.items() if whole(v)}
        url = word(self.info.get("x-source-url"))
        self.source_url = url if url.startswith(("https://", "http://")) else ""

    def source(self, value: Any) -> Source | None:
        """Return the place that `file#symbol` names, with its line where the document knows it."""
        ref = word(value)
        if not ref:
            return None
        return Source(file=ref.partition("#")[0], symbol=plain_symbol(ref), line=self.lines.get(ref))

    def servers(self) -> tuple[Server, ...]:
        """Return the servers, without anything secret in their address."""
        found = []
        for key, server, pointer in self.reader.objects(self.reader.raw.get("servers"), "/servers"):
            host = self.reader.text(server, "host", pointer)
            found.append(
                Server(
                    key=key,
                    host=without_credentials(host),
                    protocol=self.reader.text(server, "protocol", pointer),
                    pathname=self.reader.text(server, "pathname", pointer),
                    description=self.reader.text(server, "description", pointer),
                    security=self._security(server.get("security"), f"{pointer}/security"),
                    variables=parameters(self.reader, server.get("variables"), f"{pointer}/variables"),
                    bindings=pairs(self.reader.object(server.get("bindings"), f"{pointer}/bindings")[0]),
                )
            )
        return tuple(found)

    def _security(self, value: Any, pointer: str) -> tuple[str, ...]:
        """Return the types of the security schemes of a server, each once."""
        listed = self.reader.items(value, pointer)
        schemes = (self.reader.object(item, f"{pointer}/{at}")[0] for at, item in enumerate(listed))
        return unique(kind for scheme in schemes if (kind := word(scheme.get("type"))))

    def services(self) -> tuple[Service, ...]:
        """Return the services that the document describes."""
        found = []
        for name, said in pairs(self.info.get("x-services")):
            about = table(said)
            found.append(
                Service(
                    name=name,
                    summary=word(about.get("summary")),
                    owner=word(about.get("owner")),
                    contact=word(about.get("contact")),
                    repository=word(about.get("repository")),
                    source=self.source(about.get("source")),
                    declared=about.get("declared") is True,
                )
            )
        return tuple(found)

    def policy(self) -> Policy:
        """Return what the team expects."""
        said = table(self.info.get("x-policy"))
        levels = ((rule, level) for rule, level in pairs(said.get("diff_severity")) if level in ("break", "risk", "ok"))
        severity = ((str(rule), value) for rule, value in pairs(said.get("severity")) if value in (*SEVERITIES, "off"))
        return Policy(
            classes=tuple(
                PolicyClass(
                    name=name,
                    qos=qos_of(table(item).get("qos")),
                    retain=flag(table(item).get("retain")),
                    description=word(table(item).get("description")),
                )
                for name, item in pairs(said.get("classes"))
            ),
            topic_name=word(said.get("topic_name")),
            exceptions=tuple((address, word(reason)) for address, reason in pairs(said.get("exceptions"))),
            required_fields=words(said.get("required_fields")),
            correlation=words(said.get("correlation")),
            severity=tuple(severity),
            diff_severity=tuple(levels),
            ignore=tuple({k: str(v) for k, v in item.items()} for item in tables(said.get("ignore"))),
        )

    def flows(self) -> tuple[Flow, ...]:
        """Return the flows that the team declared."""
        found = []
        for name, said in pairs(self.info.get("x-flows")):
            steps = _steps(tables(table(said).get("steps")))
            found.append(
                Flow(
                    name=name,
                    title=name,
                    summary=word(table(said).get("summary")),
                    carries=word(table(said).get("carries")),
                    steps=steps,
                    declared=True,
                )
            )
        return tuple(found)

    def findings(self) -> tuple[Finding, ...]:
        """Return what the making of the document left open."""
        found = []
        for said in tables(self.info.get("x-findings")):
            severity = said.get("severity")
            source = word(said.get("source"))
            found.append(
                Finding(
                    rule=word(said.get("rule")) or "unnamed",
                    severity=severity if severity in SEVERITIES else "warning",
                    message=word(said.get("message")),
                    subject=word(said.get("subject")),
                    remedy=word(said.get("remedy")),
                    source=source,
                    line=self.lines.get(source),
                    pointer=word(said.get("pointer")),
                    topics=words(said.get("topics")),
                    services=words(said.get("services")),
                )
            )
        return tuple(found)

    def coverage(self) -> tuple[tuple[str, int], ...]:
        """Return the counts of the scan."""
        return tuple((key, value) for key, value in pairs(self.info.get("x-coverage")) if whole(value) is not None)

    def undelivered(self) -> tuple[tuple[str, str, str], ...]:
        """Return (service, filter, source) of subscriptions that meet no channel."""
        return tuple(
            (word(item.get("service")), word(item.get("filter")), word(item.get("source")))
            for item in tables(self.info.get("x-undelivered"))
        )

    def unseen(self) -> tuple[Unseen, ...]:
        """Return what was not seen when the document was made."""
        return tuple(
            Unseen(
                service=word(item.get("service")),
                kind=word(item.get("kind")),
                actions=words(item.get("actions")),
                source=word(item.get("source")),
                said=word(item.get("said")),
            )
            for item in tables(self.info.get("x-unseen"))
        )

    def tags(self) -> tuple[tuple[str, str], ...]:
        """Return (name, description) of the document's tags."""
        listed = self.reader.items(self.info.get("tags"), "/info/tags")
        objects = (self.reader.object(item, f"/info/tags/{index}")[0] for index, item in enumerate(listed))
        return tuple((word(tag.get("name")), word(tag.get("description"))) for tag in objects if word(tag.get("name")))

    def tag_names(self, value: Any, pointer: str) -> tuple[str, ...]:
        """Return the names of an object's tags."""
        return tag_names(self.reader, value, pointer)

    def extras(self) -> Extras:
        """Return `x-` fields of the document and its info that are not ours."""
        return (*extras(self.reader.raw), *extras(self.info))


def without_credentials(host: str) -> str:
    """Return host and port of an address, without scheme, user, password and path."""
    rest = host.partition("://")[2] or host
    return rest.partition("/")[0].rpartition("@")[2]


def _named_after(source: str) -> str:
    name = source.replace("\\", "/").rpartition("/")[2]
    return name.partition(".")[0] or "Untitled"


def _steps(said: Sequence[Json]) -> tuple[FlowStep, ...]:
    """Return the steps of a flow; where only the sending services are named, each sends to the one after it."""
    following = [word(step.get("service")) for step in said[1:]] + [""]
    return tuple(
        FlowStep(
            sender=word(step.get("sender")) or word(step.get("service")),
            topic=word(step.get("topic")),
            receiver=word(step.get("receiver")) or then,
            when=word(step.get("when")),
            alternative=step.get("alternative") is True,
        )
        for step, then in zip(said, following, strict=False)
        if word(step.get("topic"))
    )


def _shown(value: Any) -> str:
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
