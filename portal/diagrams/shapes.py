"""What drawings are made of, and how it is written as SVG: presentation attributes and classes only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from portal.diagrams.text import escaped, width

Anchor = Literal["start", "middle", "end"]
SANS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', Arial, sans-serif"
MONO = "'SF Mono', Menlo, 'Cascadia Mono', Consolas, 'DejaVu Sans Mono', monospace"


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle by its edges."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Box) -> bool:
        """Say whether two rectangles share more than an edge."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Lines of text; `y` is the baseline of the first, `step` the distance of the others."""

    x: float
    y: float
    lines: tuple[str, ...]
    size: int = 12
    step: int = 15
    mono: bool = False
    bold: bool = False
    anchor: Anchor = "start"
    css: str = ""
    href: str = ""
    full: str = ""

    @property
    def width(self) -> float:
        """Return about how wide the widest line is."""
        return max(width(line, self.size, mono=self.mono, bold=self.bold) for line in self.lines)

    @property
    def box(self) -> Box:
        """Return the rectangle that the text takes at most."""
        left = self.x - {"start": 0.0, "middle": self.width / 2, "end": self.width}[self.anchor]
        top = self.y - 0.8 * self.size
        bottom = self.y + self.step * (len(self.lines) - 1) + 0.25 * self.size
        return Box(left=left, top=top, right=left + self.width, bottom=bottom)

    def svg(self) -> str:
        """Return the element, inside of a link where there is one."""
        inner = "".join(
            f'<tspan x="{_n(self.x)}" y="{_n(self.y + self.step * index)}">{escaped(line)}</tspan>'
            for index, line in enumerate(self.lines)
        )
        full = f"<title>{escaped(self.full)}</title>" if self.full and self.full != "".join(self.lines) else ""
        attributes = f' class="{self.css}" font-size="{self.size}"'
        attributes += f' font-family="{MONO}"' if self.mono else ""
        attributes += ' font-weight="600"' if self.bold else ""
        attributes += f' text-anchor="{self.anchor}"' if self.anchor != "start" else ""
        made = f"<text{attributes}>{full}{inner}</text>"
        return f'<a href="{escaped(self.href)}">{made}</a>' if self.href else made


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """A line or a filled shape, as SVG path data made of numbers only."""

    data: str
    css: str
    filled: bool = False
    dashed: bool = False

    def svg(self) -> str:
        """Return the element."""
        paint = 'fill="currentColor"' if self.filled else 'fill="none" stroke="currentColor"'
        dash = ' stroke-dasharray="5 4"' if self.dashed else ""
        return f'<path class="{self.css}" d="{self.data}" {paint}{dash}/>'


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A rectangle that is drawn."""

    box: Box
    css: str
    radius: int = 0
    dashed: bool = False

    def svg(self) -> str:
        """Return the element."""
        box = self.box
        place = f'x="{_n(box.left)}" y="{_n(box.top)}"'
        place += f' width="{_n(box.right - box.left)}" height="{_n(box.bottom - box.top)}"'
        dash = ' stroke-dasharray="4 3"' if self.dashed else ""
        return f'<rect class="{self.css}" {place} rx="{self.radius}" fill="none" stroke="currentColor"{dash}/>'


Shape = Text | Path | Area


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapeGroup:
    """Shapes that belong together, with what they mean in words and the field that ties them to others."""

    shapes: tuple[Shape, ...]
    css: str = ""
    title: str = ""
    field: str = ""

    def svg(self) -> str:
        """Return the element."""
        field = f' data-field="{escaped(self.field)}"' if self.field else ""
        title = f"<title>{escaped(self.title)}</title>" if self.title else ""
        return f'<g class="{self.css}"{field}>{title}{"".join(shape.svg() for shape in self.shapes)}</g>'


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A whole drawing in pixels, with what it is called and what it shows."""

    width: float
    height: float
    title: str
    description: str
    groups: tuple[ShapeGroup, ...]
    css: str

    @property
    def texts(self) -> tuple[Text, ...]:
        """Return every text of the drawing."""
        return tuple(shape for group in self.groups for shape in group.shapes if isinstance(shape, Text))

    def svg(self, ident: str) -> str:
        """Return the SVG; `ident` makes its ids unique on a page. It is an image only while it holds no links."""
        role = "group" if any(text.href for text in self.texts) else "img"
        size = f'width="{_n(self.width)}" height="{_n(self.height)}" viewBox="0 0 {_n(self.width)} {_n(self.height)}"'
        ident = escaped(ident)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="diagram {self.css}" {size} font-family="{SANS}" '
            f'fill="currentColor" role="{role}" aria-labelledby="{ident}-title" aria-describedby="{ident}-desc">'
            f'<title id="{ident}-title">{escaped(self.title)}</title>'
            f'<desc id="{ident}-desc">{escaped(self.description)}</desc>'
            f"{''.join(group.svg() for group in self.groups)}</svg>"
        )


def line(points: Iterable[tuple[float, float]]) -> str:
    """Return path data through points."""
    return "M" + "L".join(f"{_n(x)} {_n(y)}" for x, y in points)


def curve(start: tuple[float, float], end: tuple[float, float]) -> str:
    """Return path data of a bow that leaves and arrives level."""
    (x, y), (to_x, to_y) = start, end
    middle = (x + to_x) / 2
    return f"M{_n(x)} {_n(y)}C{_n(middle)} {_n(y)} {_n(middle)} {_n(to_y)} {_n(to_x)} {_n(to_y)}"


def _n(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".") if value % 1 else str(int(value))
