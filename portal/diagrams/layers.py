"""Layers of named nodes with edges between neighbours → a drawing from left to right, with few crossings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from portal.diagrams.shapes import Area, Box, Drawing, Path, ShapeGroup, Text, curve, line
from portal.diagrams.text import short, visible, width, wrap

_TOP, _LEFT, _GAP, _ROW_GAP, _HEAD = 4.0, 4.0, 64.0, 12.0, 24.0
_LIMITS = {"topic": 220.0, "service": 150.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A box with a name; `here` marks the one that everything is about."""

    name: str
    kind: Literal["topic", "service"]
    href: str = ""
    here: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """Nodes above each other; `more` counts those that are not shown, `empty` says that there are none."""

    title: str
    nodes: tuple[Node, ...]
    more: int = 0
    empty: str = ""

    @property
    def note(self) -> str:
        """Return what stands below the nodes."""
        return f"and {self.more} more" if self.more else "" if self.nodes else self.empty


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerEdge:
    """From a node to one of the next layer, by index; what is not `certain` is dashed."""

    start: int
    end: int
    certain: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class _Placed:
    """A node in its place."""

    node: Node
    box: Box
    lines: tuple[str, ...]

    @property
    def middle(self) -> float:
        return (self.box.top + self.box.bottom) / 2


def drawing(
    layers: tuple[Layer, ...],
    edges: tuple[tuple[LayerEdge, ...], ...],
    *,
    title: str,
    description: str,
    legend: str = "",
) -> Drawing:
    """Return the drawing; layers with nothing to say are left out. `legend` stands below it."""
    orders = _ordered(layers, edges)
    widths = [_width(layer) for layer in layers]
    height = max((_height(layer) for layer in layers), default=0)
    placed: list[dict[int, _Placed]] = []
    groups: list[ShapeGroup] = []
    x = _LEFT
    for layer, order, wide in zip(layers, orders, widths, strict=True):
        if not wide:
            placed.append({})
            continue
        column, texts = _column(layer, order, x, wide, height)
        placed.append(column)
        groups.append(ShapeGroup(shapes=(*texts,), css="d-column"))
        x += wide + _GAP
    right = x - _GAP + _LEFT
    bottom = _TOP + _HEAD + height + _LEFT
    links = [_edge(edge, placed[index], placed[index + 1]) for index, own in enumerate(edges) for edge in own]
    nodes = [_node(one) for column in placed for one in column.values()]
    if legend:
        text = Text(
            x=_LEFT,
            y=bottom + 14,
            lines=tuple(wrap(legend, max(right, 240), 11, after=" ")),
            size=11,
            step=14,
            css="d-note",
        )
        groups.append(ShapeGroup(shapes=(text,), css="d-legend"))
        bottom, right = text.box.bottom + 4, max(right, text.box.right + _LEFT)
    return Drawing(
        width=right,
        height=bottom,
        title=title,
        description=description,
        groups=(*links, *nodes, *groups),
        css="d-graph",
    )


def _ordered(layers: tuple[Layer, ...], edges: tuple[tuple[LayerEdge, ...], ...]) -> list[list[int]]:
    """Return the order of each layer's nodes by the middle of their neighbours, swept to and fro."""
    orders = [list(range(len(layer.nodes))) for layer in layers]
    for _ in range(3):
        for index in range(1, len(layers)):
            _sort(orders, index, index - 1, [(edge.end, edge.start) for edge in edges[index - 1]])
        for index in range(len(layers) - 2, -1, -1):
            _sort(orders, index, index + 1, [(edge.start, edge.end) for edge in edges[index]])
    return orders


def _sort(orders: list[list[int]], own: int, other: int, pairs: list[tuple[int, int]]) -> None:
    place = {node: position for position, node in enumerate(orders[other])}
    joined: dict[int, list[int]] = {}
    for node, neighbour in pairs:
        joined.setdefault(node, []).append(place[neighbour])
    middle = len(orders[other]) / 2
    orders[own].sort(key=lambda node: sum(joined[node]) / len(joined[node]) if node in joined else middle)


def _lines(node: Node) -> tuple[str, ...]:
    is_topic = node.kind == "topic"
    after = "/" if is_topic else "-_./: "
    return tuple(wrap(short(node.name), _LIMITS[node.kind], _size(node), mono=is_topic, bold=not is_topic, after=after))


def _size(node: Node) -> int:
    return 12 if node.kind == "topic" else 13


def _wide(node: Node) -> float:
    is_topic = node.kind == "topic"
    return max(width(part, _size(node), mono=is_topic, bold=not is_topic) for part in _lines(node)) + 24


def _tall(node: Node) -> float:
    return 16.0 * len(_lines(node)) + 12


def _width(layer: Layer) -> float:
    """Return how wide a layer is, 0 when there is nothing in it."""
    if not layer.nodes and not layer.note:
        return 0.0
    texts = [width(layer.title, 11), width(layer.note, 12)]
    return max([*map(_wide, layer.nodes), *texts])


def _height(layer: Layer) -> float:
    nodes = sum(_tall(node) + _ROW_GAP for node in layer.nodes)
    return nodes - _ROW_GAP + (24 if layer.note else 0) if nodes else 12.0


def _column(
    layer: Layer, order: list[int], x: float, wide: float, height: float
) -> tuple[dict[int, _Placed], list[Text]]:
    y = _TOP + _HEAD + (height - _height(layer)) / 2
    texts = [Text(x=x + wide / 2, y=y - 10, lines=(layer.title,), size=11, anchor="middle", css="d-note")]
    placed = {}
    for index in order:
        node = layer.nodes[index]
        box = Box(left=x, top=y, right=x + wide, bottom=y + _tall(node))
        placed[index] = _Placed(node=node, box=box, lines=_lines(node))
        y = box.bottom + _ROW_GAP
    if layer.note:
        texts.append(Text(x=x + wide / 2, y=y + 10, lines=(layer.note,), size=12, anchor="middle", css="d-note"))
    return placed, texts


def _node(placed: _Placed) -> ShapeGroup:
    node, box = placed.node, placed.box
    is_topic = node.kind == "topic"
    text = Text(
        x=(box.left + box.right) / 2,
        y=box.top + 18,
        lines=placed.lines,
        size=_size(node),
        step=16,
        mono=is_topic,
        bold=not is_topic,
        anchor="middle",
        css="d-topic" if is_topic else "d-name",
        href=node.href,
        full=visible(node.name),
    )
    css = "d-here" if node.here else ""
    return ShapeGroup(shapes=(Area(box=box, css="d-node", radius=2 if is_topic else 12), text), css=css)


def _edge(edge: LayerEdge, left: dict[int, _Placed], right: dict[int, _Placed]) -> ShapeGroup:
    start, end = left[edge.start], right[edge.end]
    x, to_x = start.box.right, end.box.left
    head = line(((to_x, end.middle), (to_x - 8, end.middle - 4), (to_x - 8, end.middle + 4))) + "Z"
    bow = curve((x, start.middle), (to_x - 7, end.middle))
    said = f"{visible(start.node.name)} → {visible(end.node.name)}"
    return ShapeGroup(
        shapes=(
            Path(data=bow, css="d-edge", dashed=not edge.certain),
            Path(data=head, css="d-head d-edge", filled=True),
        ),
        css="d-link",
        title=said if edge.certain else f"{said} (possible)",
    )
