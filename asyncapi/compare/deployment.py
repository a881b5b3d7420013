"""In which order the services can be deployed: what all changes together allow, and how it is taken back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from asyncapi.compare.comparison import Comparison, TopicPair
from asyncapi.compare.judgement import DiffFinding, Order


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """A deployment order for the whole change. `stages` are services to deploy one group after the other."""

    order: Order
    sentence: str
    stages: tuple[tuple[str, ...], ...] = ()
    rollback: tuple[tuple[str, ...], ...] = ()


def deployment(comparison: Comparison, findings: Iterable[DiffFinding]) -> Deployment:
    """Return the order that all findings together allow; accepted ones count, because they are as true."""
    known = [finding for finding in findings if finding.order != "any order"]
    orders = {finding.order for finding in known}
    if not orders:
        return Deployment(order="any order", sentence="Deploy in any order.")
    if "neither" in orders:
        topics = _topics(finding for finding in known if finding.order == "neither")
        text = f"No order is safe for {topics}: use a new topic, or expand, migrate and contract."
        return Deployment(order="neither", sentence=text)
    if "undecided" in orders:
        topics = _topics(finding for finding in known if finding.order == "undecided")
        return Deployment(order="undecided", sentence=f"Whether an order is safe could not be decided for {topics}.")
    return _staged(comparison, known, orders)


def _staged(comparison: Comparison, known: list[DiffFinding], orders: set[Order]) -> Deployment:
    """Sort the services so that on every topic the right side goes first."""
    graph: TopologicalSorter[str] = TopologicalSorter()
    pairs = {pair.name: pair for pair in comparison.topics}
    for finding in known:
        for name in finding.topics:
            for first, second in _edges(pairs[name], finding.order):
                graph.add(second, first)
    try:
        graph.prepare()
    except CycleError:
        text = "No order of services is safe: some would have to go before each other. Split the change."
        return Deployment(order="neither", sentence=text)
    stages: list[tuple[str, ...]] = []
    while graph.is_active():
        ready = tuple(sorted(graph.get_ready()))
        stages.append(ready)
        graph.done(*ready)
    order: Order = next(iter(orders)) if len(orders) == 1 else "subscribers first"
    return Deployment(
        order=order, sentence=_sentence(order, stages, orders), stages=tuple(stages), rollback=tuple(reversed(stages))
    )


def _edges(pair: TopicPair, order: Order) -> list[tuple[str, str]]:
    both = (*pair.before, *pair.after)
    senders = sorted({one.service for one in both if one.action == "send"})
    readers = sorted({one.service for one in both if one.action == "receive"})
    first, second = (readers, senders) if order == "subscribers first" else (senders, readers)
    return [(a, b) for a in first for b in second if a != b]


def _sentence(order: Order, stages: list[tuple[str, ...]], orders: set[Order]) -> str:
    head = f"Deploy {order}" if len(orders) == 1 else "Deploy in stages"
    if not stages:
        return f"{head}."
    steps = ", then ".join(" and ".join(stage) for stage in stages)
    back = ", then ".join(" and ".join(stage) for stage in reversed(stages))
    return f"{head}: {steps}. Roll back the other way round: {back}."


def _topics(findings: Iterable[DiffFinding]) -> str:
    names = list(dict.fromkeys(topic for finding in findings for topic in finding.topics))
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more
