"""Flow → sequence diagram as SVG: services as lifelines, topics as arrows, the fields that tie them beside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from asyncapi.view.flow_text import text as flow_text
from asyncapi.view.registry import Flow
from portal.diagrams.chains import chains
from portal.diagrams.columns import PAD, ColumnArrow, Columns, columns
from portal.diagrams.shapes import Area, Box, Drawing, Path, ShapeGroup, Text, line
from portal.diagrams.text import short, visible

MAX_STEPS = 200
_TOP, _BAR, _ROW_GAP, _FRAME_TOP, _FRAME_PAD, _TAG = 8.0, 4.0, 16.0, 26.0, 10.0, 42.0

Href = Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRow:
    """One step of a flow as a row of a table; `note` says what is special about it in words."""

    number: int
    sender: str
    topic: str
    receiver: str
    correlation: str
    when: str
    alternative: bool
    broken: str

    @property
    def note(self) -> str:
        """Return what a drawing tells by dashes and crosses."""
        parts = ([f"{'or ' if self.alternative else ''}when {self.when}"] if self.when else []) + (
            [f"breaks: {self.broken}"] if self.broken else []
        )
        return "; ".join(parts)


def text_table(flow: Flow) -> tuple[StepRow, ...]:
    """Return every step as a row, for readers who do not see the drawing."""
    return tuple(
        StepRow(
            number=number,
            sender=step.sender or "unknown",
            topic=step.topic,
            receiver=step.receiver or "unknown",
            correlation=step.correlation,
            when=step.when,
            alternative=step.alternative,
            broken=step.broken,
        )
        for number, step in enumerate(flow.steps, start=1)
    )


def sequence_svg(flow: Flow, *, topic_href: Href, service_href: Href, ident: str = "flow") -> str:
    """Return the diagram of a flow.

    The functions return the link to a topic or a service, empty where there is no page. `ident` makes ids unique
    where several diagrams stand on one page.
    """
    return drawing(flow, topic_href=topic_href, service_href=service_href).svg(ident)


def drawing(flow: Flow, *, topic_href: Href, service_href: Href) -> Drawing:
    """Return the diagram of a flow as shapes."""
    made = _Sequence(flow, topic_href, service_href)
    return Drawing(
        width=made.columns.width,
        height=made.height,
        title=short(flow.title or flow.name),
        description=visible(flow_text(flow))[:20_000],
        groups=tuple(made.groups()),
        css="d-seq",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Placed:
    """A step with its arrow's height and the end of its row."""

    step: ColumnArrow
    top: float
    arrow: float
    bottom: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """A frame, the heights at which branches after the first begin, and its conditions in words."""

    box: Box
    parts: tuple[float, ...]
    said: str


def _frame_group(frame: _Frame) -> ShapeGroup:
    box = frame.box
    word = "alt" if frame.parts else "opt"
    tag = Text(x=box.left + 6, y=box.top + 14, lines=(word,), size=11, bold=True, css="d-tag")
    right, bottom = tag.box.right + 9, box.top + 20
    corner = line(((box.left, bottom), (right - 6, bottom), (right, bottom - 6), (right, box.top)))
    parts = tuple(Path(data=line(((box.left, y), (box.right, y))), css="d-frame", dashed=True) for y in frame.parts)
    shapes: tuple[Area | Path | Text, ...] = (
        Area(box=box, css="d-frame", radius=2),
        Path(data=corner, css="d-frame"),
        *parts,
        tag,
    )
    return ShapeGroup(shapes=shapes, css="d-opt", title=frame.said)


def _opening(step: ColumnArrow) -> float:
    """Return the room above the first arrow of a branch, for the tag and the condition."""
    return _FRAME_TOP + (step.guard.step * (len(step.guard.lines) - 1) if step.guard else 0)


class _Sequence:
    """One diagram: rows from top to bottom, then what runs along them."""

    def __init__(self, flow: Flow, topic_href: Href, service_href: Href) -> None:
        self.topic_href, self.service_href = topic_href, service_href
        steps = flow.steps[:MAX_STEPS]
        self.more = len(flow.steps) - len(steps)
        self.columns: Columns = columns(steps, chains(tuple(step.correlation for step in steps)))
        self.head = _TOP + self.columns.head
        self.rows = self._rows()
        end = self.rows[-1].bottom if self.rows else self.head + 20
        self.end = end + (_FRAME_PAD if self.rows and self.rows[-1].step.when else 0)
        self.feet = len(self.rows) > 8
        self.height = self.end + 14 + (self.columns.head if self.feet else 0) + (22 if self.more else 0)

    def groups(self) -> list[ShapeGroup]:
        """Return everything in the order in which it is painted."""
        return [
            ShapeGroup(shapes=tuple(self._lifelines()), css="d-lines"),
            *(_frame_group(frame) for frame in self._frames()),
            ShapeGroup(shapes=tuple(self._bars()), css="d-bars"),
            *(self._party(index, self.head) for index in range(len(self.columns.names))),
            *(self._party(index, self.height - _TOP) for index in range(len(self.columns.names)) if self.feet),
            *(self._step(row) for row in self.rows),
            *([self._rest()] if self.more else []),
        ]

    def _rows(self) -> list[_Placed]:
        rows: list[_Placed] = []
        top, before = self.head + _ROW_GAP, ""
        for step in self.columns.steps:
            if step.when != before:
                top += (_opening(step) if step.when else 0) + (_FRAME_PAD if before else 0)
            label = step.label.step * len(step.label.lines)
            arrow = top + label + 4
            notes = sum(note.step * len(note.lines) for note in step.notes)
            bottom = arrow + 4 + max(notes, 14 if step.is_self else 0)
            rows.append(_Placed(step=step, top=top, arrow=arrow, bottom=bottom))
            top, before = bottom + _ROW_GAP, step.when
        return rows

    def _party(self, index: int, bottom: float) -> ShapeGroup:
        x, lines, half = self.columns.x[index], self.columns.titles[index], self.columns.half[index]
        box = Box(left=x - half, top=bottom - self.columns.head, right=x + half, bottom=bottom)
        name = self.columns.names[index]
        first = (box.top + box.bottom) / 2 - 8.5 * (len(lines) - 1) + 4.5
        text = Text(
            x=x,
            y=first,
            lines=lines,
            size=13,
            step=17,
            bold=True,
            anchor="middle",
            css="d-name",
            href=self.service_href(name) if name != "unknown" else "",
            full=visible(name),
        )
        return ShapeGroup(shapes=(Area(box=box, css="d-box", radius=4), text), css="d-party")

    def _lifelines(self) -> list[Path]:
        bottom = self.height - _TOP - self.columns.head if self.feet else self.end + 6
        return [
            Path(data=line(((x, self.head), (x, max(self.head, bottom)))), css="d-life", dashed=True)
            for x in self.columns.x
        ]

    def _bars(self) -> list[Area]:
        """Return from where to where each service is at work: from what it receives to what it sends because of it."""
        runs: list[list[tuple[float, float]]] = [[] for _ in self.columns.names]
        for row in self.rows:
            own, other = runs[row.step.sender], runs[row.step.receiver]
            end = row.arrow + (18 if row.step.is_self else 6)
            own[-1:] = [(own[-1][0] if own else row.arrow - 6, end)]
            if not row.step.is_self:
                other.append((row.arrow - 2, row.arrow + 10))
        return [
            Area(box=Box(left=x - _BAR, top=top, right=x + _BAR, bottom=bottom), css="d-bar", radius=1)
            for x, own in zip(self.columns.x, runs, strict=True)
            for top, bottom in own
        ]

    def _frames(self) -> list[_Frame]:
        """Return a frame around each run of steps that are not always taken, with a part for each branch."""
        runs: list[list[list[_Placed]]] = []
        before = ""
        for row in self.rows:
            step = row.step
            if step.when and step.when != before:
                if not (step.alternative and before):
                    runs.append([])
                runs[-1].append([])
            if step.when:
                runs[-1][-1].append(row)
            before = step.when
        return [self._frame(branches) for branches in runs]

    def _frame(self, branches: list[list[_Placed]]) -> _Frame:
        rows = [row for branch in branches for row in branch]
        ends = [self.columns.x[index] for row in rows for index in (row.step.sender, row.step.receiver)]
        right = max([max(ends) + PAD, *(text.box.right + 8 for row in rows for text in self._texts(row))])
        tops = [branch[0].top - _opening(branch[0].step) + 6 for branch in branches]
        box = Box(left=min(ends) - PAD - _TAG, top=tops[0], right=right, bottom=rows[-1].bottom + _FRAME_PAD - 2)
        whens = [visible(branch[0].step.when) for branch in branches]
        return _Frame(box=box, parts=tuple(tops[1:]), said=f"when {', or when '.join(whens)}")

    def _texts(self, row: _Placed) -> list[Text]:
        """Return what is written at an arrow, in its place: above the line the topic, below it the notes."""
        step = row.step
        x = self.columns.label_x(step)
        number = Text(x=x, y=row.top + 11, lines=(str(step.number),), size=11, css="d-num")
        shift = step.indent
        found = [
            number,
            _at(step.label, x + shift, row.top + 11, self.topic_href(step.topic)),
        ]
        if step.guard:
            found.append(_at(step.guard, x, row.top - _opening(step) + 20))
        y = row.arrow + 14
        for note in step.notes:
            found.append(_at(note, x + shift, y))
            y += note.step * len(note.lines)
        return found

    def _step(self, row: _Placed) -> ShapeGroup:
        step = row.step
        css = "d-step" + (f" d-c{step.chain}" if step.chain is not None else "")
        css += (" d-broken" if step.broken else "") + (" d-maybe" if step.when else "")
        return ShapeGroup(
            shapes=(*self._arrow(row), *self._texts(row)),
            css=css,
            title=f"{step.number}. {step.words}",
            field=visible(step.correlation),
        )

    def _arrow(self, row: _Placed) -> list[Path]:
        step, y = row.step, row.arrow
        start, end = self.columns.x[step.sender], self.columns.x[step.receiver]
        side = -1 if end < start else 1
        dashed = bool(step.when or step.broken)
        points: tuple[tuple[float, float], ...]
        if step.is_self:
            reach, below = start + 30, y + 14
            points = ((start + _BAR, y), (reach, y), (reach, below), (start + _BAR + 2, below))
            tip, y, side = start + _BAR, below, -1
        else:
            tip = end - side * _BAR
            points = ((start + side * _BAR, y), (tip - side * 2, y))
        head = line(((tip, y), (tip - side * 9, y - 4.5), (tip - side * 9, y + 4.5))) + "Z"
        found = [Path(data=line(points), css="d-arrow", dashed=dashed), Path(data=head, css="d-head", filled=True)]
        if step.broken and not step.is_self:
            middle = tip - side * 20
            cross = line(((middle - 5, y - 5), (middle + 5, y + 5))) + line(((middle - 5, y + 5), (middle + 5, y - 5)))
            found.append(Path(data=cross, css="d-cross"))
        return found

    def _rest(self) -> ShapeGroup:
        said = f"{self.more} more steps are in the table"
        return ShapeGroup(shapes=(Text(x=PAD, y=self.height - 8, lines=(said,), size=12, css="d-note"),), css="d-more")


def _at(text: Text, x: float, y: float, href: str = "") -> Text:
    return Text(
        x=x,
        y=y,
        lines=text.lines,
        size=text.size,
        step=text.step,
        mono=text.mono,
        css=text.css,
        href=href,
        full=text.full,
    )
