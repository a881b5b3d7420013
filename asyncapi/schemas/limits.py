"""Limits for which JSON Schema has no keyword: a format and its `x-limits` as one name, such as `date, ge 2020-01-01`.

Decimals and their digits, dates, times and durations with bounds, with or without an offset.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal, DecimalException
from functools import lru_cache
from itertools import chain, product
from typing import Any

BOUNDS = ("gt", "ge", "lt", "le")
_COUNTS = ("max_digits", "decimal_places")
_DIGITS = (*_COUNTS, "multiple_of")
LIMIT_WORDS = (*BOUNDS, *_DIGITS, "offset", "now")
PYDANTIC = "Pydantic's "
"""Before the name of a format that Pydantic reads in its own way."""

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,4})?")
_DURATION = re.compile(
    r"([+-]?)P(?:(\d+)W)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d{1,6})\d*)?S)?)?", re.ASCII
)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt _]\d\d:\d\d(:\d\d([.,]\d{1,9})?)?(Z|z|[+-]\d\d:?\d\d)?", re.ASCII)
_TIME = re.compile(r"\d\d:\d\d(:\d\d([.,]\d{1,9})?)?(Z|z|[+-]\d\d:?\d\d)?", re.ASCII)
_PAST, _FUTURE = 2025, 9000
"""Years before and after which a date is past or to come, whenever it is asked."""
Value = Any
Limits = Mapping[str, str]

ASSERTED = frozenset(("date-time", "time", "duration", "base64", "base64url"))
"""Formats that models read and write in another way than a validator of JSON Schema checks them."""
OUTLINES: Mapping[str, str] = {
    "date": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
    PYDANTIC + "date-time": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt _][0-9]{2}:[0-9]{2}[0-9Zz:+\-.,]*$",
    PYDANTIC + "time": r"^[0-9]{2}:[0-9]{2}[0-9Zz:+\-.,]*$",
    PYDANTIC + "duration": r"^[+\-]?P[0-9WDTHMS.]+$",
}
"""Patterns that every text of a format matches."""


def name_of(form: str, limits: Any) -> str:
    """Return a format with its limits as one name; what is not known as a limit is left out."""
    said = limits if isinstance(limits, Mapping) else {}
    parts = [f"{word.replace('_', ' ')} {said[word]}" for word in LIMIT_WORDS if word in said]
    return ", ".join((form, *parts))


def number_keywords(limits: Any) -> dict[str, Any]:
    """Return the keywords that hold a number to the digits that a decimal may have."""
    said = limits if isinstance(limits, Mapping) else {}
    most, places = (_count(said.get(word)) for word in ("max_digits", "decimal_places"))
    if most is None:
        return {} if places is None else {"multipleOf": _power(-places)}
    if places is not None:
        top = _power(max(most - places, 0))
        return {"multipleOf": _power(-places), "exclusiveMinimum": -top, "exclusiveMaximum": top}
    tops = [(_power(-after), _power(most - after)) for after in range(most + 1)]
    arms = [{"multipleOf": step, "exclusiveMinimum": -top, "exclusiveMaximum": top} for step, top in tops]
    return {"anyOf": arms}


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 40 else None


def _power(exponent: int) -> int | float:
    return 10**exponent if exponent >= 0 else float(f"1e{exponent}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limited:
    """A format with limits: `base` is the format without, `bounds` are read as its values."""

    base: str
    said: Limits
    bounds: Mapping[str, Value]

    def admits(self, text: str) -> bool | None:
        """Say whether a text has the format and keeps to the limits; None where that depends on the day."""
        value = _read(self.base, text)
        if value is None:
            return False
        try:
            return self._holds(value)
        except DecimalException:
            return None

    def _holds(self, value: Value) -> bool | None:
        verdicts = [_within_bound(word, value, bound) for word, bound in self.bounds.items()]
        verdicts += [_keeps(word, value, said) for word, said in self.said.items() if word not in self.bounds]
        if isinstance(value, Decimal):
            verdicts.append(_few_digits(value, self.said) or _few_digits(value.normalize(), self.said))
        return False if False in verdicts else None if None in verdicts else True


@lru_cache(maxsize=4096)
def limited(name: str) -> Limited | None:
    """Return what a name of a format with limits stands for; None where it is no such name."""
    base, *parts = name.split(", ")
    said: dict[str, str] = {}
    for part in parts:
        word = next((word for word in LIMIT_WORDS if part.startswith(word.replace("_", " ") + " ")), None)
        if word is None:
            return None
        said[word] = part[len(word) + 1 :]
    if base not in _READERS or (base == "decimal" and not said):
        return None
    bounds = {word: _read(base, text) for word, text in said.items() if word in BOUNDS}
    wrong = None in bounds.values() or any(
        not re.fullmatch(r"\d{1,3}", said.get(word, "0"), re.ASCII) for word in _COUNTS
    )
    if wrong or not (_decimal(said.get("multiple_of", "1")) or 0) > 0:
        return None
    return Limited(base=base, said=said, bounds=bounds)


def keeps(form: Any, said: Any, value: str | float) -> bool | None:
    """Say whether a text of a format, or a number, keeps to `x-limits`; None where that is not known."""
    if isinstance(value, str):
        one = limited(_meant(form, said))
        return None if one is None else one.admits(value)
    digits = {word: str(said[word]) for word in _COUNTS if _count(said.get(word)) is not None}
    number = Decimal(repr(value))
    return number.is_finite() and (_few_digits(number, digits) or _few_digits(number.normalize(), digits))


def _meant(form: Any, said: Any) -> str:
    return name_of(PYDANTIC + form if form in ASSERTED else str(form), said)


def fitting(form: Any, said: Any, *, first: str) -> str | None:
    """Return a text of a format that keeps to `x-limits`, the one given where it does; None when none is known."""
    texts = chain((first,), samples([_meant(form, said)]))
    return next((text for text in texts if keeps(form, said, text)), None)


def within(inner: str, outer: str) -> bool:
    """Say whether every text of a format with limits is known to keep to those of another."""
    one, two = limited(inner), limited(outer)
    if two is None:
        return False
    if one is None:
        return two.base == PYDANTIC + inner and not two.said
    if one.base != two.base:
        return False
    return all(_implied(word, one, two) for word in two.said)


def _implied(word: str, one: Limited, two: Limited) -> bool:
    if word in BOUNDS:
        known = [*one.bounds.items(), *_hidden_bounds(one)]
        return any(_tighter(word, two.bounds[word], other, bound) for other, bound in known)
    if word == "multiple_of":
        step = Decimal(one.said.get(word, "NaN"))
        return step.is_finite() and step % Decimal(two.said[word]) == 0
    if word in _DIGITS:
        return _digits_implied(one, two)
    return one.said.get(word) == two.said[word]


def _hidden_bounds(one: Limited) -> Iterator[tuple[str, Value]]:
    """Yield bounds that follow from other limits: three digits mean below 1000, a future date is not of the past."""
    most = _whole(one.said.get("max_digits"))
    if most is not None:
        top = Decimal(10) ** (most - (_whole(one.said.get("decimal_places")) or 0))
        yield from (("gt", -top), ("lt", top))
    if one.said.get("now") == "future" and one.base == "date":
        yield "ge", date(_PAST, 1, 1)


def _tighter(word: str, wanted: Value, other: str, bound: Value) -> bool:
    """Say whether a bound makes another one sure."""
    if word[0] != other[0]:
        return False
    order = _compared(bound, wanted)
    if order is None:
        return False
    inside = order > 0 if word[0] == "g" else order < 0
    return inside or (order == 0 and (other == word or other[1] == "t"))


def _digits_implied(one: Limited, two: Limited) -> bool:
    """Say whether the digits that one side may have are few enough for the other."""
    most, places = (_whole(one.said.get(word)) for word in ("max_digits", "decimal_places"))
    wanted, wanted_places = (_whole(two.said.get(word)) for word in ("max_digits", "decimal_places"))
    before = _most(None if most is None else most - (places or 0), _digits_before(one.bounds))
    after = _most(places, most, _places(one.said.get("multiple_of")))
    total = _most(most, None if before is None or after is None else before + after)
    if wanted_places is not None and (after is None or after > wanted_places):
        return False
    if wanted is not None and (total is None or total > wanted):
        return False
    both = wanted is not None and wanted_places is not None
    return not both or (before is not None and before <= wanted - wanted_places)  # type: ignore[operator]


def _digits_before(bounds: Mapping[str, Value]) -> int | None:
    """Return how many digits bounds leave before the point, None where they leave any number."""
    lows, highs = ([abs(bound) for word, bound in bounds.items() if word[0] == way] for way in "gl")
    return len(str(int(max(*lows, *highs)))) if lows and highs else None


def _places(step: str | None) -> int | None:
    return None if step is None else max(0, -int(Decimal(step).normalize().as_tuple().exponent))


def _most(*numbers: int | None) -> int | None:
    return min((number for number in numbers if number is not None), default=None)


def _whole(text: str | None) -> int | None:
    return None if text is None else int(Decimal(text))


def samples(names: Iterable[str]) -> Iterator[str]:
    """Yield texts on both sides of every limit: among them is one that fits some of the formats and not the others."""
    known = [one for name in names if (one := limited(name))]
    for base in dict.fromkeys(one.base for one in known):
        yield from _SAMPLES[base]([one for one in known if one.base == base])


def _read(base: str, text: str) -> Value:
    """Return the value of a text, None where it is no text of the format."""
    try:
        return _READERS[base](text)
    except (ValueError, OverflowError, DecimalException, binascii.Error):
        return None


def _decimal(text: str) -> Decimal | None:
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def _date(text: str) -> date | None:
    return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII) else None


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(_plain(text, "T")) if _MOMENT.fullmatch(text) else None


def _plain(text: str, between: str = "") -> str:
    """Return a date and time as every Python from 3.11 on reads it, with microseconds at most."""
    text = re.sub(r"(?<=[.,]\d{6})\d+", "", text).replace("z", "Z")
    return text[:10] + between + text[11:] if between else text


def _time(text: str) -> time | None:
    return time.fromisoformat(_plain(text)) if _TIME.fullmatch(text) else None


def _duration(text: str) -> timedelta | None:
    found = _DURATION.fullmatch(text)
    if found is None or not any(found.groups()[1:]):
        return None
    sign, weeks, days, hours, minutes, seconds, rest = found.groups()
    words = {"weeks": weeks, "days": days, "hours": hours, "minutes": minutes, "seconds": seconds}
    length = timedelta(**{word: int(value or 0) for word, value in words.items()})
    length += timedelta(microseconds=int((rest or "").ljust(6, "0") or 0))
    return -length if sign == "-" else length


def _base64(text: str) -> bytes:
    return base64.decodebytes(text.encode())


def _base64url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text.encode())


_READERS: Mapping[str, Callable[[str], Value]] = {
    "decimal": _decimal,
    "date": _date,
    PYDANTIC + "date-time": _moment,
    PYDANTIC + "time": _time,
    PYDANTIC + "duration": _duration,
    PYDANTIC + "base64": _base64,
    PYDANTIC + "base64url": _base64url,
}


def _within_bound(word: str, value: Value, bound: Value) -> bool | None:
    order = _compared(value, bound)
    if order is None:
        return None
    return {"gt": order > 0, "ge": order >= 0, "lt": order < 0, "le": order <= 0}[word]


def _compared(one: Value, two: Value) -> int | None:
    """Return how two values stand to each other; None for one with and one without an offset."""
    try:
        return int(one > two) - int(one < two)
    except TypeError:
        return None


def _keeps(word: str, value: Value, said: str) -> bool | None:
    if word == "multiple_of":
        return bool(value % Decimal(said) == 0)
    if word == "offset":
        return (value.tzinfo is not None) == (said == "required")
    if word == "now":
        past, future = value.year < _PAST, value.year > _FUTURE
        return None if not past and not future else past == (said == "past")
    return True


def _few_digits(value: Decimal, said: Limits) -> bool:
    most, places = _whole(said.get("max_digits")), _whole(said.get("decimal_places"))
    _, digits, exponent = value.as_tuple()
    after = max(0, -int(exponent))
    total = max(len(digits) + max(0, int(exponent)), after)
    if (most is not None and total > most) or (places is not None and after > places):
        return False
    return most is None or places is None or total - after <= most - places


def _decimals(known: list[Limited]) -> Iterator[str]:
    """Yield numbers about every bound, with as many digits as are allowed, and with one more."""
    steps = {Decimal(0), Decimal(1), Decimal("0.5")}
    bases = {Decimal(0), Decimal(1), *(bound for one in known for bound in one.bounds.values())}
    for one in known:
        most, places = _whole(one.said.get("max_digits")), _whole(one.said.get("decimal_places"))
        steps |= {Decimal(1).scaleb(-size) for size in (places, most) if size is not None}
        steps |= {Decimal(1).scaleb(-size - 1) for size in (places, most) if size is not None}
        sizes = {most or 0, (most or 0) - (places or 0)} - {0}
        bases |= {Decimal(10) ** size for size in sizes if abs(size) < 400}
        if "multiple_of" in one.said:
            bases |= {Decimal(one.said["multiple_of"])}
            steps |= {Decimal(one.said["multiple_of"]) / 2}
    for base, step in product(sorted(bases, key=lambda value: (abs(value), value)), sorted(steps)):
        yield from dict.fromkeys(f"{value:f}" for value in (base + step, base - step, -base))


def _days(known: list[Limited]) -> Iterator[str]:
    yield from ("2026-03-14", "0001-01-01", "9999-12-31")
    yield from _around(known, timedelta(days=1))


def _moments(known: list[Limited]) -> Iterator[str]:
    for text in ("2026-03-14T09:26:53", "0001-01-01T00:00:00", "9999-12-31T00:00:00"):
        yield from (f"{text}Z", text)
    yield "2026-03-14T09:26:53.589793+01:00"
    yield from _around(known, timedelta(seconds=1))


def _around(known: list[Limited], step: timedelta) -> Iterator[str]:
    """Yield what is at, before and after every bound."""
    for bound in (bound for one in known for bound in one.bounds.values()):
        for shift in (timedelta(), step, -step):
            try:
                yield (bound + shift).isoformat()
            except OverflowError:
                continue


def _times(known: list[Limited]) -> Iterator[str]:
    for text in ("09:26:53", "00:00:00", "23:59:59"):
        yield from (f"{text}Z", text)
    for bound in (bound for one in known for bound in one.bounds.values()):
        for seconds in (0, 1, -1):
            moment = datetime.combine(date(2026, 3, 14), bound) + timedelta(seconds=seconds)
            yield moment.timetz().isoformat()


def _lengths(known: list[Limited]) -> Iterator[str]:
    bounds = [bound for one in known for bound in one.bounds.values()]
    for base in (timedelta(), timedelta(seconds=30), timedelta(days=3, hours=4), *bounds):
        for seconds in (0, 1, -1, 86_400_000, -86_400_000):
            total = base + timedelta(seconds=seconds)
            sign, total = ("-", -total) if total < timedelta() else ("", total)
            rest = f".{total.microseconds:06d}" if total.microseconds else ""
            yield f"{sign}P{total.days}DT{total.seconds}{rest}S"


def _codes(_known: list[Limited]) -> Iterator[str]:
    yield from ("aGVsbG8=", "hello", "/w==", "_w==")


_SAMPLES: Mapping[str, Callable[[list[Limited]], Iterator[str]]] = {
    "decimal": _decimals,
    "date": _days,
    PYDANTIC + "date-time": _moments,
    PYDANTIC + "time": _times,
    PYDANTIC + "duration": _lengths,
    PYDANTIC + "base64": _codes,
    PYDANTIC + "base64url": _codes,
}
