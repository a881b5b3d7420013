"""What happens to a received message: which function handles a topic, and where code tells topics apart."""

from __future__ import annotations

import ast
import itertools
import math
import re
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from asyncapi.scan import bounds, enumerations, labels, strings
from asyncapi.scan.callers import surrounded
from asyncapi.scan.modules import FUNCTIONS, Module, Scope, headers
from asyncapi.scan.openings import loops_around
from asyncapi.scan.spots import Spot, calls, last_name, statement
from asyncapi.scan.topic_levels import ENDING, by_level, level
from asyncapi.scan.values import (
    Bindings,
    Frame,
    Given,
    Instance,
    Key,
    Lambda,
    Routine,
    Sequence,
    Text,
    Value,
    spelled,
)
from asyncapi.topics import PARAMETER, overlaps, unshared

if TYPE_CHECKING:
    from asyncapi.scan.evaluate import Evaluator

TELLING = re.compile(
    r"\.matches\(|topic\w*\s*(?:==|!=|in\b)|==\s*[\w.]*topic|topic_matches_sub|\bcase\s|\.startswith\(|\.endswith\("
    r"|\bin\s+[\w.]*messages\b|message_callback_add|on_message|\.messages\b|_messages\(|deliver_message|set_callback|\.on_topic\("
)
SPLIT = re.compile(r"topic[\w.]*\)?\.r?(?:split|partition)\(")
BY_TEXT = re.compile(r"^[ \t]*(?:el)?if\b[^\n]*(?:==|\bin\b)", re.MULTILINE)
INCOMING = re.compile(r"messages|deliver_message")
MOST_LEVELS = 32
NO_CALL = ast.Call(func=ast.Name("test"), args=[], keywords=[])
COMPARING = re.compile("matches|topic_matches_sub|startswith|endswith|fnmatch|match_topic|topic_matches|matches_topic")


class Region(NamedTuple):
    """A stretch of a function that handles a message: from one line to another.

    `without` are stretches (file, first line, last line) that are for other messages, also in functions called from it;
    `rows` are the rounds of loops around it in which it runs: (loop, number of the round).
    """

    scope: Scope
    first: int
    last: int
    without: tuple[tuple[str, int, int], ...] = ()
    rows: tuple[tuple[int, int], ...] = ()


class Dispatch(NamedTuple):
    """A place where code ties a topic or filter to what handles it; `exact` is False for beginnings and `…endings`."""

    topic: str
    region: Region
    exact: bool
    model: Value | None = None


NOTHING: tuple[tuple[Dispatch, ...], tuple[Region, ...]] = ((), ())


def whole(scope: Scope) -> Region:
    """Return the region that is a whole function."""
    return Region(scope, scope.start, scope.end)


class Dispatches(NamedTuple):
    """Everything in a service that tells topics apart, and the functions that get every message."""

    entries: tuple[Dispatch, ...]
    catching: tuple[Region, ...]

    def find(self, topic: str) -> list[Dispatch]:
        """Return what handles a subscribed topic or filter: what names exactly it, else what overlaps it."""
        topic = unshared(topic)
        exact = [item for item in self.entries if item.exact and item.topic == topic]
        if exact:
            return exact
        return [item for item in self.entries if _fits(item, topic)]


def _fits(item: Dispatch, topic: str) -> bool:
    if item.exact:
        return overlaps(item.topic, topic)
    if item.topic.startswith(ENDING):
        return _ends(topic, item.topic.removeprefix(ENDING))
    head = topic.split("+", 1)[0].split("#", 1)[0].split("{", 1)[0]
    return bool(head) and (head.startswith(item.topic) or item.topic.startswith(head)) and bool(item.topic)


def _ends(topic: str, ending: str) -> bool:
    """Say whether a subscribed topic or filter can end so."""
    wanted = ending.split("/")
    given = topic.split("/")[-len(wanted) :]
    if "#" in given or len(given) < len(wanted):
        return "#" in given
    first = PARAMETER.sub("", given[0])
    begins = not wanted[0] or given[0] in ("+", wanted[0]) or first.endswith(wanted[0]) or first != given[0]
    return begins and all(overlaps(own, level) for own, level in zip(wanted[1:], given[1:], strict=True))


def dispatches(ev: Evaluator, words: set[str]) -> Dispatches:
    """Collect the dispatch of one service; `words` are constants, names and texts of its subscriptions."""
    entries: list[Dispatch] = []
    catching: list[Region] = []
    for module in ev.view.files:
        telling = "topic" in module.text or "message" in module.text
        lines = [module.line(match.start()) for match in TELLING.finditer(module.text)] if telling else []
        if telling and SPLIT.search(module.text):
            lines += [
                line for match in BY_TEXT.finditer(module.text) if by_level(module, line := module.line(match.end()))
            ]
        for word in words:
            if word in module.text:
                lines += [module.line(match.start()) for match in re.finditer(re.escape(word), module.text)]
        seen: set[tuple[int, int]] = set()
        for line in dict.fromkeys(lines):
            place = statement(module, line)
            if place is None or (id(place[0]), place[1]) in seen:
                continue
            seen.add((id(place[0]), place[1]))
            entries_here, catching_here = ev.attempt(partial(_told, ev, *place), NOTHING)
            entries += entries_here
            catching += catching_here
    return Dispatches(tuple(dict.fromkeys(entries)), tuple(dict.fromkeys(catching)))


def _told(ev: Evaluator, scope: Scope, at: int) -> tuple[tuple[Dispatch, ...], tuple[Region, ...]]:
    """Return what one statement tells of dispatch."""
    entries: list[Dispatch] = []
    catching: list[Region] = []
    _statement(ev, scope, at, entries, catching)
    return tuple(entries), tuple(catching)


def _statement(ev: Evaluator, scope: Scope, at: int, entries: list[Dispatch], catching: list[Region]) -> None:
    ev.refuel()
    node = scope.records[at].node
    frame = Frame(scope, at, ev.nothing, frozenset(), {})
    if isinstance(node, ast.If | ast.While):
        for inner, rows in _rounds(ev, Spot(NO_CALL, scope, at, ()), frame):
            regions = _handed(ev, node, inner, frame) if rows else []
            for topic, exact in _tested(ev, node.test, inner):
                for region in regions or [_body(scope, node.body)._replace(rows=rows)]:
                    entries.append(Dispatch(topic, region, exact))
    elif isinstance(node, ast.Match):
        entries += _cases(ev, node, scope, frame)
    elif isinstance(node, ast.For | ast.AsyncFor) and INCOMING.search(labels.dotted(node.iter)):
        catching.append(_body(scope, node.body))
    elif isinstance(node, ast.With | ast.AsyncWith):
        entries += _filtered(ev, node, scope, frame)
    if isinstance(node, (*FUNCTIONS, ast.If, ast.While)):
        entries += _decorators(ev, node, scope, frame)
        if isinstance(node, FUNCTIONS) and _catches(node):
            catching += [whole(child) for child in scope.children if child.node is node]
    else:
        catching += _assigned(ev, node, frame)
        for inner, _ in _rounds(ev, Spot(NO_CALL, scope, at, ()), frame):
            for root in headers(node):
                entries += _expressions(ev, root, inner)


def _rounds(ev: Evaluator, spot: Spot, frame: Frame) -> Iterator[tuple[Frame, tuple[tuple[int, int], ...]]]:
    """Yield the frame of a test as each round of the loop around it has it, where source shows what it runs over."""
    for node in loops_around(spot)[:1]:
        found = rounds(ev, spot.scope, node)
        if len(found) > 1:
            for number, element in enumerate(found):
                bound = Bindings({(id(node), "item"): element})
                yield frame._replace(bound=bound), ((id(node), number),)
            return
    yield frame, ()


def _handed(ev: Evaluator, node: ast.If | ast.While, inner: Frame, frame: Frame) -> list[Region]:
    """Return the functions that a branch calls in one round of a loop and not in others: `handler(message)`."""
    found: list[Region] = []
    for call in (item for part in node.body for item in ast.walk(part) if isinstance(item, ast.Call)):
        if isinstance(call.func, ast.Name | ast.Attribute | ast.Subscript):
            own = _routines(ev, ev.value(call.func, inner))
            every = _routines(ev, ev.value(call.func, frame)) if own else []
            found += [whole(scope) for scope in own if len(every) > len(own)]
    return found


def rounds(ev: Evaluator, scope: Scope, node: ast.For | ast.AsyncFor) -> list[Value]:
    """Return what a loop runs over, item by item, as far as source shows it."""
    at = next((i for i, record in enumerate(scope.records) if record.node is node), None)
    found = ev.value(node.iter, Frame(scope, at, ev.nothing, frozenset(), {}))
    items = strings.elements(enumerations.listed(ev, found))
    return list(bounds.first(items, 64, "handlers that a loop tells", ev.source(scope, node.lineno), bounds.NOTHING))


def bound_in(ev: Evaluator, region: Region) -> Bindings:
    """Return the loop variables as the rounds have them in which a region runs."""
    found: dict[Key, Given] = {}
    wanted = dict(region.rows)
    for record in region.scope.records if wanted else ():
        if id(record.node) in wanted and isinstance(record.node, ast.For | ast.AsyncFor):
            found[id(record.node), "item"] = rounds(ev, region.scope, record.node)[wanted[id(record.node)]]
    return Bindings(found)


def _body(scope: Scope, body: list[ast.stmt]) -> Region:
    return Region(scope, body[0].lineno, body[-1].end_lineno or body[-1].lineno)


def _texts(value: Value) -> list[str]:
    return [spelled(item.datum.text) for item in value.alternatives if isinstance(item.datum, Text)]


def _topics(value: Value) -> list[str]:
    found = _texts(value)
    for item in value.alternatives:
        if isinstance(item.datum, Sequence):
            found += [text for inner in item.datum.items for text in _texts(inner)]
    return [text for text in found if text]


def _tested(ev: Evaluator, test: ast.expr, frame: Frame) -> Iterator[tuple[str, bool]]:
    """Yield the topics a condition compares with."""
    if isinstance(test, ast.BoolOp):
        for item in test.values:
            yield from _tested(ev, item, frame)
    elif isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.Eq | ast.In):
        sides = (test.left, *test.comparators)
        part = next((found for side in sides if (found := level(side, frame.scope)) is not None), None)
        for side in sides:
            for topic in _topics(ev.value(side, frame)):
                yield part.test(topic) if part is not None else (topic, True)
    elif isinstance(test, ast.Call) and COMPARING.fullmatch(last_name(test.func)):
        exact = last_name(test.func) not in ("startswith", "endswith")
        ending = ENDING if last_name(test.func) == "endswith" else ""
        for side in test.args:
            yield from ((ending + topic, exact) for topic in _topics(ev.value(side, frame)))


def _cases(ev: Evaluator, node: ast.Match, scope: Scope, frame: Frame) -> Iterator[Dispatch]:
    part = level(node.subject, scope)
    for case in node.cases:
        for topic in _matched(ev, case.pattern, frame):
            told, exact = part.test(topic) if part is not None else (topic, True)
            yield Dispatch(told, _body(scope, case.body), exact)
        if case.guard is not None:
            for topic, exact in _tested(ev, case.guard, frame):
                yield Dispatch(topic, _body(scope, case.body), exact)


def _filtered(ev: Evaluator, node: ast.With | ast.AsyncWith, scope: Scope, frame: Frame) -> Iterator[Dispatch]:
    """Yield what a block handles that opens the messages of one filter: `with client.filtered_messages(topic)`."""
    for call in (item.context_expr for item in node.items):
        if isinstance(call, ast.Call) and last_name(call.func) == "filtered_messages":
            for given in (*call.args, *(keyword.value for keyword in call.keywords)):
                for topic in _topics(ev.value(given, frame)):
                    yield Dispatch(topic, _body(scope, node.body), True)


def _matched(ev: Evaluator, pattern: ast.pattern, frame: Frame) -> Iterator[str]:
    """Yield the topics a pattern names; one for the levels of a topic that was split is a filter."""
    if isinstance(pattern, ast.MatchSequence):
        yield from _levels(ev, pattern.patterns, frame)
    elif isinstance(pattern, ast.MatchValue):
        yield from _topics(ev.value(pattern.value, frame))
    else:
        for inner in ast.iter_child_nodes(pattern):
            if isinstance(inner, ast.pattern):
                yield from _matched(ev, inner, frame)


def _levels(ev: Evaluator, patterns: list[ast.pattern], frame: Frame) -> Iterator[str]:
    choices: list[list[str]] = []
    for at, pattern in enumerate(patterns):
        if isinstance(pattern, ast.MatchStar):
            if at < len(patterns) - 1:
                return
            choices.append(["#"])
        else:
            choices.append(list(_matched(ev, pattern, frame)) or ["+"])
    if math.prod(map(len, choices)) > MOST_LEVELS:
        bounds.cut("topics of one case", MOST_LEVELS, math.prod(map(len, choices)), hides=bounds.NOTHING)
    for levels in itertools.islice(itertools.product(*choices), MOST_LEVELS):
        if any(level not in ("+", "#") for level in levels):
            yield "/".join(levels)


def _decorators(ev: Evaluator, node: ast.stmt, scope: Scope, frame: Frame) -> Iterator[Dispatch]:
    if not isinstance(node, FUNCTIONS):
        return
    child = next((item for item in scope.children if item.node is node), None)
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Call) and child is not None:
            for expr in (*decorator.args, *(item.value for item in decorator.keywords)):
                for topic in _topics(ev.value(expr, frame)):
                    yield Dispatch(topic, whole(child), True)


def _catches(node: ast.stmt) -> bool:
    assert isinstance(node, FUNCTIONS)
    return node.name.lstrip("_") == "on_message" or any(
        "on_message" in labels.dotted(item) for item in node.decorator_list
    )


def _assigned(ev: Evaluator, node: ast.stmt, frame: Frame) -> Iterator[Region]:
    """Yield the functions assigned to `client.on_message` or given to `set_callback`."""
    if isinstance(node, ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Attribute) and target.attr == "on_message":
                yield from (whole(routine) for routine in _routines(ev, ev.value(node.value, frame)))
        return
    call = node.value if isinstance(node, ast.Expr) else None
    if isinstance(call, ast.Call) and call.args and last_name(call.func) in ("set_callback", "on_message"):
        yield from (whole(routine) for routine in _routines(ev, ev.value(call.args[0], frame)))


def _routines(ev: Evaluator, value: Value) -> list[Scope]:
    found = []
    for item in value.alternatives:
        datum = item.datum
        if isinstance(datum, Routine):
            found.append(datum.scope)
        elif isinstance(datum, Sequence):
            found += [scope for inner in datum.items for scope in _routines(ev, ev.force(inner))]
        elif isinstance(datum, Instance):
            parts = (*datum.positional, *(inner for _, inner in datum.given))
            found += [scope for inner in parts for scope in _routines(ev, ev.force(inner))]
    return found


def _regions(ev: Evaluator, value: Value) -> list[Region]:
    found = [whole(scope) for scope in _routines(ev, value)]
    for item in value.alternatives:
        if isinstance(item.datum, Lambda):
            node = item.datum.node
            found.append(Region(item.datum.frame.scope, node.lineno, node.end_lineno or node.lineno))
    return found


def _expressions(ev: Evaluator, root: ast.AST, frame: Frame) -> Iterator[Dispatch]:
    """Yield what a statement ties together: dict entries, `table[topic] = handler`, calls given topic and handler."""
    if isinstance(root, ast.Assign):
        for target in root.targets:
            if isinstance(target, ast.Subscript):
                yield from _pair(ev, target.slice, root.value, frame)
    for node in ast.walk(root):
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if key is not None:
                    yield from _pair(ev, key, value, frame)
        elif isinstance(node, ast.Call) and len(node.args) + len(node.keywords) > 1:
            yield from _given(ev, node, frame)
        elif isinstance(node, ast.Tuple) and len(node.elts) > 1 and isinstance(node.ctx, ast.Load):
            for value in node.elts[1:]:
                if isinstance(value, ast.Name | ast.Attribute | ast.Lambda):
                    yield from _pair(ev, node.elts[0], value, frame)


def _pair(ev: Evaluator, key: ast.expr, value: ast.expr, frame: Frame) -> Iterator[Dispatch]:
    regions = _regions(ev, ev.value(value, frame))
    if regions:
        for topic in _topics(ev.value(key, frame)):
            yield from (Dispatch(topic, region, True) for region in regions)


def _given(ev: Evaluator, node: ast.Call, frame: Frame) -> Iterator[Dispatch]:
    values = [*node.args, *(item.value for item in node.keywords)]
    plain = [item for item in values if isinstance(item, ast.Name | ast.Attribute | ast.Lambda)]
    regions = [region for item in plain for region in _regions(ev, ev.value(item, frame))]
    if regions:
        for item in values:
            for topic in _texts(ev.value(item, frame)):
                yield from (Dispatch(topic, region, True) for region in regions)


def words_of(spot: Spot, constant: str, topic: str) -> set[str]:
    """Return what to look for in text to find the dispatch of a subscription."""
    found = {constant.rpartition(".")[2]} if constant else set()
    if "{" not in topic:
        found.add(topic)
    for item in spot.call.args[:1]:
        if isinstance(item, ast.Attribute | ast.Name):
            found.add(labels.label(item))
    return {word for word in found if len(word) > 2}


def within(region: Region, module: Module, names: re.Pattern[str]) -> Iterator[Spot]:
    """Yield the calls of a region whose name matches."""
    lines = []
    starts = region.first
    for match in names.finditer(module.text):
        line = module.line(match.start())
        if starts <= line <= region.last:
            lines.append(line)
    yield from calls(module, tuple(dict.fromkeys(lines)), re.compile(r"\w+"))


def frame_of(ev: Evaluator, spot: Spot, bound: Bindings | None = None) -> Frame:
    """Return the frame in which a call of a handler is evaluated."""
    return surrounded(ev, spot, Frame(spot.scope, spot.at, ev.nothing if bound is None else bound, frozenset(), {}))
