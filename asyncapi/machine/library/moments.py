"""datetime: moments and spans of time, of which a run alone knows the values, and what they look like as text."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from asyncapi.machine.code import CallSite
from asyncapi.machine.library import Outsides
from asyncapi.machine.library.shorthand import Arguments, Named, given, make, row, same, unknown
from asyncapi.machine.values import ABSENT, Instance, NativeCall, Opaque, Value

if TYPE_CHECKING:
    from asyncapi.machine.state import Machine

KINDS = {"datetime": "timestamp", "date": "date", "time": "time"}
MADE = (
    "now",
    "utcnow",
    "today",
    "fromtimestamp",
    "utcfromtimestamp",
    "fromisoformat",
    "strptime",
    "combine",
    "fromordinal",
)
NUMBERS = ("year", "month", "day", "hour", "minute", "second", "microsecond")
SPANS = ("days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks")


def register(library: Outsides) -> None:
    """Add the rows."""
    library.own("datetime", "zoneinfo", "pytz", "dateutil")
    for kind, name in KINDS.items():
        path = f"datetime.{kind}"
        text = unknown("a moment as text", name, "str")
        methods: dict[str, NativeCall] = {
            "isoformat": text,
            "ctime": text,
            "__str__": text,
            "strftime": _formatted,
            "__format__": _formatted,
            "timestamp": unknown("a moment", "timestamp", "float"),
            "toordinal": unknown("a moment", "date", "int"),
            "weekday": unknown("a day of the week", "weekday", "int"),
            "isoweekday": unknown("a day of the week", "weekday", "int"),
            "__add__": same,
            "__radd__": same,
            "__sub__": _difference,
            "replace": same,
            "astimezone": same,
            "date": _as("datetime.date"),
            "time": _as("datetime.time"),
        }
        known = row(library, path, methods=methods)
        known.attribute = _number
        known.text = lambda m, owner, name=name: Opaque("a moment as text", name=name, kind="str")
        for maker in MADE:
            library.functions[f"{path}.{maker}"] = _as(path)
        for bound in ("min", "max"):
            library.constants[f"{path}.{bound}"] = Opaque("a moment", name=name)
    span = {
        "total_seconds": _seconds,
        "__add__": _same_span,
        "__sub__": _same_span,
        "__mul__": _same_span,
        "__truediv__": _same_span,
    }
    row(library, "datetime.timedelta", init=_span, methods=span).attribute = _number


def _as(path: str) -> NativeCall:
    return lambda m, a, k, at: make(m, path, at)


def _formatted(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    """A moment in a form of its own: a date, a time of day, or both."""
    form = given(a, k, 1, "format", "")
    form = form if isinstance(form, str) else ""
    day = any(mark in form for mark in ("%Y", "%y", "%m", "%d", "%j", "%b", "%B", "%x", "%F"))
    hour = any(mark in form for mark in ("%H", "%I", "%M", "%S", "%X", "%T", "%s", "%f", "%c"))
    name = "timestamp" if day == hour else "date" if day else "time"
    return Opaque("a moment as text", name=name, kind="str")


def _difference(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    other = given(a, k, 1)
    if isinstance(other, Instance) and m.derives(other.cls, m.external("datetime.timedelta")):
        return a[0]
    return make(m, "datetime.timedelta", at)


def _number(m: Machine, owner: Instance, name: str, at: CallSite) -> Value:
    return Opaque("a part of a moment", name=name, kind="int") if name in NUMBERS or name in SPANS else ABSENT


def _span(m: Machine, owner: Instance, a: Arguments, k: Named, at: CallSite) -> None:
    """`timedelta(...)`: its seconds, where all that makes it is known."""
    if all(isinstance(value, (int, float)) for value in (*a, *k.values())) and set(k) <= set(SPANS):
        try:
            owner.fields["_seconds"] = datetime.timedelta(*a, **k).total_seconds()
        except (OverflowError, ValueError, TypeError):
            m.fails()


def _seconds(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    return a[0].fields.get("_seconds", Opaque("a span of time", name="seconds", kind="float"))


def _same_span(m: Machine, a: Arguments, k: Named, at: CallSite) -> Value:
    return make(m, "datetime.timedelta", at)
