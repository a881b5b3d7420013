"""Rarer types for random models: keys of dicts, tagged unions, recursion, root models, generics."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Annotated, Any, Generic, Literal, TypeVar, Union

from pydantic import BaseModel, ConfigDict, Field, RootModel, StringConstraints, create_model

Type = tuple[Any, ...]
Annotate = Callable[[Type, dict[str, type[BaseModel]]], Any]
Make = Callable[[Type, Random], Any]
Edit = Callable[[Type, Random], Type]

T = TypeVar("T")
TAGS = ("cat", "dog", "eel")
KEYS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "words": (Literal["red", "green"], ("red", "green")),
    "word": (Literal["red"], ("red",)),
    "letters": (Annotated[str, StringConstraints(pattern="^[a-z]+$")], ("abc", "red")),
    "short": (Annotated[str, StringConstraints(max_length=4)], ("abcd", "red")),
    "any": (str, ("x Y", "red", "")),
}


class Box(BaseModel, Generic[T]):
    """Something in a box."""

    model_config = ConfigDict(extra="forbid")
    content: T
    label: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rarer:
    """A kind of type: how one is made up, written in Python, filled with JSON, and edited."""

    random: Callable[[Random, Callable[[], Type]], Type]
    annotation: Callable[[Type, dict[str, type[BaseModel]], Annotate], Any]
    instance: Callable[[Type, Random, Make], Any]
    edited: Callable[[Type, Random, Edit], Type]


def _tagged(type_: Type, made: dict[str, type[BaseModel]], annotate: Annotate) -> Any:
    arms = []
    for tag, inner in type_[1]:
        value = annotate(inner, made)
        name = f"{tag.title()}_{len(made)}"
        made[name] = create_model(
            name,
            __config__=ConfigDict(extra="forbid"),
            kind=(Literal[tag], ...),
            value=(value, ...),
        )
        arms.append(made[name])
    return arms[0] if len(arms) == 1 else Annotated[Union[tuple(arms)], Field(discriminator="kind")]  # noqa: UP007


def _tagged_instance(type_: Type, random: Random, make: Make) -> Any:
    tag, inner = random.choice(type_[1])
    return {"kind": tag, "value": make(inner, random)}


def _tagged_edited(type_: Type, random: Random, edit: Edit) -> Type:
    arms = list(type_[1])
    free = [tag for tag in TAGS if tag not in dict(arms)]
    turn = random.random()
    if turn < 0.3 and free:
        return ("tagged", (*arms, (free[0], ("int", None, None, False))))
    if turn < 0.5 and len(arms) > 1:
        return ("tagged", tuple(arms[1:]))
    if turn < 0.6:
        return ("tagged", tuple(reversed(arms)))
    place = random.randrange(len(arms))
    arms[place] = (arms[place][0], edit(arms[place][1], random))
    return ("tagged", tuple(arms))


def _tree(type_: Type, made: dict[str, type[BaseModel]], annotate: Annotate) -> Any:
    _, inner, form, extra = type_
    value = annotate(inner, made)
    name = f"Tree_{len(made)}"
    here = {"list": f"list[{name}]", "dict": f"dict[str, {name}]", "opt": f"{name} | None"}[form]
    default: Any = Field(default=None) if form == "opt" else Field(default_factory=list if form == "list" else dict)
    made[name] = create_model(name, __config__=ConfigDict(extra=extra), value=(value, ...), children=(here, default))
    made[name].model_rebuild(_types_namespace=made)
    return made[name]


def _tree_instance(type_: Type, random: Random, make: Make, depth: int = 0) -> Any:
    _, inner, form, _ = type_
    below = [_tree_instance(type_, random, make, depth + 1) for _ in range(random.randint(0, 2) if depth < 2 else 0)]
    children: Any = {"list": below, "dict": {f"k{i}": one for i, one in enumerate(below)}, "opt": (below or [None])[0]}[
        form
    ]
    return {"value": make(inner, random), "children": children}


def _tree_edited(type_: Type, random: Random, edit: Edit) -> Type:
    kind, inner, form, extra = type_
    if random.random() < 0.2:
        return (kind, inner, form, random.choice(("forbid", "ignore")))
    if random.random() < 0.2:
        return (kind, inner, random.choice(("list", "dict", "opt")), extra)
    return (kind, edit(inner, random), form, extra)


def _root(type_: Type, made: dict[str, type[BaseModel]], annotate: Annotate) -> Any:
    inner = annotate(type_[1], made)
    return type(f"Root_{len(made)}", (RootModel[inner],), {})  # type: ignore[misc]


def filled(generic: Any) -> Callable[[Type, dict[str, type[BaseModel]], Annotate], Any]:
    """Return what writes a generic model around another type."""

    def annotation(type_: Type, made: dict[str, type[BaseModel]], annotate: Annotate) -> Any:
        cls = generic[annotate(type_[1], made)]
        made[cls.__name__] = cls
        return cls

    return annotation


def inner_edited(type_: Type, random: Random, edit: Edit) -> Type:
    """Return a type around another one with that edited, or only the other one."""
    return type_[1] if random.random() < 0.2 else (type_[0], edit(type_[1], random), *type_[2:])


def _keyed_edited(type_: Type, random: Random, edit: Edit) -> Type:
    kind, keys, inner = type_
    if random.random() < 0.6:
        return (kind, random.choice(tuple(KEYS)), inner)
    return ("dict", inner) if random.random() < 0.3 else (kind, keys, edit(inner, random))


RARER: dict[str, Rarer] = {
    "keyed": Rarer(
        random=lambda random, inner: ("keyed", random.choice(tuple(KEYS)), inner()),
        annotation=lambda type_, made, annotate: dict[KEYS[type_[1]][0], annotate(type_[2], made)],  # type: ignore[misc]
        instance=lambda type_, random, make: {
            key: make(type_[2], random)
            for key in random.sample(KEYS[type_[1]][1], random.randint(0, len(KEYS[type_[1]][1])))
        },
        edited=_keyed_edited,
    ),
    "tagged": Rarer(
        random=lambda random, inner: ("tagged", tuple((tag, inner()) for tag in TAGS[: random.randint(1, 3)])),
        annotation=_tagged,
        instance=_tagged_instance,
        edited=_tagged_edited,
    ),
    "tree": Rarer(
        random=lambda random, inner: ("tree", inner(), random.choice(("list", "dict", "opt")), "forbid"),
        annotation=_tree,
        instance=_tree_instance,
        edited=_tree_edited,
    ),
    "root": Rarer(
        random=lambda _, inner: ("root", inner()),
        annotation=_root,
        instance=lambda type_, random, make: make(type_[1], random),
        edited=inner_edited,
    ),
    "box": Rarer(
        random=lambda _, inner: ("box", inner()),
        annotation=filled(Box),
        instance=lambda type_, random, make: {"content": make(type_[1], random)},
        edited=inner_edited,
    ),
}
