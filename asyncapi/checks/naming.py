"""Names: topics against the convention, topics nobody declared."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from asyncapi.checks.subject import Problem, Subject, name, place, who
from asyncapi.topics import PARAMETER, erase, is_filter


def topic_name_breaks_convention(subject: Subject) -> Iterator[Problem]:
    """A topic is not named as the policy's pattern asks, and no exception says why."""
    pattern = subject.registry.policy.topic_name
    exceptions = {erase(address) for address, _ in subject.registry.policy.exceptions}
    matches = _Pattern(pattern)
    for topic in subject.registry.topics if pattern else ():
        if topic.address is None or erase(topic.address) in exceptions:
            continue
        if not matches(PARAMETER.sub("x", topic.address)):
            yield Problem(
                message=f"{topic.address} is not named as the convention {pattern} asks",
                remedy="rename it, or add it to [policy.exceptions] with a reason",
                topics=(topic.address,),
                source=topic.source,
                pointer=topic.pointer,
            )


class _Pattern:
    """Matches whole names in bounded time, because the pattern may come with a stranger's document.

    A pattern that is none matches everything.
    """

    def __init__(self, pattern: str) -> None:
        import jsonschema_rs

        self._run: jsonschema_rs.Draft7Validator | None
        options = jsonschema_rs.FancyRegexOptions(backtrack_limit=100_000, size_limit=1_000_000)
        try:
            self._run = jsonschema_rs.Draft7Validator({"pattern": f"^(?:{pattern})$"}, pattern_options=options)
        except ValueError:
            self._run = None

    def __call__(self, text: str) -> bool:
        return self._run is None or self._run.is_valid(text)


def wildcard_in_address(subject: Subject) -> Iterator[Problem]:
    """A channel's address holds a wildcard, so nothing can be published on it."""
    for topic in subject.registry.topics:
        if topic.address is not None and is_filter(topic.address):
            yield Problem(
                message=f"{topic.address} is a filter, not an address",
                remedy="use a parameter in place of the wildcard, and subscribe with the filter",
                topics=(topic.address,),
                source=topic.source,
                pointer=topic.pointer,
            )


MOST_SUGGESTED = 30  # each is compared with every declared topic, and so many are no typos


def topic_undeclared(subject: Subject) -> Iterator[Problem]:
    """Service code uses a topic that the contracts, which declare others, do not know."""
    declared = [name(topic) for topic in subject.registry.topics if topic.state != "undeclared"]
    few = len(subject.registry.topics) - len(declared) <= MOST_SUGGESTED
    for topic in subject.registry.topics if declared else ():
        if topic.state == "undeclared":
            near = difflib.get_close_matches(name(topic), declared, n=1, cutoff=0.85) if few else []
            operations = (*subject.senders(topic), *subject.receivers(topic))
            services = tuple(dict.fromkeys(operation.service for operation in operations))
            yield Problem(
                message=f"{who(services or ('somebody',), 'use')} {name(topic)}, which the contracts do not declare",
                remedy="add a constant and a model to the contracts, or correct the topic"
                + (f"; did you mean {near[0]}?" if near else ""),
                topics=(name(topic),),
                services=services,
                source=next((where for operation in operations if (where := place(operation))), topic.source),
            )
