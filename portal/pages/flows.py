"""Flows: what follows from what, step by step."""

from __future__ import annotations

from dataclasses import dataclass

from asyncapi.view.registry import Flow, FlowStep
from portal.index import Index
from portal.pages.shown import Link, address_link, service_link


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowArrow:
    """One arrow: who sends which topic to whom, and the field that ties it to the step before.

    With `when` it is not always taken; an `alternative` is taken instead of the branch before it.
    """

    sender: Link
    topic: Link
    receiver: Link
    correlation: str
    when: str
    alternative: bool
    broken: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowView:
    """The page of a flow."""

    flow: Link
    title: str
    summary: str
    declared: bool
    participants: tuple[Link, ...]
    steps: tuple[FlowArrow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowsView:
    """The page of all flows."""

    flows: tuple[FlowView, ...]


def view(index: Index, flow: Flow) -> FlowView:
    """Return a flow with links for everything in it."""
    names = dict.fromkeys(name for step in flow.steps for name in (step.sender, step.receiver) if name)
    return FlowView(
        flow=Link(name=flow.name, path=index.flow_paths[flow.name]),
        title=flow.title or flow.name,
        summary=flow.summary,
        declared=flow.declared,
        participants=tuple(service_link(index, name) for name in names),
        steps=tuple(_step(index, step) for step in flow.steps),
    )


def list_view(index: Index) -> FlowsView:
    """Return all flows."""
    return FlowsView(flows=tuple(view(index, flow) for flow in index.registry.flows))


def _step(index: Index, step: FlowStep) -> FlowArrow:
    return FlowArrow(
        sender=service_link(index, step.sender or "unknown"),
        topic=address_link(index, step.topic),
        receiver=service_link(index, step.receiver or "unknown"),
        correlation=step.correlation,
        when=step.when,
        alternative=step.alternative,
        broken=step.broken,
    )
