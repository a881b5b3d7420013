"""Where a fact stands: outward from the client's call, the nearest line of own code that names the topic."""

from __future__ import annotations

import ast
from typing import Any, NamedTuple

from asyncapi.machine.code import CallSite, Code
from asyncapi.machine.state import Machine
from asyncapi.mqtt.effects import Effect
from asyncapi.services.topic_facts import TopicFact
from asyncapi.sites import Step
from asyncapi.sources import Source

LONGEST = 200
"""Characters of an expression that are shown: it is to be found again, not to be read."""
MOST_STEPS = 12
"""Steps of a derivation that are told: names given anew more often than that explain nothing more."""


class Place(NamedTuple):
    """Where a fact stands, the other calls on the way, how its topic came there, and whether any of them names it."""

    source: Source
    through: tuple[Source, ...]
    steps: tuple[Step, ...]
    implied: bool
    expression: str


class Places:
    """Finds and spells the places of effects."""

    def __init__(self, m: Machine, births: dict[int, CallSite]) -> None:
        self.m, self.births = m, births
        self.files: dict[str, str] | None = None

    def place(self, effect: Effect, topic: TopicFact) -> Place:
        """Return where a fact stands: outward from the call, the nearest line of own code that names the topic."""
        sites = [effect.at, *(site for _, site in reversed(effect.stack) if site is not None)]
        codes = [code for code, _ in reversed(effect.stack)]
        node = argument_node(effect.at.node, effect.row.topic)
        index = 0
        named = True
        while index < len(sites) - 1 and index < len(codes):
            wanted = _parameter(node, codes[index])
            if not wanted and sites[index].own and sites[index].line:
                break
            named = named and bool(wanted)
            node = _passed(sites[index + 1].node, codes[index], wanted) if wanted else None
            index += 1
        chosen = sites[index]
        if not (chosen.own and chosen.line) and effect.client is not None:
            chosen = self.births.get(effect.client.number, chosen)
        through = tuple(dict.fromkeys(site.source for i, site in enumerate(sites) if i != index))
        steps: list[Step] = []
        shown = argument_node(chosen.node, effect.row.topic) if index == 0 else node
        if shown is not None and not isinstance(shown, ast.Constant):
            steps.append(Step(text=self.spelled(chosen, shown), source=chosen.source))
        origin = topic.origin
        while origin is not None and len(steps) < MOST_STEPS:
            steps.append(Step(text=origin.text, source=origin.source))
            origin = origin.before
        return Place(
            chosen.source,
            through,
            tuple(steps),
            implied=not named,
            expression=self.spelled(chosen, shown) if shown is not None else effect.row.name,
        )

    def left_out(self, effect: Effect, argument: tuple[int, str]) -> bool:
        """Say whether what a call passes is the default of a parameter around it, which no caller gives."""
        node = argument_node(effect.at.node, argument)
        sites = [site for _, site in reversed(effect.stack)]
        for (code, _), site in zip(reversed(effect.stack), sites, strict=True):
            if not isinstance(node, ast.Name) or node.id not in (*code.positional, *code.kwonly):
                return False
            if site is None:
                return True
            passed = _passed(site.node, code, node.id)
            if passed is None:
                return isinstance(site.node, ast.Call) and not any(
                    isinstance(item, ast.Starred) for item in site.node.args
                )
            node = passed
        return False

    def spelled(self, site: CallSite, node: ast.expr) -> str:
        """Return an expression as its file spells it, on one line."""
        text = self._texts().get(site.file, "")
        found = ast.get_source_segment(text, node) if text else None
        return " ".join((found or ast.unparse(node)).split())[:LONGEST]

    def _texts(self) -> dict[str, str]:
        if self.files is None:
            self.files = {code.file.file: getattr(code.file, "text", "") for code in self.m.codes.values()}
        return self.files


def argument_node(node: Any, place: tuple[int, str]) -> ast.expr | None:
    """Return the expression that a call passes at a place."""
    if not isinstance(node, ast.Call):
        return None
    for keyword in node.keywords:
        if keyword.arg == place[1]:
            return keyword.value
    position = place[0]
    return (
        node.args[position]
        if 0 <= position < len(node.args) and not isinstance(node.args[position], ast.Starred)
        else None
    )


def _parameter(node: ast.expr | None, code: Code) -> str:
    """Return the parameter of a function that an expression is made from, where the expression itself names nothing.

    A text with letters in it names a topic; what is put together of separators and parameters does not. A local name
    stands for what it was given.
    """
    own = (*code.positional, *code.kwonly, code.vararg, code.kwarg)
    if isinstance(node, ast.Name) and node.id not in own:
        node = _given(node, code) or node
    found = ""
    for item in ast.walk(node) if node is not None else ():
        if isinstance(item, ast.Constant) and isinstance(item.value, str) and any(map(str.isalpha, item.value)):
            return ""
        if isinstance(item, ast.Name) and item.id in own and item.id not in ("self", "cls") and not found:
            found = item.id
    return found


def _given(name: ast.Name, code: Code) -> ast.expr | None:
    """Return the value that a function last gives a local name before a line."""
    found: ast.expr | None = None
    for item in ast.walk(code.node):
        if isinstance(item, ast.Assign) and item.lineno <= name.lineno:
            for target in item.targets:
                if isinstance(target, ast.Name) and target.id == name.id:
                    found = item.value
    return found


def _passed(node: Any, code: Any, name: str) -> ast.expr | None:
    """Return the expression that a call passes for a parameter."""
    if not isinstance(node, ast.Call) or not name:
        return None
    for keyword in node.keywords:
        if keyword.arg == name:
            return keyword.value
    if name in code.positional:
        position = code.positional.index(name)
        bound = code.positional[:1] in (("self",), ("cls",)) and isinstance(node.func, (ast.Attribute, ast.Name))
        position -= 1 if bound else 0
        if 0 <= position < len(node.args):
            given: ast.expr = node.args[position]
            return given
    return None
