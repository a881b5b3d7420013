"""What every drawing has to keep: well-formed, safe, readable, and no text on another."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree

from portal.diagrams.shapes import Area, Box, Drawing, Path, Text

ALLOWED = frozenset(("svg", "title", "desc", "g", "path", "rect", "text", "tspan", "a"))
ATTRIBUTES = frozenset(
    (
        *("class", "data-field", "d", "fill", "stroke", "stroke-dasharray", "x", "y", "width", "height", "rx", "href"),
        *("font-size", "font-family", "font-weight", "text-anchor", "viewBox", "role", "id"),
        *("aria-labelledby", "aria-describedby", "aria-current"),
    )
)
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def parsed(svg: str) -> ElementTree.Element:
    """Return the tree of a drawing, having made sure that nothing in it can run or style."""
    tree = ElementTree.fromstring(svg)
    for element in tree.iter():
        assert element.tag.rpartition("}")[2] in ALLOWED
        assert {name.rpartition("}")[2] for name in element.attrib} <= ATTRIBUTES
    return tree


def words(tree: ElementTree.Element, css: str) -> list[str]:
    """Return what the texts of a class say, lines joined as they were wrapped."""
    return ["".join(element.itertext()) for element in tree.iter() if css in (element.get("class") or "").split()]


def collisions(drawing: Drawing) -> list[tuple[str, str]]:
    """Return what a reader would stumble over: texts on texts, on lines, on bars, out of the picture, or too small."""
    texts = [text for text in drawing.texts if text.lines]
    found = [
        (_said(one), _said(other))
        for index, one in enumerate(texts)
        for other in texts[index + 1 :]
        if one.box.overlaps(other.box)
    ]
    shapes = [shape for group in drawing.groups for shape in group.shapes]
    for text in texts:
        found += [(_said(text), f"line {line}") for line in _segments(shapes) if line.overlaps(text.box)]
        solid = [shape.box for shape in shapes if isinstance(shape, Area) and "d-bar" in shape.css]
        found += [(_said(text), f"bar {bar}") for bar in solid if bar.overlaps(text.box)]
        box = text.box
        if box.left < 0 or box.top < 0 or box.right > drawing.width or box.bottom > drawing.height:
            found.append((_said(text), "out of the picture"))
        if text.size < 11:
            found.append((_said(text), "too small"))
    return found


def _said(text: Text) -> str:
    return "".join(text.lines)


def _segments(shapes: list[Text | Path | Area]) -> list[Box]:
    """Return the straight lines of paths as thin boxes."""
    found = []
    for shape in shapes:
        if not isinstance(shape, Path) or "C" in shape.data:
            continue
        for part in filter(None, shape.data.replace("Z", "").split("M")):
            numbers = [float(number) for number in NUMBER.findall(part)]
            points = list(zip(numbers[::2], numbers[1::2], strict=True))
            for (x, y), (to_x, to_y) in pairwise(points):
                found.append(
                    Box(left=min(x, to_x), top=min(y, to_y), right=max(x, to_x) + 0.1, bottom=max(y, to_y) + 0.1)
                )
    return found
