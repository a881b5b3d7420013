"""How much of a system is known, in one line: what every report opens with."""

from __future__ import annotations

from collections.abc import Iterator

from asyncapi.view.registry import Operation, Registry, Topic


def coverage(registry: Registry) -> str:
    """Return in one line how many topics have a contract, a sender and a receiver, and how many meet the policy."""
    return f"{registry.title}: " + ", ".join(_parts(registry))


def _parts(registry: Registry) -> Iterator[str]:
    topics = registry.topics
    yield _counted(len(topics), "topic")
    yield f"{sum(1 for topic in topics if topic.messages)} with a contract"
    if registry.operations:
        yield f"{_reached(registry, 'send')} published"
        yield f"{_reached(registry, 'receive')} subscribed"
    counts = dict(registry.coverage)
    if counts.get("files"):
        found = counts.get("sites", 0)
        missed = sum(counts.get(name, 0) for name in ("unresolved", "silent", "cut"))
        yield f"{found} of {_counted(found + missed, 'call')} resolved in {_counted(counts['files'], 'file')}"
    judged = [meets(topic, operation) for topic, operation in _judged(registry)]
    if judged:
        yield f"policy met by {sum(judged)} of {_counted(len(judged), 'publisher')}"


def _reached(registry: Registry, action: str) -> int:
    return len({operation.channel for operation in registry.operations if operation.action == action})


def _judged(registry: Registry) -> Iterator[tuple[Topic, Operation]]:
    """Yield every publisher whose delivery is known on a topic of which something is expected."""
    for topic in registry.topics:
        if topic.expected.qos is None and topic.expected.retain is None:
            continue
        for key in topic.operations:
            operation = registry.operation(key)
            if operation and operation.action == "send" and not operation.declared:
                yield topic, operation


def meets(topic: Topic, operation: Operation) -> bool:
    """Say whether a publisher is known to do what is expected of its topic."""
    asked, does = topic.expected, operation.delivery
    return asked.qos in (None, does.qos) and asked.retain in (None, does.retain)


def _counted(count: int, thing: str) -> str:
    return f"{count} {thing}{'' if count == 1 else 's'}"
