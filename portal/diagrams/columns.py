"""The columns of a sequence diagram: which service stands where, and how its steps' texts are wrapped between them."""

from __future__ import annotations

from dataclasses import dataclass

from asyncapi.view.registry import FlowStep
from portal.diagrams.shapes import Text
from portal.diagrams.text import short, visible, width, wrap

PAD = 12.0
_NAME_LIMIT, _SELF = 144.0, 34.0
_NOTE_SIZE, _LABEL_SIZE = 11, 12


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnArrow:
    """One arrow between two columns, its texts wrapped but without a place."""

    number: int
    sender: int
    receiver: int
    topic: str
    label: Text
    notes: tuple[Text, ...]
    correlation: str
    chain: int | None
    when: str
    alternative: bool
    guard: Text | None
    broken: str
    words: str

    @property
    def is_self(self) -> bool:
        """Say whether a service sends to itself."""
        return self.sender == self.receiver

    @property
    def indent(self) -> float:
        """Return the room for the number before the text."""
        return width(str(self.number), _NOTE_SIZE) + 6

    @property
    def gap(self) -> int:
        """Return the gap in which the texts stand: the one that the arrow enters first; gap i follows column i."""
        return self.sender - 1 if self.receiver < self.sender else self.sender

    @property
    def room(self) -> float:
        """Return how wide that gap has to be."""
        widest = self.indent + max(text.width for text in (self.label, *self.notes))
        widest = max(widest, self.guard.width if self.guard else 0)
        return widest + 2 * PAD + (_SELF if self.is_self else 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Where everything stands from left to right, in pixels."""

    names: tuple[str, ...]
    titles: tuple[tuple[str, ...], ...]
    half: tuple[float, ...]
    x: tuple[float, ...]
    head: float
    width: float
    steps: tuple[ColumnArrow, ...]

    def label_x(self, step: ColumnArrow) -> float:
        """Return where the texts of a step begin."""
        left = self.x[step.gap] if step.gap < len(self.x) else self.x[-1]
        return left + PAD + (_SELF if step.is_self else 0)


def columns(steps: tuple[FlowStep, ...], chains: tuple[int | None, ...]) -> Columns:
    """Return the columns of a flow, services in the order in which they appear."""
    names = tuple(dict.fromkeys(name or "unknown" for step in steps for name in (step.sender, step.receiver)))
    index = {name: number for number, name in enumerate(names)}
    limit = 240.0 if len(names) <= 5 else 190.0 if len(names) <= 9 else 150.0
    whens = ("", *(step.when for step in steps))[: len(steps)]
    made = tuple(
        _step(number, step, chain, index, limit, opens=bool(step.when) and step.when != before)
        for number, (step, chain, before) in enumerate(zip(steps, chains, whens, strict=True), start=1)
    )
    titles = tuple(tuple(wrap(short(name), _NAME_LIMIT, 13, bold=True, after="-_./: "))[:4] for name in names)
    half = tuple(max(34.0, max(width(line, 13, bold=True) for line in lines) / 2 + 12) for lines in titles)
    rooms = [0.0] * (len(names) + 1)
    for step in made:
        rooms[step.gap] = max(rooms[step.gap], step.room)
    left = max([half[0] if half else 0.0, *(56.0 for step in made if step.when)]) + 4
    x = [left]
    for number in range(1, len(names)):
        x.append(x[-1] + max(rooms[number - 1], half[number - 1] + half[number] + 18, 96.0))
    last = len(names) - 1
    right = x[-1] + max(half[last] if half else 0, rooms[last] if last >= 0 else 0, 30.0) + PAD + 4
    head = 17.0 * max((len(lines) for lines in titles), default=1) + 14
    return Columns(names=names, titles=titles, half=half, x=tuple(x[: len(names)]), head=head, width=right, steps=made)


def _step(
    number: int, step: FlowStep, chain: int | None, index: dict[str, int], limit: float, *, opens: bool
) -> ColumnArrow:
    sender, receiver = step.sender or "unknown", step.receiver or "unknown"
    topic = short(step.topic) or "unknown topic"
    label = wrap(topic, max(limit, _longest_level(topic)), _LABEL_SIZE, mono=True)
    notes = []
    if step.correlation:
        field = short(step.correlation)
        lines = wrap(field, limit, _NOTE_SIZE, mono=True, after="→ ._")
        notes.append(_note(lines, "d-field", field, mono=True))
    if step.broken:
        broken = f"breaks: {short(step.broken)}"
        notes.append(_note(wrap(broken, limit, _NOTE_SIZE, after=" /"), "d-why", broken))
    words = f"{visible(sender)} sends {visible(step.topic)} to {visible(receiver)}"
    words += f", tied by {visible(step.correlation)}" if step.correlation else ""
    words += f" when {visible(step.when)}" if step.when else ""
    words += f"; breaks: {visible(step.broken)}" if step.broken else ""
    return ColumnArrow(
        number=number,
        sender=index[sender],
        receiver=index[receiver],
        topic=step.topic,
        label=Text(x=0, y=0, lines=tuple(label), size=_LABEL_SIZE, mono=True, css="d-topic", full=visible(step.topic)),
        notes=tuple(notes),
        correlation=step.correlation,
        chain=chain,
        when=step.when,
        alternative=step.alternative,
        guard=_guard(step.when, limit) if opens else None,
        broken=step.broken,
        words=words,
    )


def _guard(when: str, limit: float) -> Text:
    """Return the condition of a branch as it stands above the first arrow."""
    said = f"[{short(when)}]"
    return _note(wrap(said, limit, _NOTE_SIZE, after=" /"), "d-guard", said)


def _longest_level(topic: str) -> float:
    """Return how wide a column may become so that no level of an ordinary address is broken."""
    return min(300.0, max(width(f"{level}/", _LABEL_SIZE, mono=True) for level in topic.split("/")))


def _note(lines: list[str], css: str, full: str, *, mono: bool = False) -> Text:
    return Text(x=0, y=0, lines=tuple(lines), size=_NOTE_SIZE, step=14, mono=mono, css=css, full=full)
